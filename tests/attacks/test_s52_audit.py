"""S52: the audit is only added to; whoever edits it behind the program's back is found out by its chain."""

import ast
import re
import shutil
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from sqlalchemy import select

from feedback.policy import OPERATOR, Actor
from feedback.store import audit
from feedback.store.database import open_database, reading, transaction
from feedback.store.inserting import table_of
from feedback.store.migrate import migrate
from feedback.store.tables import AuditEvents, Meta
from tests.test_rooms import FILES, ROOT, SOURCE

TABLE = table_of(AuditEvents)
ENTRIES = 7


def fill(engine):
    """Seven entries of two people."""
    for number in range(ENTRIES):
        with transaction(engine) as session:
            actor = OPERATOR if number % 2 else Actor("a1", "Ann")
            audit.record(session, actor, audit.CHANGED, f"skill:s{number}", fields=["title"], rows=number)


def found(engine):
    with reading(engine) as session:
        return audit.verify(session)


def edit(engine, statement, *rows):
    with transaction(engine) as session:
        session.connection().execute(statement, *rows)


@pytest.fixture
def filled(engine):
    fill(engine)
    assert found(engine) == []
    return engine


def test_s52_an_entry_that_is_removed_is_found(filled):
    edit(filled, TABLE.delete().where(TABLE.c.number == 3))
    told = found(filled)
    assert any("entries 3 to 3 are missing" in problem for problem in told)
    assert any("entry 4 is not as it was made" in problem for problem in told)


@pytest.mark.parametrize("cut", [1, 3, ENTRIES])
def test_s52_newest_entries_cut_off_are_found(filled, cut):
    edit(filled, TABLE.delete().where(TABLE.c.number > ENTRIES - cut))
    assert len(found(filled)) == 1
    assert "were cut off" in found(filled)[0]


def test_s52_a_look_at_the_newest_only_finds_what_is_wrong_with_them(filled):
    def newest(many):
        with reading(filled) as session:
            return audit.verify(session, newest=many)

    assert newest(2) == newest(ENTRIES) == newest(99) == []
    edit(filled, TABLE.update().where(TABLE.c.number == 4).values(actor="x"))
    assert newest(3) == []
    assert newest(4) == newest(99) == found(filled) != []
    edit(filled, TABLE.delete().where(TABLE.c.number == 6))
    assert any("entries 6 to 6 are missing" in problem for problem in newest(2))


def test_s52_newest_entries_cut_off_are_found_also_after_others_were_made(filled):
    edit(filled, TABLE.delete().where(TABLE.c.number > ENTRIES - 2))
    for _ in range(3):
        with transaction(filled) as session:
            audit.record(session, OPERATOR, audit.BACKED_UP, "institution")
    assert found(filled) == [f"audit: before entry {ENTRIES - 1} newer ones had been cut off."]


def test_s52_a_broken_list_stays_readable_and_says_who_took_note_of_it(filled):
    edit(filled, TABLE.update().where(TABLE.c.number == 2).values(about="skill:other"))
    edit(filled, TABLE.delete().where(TABLE.c.number == ENTRIES))
    told = found(filled)
    assert len(told) == 2
    with transaction(filled) as session:
        audit.record(session, OPERATOR, audit.ACKNOWLEDGED, "institution", problems=told)
    assert found(filled) == []
    edit(filled, TABLE.delete().where(TABLE.c.number == 3))
    assert found(filled) == ["audit: entries 3 to 3 are missing before 4."]
    edit(filled, TABLE.update().where(TABLE.c.number == ENTRIES).values(actor="somebody"))
    assert len(found(filled)) > 1


def test_s52_entries_removed_and_numbered_anew_are_found(filled):
    edit(filled, TABLE.delete().where(TABLE.c.number == 3))
    for number in range(4, ENTRIES + 1):
        edit(filled, TABLE.update().where(TABLE.c.number == number).values(number=number - 1))
    assert found(filled)


def test_s52_entries_that_change_places_are_found(filled):
    for before, after in ((2, 99), (5, 2), (99, 5)):
        edit(filled, TABLE.update().where(TABLE.c.number == before).values(number=after))
    assert len(found(filled)) >= 2


def test_s52_an_entry_put_in_without_the_key_is_found(filled):
    with reading(filled) as session:
        last = dict(session.connection().execute(select(TABLE).where(TABLE.c.number == ENTRIES)).mappings().one())
    edit(filled, TABLE.insert(), [last | {"number": ENTRIES + 1}])
    assert found(filled)


def test_s52_a_chain_made_wholly_anew_with_another_key_is_found(filled, monkeypatch):
    edit(filled, TABLE.delete())
    assert found(filled)
    edit(filled, table_of(Meta).delete().where(table_of(Meta).c.name == audit.HEAD))
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("FEEDBACK_SECRET", "another" * 6)
        fill(filled)
        assert found(filled) == []
    assert len(found(filled)) > ENTRIES


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A database file with a whole chain."""
    path = tmp_path_factory.mktemp("audit") / "whole.db"
    engine = open_database(f"sqlite:///{path}")
    migrate(engine)
    fill(engine)
    engine.dispose()
    return path


EDITS = {
    "at": lambda row, draw: row["at"] + timedelta(seconds=draw(some.integers(1, 10**6))),
    "actor": lambda row, draw: draw(some.text("abc", max_size=5).filter(lambda new: new != row["actor"])),
    "action": lambda row, draw: draw(some.text("abc", max_size=5).filter(lambda new: new != row["action"])),
    "about": lambda row, draw: draw(some.text("abc:", max_size=9).filter(lambda new: new != row["about"])),
    "details": lambda row, draw: draw(
        some.dictionaries(
            some.text("abc", max_size=3), some.none() | some.booleans() | some.integers(-5, 5), max_size=3
        )
    ),
    "digest": lambda row, draw: draw(some.text("0123456789abcdef", min_size=64, max_size=64)),
    "number": lambda row, draw: draw(some.integers(ENTRIES + 1, 99) | some.integers(-9, 0)),
}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=some.data())
def test_s52_any_one_edit_of_any_field_is_found(whole, tmp_path, data):
    field, number = data.draw(some.sampled_from(sorted(EDITS))), data.draw(some.integers(1, ENTRIES))
    path = tmp_path / "edited.db"
    shutil.copy(whole, path)
    shutil.copy(whole.with_suffix(".key"), path.with_suffix(".key"))
    engine = open_database(f"sqlite:///{path}")
    with reading(engine) as session:
        row = session.connection().execute(select(TABLE).where(TABLE.c.number == number)).mappings().one()
    edit(engine, TABLE.update().where(TABLE.c.number == number).values({field: EDITS[field](row, data.draw)}))
    told = found(engine)
    engine.dispose()
    assert told


def test_s52_nothing_in_the_program_writes_to_its_table_but_by_adding():
    """Others may read it; none may hand its table to what writes."""
    audits = SOURCE / "store" / "audit.py"
    source = audits.read_text(encoding="utf-8")
    assert source.count("_events.insert()") == 1
    assert [word for word in ("_events.update", "_events.delete", "delete(", "update(") if word in source] == []
    for path in FILES:
        text = path.read_text(encoding="utf-8")
        if path != audits and "AuditEvents" in text:
            assert path.is_relative_to(SOURCE / "store"), path
            assert re.findall(r"(?:delete|update|insert\w*)\([^)]*AuditEvents", text) == [], path


def recorded() -> list[tuple[str, ast.Call]]:
    """Every call that records something, with the file it stands in."""
    return [
        (str(path.relative_to(ROOT)), node)
        for path in FILES
        if path.name != "audit.py"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("record", "record_once")
        and getattr(node.func.value, "id", "") == "audit"
    ]


def test_s52_everything_recorded_has_words_for_people():
    known = {name for name, value in vars(audit).items() if isinstance(value, str) and value in audit.VERBS}
    for place, call in recorded():
        action = call.args[2]
        if isinstance(action, ast.Constant):
            assert action.value in audit.VERBS, place
        elif isinstance(action, ast.Attribute):
            assert action.attr in known, f"{place}: {action.attr}"


def test_s21_nothing_that_people_do_who_answer_is_recorded():
    places = {place for place, _ in recorded()}
    signing_in = {"src/feedback/collect/login.py"}
    assert {place for place in places if place.startswith("src/feedback/collect/")} <= signing_in
    answering = ("submitting", "drafts", "receipts", "responses", "answers")
    assert not places & {f"src/feedback/store/{name}.py" for name in answering}
