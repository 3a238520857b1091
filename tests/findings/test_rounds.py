"""How far reviewers agree, told round by round and by stage."""

from feedback.disclosure import Limits
from feedback.findings.contents import FINDINGS
from feedback.findings.evidence import Choice
from feedback.findings.work import work_out
from tests.analysis.answers_table import together
from tests.analysis.test_agreement import reviewed
from tests.findings.evidence_of import evidence, reviews

FULL = ((0, 0), (3, 3))


def told(*given, choice=Choice(), name="agreement"):
    return work_out(FINDINGS[name], evidence(together(*given), a="A badge", b="B badge"), choice, Limits())


def test_each_round_is_told_with_its_kappa_and_how_many_criteria_it_rests_on():
    answer = told(reviewed(), reviewed("b", "three", "beta", pairs=FULL))
    table = answer.table.set_index(["Stage", "Credential"])
    assert table.loc[("Yearly", "A badge"), "Weighted kappa"] == 0.71
    assert table.loc[("Yearly", "All rounds of this stage"), "Criteria judged by two"] == 14
    assert table.loc[("Trial", "B badge"), "Note"] == "too few criteria to say (fewer than 10)"
    assert answer.sentence == (
        "2 rounds of expert review are complete; the reviewers' weighted kappa is from 0.71 to 1.00 (1 is full "
        "agreement, 0 chance). 1 criterion was marked two or more apart."
    )


def test_marks_that_are_all_the_same_have_no_kappa_and_the_note_says_so():
    answer = told(reviewed(pairs=((2, 2), (2, 2))))
    assert answer.table["Weighted kappa"].isna().all()
    assert answer.table["Note"].str.startswith("cannot be said").all()
    assert "cannot be told yet" in answer.sentence


def test_a_round_of_one_says_nothing():
    one = reviews("a", [[3, 0]], ["ready"])
    assert told(one).table.empty


def test_reviews_of_an_older_round_stay_readable_by_its_survey():
    older, newer = reviewed(survey="one", pairs=FULL), reviewed(survey="two", month="2027-01", pairs=((1, 3), (0, 0)))
    chosen = told(older, newer, choice=Choice(credential="a", survey="one"), name="experts")
    newest = told(older, newer, choice=Choice(credential="a"), name="experts")
    assert chosen.table["Gap"].max() == 0
    assert newest.table["Gap"].max() == 2
    assert told(older, choice=Choice(credential="a", survey="none"), name="experts").table.empty
