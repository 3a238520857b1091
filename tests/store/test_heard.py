"""Who has been heard on what."""

from dataclasses import replace

from feedback.catalogue.values import Organisation
from feedback.store.catalogue import save
from feedback.store.database import reading, transaction
from feedback.store.heard import heard_by_role
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
