"""How far people get with forms and how long these take: in steps of five, through the gate, never below five."""

import pandas as pd
import pytest

from feedback.disclosure import Limits
from feedback.findings.contents import FINDINGS
from feedback.findings.evidence import Choice
from feedback.findings.work import Answer, work_out
from tests.findings.evidence_of import evidence, forms_of

SPRING = {"opened": 42, "started": 40, "reached_1": 38, "reached_2": 27, "finished": 26, "seconds_130": 20,
          "seconds_400": 6}  # fmt: skip


def told(name: str, *forms: pd.DataFrame, choice: Choice = Choice()) -> Answer:
    return work_out(FINDINGS[name], evidence(forms=pd.concat(forms), data_badge="Data badge"), choice, Limits())


def test_the_sentence_says_how_many_were_sent_and_where_most_leave():
    answer = told("funnel", forms_of("spring", **SPRING))
    assert answer.sentence == (
        "Of about 40 forms that were opened, 62% were sent. "
        "Most leave where they come to step 2: 29% of them get no further."
    )
    assert answer.table["Forms, at least"].tolist() == [40, 40, 35, 25, 25]
    assert answer.table["Stage"].tolist() == [
        "Opened it", "Began to answer", "Came to step 2", "Came to step 3", "Sent it",
    ]  # fmt: skip


@pytest.mark.parametrize("finding", ["funnel", "minutes"])
def test_s22_one_person_more_within_a_step_of_five_moves_no_count(finding):
    one_more = {name: count + 1 for name, count in SPRING.items() if not name.startswith("seconds")}
    before, after = (told(finding, forms_of("spring", **{**SPRING, **more})) for more in ({}, one_more))
    assert before.table.equals(after.table)
    assert before.chart("light") == after.chart("light")


@pytest.mark.parametrize("finding", ["funnel", "minutes"])
def test_four_forms_are_not_told_and_five_are(finding):
    few, enough = ({"opened": n, "finished": n, "seconds_60": n} for n in (4, 5))
    assert told(finding, forms_of("spring", **few)).table.empty
    assert told(finding, forms_of("spring", **few)).sentence.startswith("Not enough")
    assert not told(finding, forms_of("spring", **enough)).table.empty


def test_a_language_few_used_stands_in_no_row():
    german = forms_of("spring", opened=4, started=4).assign(language="de")
    answer = told("funnel", forms_of("spring", **SPRING), german)
    assert set(answer.table["Language"]) == {"all", "en"}


def test_of_several_surveys_the_picture_has_a_row_each_the_most_opened_first():
    answer = told("funnel", forms_of("autumn", opened=20, started=20, finished=15), forms_of("spring", **SPRING))
    assert answer.sentence.startswith("Of about 60 forms of 2 surveys that were opened")
    labels = answer.chart("light")["layer"][-2]["data"]["values"]
    assert [place["wide"] for place in labels] == [["spring"], ["autumn"]]


def test_a_choice_narrows_to_a_survey_or_to_the_surveys_about_a_credential():
    other = forms_of("autumn", opened=20).assign(credentials="agile|sql")
    both = (forms_of("spring", **SPRING), other)
    assert set(told("funnel", *both, choice=Choice(survey="autumn")).table["Survey"]) == {"autumn"}
    assert set(told("funnel", *both, choice=Choice(credential="data-badge")).table["Survey"]) == {"spring"}


def test_minutes_stand_beside_what_the_questionnaire_promises():
    answer = told("minutes", forms_of("spring", **SPRING))
    assert answer.table["Median (minutes)"].tolist() == [2.0]
    assert answer.sentence == "“End of course” takes most people 2 minutes or less, as it says."
    slow = told("minutes", forms_of("spring", seconds_400=25))
    assert slow.sentence.startswith("“End of course” takes longer than it says: half of the people need more than 6.5")


def test_what_people_answered_is_not_looked_at():
    assert FINDINGS["funnel"].audiences == FINDINGS["minutes"].audiences == ()
