"""What a file that leaves says of itself: its name, and the words that go with its table."""

from collections.abc import Mapping

from feedback.findings.evidence import Choice
from feedback.findings.finished import Shown
from feedback.findings.scope import STATES

NO_RELEASE = "nothing has been published yet"


def about(answer: Shown, choice: Choice, release: str = NO_RELEASE, sample: bool = False) -> Mapping[str, str]:
    """What stands beside the table of an answer: its question, sentence, caution, what was chosen, release, counts.

    release: which one the numbers are from, in words. sample: whether invented answers are among them.
    """
    said = {
        "question": answer.question,
        "answer": answer.sentence,
        "how we know": answer.caution,
        "chosen": chosen(choice),
        "release": release,
        "rows": counted(answer),
    }
    return said | ({"sample": "Invented: the sample institution is loaded."} if sample else {})


def chosen(choice: Choice) -> str:
    """What was chosen, in words.

    >>> chosen(Choice()), chosen(Choice(credential="data-badge", audience="learner"))
    ('everything', 'credential data-badge, audience learner')
    """
    return ", ".join(f"{name} {value}" for name, value in vars(choice).items() if value) or "everything"


def counted(answer: Shown) -> str:
    """How many rows its table has, and how many of them are withheld."""
    table = answer.table
    withheld = int((table["Shown"] == STATES["withheld"]).sum()) if "Shown" in table else 0
    return f"{len(table):,}" + (f", of which {withheld:,} too few to show" if withheld else "")


def file_name(finding: str, choice: Choice, release: int | None, ending: str) -> str:
    """The name of a file: what, of whom, as of which release.

    >>> file_name("recognition", Choice(credential="data-badge"), 12, "csv")
    'recognition_data-badge_release-12.csv'
    """
    parts = [finding, *(str(value) for value in vars(choice).values() if value)]
    return "_".join([*parts, f"release-{release}" if release else "unpublished"]) + f".{ending}"
