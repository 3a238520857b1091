"""Where credentials are worth more: what is told of a group of employers, and that what is left out stays unknown."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas import DataFrame

from feedback.disclosure import Limits
from feedback.findings import groups
from feedback.findings.attacking import attack
from feedback.findings.contents import FINDINGS
from feedback.findings.evidence import Choice, measure_of
from feedback.findings.finished import MODES
from feedback.findings.groups import told_cells, work_groups
from feedback.findings.splits import ROLE, SECTOR, SIZE, SPLITS
from feedback.findings.work import work_out
from tests.findings.evidence_of import employers, evidence, houses_of

LIMITS = Limits()
INDUSTRY, FINANCE, PUBLIC = "Industry and construction", "Information and finance", "Public, education, health"
ATTACKED = {
    "findings": ("credential_value", "groups"),
    "choices": [Choice(), *(Choice(by=by) for by in SPLITS)],
}


def from_sector(letter, credential, steps, *, houses=4, first=0):
    """Employers of one sector, of as many organisations; each has a name of its own."""
    named = [f"{letter}{place % houses}" for place in range(len(steps))]
    return employers(credential, steps, first=first, houses=named).assign(sector=letter)


def of(credential, *people, first=0):
    """Employers of a credential: sector, size and role of each, and how many of them; all give the same mixed steps."""
    tables = []
    for sector, size, role, number in people:
        houses = [f"{sector}{size}{place % 4}" for place in range(number)]
        said = employers(credential, [1 + place % 4 for place in range(number)], first=first, houses=houses)
        tables.append(said.assign(sector=sector, size_band=size, role=role))
        first += number
    return tables


def shown(*answers, choice=Choice(), houses=None, **titles):
    """The rows that are told."""
    rows = work_out(FINDINGS["groups"], evidence(*answers, houses=houses, **titles), choice, LIMITS).rows
    return rows[rows["state"] != "withheld"]


def test_sectors_are_told_together_with_how_sure_we_are():
    rows = shown(from_sector("C", "a", [3] * 8), from_sector("L", "a", [1, 2] * 4, first=20), a="A")
    assert set(rows["group"]) == {INDUSTRY, FINANCE}
    by = rows.set_index("group")
    assert by.loc[INDUSTRY, "estimate"] > by.loc[FINANCE, "estimate"]
    assert (rows["low"] < rows["estimate"]).all()
    assert (rows["estimate"] < rows["high"]).all()
    assert by.loc[INDUSTRY, ["people", "organisations"]].tolist() == [8, 4]


def test_a_sector_left_out_takes_another_with_it_where_the_rest_would_tell_it():
    # Of 12 answers the total is told elsewhere; with 8 of industry told, the 4 others would follow.
    rows = shown(from_sector("C", "a", [3] * 8), from_sector("L", "a", [1] * 4, first=20), a="A")
    assert rows.empty


def test_what_is_left_out_together_may_not_be_one_organisation():
    many = from_sector("C", "a", [3] * 8), from_sector("L", "a", [2, 3] * 4, first=20)
    one = from_sector("R", "a", [1] * 6, houses=1, first=40)
    told = set(shown(*many, one, a="A")["group"])
    assert PUBLIC not in told
    assert len(told) < 2


def test_whoever_says_no_sector_belongs_to_no_cell_and_hides_nobody():
    rows = shown(
        from_sector("C", "a", [3] * 8),
        from_sector("L", "a", [1, 2] * 4, first=20),
        employers("a", [2] * 6, first=40).assign(sector=None),
        a="A",
    )
    assert set(rows["group"]) == {INDUSTRY, FINANCE}


def partly_told():
    """Of each of three credentials one sector is told; the others, who liked them more, are left out together."""
    letters = {"C": (12, 0), "L": (3, 1), "R": (3, 1)}
    return [
        from_sector(letter, slug, ([base + more, base] * number)[:number], first=1000 * at + 100 * row)
        for at, (slug, base) in enumerate({"a": 0, "b": 1, "c": 2}.items())
        for row, (letter, (number, more)) in enumerate(letters.items())
    ]


def test_the_maps_level_is_the_rankings_though_cells_are_left_out():
    held = evidence(*partly_told(), houses=houses_of(("C", None, 9), ("L", None, 9)), a="A", b="B", c="C")
    ranked = work_out(FINDINGS["credential_value"], held, Choice(), LIMITS).rows.set_index("credential")["estimate"]
    told = work_out(FINDINGS["groups"], held, Choice(), LIMITS).shown
    assert told.groupby("credential")["group"].agg(set).to_dict() == {slug: {INDUSTRY} for slug in "abc"}
    as_answered = listed(held).rows.set_index("credential")
    assert as_answered["people"].tolist() == [18] * 3
    assert (as_answered["answered"] - ranked).abs().max() < 0.15, "of those told alone it would be .4"
    assert told["differs"].notna().all()


def test_a_credential_of_one_group_alone_is_compared_with_nothing_and_says_so():
    held = evidence(from_sector("C", "a", [3, 2] * 6), a="A")
    found = work_out(FINDINGS["groups"], held, Choice(), LIMITS)
    assert found.shown["differs"].isna().all()
    assert set(found.table["Beside other groups"]) == {""}
    assert found.sentence.startswith("Nothing to compare yet: 1 cell has")
    assert all(found.chart(mode) for mode in MODES)


def test_among_those_left_out_it_moves_nothing_who_is_of_which_group():
    told = from_sector("C", "a", [3, 2, 1] * 3), from_sector("C", "b", [1, 2] * 5, first=100)
    rest = employers("a", [0, 4, 1, 3, 2, 4], first=40)
    one, another = (
        shown(*told, rest.assign(sector=letters * (len(rest) // 6)), a="A", b="B")
        for letters in (["L", "L", "L", "R", "R", "R"], ["R", "L", "R", "L", "R", "L"])
    )
    assert set(one["credential"]) == {"a", "b"}
    assert one.equals(another)


@pytest.mark.parametrize("split", SPLITS.values(), ids=lambda split: split.id)
def test_every_credential_that_shows_has_a_row_for_every_group(split):
    held = evidence(
        *of("a", ("C", "1-9", "recruiter", 8)), *of("b", ("L", "50-249", "other", 3), first=20), a="A", b="B"
    )
    rows = work_groups(held, Choice(by=split.id), LIMITS)
    assert set(rows["credential"]) == {"a"}
    assert list(rows["group"]) == list(split.names)


def test_the_same_people_are_told_by_sector_by_role_and_by_size():
    said = of("a", ("C", "1-9", "recruiter", 8), ("L", "50-249", "hiring_employer", 9), ("L", "1000+", "recruiter", 9))
    for by, told in (
        ("", {INDUSTRY: 8, FINANCE: 18}),
        ("role", {"Recruiters": 17, "Hiring employers": 9}),
        ("size", {"Under 50 people": 8, "50 to 249 people": 9, "250 people or more": 9}),
    ):
        rows = shown(*said, choice=Choice(by=by), a="A")
        assert rows.set_index("group")["people"].to_dict() == told


def test_a_group_that_is_chosen_is_a_view_of_the_map_and_opens_nothing():
    said = [
        *of("a", ("C", "1-9", "recruiter", 8), ("L", "1-9", "other", 8)),
        *of("b", ("C", "1-9", "other", 8), ("L", "1-9", "recruiter", 4), first=40),
    ]
    whole, one = (shown(*said, choice=Choice(group=each), a="A", b="B") for each in ("", "industry"))
    mine = whole[whole["group"] == INDUSTRY].sort_values("estimate", ascending=False)
    assert one["credential"].tolist() == mine["credential"].tolist() == ["a"]
    assert one["estimate"].tolist() == mine["estimate"].tolist()
    found = work_out(FINDINGS["groups"], evidence(*said, a="A", b="B"), Choice(group="industry"), LIMITS)
    assert found.sentence.startswith(f"{INDUSTRY}: one credential has enough answers, A")
    assert set(found.rows["state"]) == {"shown", "withheld"} or set(found.rows["state"]) == {"early", "withheld"}
    assert all(found.chart(mode) for mode in MODES)
    unknown = work_out(FINDINGS["groups"], evidence(*said, a="A", b="B"), Choice(group="nobody"), LIMITS)
    assert len(unknown.rows) == 2 * len(SECTOR.groups)


def test_credentials_of_a_group_are_ranked_in_tiers():
    given = [
        from_sector("C", slug, [step, step, step - 1] * 6, houses=18, first=100 * at).assign(role="recruiter")
        for at, (slug, step) in enumerate({"a": 4, "b": 4, "c": 1, "d": 1}.items())
    ]
    held = evidence(*given, a="A", b="B", c="C", d="D")
    found = work_out(FINDINGS["groups"], held, Choice(by="role", group="recruiters"), LIMITS)
    assert found.shown["tier"].tolist() == [1, 1, 2, 2]
    assert "cannot be told apart from 1 more" in found.sentence


def test_a_difference_is_said_and_drawn_and_its_absence_too():
    steps = {"C": 4, "L": 1}
    answers = [
        from_sector(letter, slug, [top if slug == "a" else 2, 2 if slug != "a" else top] * 6, houses=12, first=100 * at)
        for at, (letter, slug, top) in enumerate(
            (letter, slug, top) for letter, top in steps.items() for slug in ("a", "b", "c")
        )
    ]
    held = evidence(*answers, a="A", b="B", c="C")
    found = work_out(FINDINGS["groups"], held, Choice(), LIMITS)
    assert f"A in {INDUSTRY}" in found.sentence
    assert f"A in {FINANCE}" in found.sentence
    assert all(found.chart(mode) for mode in MODES)
    alike = [from_sector(letter, "a", [2, 3] * 4, first=50 * at) for at, letter in enumerate("CL")]
    said = work_out(FINDINGS["groups"], evidence(*alike, a="A"), Choice(), LIMITS).sentence
    assert "cannot tell sectors apart" in said or "No sector stands out" in said


@pytest.mark.parametrize("choice", [Choice(), Choice(by="role"), Choice(by="size", group="small")], ids=str)
def test_nobody_is_an_answer_too(choice):
    found = work_out(FINDINGS["groups"], evidence(a="A"), choice, LIMITS)
    assert found.sentence.startswith("Not enough")
    assert found.chart("light") is None


people_of_groups = st.lists(
    st.tuples(
        st.sampled_from("CGLNR"), st.integers(1, 4), st.sampled_from(["recruiter", "other", None]), st.integers(0, 4)
    ),
    min_size=1,
    max_size=40,
)
SIZES = {1: "1-9", 2: "50-249", 3: "250-999", 4: None}


def as_answers(people):
    """Employers as drawn: sector, organisation (of each four sizes), role and step."""
    letters, places, roles, steps = (list(each) for each in zip(*people, strict=True))
    houses = [f"{letter}{house}" for letter, house in zip(letters, places, strict=True)]
    table = employers("a", steps, houses=houses)
    times = len(table) // len(people)  # each answers so many questions, one after the other
    size_bands = [SIZES[house] for house in places]
    return table.assign(sector=letters * times, size_band=size_bands * times, role=roles * times)


@settings(max_examples=15, deadline=None)
@given(people_of_groups, st.sampled_from([SECTOR, ROLE, SIZE]))
def test_what_is_left_out_is_nobody_or_enough_people_of_enough_organisations(people, split):
    held = evidence(as_answers(people), a="A")
    told = set(told_cells(held, Choice(), measure_of(held, Choice(), LIMITS), split, LIMITS)["group"])
    place = {"sector": lambda one: one[0], "size": lambda one: SIZES[one[1]], "role": lambda one: one[2]}[split.id]
    rest = [f"{one[0]}{one[1]}" for one in people if split.group_of.get(place(one)) not in told]
    if told and rest:
        houses, often = np.unique(rest, return_counts=True)
        assert len(rest) >= LIMITS.minimum_group
        assert len(houses) >= LIMITS.minimum_organisations
        assert often.max() <= LIMITS.largest_share * len(rest) + 1e-9


NESTED = (("C", "1-9", "recruiter", 6), ("C", "50-249", "recruiter", 6), ("L", "50-249", "recruiter", 4),
          ("L", "1000+", "recruiter", 8))  # fmt: skip
"""Of industry nobody is large and of finance nobody small: so what sectors and sizes tell gives the four away."""


def test_s16_what_sectors_and_sizes_tell_together_gives_no_small_group_away():
    held = evidence(*of("a", *NESTED), a="A")
    by_sector = work_out(FINDINGS["groups"], held, Choice(), LIMITS).shown
    by_size = work_out(FINDINGS["groups"], held, Choice(by="size"), LIMITS).shown
    assert set(by_sector["group"]) == {INDUSTRY, FINANCE}
    assert len(by_size) < 3
    found = attack(held, LIMITS, **ATTACKED)
    assert (found.solved, found.apart) == ((), 0)


def test_s16_the_attack_sees_what_sizes_beside_sectors_would_give_away(monkeypatch):
    monkeypatch.setattr(groups._Crossed, "may", lambda self, credential, sizes: True)
    found = attack(evidence(*of("a", *NESTED), a="A"), LIMITS, **ATTACKED)
    assert any(f"sector {FINANCE}, size 50 to 249 people" in each.cell for each in found.solved)


def test_sizes_that_are_listed_of_every_sector_leave_room_and_are_told():
    everywhere = houses_of(*((sector, size, 3) for sector in "CL" for size in ("1-9", "50-249", "1000+")))
    rows = shown(*of("a", *NESTED), choice=Choice(by="size"), houses=everywhere, a="A")
    assert len(rows) == 3


@pytest.mark.parametrize("examples", [3, pytest.param(30, marks=pytest.mark.soak)])
def test_s16_nothing_small_follows_from_the_three_splits_and_the_total(examples):
    @settings(max_examples=examples, deadline=None)
    @given(people_of_groups)
    def nothing_follows(people):
        found = attack(evidence(as_answers(people), a="A"), LIMITS, **ATTACKED)
        assert found.apart == 0
        assert [each for each in found.solved if "groups" in each.cell] == []

    nothing_follows()


def listed(held, choice=Choice()):
    return work_out(FINDINGS["as_listed"], held, choice, LIMITS)


def skewed():
    """Finance answers most, and likes A as little as industry, of which most of the list is, likes it much."""
    steps = {"L": (30, {"a": 1, "b": 2, "c": 3, "d": 2}), "C": (9, {"a": 3, "b": 2, "c": 2, "d": 1})}
    given = [
        from_sector(letter, slug, [step, step, step + 1] * (number // 3), houses=number, first=1000 * at)
        for at, (letter, slug, step, number) in enumerate(
            (letter, slug, step, number) for letter, (number, each) in steps.items() for slug, step in each.items()
        )
    ]
    return evidence(*given, houses=houses_of(("C", None, 90), ("L", None, 10)), a="A", b="B", c="C", d="D")


def test_a_credential_that_would_stand_elsewhere_in_the_list_is_named_with_its_doubt():
    found = listed(skewed())
    first = found.rows.set_index("credential").loc["a"]
    assert first["answered"] < first["low"] < first["estimate"] < first["high"]
    assert first["beyond"] == 1
    start = (
        "If organisations answered as they stand in your list, by sector, 3 credentials would move beyond doubt: A, "
    )
    assert found.sentence.startswith(f"{start}from {first['answered']:.1f} to {first['estimate']:.1f} (likely between")
    assert all(found.chart(mode) for mode in MODES)
    assert found.table.set_index("Credential").loc["A", "Moves"] == pytest.approx(first["move"], abs=0.01)


def test_a_list_that_stands_as_answers_came_moves_nothing():
    found = listed(replace(skewed(), houses=houses_of(("C", None, 9), ("L", None, 30))))
    assert found.rows["move"].abs().max() < 0.05
    assert "hardly anything would change" in found.sentence


def test_roles_are_in_no_list_so_sectors_are_weighed():
    assert listed(skewed(), Choice(by="role")).sentence == listed(skewed()).sentence
    assert "of which size" in listed(skewed(), Choice(by="size")).sentence


def test_without_a_list_or_without_a_group_that_shows_nothing_is_weighed():
    nobody = listed(replace(skewed(), houses=houses_of((None, None, 9))))
    assert nobody.sentence.startswith("Not enough is known: say in the catalogue of which sector")
    few = listed(evidence(from_sector("C", "a", [3] * 8), houses=houses_of(("L", None, 9)), a="A"))
    assert few.sentence.startswith("Not enough") or set(few.shown["people"]) == {8}
    assert isinstance(few.table, DataFrame)
