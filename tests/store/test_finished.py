"""Documents of findings beside the version of the data they say."""

from feedback.store import finished
from feedback.store.database import reading, transaction

PLACES = [("worth", "all"), ("worth", "badge"), ("topics", "all")]


def keep(engine, place, version, mark, said):
    with transaction(engine) as session:
        finished.keep(session, *place, version, mark, {"said": said})


def read(engine, place, version):
    with reading(engine) as session:
        found = finished.read(session, *place, version)
    return found and found["said"]


def test_a_document_is_read_at_its_own_version_only(engine):
    keep(engine, PLACES[0], 3, "a", "three")
    assert read(engine, PLACES[0], 3) == "three"
    assert read(engine, PLACES[0], 4) is None
    keep(engine, PLACES[0], 4, "b", "four")
    keep(engine, PLACES[0], 3, "a", "three again")
    assert (read(engine, PLACES[0], 3), read(engine, PLACES[0], 4)) == (None, "four")


def test_what_has_the_same_mark_holds_for_a_later_version(engine):
    for place, mark in zip(PLACES, "abc", strict=True):
        keep(engine, place, 3, mark, mark)
    keep(engine, ("new", "all"), 4, "d", "d")
    wanted = dict(zip(PLACES, ["a", "other"], strict=False)) | {("new", "all"): "d"}
    with transaction(engine) as session:
        same = finished.unchanged(session, 4, wanted)
        assert same == {PLACES[0]}
        finished.carry_over(session, 4, same)
        assert finished.kept(session, 4) == {PLACES[0], ("new", "all")}
        assert finished.kept(session, 3) == set(PLACES[1:])
        assert finished.drop_older(session, 4) == 2
    assert read(engine, PLACES[0], 4) == "a"


def test_what_is_of_a_later_version_is_left_alone(engine):
    keep(engine, PLACES[0], 5, "a", "five")
    with transaction(engine) as session:
        assert finished.unchanged(session, 4, {PLACES[0]: "a"}) == set()
        finished.carry_over(session, 4, [PLACES[0]])
    assert read(engine, PLACES[0], 5) == "five"
