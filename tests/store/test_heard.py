"""Who has been heard on what."""

from dataclasses import replace

from feedback.catalogue.values import Organisation
from feedback.store.catalogue import save
from feedback.store.database import reading, transaction
from feedback.store.heard import heard_by_role, organisations_listed, rated_by_role
from feedback.store.responses import save_many
from tests.store.releasing import publish_all, stored


def required(instrument):
    """The instrument with its first question required, as everybody is asked it."""
    first, *rest = instrument.questions
    return replace(instrument, questions=(replace(first, required=True), *rest))


def test_roles_are_those_of_everybody_heard_on_a_credential_once_they_are_published(institution, instruments):
    asked = required(instruments["employer"])
    known = {"awareness": {"data-badge": "knows", "sql-course": "never"}, "ladder": {"data-badge": 3}}
    who = [("mill", "recruiter"), ("mill", "recruiter"), ("mill", "other"), ("yard", "recruiter"), (None, None)]
    rows = [
        stored(number, known, ("data-badge", "sql-course"), "employer", organisation=house, role=role)
        for number, (house, role) in enumerate(who)
    ]
    with transaction(institution) as session:
        save(session, [Organisation(slug="mill", name="Mill"), Organisation(slug="yard", name="Yard")])
        save_many(session, rows)
    with reading(institution) as session:
        assert heard_by_role(session, {"employer": asked}).empty
    publish_all(institution, instruments, minimum_group=5)
    with reading(institution) as session:
        found = heard_by_role(session, {"employer": asked, "learner": instruments["learner"]})
        nothing = heard_by_role(session, {"learner": instruments["learner"]})
    badge = found[found["credential"] == "data-badge"]
    counted = {(row.organisation, row.role): row.people for row in badge.itertuples()}
    assert counted == {("mill", "recruiter"): 2, ("mill", "other"): 1, ("yard", "recruiter"): 1, (None, None): 1}
    assert found["people"].sum() == 10
    assert nothing.empty


def test_ratings_by_role_are_those_of_the_answers_once_they_are_published_and_in_no_month(institution, instruments):
    given = [("mill", "recruiter", 3), ("mill", "recruiter", 3), ("yard", "recruiter", 3), ("yard", None, 0)]
    given.append((None, "other", 4))
    rows = [
        replace(
            stored(number, {"ladder": {"data-badge": step}}, instrument="employer", organisation=house, role=role),
            month=f"2026-0{1 + number}",
        )
        for number, (house, role, step) in enumerate(given)
    ]
    with transaction(institution) as session:
        save(session, [Organisation(slug="mill", name="Mill"), Organisation(slug="yard", name="Yard")])
        save_many(session, rows)
    of_employers = {"employer": instruments["employer"], "learner": instruments["learner"]}
    with reading(institution) as session:
        assert rated_by_role(session, of_employers, ["recognition"]).empty
    publish_all(institution, instruments, minimum_group=5)
    with reading(institution) as session:
        found = rated_by_role(session, of_employers, ["recognition", "employer_value"])
        nothing = rated_by_role(session, of_employers, ["employer_value"])
    named = found.fillna({"organisation": "none", "role": "none"})
    assert {(row.organisation, row.role, row.number): row.people for row in named.itertuples()} == {
        ("mill", "recruiter", 3): 2, ("yard", "recruiter", 3): 1, ("yard", "none", 0): 1, ("none", "other", 4): 1,
    }  # fmt: skip
    assert set(found["construct"]) == {"recognition"}
    assert set(found["credential"]) == {"data-badge"}
    assert nothing.empty


def test_organisations_are_counted_by_sector_and_size_whoever_answered(institution):
    with reading(institution) as session:
        before = organisations_listed(session)
    made = [("a", "C", "1-9"), ("b", "C", "1-9"), ("c", "C", None), ("d", None, None)]
    with transaction(institution) as session:
        save(session, [Organisation(slug=slug, name=slug, sector=of, size_band=size) for slug, of, size in made])
    with reading(institution) as session:
        found = organisations_listed(session)
    assert before["organisations"].sum() == 0
    counted = {row[:2]: row[2] for row in found.itertuples(index=False, name=None)}
    assert counted == {("C", "1-9"): 2, ("C", None): 1, (None, None): 1}
