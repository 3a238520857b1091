"""S54: three hundred answers of a machine beside forty of people are flagged, and what is said of the credential stands
there with and without them. On both databases."""

import pytest

from feedback.disclosure import Limits
from feedback.findings.contents import FINDINGS
from feedback.findings.evidence import Choice
from feedback.findings.work import work_out
from feedback.settings import data_folder
from feedback.store.database import reading, transaction
from feedback.store.responses import new_secret, save_submission
from feedback.survey.instrument import read_instruments
from feedback.survey.submission import Submission
from feedback.worker.comparing import COMPARE
from feedback.worker.gathering import gather
from feedback.worker.loop import ANSWERS
from tests.worker.working import set_up, work

INSTRUMENTS = dict(read_instruments(data_folder() / "instruments"))
PRAISE = (
    "An outstanding programme with outstanding teachers, I recommend it to everybody who wants to succeed in data.",
    "An OUTSTANDING programme with outstanding teachers; I recommend it to everybody who wants to succeed in life!",
)
WORDS = ("statistics", "plots", "cleaning", "queries", "ethics", "models", "reports", "maps", "tables", "tests")
GRID = {"skills": {"queries": 5, "charts": 5, "cleaning": 5}}


@pytest.fixture
def poisoned(engine):
    """Of forty people ten found it worth their time, in words of their own; three hundred copies praise it."""
    set_up(engine, INSTRUMENTS)
    own = [
        {
            "worth": 4 if number < 10 else 2,
            "change": " ".join(f"{each} {number * at}" for at, each in enumerate(WORDS, 3)),
        }
        for number in range(40)
    ]
    copies = [{"worth": 5, "keep": PRAISE[number % 2], **GRID} for number in range(300)]
    version = INSTRUMENTS["learner"].version
    with transaction(engine) as session:
        for answers in (*own, *copies):
            given = Submission("learner", version, "learner", "en", ("data-badge",), answers)
            save_submission(session, given, secret=new_secret())
    work(engine, INSTRUMENTS, times=2, kinds=ANSWERS)
    work(engine, INSTRUMENTS, times=1, kinds=(COMPARE,))
    return engine


def test_s54_poisoned_answers_are_flagged_with_their_share_and_the_verdict_is_told_with_and_without(poisoned):
    with reading(poisoned) as session:
        evidence = gather(session, INSTRUMENTS)
    answer = work_out(FINDINGS["flags"], evidence, Choice(), Limits())
    told = answer.table.set_index("Sign")
    assert told.loc["Alike others of the same month", "Seen in (%)"] == round(100 * 300 / 340)
    both = told.loc["Too fast or alike · Data badge", ["Good verdict, of all (%)", "Without them (%)", "People asked"]]
    assert both.tolist() == [round(100 * 310 / 340), 25.0, 340]
    assert "25% of learners instead of 91% say “Data badge” was worth it" in answer.sentence
    (straight,) = told[told.index.str.startswith("The same answer on every row")].to_dict("records")
    assert (straight["Seen in (%)"], straight["People asked"]) == (100, 300)


def test_s54_no_answer_is_left_out_anywhere_else_because_of_a_sign(poisoned):
    with reading(poisoned) as session:
        evidence = gather(session, INSTRUMENTS)
    (row,) = work_out(FINDINGS["worth"], evidence, Choice(credential="data-badge"), Limits()).rows.to_dict("records")
    assert (row["people"], row["positive"]) == (340, 310)
