"""Comments about no single credential: listed for the whole institution, with the question they answer."""

import pytest

from feedback.disclosure import Limits
from feedback.findings.contents import FINDINGS
from feedback.findings.evidence import Choice
from feedback.findings.work import work_out
from tests.findings.evidence_of import comments, evidence


def listed(finding: str, number: int, choice: Choice = Choice()):
    held = evidence(said=[comments("", number, text="Nobody can check what an AI wrote.")], a="A badge")
    return work_out(FINDINGS[finding], held, choice, Limits()).table


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
