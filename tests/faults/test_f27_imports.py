"""F27: an import is killed half-way, run again, and run twice: everything is there once. Undone, all is as it was."""

import random

import pytest

from feedback.analysis.comments.voices import count_voices
from feedback.exchange.imports import import_file, undo_batch
from feedback.store.database import open_database, reading
from feedback.store.imports import read_imports
from tests.collect.institution import found_institution, instruments
from tests.faults.killing import killed_at_statement
from tests.faults.test_f16_files import rows_of

RATINGS = "item,rater,score\n" + "".join(
    f"{item},Employer {rater},{1 + (rater + place) % 5}\n"
    for place, item in enumerate(("Data badge", "Welding basics", "Sql course"))
    for rater in range(12)
)
MAPPING = 'create_missing = true\nkind = "badge"\nprogramme = "School of Data"\n'
LISTS = ("changes", "imports", "jobs", "meta")
"""What remembers that something was done."""
BATCH = ("id", "key", "batch")
"""What is drawn by lot."""


@pytest.fixture
def bring(database_url, engine, tmp_path):
    """Imports the ratings, on a connection of its own."""
    found_institution(engine)
    file, mapping = tmp_path / "ratings.csv", tmp_path / "map.toml"
    file.write_text(RATINGS, encoding="utf-8")
    mapping.write_text(MAPPING, encoding="utf-8")

    def bring():
        own = open_database(database_url)
        report = import_file(own, "ratings", file, map_path=mapping, instruments=instruments())
        own.dispose()
        return report

    return bring


def meant(engine, *without: str) -> dict:
    """Every row, without what is drawn by lot, in an order of their own."""
    return {
        name: sorted(repr({column: value for column, value in row.items() if column not in BATCH}) for row in rows)
        for name, rows in rows_of(engine).items()
        if name not in without
    }


def test_f27_killed_half_way_and_run_again_and_twice_everything_is_there_once_and_undone_it_is_as_it_was(engine, bring):
    before = rows_of(engine)
    chance, alive = random.Random(27), 25
    for place in (*sorted(chance.sample(range(2, alive), 4)), alive):
        killed_at_statement(place, engine, bring)
        assert rows_of(engine) == before
    assert killed_at_statement(0, engine, bring) > alive
    once = meant(engine)
    assert len(once["responses"]) == 36
    assert (len(once["credentials"]), len(once["imports"])) == (4, 1)
    again = bring()
    assert (again.new, again.unchanged) == (0, 36)
    assert meant(engine) == once
    with reading(engine) as session:
        (brought,) = read_imports(session)
    undo_batch(engine, brought.id, instruments(), count_voices)
    after = rows_of(engine)
    assert {name: after[name] for name in after if name not in LISTS} == {
        name: before[name] for name in before if name not in LISTS
    }


def test_f27_an_undo_killed_half_way_has_undone_nothing(engine, bring, database_url):
    bring()
    with reading(engine) as session:
        (brought,) = read_imports(session)
    before = rows_of(engine)

    def undo():
        undo_batch(open_database(database_url), brought.id, instruments(), count_voices)

    chance, alive = random.Random(28), 10
    for place in sorted(chance.sample(range(2, alive), 3)):
        killed_at_statement(place, engine, undo)
        assert rows_of(engine) == before
    assert killed_at_statement(0, engine, undo) > alive
    assert rows_of(engine)["responses"] == []
