"""Who has been heard on what."""

from feedback.analysis.coverage import heard_by
from tests.analysis.answers_table import answers_about, counted, together

HOUSES = ["ash", "ash", "oak", "elm"]


def employers(credential: str, sectors: list[str | None]):
    table = answers_about(
        credential, ratings=[3] * len(sectors), audience="employer", question="ladder", construct="recognition",
        scale="ladder5", organisations=HOUSES[: len(sectors)],
    )  # fmt: skip
    return table.assign(sector=sectors)


def test_people_and_organisations_are_counted_by_credential_and_sector():
    answers = counted(together(employers("sql", ["R", "R", "R", "C"]), employers("care", ["R"])))
    found = heard_by(answers, "sector").set_index(["credential", "cell"])
    assert found["people"].to_dict() == {("sql", "R"): 3, ("sql", "C"): 1, ("care", "R"): 1}
    assert found["organisations"]["sql", "R"] == 2
    assert found["largest_share"]["sql", "R"] == 2 / 3


def test_learners_and_those_who_do_not_say_are_left_out():
    unsaid = employers("sql", [None, None])
    learners = answers_about("sql", ratings=[5, 5]).assign(sector="R")
    assert heard_by(together(unsaid, learners), "sector").empty
