"""Which comments are listed: of enough people, reviewed or masked by a program only; and those about no credential."""

import pytest

from feedback.disclosure import Limits
from feedback.findings.contents import FINDINGS
from feedback.findings.evidence import Choice
from feedback.findings.work import work_out
from tests.findings.evidence_of import evidence, reviewed


def listed(
    finding: str, number: int, choice: Choice = Choice(), about: str = "", state: str = "internal", limits=Limits()
):
    said = reviewed(about, number, state, text="Nobody can check what an AI wrote.")
    return work_out(FINDINGS[finding], evidence(said=[said], a="A badge"), choice, limits).table


def test_what_is_said_about_no_credential_is_listed_for_the_whole_institution():
    table = listed("comments", 5)
    assert set(table["Credential"]) == {"No single credential"}
    assert set(table["In answer to"]) == {"change"}
    assert len(table) == 5


def test_of_too_few_people_it_is_not():
    assert listed("comments", 4).empty


@pytest.mark.parametrize("choice", [Choice(credential="a"), Choice(programme="data")], ids=str)
def test_neither_is_it_where_a_credential_or_programme_is_chosen(choice):
    assert listed("comments", 5, choice).empty


def test_topics_stay_those_of_credentials():
    assert listed("topics", 9).empty


@pytest.mark.parametrize(("number", "rows"), [(9, 0), (10, 10)])
def test_what_only_a_program_has_masked_is_listed_from_ten_people_on(number, rows):
    assert len(listed("comments", number, about="a", state="")) == rows


def test_who_may_read_only_reviewed_comments_is_shown_no_others():
    assert listed("comments", 12, about="a", state="", limits=Limits().reviewed()).empty
    assert len(listed("comments", 5, about="a", limits=Limits().reviewed())) == 5


@pytest.mark.parametrize(
    ("state", "number", "rows"), [("public", 10, 10), ("public", 9, 0), ("internal", 12, 0), ("", 12, 0)]
)
def test_in_public_stand_only_comments_meant_for_everybody_and_of_ten_people(state, number, rows):
    assert len(listed("comments", number, about="a", state=state, limits=Limits().for_public())) == rows


def test_phrases_come_from_comments_that_may_be_read():
    said = {"about": "a", "state": "", "choice": Choice(credential="a")}
    assert "Told by" in listed("topics", 12, **said)
    assert not any(listed("topics", 12, **said, limits=Limits().for_public())["Told by"])
