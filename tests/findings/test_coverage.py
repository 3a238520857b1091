"""Whom we have heard, whom not yet, and whom to ask next: nobody and too few look the same."""

from feedback.disclosure import Limits
from feedback.findings.contents import FINDINGS
from feedback.findings.evidence import Choice
from feedback.findings.work import Answer, work_out
from tests.findings.evidence_of import HOUSES, employers, evidence, roles_of

ASK = "5 people from 3 organisations"


def heard(people: int, *, sector: str = "R", role: str = "recruiter", credential: str = "care", **more) -> Answer:
    """So many employers of one sector and role, each of another organisation, on one credential of two."""
    answers = employers(credential, [3] * people).assign(sector=sector)
    roles = roles_of(credential, *((HOUSES[place % len(HOUSES)], role) for place in range(people)))
    held = evidence(answers, roles=roles, aims={"care": ("R", "C")}, care="Care", sql="SQL")
    return work_out(FINDINGS["coverage"], held, more.get("choice", Choice()), Limits())


def cell(answer: Answer, title: str, name: str) -> dict:
    table = answer.table.set_index(["Credential", "Heard from"])
    return table.loc[(title, name)].to_dict()


def test_a_sector_that_is_aimed_at_and_not_heard_says_whom_to_ask():
    answer = heard(7)
    missing, there = cell(answer, "Care", "Manufacturing"), cell(answer, "Care", "Health and social work")
    assert (missing["Ask"], missing["Shown"]) == (ASK, "too few to show")
    assert (there["People, at least"], there["Ask"]) == (5, "")
    assert answer.sentence == (
        f"From Manufacturing nobody, or too few, have been heard on Care: ask {ASK}. "
        "In all, 1 of 2 sectors that credentials aim at are open."
    )


def test_s18_nobody_and_four_look_exactly_the_same():
    nobody, four = heard(0), heard(4)
    assert nobody.table.equals(four.table)
    assert nobody.sentence == four.sentence
    assert nobody.sentence.startswith("Not enough employers have been heard yet. ")
    assert nobody.chart("light") is four.chart("light") is None


def test_s22_one_more_within_a_step_of_five_moves_nothing():
    assert heard(6).table.equals(heard(9).table)
    assert heard(6).chart("dark") == heard(9).chart("dark")


def test_a_sector_nobody_aims_at_stands_there_once_enough_were_heard():
    few, enough = heard(4, sector="K"), heard(5, sector="K")
    assert "Computing and information" not in set(few.table["Heard from"])
    assert cell(enough, "Care", "Computing and information")["Meant to be heard"] == "no"


def test_five_people_of_two_organisations_are_too_few():
    answers = employers("care", [3] * 6, houses=["ash", "oak"] * 3).assign(sector="R")
    held = evidence(answers, aims={"care": ("R",)}, care="Care")
    assert work_out(FINDINGS["coverage"], held, Choice(), Limits()).shown.empty


def test_roles_are_told_beside_sectors_and_every_credential_has_them():
    answer = heard(7)
    assert cell(answer, "Care", "Recruiter")["People, at least"] == 5
    assert cell(answer, "SQL", "Hiring employer")["Ask"] == ASK
    roles = {"Recruiter", "Hiring employer", "Internship manager", "Professional body"}
    assert roles <= set(answer.table["Heard from"])


def test_a_choice_leaves_one_credential():
    assert set(heard(7, choice=Choice(credential="care")).table["Credential"]) == {"Care"}


def test_without_sectors_in_the_catalogue_it_says_what_to_do():
    answer = work_out(FINDINGS["coverage"], evidence(care="Care"), Choice(), Limits())
    assert answer.sentence.startswith("Not enough is known: say in the catalogue which sectors")


def test_where_everything_is_heard_it_says_so():
    answers = employers("care", [3] * 6).assign(sector="R")
    held = evidence(answers, aims={"care": ("R",)}, care="Care")
    answer = work_out(FINDINGS["coverage"], held, Choice(), Limits())
    assert answer.sentence == "Every sector a credential aims at has been heard: 1 cell of the map."


def test_sizes_of_organisations_are_told_beside_sectors_and_roles_from_the_smallest():
    answers = employers("care", [3] * 7).assign(sector="R", size_band="250-999")
    held = evidence(answers, aims={"care": ("R",)}, care="Care")
    answer = work_out(FINDINGS["coverage"], held, Choice(credential="care"), Limits())
    assert cell(answer, "Care", "250 people or more")["People, at least"] == 5
    assert cell(answer, "Care", "Under 50 people")["Ask"] == ASK
    sizes = [name for by, name in zip(answer.table["By"], answer.table["Heard from"], strict=True) if by == "size"]
    assert sizes == ["Under 50 people", "50 to 249 people", "250 people or more"]
    assert answer.sentence.endswith(
        " Open by role: all; by size of organisation: under 50 people and 50 to 249 people."
    )
    assert answer.chart("light") is not None
