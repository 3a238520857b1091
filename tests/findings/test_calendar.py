"""Until when employers were heard on a skill, and what the calendar makes of it."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from feedback.disclosure import Limits
from feedback.findings.calendar import (
    DUE,
    FRESH,
    NEVER,
    OVERDUE,
    SOON,
    STATES,
    Held,
    calendar,
    newest,
    urgent,
)
from feedback.findings.contents import FINDINGS
from feedback.findings.evidence import Choice
from feedback.findings.work import work_out
from tests.findings.evidence_of import employers, evidence

TODAY = date(2026, 3, 31)


def heard(*groups: tuple[str, str, int, int]):
    """Employers by credential, month, how many, and from how many organisations; the finding's answer on them."""
    given = [
        employers(slug, [3] * people, first=50 * place, houses=[f"house-{n % houses}" for n in range(people)])
        .assign(month=month)
        for place, (slug, month, people, houses) in enumerate(groups)
    ]  # fmt: skip
    return work_out(FINDINGS["skill_validation"], evidence(*given, a="A badge", b="B badge"), Choice(), Limits())


def test_a_skill_is_heard_of_since_the_month_from_which_on_enough_were_asked():
    assert newest(heard(("a", "2026-01", 5, 5), ("a", "2026-03", 4, 4)).shown) == {"charts": "2026-01"}
    assert newest(heard(("a", "2026-01", 5, 5), ("a", "2026-03", 5, 5)).shown) == {"charts": "2026-03"}
    assert newest(heard(("a", "2026-01", 2, 2), ("a", "2026-03", 3, 3)).shown) == {"charts": "2026-01"}


def test_four_people_or_two_houses_are_not_enough_and_leave_no_row():
    for group in (("a", "2026-01", 4, 4), ("a", "2026-01", 12, 2)):
        answer = heard(group)
        assert answer.table.empty
        assert answer.sentence.startswith("Not enough")


def test_the_month_is_the_newest_of_all_credentials_and_no_count_is_told():
    answer = heard(("a", "2025-01", 6, 6), ("b", "2026-02", 6, 6))
    assert newest(answer.shown) == {"charts": "2026-02"}
    assert list(answer.table) == ["Skill", "Credential", "Enough employers since"]
    assert "longest ago Drawing charts in A badge" in answer.sentence


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 12), st.integers(1, 5)), min_size=1, max_size=4))
def test_later_answers_that_are_too_few_by_themselves_move_nothing(groups):
    """S17 over time: a month is only reached by as many, of as many organisations, as may be shown."""

    def enough(since):
        people = [n for month, number in groups if month >= since for n in range(number)]
        return len(people) >= 5 and len(set(people)) >= 3 and max(map(people.count, people)) * 2 <= len(people)

    answer = heard(*[("a", f"2025-{month:02}", people, people) for month, people in groups])
    expected = max((month for month, _ in groups if enough(month)), default=None)
    assert newest(answer.shown).get("charts") == (f"2025-{expected:02}" if expected else None)


# the calendar


def one(slug="a", lifecycle="live", **more) -> Held:
    return Held(slug, slug.upper(), lifecycle, **more)


def stands(*credentials, skills=(), since=None):
    return {clock.slug: (clock.state, clock.stage) for clock in calendar(credentials, skills, since or {}, TODAY)}


def test_a_credential_wants_the_review_of_where_it_stands_in_its_life():
    lately = {"design": TODAY - timedelta(days=20)}
    assert stands(
        one("idea", "idea"), one("gone", "retired"), one("designed", "design", reviews=lately),
        one("tried", "beta", reviews=lately), one("live", "live", reviews=lately), one("new", "design"),
        one("planned-idea", "idea", review_due=TODAY),
    ) == {
        "designed": (FRESH, "design"), "tried": (NEVER, "beta"), "live": (NEVER, "yearly"), "new": (NEVER, "design"),
        "planned-idea": (DUE, "design"),
    }  # fmt: skip


def test_a_year_after_its_review_it_is_due_or_on_the_day_somebody_set_if_that_is_sooner():
    def reviewed(days):
        return {"yearly": TODAY - timedelta(days=days)}

    assert stands(
        one("fresh", reviews=reviewed(100)), one("soon", reviews=reviewed(340)), one("due", reviews=reviewed(365)),
        one("over", reviews=reviewed(500)), one("set", reviews=reviewed(100), review_due=TODAY),
        one("kept", reviews=reviewed(100), review_due=TODAY - timedelta(days=100)),
    ) == {
        slug: (state, "yearly")
        for slug, state in {
            "fresh": FRESH, "soon": SOON, "due": DUE, "over": OVERDUE, "set": DUE, "kept": FRESH
        }.items()
    }  # fmt: skip


def test_a_skill_is_stale_a_year_after_enough_employers_were_heard():
    skills = [Held(slug, slug) for slug in ("old", "new", "never")]
    skills.append(Held("set", "Set", review_due=TODAY))  # being asked about it does not answer that
    assert stands(skills=skills, since={"old": "2025-01", "new": "2026-01", "set": "2026-03"}) == {
        "old": (OVERDUE, ""), "new": (FRESH, ""), "never": (NEVER, ""), "set": (DUE, ""),
    }  # fmt: skip


def test_a_change_after_the_last_review_is_noted_and_one_before_it_is_not():
    last = {"yearly": date(2026, 1, 1)}
    before, after = date(2025, 12, 31), date(2026, 1, 2)
    clocks = calendar(
        [one("a", reviews=last, changed=before), one("b", reviews=last, changed=after), one("c", changed=after)],
        [], {}, TODAY,
    )  # fmt: skip
    assert {clock.slug: clock.changed for clock in clocks} == {"a": None, "b": after, "c": None}


def test_the_most_urgent_stands_first_and_the_sentence_counts():
    clocks = calendar(
        [
            one("f", reviews={"yearly": TODAY}), one("n"), one("d", review_due=TODAY),
            one("o", review_due=date(2025, 1, 1)),
        ],
        [Held("s", "S"), Held("t", "T")], {"s": "2024-01"}, TODAY,
    )  # fmt: skip
    assert [clock.slug for clock in clocks] == ["o", "s", "d", "n", "t", "f"]
    assert [STATES.index(clock.state) for clock in clocks] == sorted(STATES.index(clock.state) for clock in clocks)
    assert urgent(clocks) == (
        "2 credentials want a review now, 1 credential was never reviewed; "
        "1 skill is stale, 1 skill was never validated by enough employers."
    )
    assert urgent(clocks[-1:]) == "Nothing is due for review in the next two months."
