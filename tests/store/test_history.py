"""What was changed is told, and a batch is taken back exactly or not at all."""

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from feedback.catalogue.contents import ENTITIES
from feedback.catalogue.values import Contact, Credential, Organisation, Programme, Skill
from feedback.errors import Refused
from feedback.store.catalogue import (
    TABLES,
    find,
    keep_organisation,
    read,
    read_programmes,
    remove,
    sample_slugs,
    save,
)
from feedback.store.database import reading, transaction
from feedback.store.history import read_changes, undo
from feedback.store.imports import Import, read_imports, save_import
from feedback.store.inserting import table_of
from feedback.store.tables import Changes, CredentialSkills
from tests.catalogue.made_values import WHOLE

DATA = Programme(slug="data", title="Data")
SQL = Skill(slug="sql", title="SQL")
BADGE = Credential(slug="badge-1", title="Badge", kind="badge", programme="data", skills=["sql"])


def keep(engine, *values, **how) -> str:
    with transaction(engine) as session:
        return save(session, values, **how)


def everything(engine) -> dict[str, list]:
    """The whole catalogue, row by row."""
    with reading(engine) as session:
        tables = [table_of(model) for model in (*TABLES.values(), CredentialSkills)]
        rows = {table.name: session.connection().execute(select(table)).all() for table in tables}
    return {name: sorted(map(repr, found)) for name, found in rows.items()}


def take_back(engine, batch, **how):
    with transaction(engine) as session:
        return undo(session, batch, **how)


def reasons(engine, batch) -> list[str]:
    before = everything(engine)
    with pytest.raises(Refused) as refused:
        take_back(engine, batch)
    assert everything(engine) == before
    return [str(problem) for problem in refused.value.problems]


def test_adding_changing_and_removing_leave_their_history(engine):
    batch = keep(engine, DATA, by="ann")
    changed = keep(engine, DATA.model_copy(update={"title": "Data school", "discipline": "Maths"}), by="ben")
    with transaction(engine) as session:
        removed = remove(session, "programmes", "data", by="cleo")
    with reading(engine) as session:
        newest, middle, oldest = read_changes(session, "programmes", "data")
        assert read_changes(session, "credentials") == []
        assert read_changes(session, batch=batch) == [oldest]
    assert [(each.by, each.batch) for each in (oldest, middle, newest)] == [
        ("ann", batch),
        ("ben", changed),
        ("cleo", removed),
    ]
    assert (oldest.before, oldest.after, oldest.fields) == (None, DATA.model_dump(mode="json"), ("slug", "title"))
    assert middle.fields == ("title", "discipline")
    assert (newest.before, newest.after) == (middle.after, None)
    assert oldest.day == datetime.now(UTC).date()


def test_everything_of_a_batch_is_taken_back_and_that_can_be_taken_back_too(engine):
    start = everything(engine)
    batch = keep(engine, *WHOLE)
    whole = everything(engine)
    undone = take_back(engine, batch, by="ann")
    assert (undone.removed, undone.restored) == (len(WHOLE), 0)
    assert everything(engine) == start
    with reading(engine) as session:
        (last,) = read_changes(session, "credentials", "second", most=1)
    assert (last.batch, last.by, last.after) == (undone.batch, "ann", None)
    personal = [value for value in WHOLE if type(value) in (ENTITIES["contacts"].value, ENTITIES["reviewers"].value)]
    take_back(engine, undone.batch)
    keep(engine, *personal)  # of people nothing is left to take back
    assert everything(engine) == whole


def test_a_change_is_taken_back_to_what_was_before_skills_and_all(engine):
    keep(engine, DATA, SQL, BADGE)
    before = everything(engine)
    ml = Skill(slug="ml", title="ML")
    batch = keep(engine, ml, BADGE.model_copy(update={"skills": ["ml", "sql"], "title": "New", "fee": 0}))
    keep(engine, BADGE.model_copy(update={"skills": ["ml"]}), batch=batch)
    undone = take_back(engine, batch)
    assert (undone.removed, undone.restored) == (1, 1)
    assert everything(engine) == before


def test_what_was_changed_since_stands_in_the_way(engine):
    batch = keep(engine, DATA, SQL)
    later = keep(engine, SQL.model_copy(update={"title": "Queries"}))
    day = datetime.now(UTC).date()
    assert reasons(engine, batch) == [f'skill "sql": was changed since on {day} (batch {later}).']
    take_back(engine, later)
    take_back(engine, batch)
    with reading(engine) as session:
        assert read_programmes(session) == []


def test_what_is_needed_by_now_stands_in_the_way_with_every_reason(engine):
    batch = keep(engine, DATA, SQL)
    keep(engine, BADGE)
    assert reasons(engine, batch) == [
        'programme "data": is needed by credential "badge-1". Take that away first, or let it refer to something else.',
        'skill "sql": is needed by credential "badge-1". Take that away first, or let it refer to something else.',
    ]


def test_what_it_would_refer_to_again_must_still_be_there(engine):
    keep(engine, DATA, SQL, BADGE)
    batch = keep(engine, BADGE.model_copy(update={"skills": []}))
    with transaction(engine) as session:
        remove(session, "skills", "sql")
    assert reasons(engine, batch) == ['credential "badge-1", skills: "sql" is not among the skills of the catalogue.']


def test_an_unknown_batch_and_one_undone_before_are_refused(engine):
    assert reasons(engine, "nonsense") == [
        'batch "nonsense": is not known. The list of imports and the history name them.'
    ]
    batch = keep(engine, DATA)
    take_back(engine, batch)
    (reason,) = reasons(engine, batch)
    assert reason.startswith('programme "data": was changed since on')


def test_what_somebodys_answer_filled_in_stands_in_the_way(engine):
    batch = keep(engine, Organisation(slug="acme", name="Acme"))
    with transaction(engine) as session:
        keep_organisation(session, Organisation(slug="x", name="ACME", sector="C"))
        assert [change.batch for change in read_changes(session, "organisations")] == [batch]
    assert reasons(engine, batch) == [
        'organisation "acme": was changed since by somebody\'s answer or with the sample.'
    ]


def test_with_a_person_goes_what_the_history_says_of_them(engine):
    firm = Organisation(slug="acme", name="Acme")
    ann = Contact(organisation="acme", name="Ann Example", email="ann@example.org")
    first = keep(engine, firm, ann)
    keep(engine, ann.model_copy(update={"role": "recruiter"}))
    with transaction(engine) as session:
        removed = remove(session, "contacts", ann.slug)
    with reading(engine) as session:
        told = read_changes(session, "contacts", ann.slug)
        assert len(told) == 3
        assert {(change.before, change.after) for change in told} == {(None, None)}
        documents = session.connection().execute(select(table_of(Changes))).all()
    assert "Ann" not in repr(documents)
    assert reasons(engine, removed) == [
        f'batch "{removed}": has nothing left to undo: what it was about is gone for good.'
    ]
    take_back(engine, first)  # the organisation, which is all there is of it


def test_the_sample_has_no_history_and_what_became_ones_own_becomes_the_samples_again(engine):
    keep(engine, DATA, is_sample=True)
    with reading(engine) as session:
        assert read_changes(session) == []
    batch = keep(engine, DATA)
    with reading(engine) as session:
        assert sample_slugs(session, Programme) == frozenset()
    take_back(engine, batch)
    with reading(engine) as session:
        assert sample_slugs(session, Programme) == {"data"}


def test_an_import_that_is_undone_says_so(engine):
    brought = Import(kind="programmes", file="p.csv", digest="0", rows=1, new_rows=1)
    with transaction(engine) as session:
        save(session, [DATA], batch=brought.id)
        save_import(session, brought)
    take_back(engine, brought.id)
    with reading(engine) as session:
        (told,) = read_imports(session)
    assert told.undone_on == datetime.now(UTC).date()


def test_a_field_added_since_is_not_known_of_what_is_brought_back(engine):
    keep(engine, DATA)
    batch = keep(engine, DATA.model_copy(update={"title": "New"}))
    with transaction(engine) as session:
        changes = table_of(Changes)
        older = {"slug": "data", "title": "Data", "colour": "red"}
        session.connection().execute(changes.update().where(changes.c.batch == batch).values(before=older))
    take_back(engine, batch)
    with reading(engine) as session:
        assert find(session, "programmes", "data") == DATA


TITLES = st.sampled_from(["A", "B", "C"])
STEPS = st.lists(st.tuples(st.sampled_from(["data", "arts"]), TITLES, st.booleans()), min_size=1, max_size=6)


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_undone_one_after_the_other_the_batches_lead_back_to_the_start(sqlite_engine, steps):
    start = everything(sqlite_engine)
    batches = []
    for slug, title, taking in steps:
        with transaction(sqlite_engine) as session:
            there = any(programme.slug == slug for programme in read(session, "programmes"))
            if taking and there:
                batches.append(remove(session, "programmes", slug))
            elif find(session, "programmes", slug) != (value := Programme(slug=slug, title=title)):
                batches.append(save(session, [value]))
    for batch in reversed(batches):
        take_back(sqlite_engine, batch)
    assert everything(sqlite_engine) == start
