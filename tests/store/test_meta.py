"""Numbers about the whole."""

from feedback.store import meta
from feedback.store.database import reading, transaction


def test_a_number_is_remembered(engine):
    with reading(engine) as session:
        assert meta.number(session, "read_by") is None
    for number in (7, 8):
        with transaction(engine) as session:
            meta.set_number(session, "read_by", number)
    with reading(engine) as session:
        assert meta.number(session, "read_by") == 8
