"""Signs of careless answers: said of groups, through the gate, and never a verdict on one person."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas import DataFrame, Series

from feedback.disclosure import Limits
from feedback.findings.contents import FINDINGS
from feedback.findings.evidence import ANSWERS, FLAGGED, Choice, Evidence
from feedback.findings.flags import may_tell
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
    flagged = DataFrame([("learner", "learner", *sign, None) for sign in signs], columns=list(FLAGGED))
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


# --- with and without them -------------------------------------------------------------------------------------------


def doubted(good: int, bad: int, signed: int, well: int, limits: Limits = Limits()):
    """The finding on one credential: so many found it worth their time or not; so many of these carry a sign, so many
    of whom found it worth it."""
    asked = {"question": "worth", "construct": "overall", "kind": "scale", "scale": "agree5"}
    steps = ((5.0, True, good), (1.0, False, bad))
    rows = [BLANK | asked | {"number": step, "positive": is_good, "people": n} for step, is_good, n in steps if n]
    kept = (("copied", signed), ("rated", signed), ("rated_well", well))
    signs = [("learner", "learner", "data-badge", name, n, None) for name, n in kept]
    evidence = Evidence(
        answers=DataFrame(rows, columns=list(ANSWERS)), flagged=DataFrame(signs, columns=list(FLAGGED)),
        forms={"learner": "End of course"}, titles={"data-badge": "Data Badge"},
    )  # fmt: skip
    return work_out(FINDINGS["flags"], evidence, Choice(), limits)


def told_without(answer) -> list[tuple[float, float]]:
    rows = answer.rows[answer.rows["flag"] == "any_kept"]
    return list(zip((100 * rows["of_all"]).round(), (100 * rows["without"]).round(), strict=True))


def test_the_verdict_is_told_with_and_without_those_who_carry_a_sign():
    answer = doubted(good=40, bad=10, signed=20, well=18)
    assert told_without(answer) == [(80.0, 73.0)]
    assert answer.sentence.endswith(
        "Without answers that are too fast or alike, 73% of learners instead of 80% say “Data Badge” was worth it: "
        "of all verdicts this would change most."
    )


@pytest.mark.parametrize(
    ("good", "bad", "signed", "well", "told"),
    [
        (30, 10, 4, 2, False), (8, 8, 12, 6, False), (30, 10, 0, 0, False),  # one of them is too small
        (30, 10, 8, 8, False), (30, 10, 8, 0, False), (20, 2, 14, 13, True), (19, 3, 14, 11, False),  # and agrees
        (30, 12, 12, 0, True), (12, 30, 12, 12, True),
    ],
)  # fmt: skip
def test_it_is_not_where_either_group_is_too_small_or_small_and_of_one_mind(good, bad, signed, well, told):
    assert bool(told_without(doubted(good, bad, signed, well))) is told


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 30), st.integers(0, 30), st.data())
def test_with_and_without_taken_together_tell_of_no_small_group_nor_of_a_small_one_that_agrees(good, bad, draw):
    """Both shares say of either group how many there are, and how many of them found it worth it."""
    groups = [(draw.draw(st.integers(0, good)), draw.draw(st.integers(0, bad)))]
    groups.append((good - groups[0][0], bad - groups[0][1]))
    people, well = (Series([one + other for one, other in groups]), Series([one for one, _ in groups]))
    for (one, other), told in zip(groups, may_tell(people, well, Limits()), strict=True):
        assert not told or (one + other >= 5 and (one + other >= 10 or (one and other)))


def doubted_employers(signed_from: list[str], well: int, others: int = 12, limits: Limits = Limits()):
    """The finding on one credential that employers rated: one person each of the houses named carries a sign, so many
    of whom found it counts; and of so many others every second one does."""
    asked = {"audience": "employer", "instrument": "employer", "question": "recognition", "construct": "recognition",
             "kind": "scale", "scale": "ladder5"}  # fmt: skip
    said = [(house, place < well) for place, house in enumerate(signed_from)]
    said += [(f"other-{place}", place % 2 == 0) for place in range(others)]
    rows = [
        BLANK | asked | {"organisation": house, "number": 3.0 if good else 1.0, "positive": good, "people": 1}
        for house, good in said
    ]
    signs = [("employer", "employer", "data-badge", "rated", 1, house) for house in signed_from]
    signs += [("employer", "employer", "data-badge", "rated_well", 1, house) for house in signed_from[:well]]
    evidence = Evidence(
        answers=DataFrame(rows, columns=list(ANSWERS)), flagged=DataFrame(signs, columns=list(FLAGGED)),
        forms={"employer": "What it is worth"}, titles={"data-badge": "Data Badge"},
    )  # fmt: skip
    return work_out(FINDINGS["flags"], evidence, Choice(credential="data-badge"), limits)


def test_employers_verdict_is_told_with_and_without_those_who_carry_a_sign():
    answer = doubted_employers([f"house-{place}" for place in range(6)], well=5)
    assert told_without(answer) == [(61.0, 50.0)]
    assert "50% of employers instead of 61% say “Data Badge” counts in screening or for more." in answer.sentence
    assert answer.sentence.endswith(
        "Of learners, too few carry such a sign, or do not, to tell their verdict without it."
    )


@pytest.mark.parametrize(
    "houses", [["ash"] * 6, ["ash"] * 4 + ["oak", "elm"], ["ash", "oak", "elm", "fir"], ["ash", "oak"] * 3]
)
def test_it_is_not_where_those_who_carry_one_are_too_few_or_of_few_organisations(houses):
    assert told_without(doubted_employers(houses, well=3)) == []


def test_it_is_not_where_those_who_carry_none_are_too_few():
    assert told_without(doubted_employers([f"house-{place}" for place in range(9)], well=5, others=4)) == []
