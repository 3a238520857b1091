"""On which skills employers were heard, and when."""

from dataclasses import replace

from feedback.catalogue.values import Organisation
from feedback.store.catalogue import save
from feedback.store.database import reading, transaction
from feedback.store.responses import save_many
from feedback.store.validated import COLUMNS, skills_heard
from tests.store.releasing import publish_all, stored


def test_skills_are_heard_of_by_month_and_house_once_they_are_published_and_asides_are_not(institution, instruments):
    need = {"data-badge": {"sql": 4, "charts": "does_not_apply"}}
    who = [("mill", "2026-01"), ("mill", "2026-01"), ("mill", "2026-02"), ("yard", "2026-02"), (None, "2026-02")]
    rows = [
        replace(stored(number, {"skill_need": need}, ("data-badge",), "employer", organisation=house), month=month)
        for number, (house, month) in enumerate(who)
    ]
    with transaction(institution) as session:
        save(session, [Organisation(slug="mill", name="Mill"), Organisation(slug="yard", name="Yard")])
        save_many(session, rows)
    with reading(institution) as session:
        assert skills_heard(session, instruments).empty
    publish_all(institution, instruments, minimum_group=5)
    with reading(institution) as session:
        found = skills_heard(session, instruments)
        nothing = skills_heard(session, {"learner": instruments["learner"]})
    assert tuple(found) == tuple(nothing) == COLUMNS
    assert nothing.empty
    house = found["organisation"].astype(object).where(found["organisation"].notna(), None)
    counted = dict(zip(zip(found["skill"], found["month"], house, strict=True), found["people"], strict=True))
    assert counted == {
        ("sql", "2026-01", "mill"): 2, ("sql", "2026-02", "mill"): 1, ("sql", "2026-02", "yard"): 1,
        ("sql", "2026-02", None): 1,
    }  # fmt: skip
    assert set(found["credential"]) == {"data-badge"}
