"""What is remembered of a response that was erased: enough to erase it again, and nothing else."""

import pytest
from sqlalchemy import select

from feedback.analysis.comments.voices import count_voices
from feedback.catalogue.values import Organisation
from feedback.errors import Refused
from feedback.policy import OPERATOR
from feedback.store import audit
from feedback.store.database import reading, transaction
from feedback.store.erased import erase_endorsements, keep_erased, note_erased, read_erased
from feedback.store.inserting import table_of
from feedback.store.releases import erase
from feedback.store.responses import new_secret, receipt, receipt_hash
from feedback.store.tables import Endorsements, Meta
from tests.store.releasing import save_all


def test_of_an_erased_response_half_a_hash_and_the_day_are_left(institution, instruments, said):
    secrets = [new_secret(), new_secret()]
    for secret in secrets:
        save_all(institution, said(worth=2), secret=secret)
    with transaction(institution) as session:
        assert not erase(session, instruments, "0000-0000-0000-0000", count_voices)
        assert read_erased(session) == {}
        assert erase(session, instruments, receipt(secrets[0]), count_voices)
    hashed = receipt_hash(receipt(secrets[0]))
    with reading(institution) as session:
        assert list(read_erased(session)) == [hashed[:32]]
        names = session.connection().execute(select(table_of(Meta).c.name)).scalars().all()
    assert all(len(name) <= 40 for name in names)


def test_what_was_erased_elsewhere_is_found_here(institution, said):
    secrets = [new_secret() for _ in range(3)]
    for secret in secrets:
        save_all(institution, said(worth=2), secret=secret)
    hashes = [receipt_hash(receipt(secret)) for secret in secrets]
    with transaction(institution) as session:
        assert keep_erased(session, {}) == []
        assert keep_erased(session, {hashes[1][:32]: 738_000, "0" * 32: 738_001}) == [hashes[1]]
        note_erased(session, hashes[2])
        assert set(read_erased(session)) == {hashes[1][:32], hashes[2][:32], "0" * 32}


def test_what_an_organisation_said_of_standing_behind_credentials_goes_when_it_asks(institution, employer_said):
    records = {"endorsement": {"data-badge": "yes", "sql-course": "maybe"}}
    for name in ("Ada Ltd", "Bell Inc"):
        save_all(institution, employer_said(records, why="Talks"), organisation=Organisation(slug="x", name=name))
    table = table_of(Endorsements)

    def kept():
        with reading(institution) as session:
            found = session.connection().execute(select(table.c.organisation, table.c.credential)).all()
        return sorted(tuple(each) for each in found)

    (ada, _), _, (bell, _), _ = kept()
    with transaction(institution) as session:
        assert erase_endorsements(session, ada, "sql-course", by=OPERATOR) == 1
        assert erase_endorsements(session, bell, by=OPERATOR) == 2
        assert erase_endorsements(session, bell, by=OPERATOR) == 0
        assert [each.about for each in audit.read_events(session)] == [f"organisation:{bell}", f"organisation:{ada}"]
        with pytest.raises(Refused, match="Did you mean"):
            erase_endorsements(session, f"{ada}s", by=OPERATOR)
    assert kept() == [(ada, "data-badge")]
