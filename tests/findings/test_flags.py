"""Signs of careless answers: said of groups, through the gate, and never a verdict on one person."""

from pandas import DataFrame

from feedback.disclosure import Limits
from feedback.findings.contents import FINDINGS
from feedback.findings.evidence import ANSWERS, FLAGGED, Choice, Evidence
from feedback.findings.work import work_out
from tests.findings.test_answers import BLANK

AWARE = {"audience": "employer", "instrument": "employer", "question": "awareness", "construct": "awareness",
         "kind": "one", "scale": "", "credential": "foil:grand-certificate"}  # fmt: skip


def asked(known: int, unknown: int, houses: int = 5) -> list[dict]:
    """Employers shown a title that does not exist: so many knew it, so many did not."""
    return [
        BLANK | AWARE | {"positive": positive, "people": people, "organisation": f"house-{place}"}
        for positive, number in ((True, known), (False, unknown))
        for place in range(houses)
        if (people := number // houses)
    ]


def straight(seen: int, other: int, credential: str = "data-badge") -> list[dict]:
    row = BLANK | {"question": "teaching:straight", "construct": "straight_lined", "kind": "derived", "scale": "",
                   "credential": credential}  # fmt: skip
    return [row | {"positive": True, "people": seen}, row | {"positive": False, "people": other}]


def flagged(*rows: dict, choice: Choice = Choice()):
    table = DataFrame(list(rows), columns=list(ANSWERS))
    evidence = Evidence(
        answers=table, titles={"data-badge": "Data Badge", "agile": "Agile"}, questions={"teaching": "How was it?"}
    )
    return work_out(FINDINGS["flags"], evidence, choice, Limits())


def test_a_credential_known_that_does_not_exist_is_a_sign():
    answer = flagged(*asked(10, 90))
    assert answer.table["Seen in (%)"].tolist() == [10.0]
    assert answer.sentence.startswith("Most often: “Knows a credential that does not exist”, 10% of those asked")


def test_the_same_answer_on_every_row_is_a_sign_named_with_its_question():
    answer = flagged(*straight(6, 24))
    assert answer.table["Sign"].tolist() == ["The same answer on every row · How was it?"]
    assert answer.table["People asked"].tolist() == [30]


def test_few_people_or_few_organisations_give_no_sign():
    assert flagged(*asked(2, 2, houses=2)).table["Seen in (%)"].isna().all()
    assert flagged(*straight(2, 2)).table.empty
    assert "Not enough answers yet" in flagged().sentence


def test_a_credential_few_answered_about_moves_no_total():
    alone, both = flagged(*straight(6, 24)), flagged(*straight(6, 24), *straight(3, 1, "agile"))
    assert alone.table.equals(both.table)


def test_a_choice_narrows_the_grids_and_not_the_titles_that_do_not_exist():
    answer = flagged(*straight(6, 24), *asked(10, 90), choice=Choice(credential="agile"))
    assert answer.table["Sign"].tolist() == ["Knows a credential that does not exist"]


# --- signs kept beside responses -------------------------------------------------------------------------------------


def sent(people: int, credential: str = "data-badge") -> dict:
    """Learners who answered one question of the form."""
    return BLANK | {"question": "worth", "construct": "overall", "kind": "scale", "credential": credential,
                    "people": people}  # fmt: skip


def kept(*rows: dict, signs: list[tuple[str, str, int]], choice: Choice = Choice()):
    """The finding with signs: credential, flag, how many."""
    flagged = DataFrame([("learner", "learner", *sign) for sign in signs], columns=list(FLAGGED))
    evidence = Evidence(
        answers=DataFrame(list(rows), columns=list(ANSWERS)), flagged=flagged, forms={"learner": "End of course"},
        titles={"data-badge": "Data Badge", "agile": "Agile"},
    )  # fmt: skip
    answer = work_out(FINDINGS["flags"], evidence, choice, Limits())
    return answer.table.set_index("Sign")["Seen in (%)"].to_dict()


FAST, ALIKE = "Sent sooner than it can be read", "Alike others of the same month"


def test_signs_kept_beside_responses_are_told_as_shares_of_those_who_answered():
    assert kept(sent(20), signs=[("data-badge", "fast", 3)]) == {FAST: 15.0, ALIKE: 0.0}


def test_a_sign_nobody_shows_stands_there_with_nothing_so_that_its_first_tells_of_nobody():
    assert kept(sent(20), signs=[]) == {FAST: 0.0, ALIKE: 0.0}
    assert kept(sent(4), signs=[("data-badge", "copied", 3)]) == {}


def test_signs_on_a_credential_few_answered_about_move_no_total():
    alone = kept(sent(20), signs=[("data-badge", "fast", 2)])
    both = kept(sent(20), sent(3, "agile"), signs=[("data-badge", "fast", 2), ("agile", "fast", 3)])
    assert alone == both


def test_a_choice_narrows_the_signs():
    signs = [("data-badge", "fast", 2), ("agile", "fast", 8)]
    assert kept(sent(20), sent(10, "agile"), signs=signs, choice=Choice(credential="agile"))[FAST] == 80.0


def test_answers_from_files_carry_no_sign():
    assert kept(sent(20) | {"instrument": "imported_comments"}, signs=[]) == {}


def test_nothing_seen_is_said_so():
    assert flagged(*asked(0, 50)).sentence.startswith("Nothing stands out")
