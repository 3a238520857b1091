"""From a question to its answer, through the gate. The one door: nothing reaches a page or a file but from here."""

from collections.abc import Callable
from dataclasses import dataclass, field

from pandas import DataFrame

from feedback.charts.theme import Mode
from feedback.disclosure import Limits, pass_published, withhold
from feedback.findings.evidence import AUDIENCES, Choice, Evidence

Work = Callable[[Evidence, Choice, Limits], DataFrame]
Say = Callable[[DataFrame, Evidence, Choice], str]
Draw = Callable[[DataFrame, Mode], dict | None]
Display = Callable[[DataFrame], DataFrame]


@dataclass(frozen=True)
class Finding:
    """One line of the contents page.

    question: what it answers. caution: how we know, and what it does not say.
    work: evidence to a table with a column `people` and, on the employer side, `organisations` and `largest_share`.
    measures: the columns of that table that say something about the people; the gate blanks them where few answered.
    keys: number or list columns that say nothing about people (steps of a scale). interval, span: what the gate calls
    early goes by them. listed: whether being in the table is an answer in itself, so that withheld rows must go.
    audiences, foils: whose answers and comments it works on, and whether also those about credentials that do not
    exist, whichever is chosen. It is given no others, and worked out again when one of them changes.
    forms: whether it works on the counts of forms, too. roles: whether it needs to know who was heard by role, or when
    on which skill, which is read only where it is asked for.
    splits: whether it goes by how employers are split (`Choice.by`). weighs: whether it knows how many organisations of
    which kind the catalogue lists. actions: whether it knows what somebody set out to change.
    whole: whether it works on the whole institution whatever is chosen, because what is said of one hangs on how many
    are looked at; it tells of the choice alone.
    pools: whether it knows what goes together over all credentials, whichever are chosen (`Evidence.products`).
    keeps: whether its rows are kept beside its picture where it is worked out beforehand, because a page opens them.
    published: whether it is about figures anybody may read and counts nobody (its table then has no `people`): there is
    nothing to withhold, and it passes the same door all the same.
    say, draw, display: from the gated table only. draw is None where there is no picture.
    """

    id: str
    question: str
    caution: str
    work: Work
    measures: tuple[str, ...]
    say: Say
    display: Display
    draw: Draw | None = None
    keys: tuple[str, ...] = ()
    interval: tuple[str, str] = ("low", "high")
    span: float = 1.0
    listed: bool = False
    audiences: tuple[str, ...] = AUDIENCES
    foils: bool = False
    forms: bool = False
    roles: bool = False
    splits: bool = False
    weighs: bool = False
    actions: bool = False
    whole: bool = False
    pools: bool = False
    keeps: bool = False
    published: bool = False

    def mark(self, evidence: Evidence, choice: Choice) -> str:
        """A mark of all it works on: with the same mark, limits and program its answer is the same."""
        also = {"forms": self.forms, "houses": self.weighs, "actions": self.actions, "products": self.pools}
        choice = Choice() if self.whole else choice
        return evidence.mark(choice, self.audiences, foils=self.foils, **also)


@dataclass(frozen=True)
class Answer:
    """A finding worked out: safe to show, to write to a file, to send. Made by work_out alone."""

    question: str
    sentence: str
    caution: str
    table: DataFrame
    rows: DataFrame = field(repr=False)
    draw: Draw | None = field(repr=False, default=None)
    keeps: bool = False

    @property
    def alt(self) -> str:
        """The picture in words."""
        return f"{self.question} {self.sentence} The same figures stand in the table below the picture."

    @property
    def has_table(self) -> bool:
        """Whether anything stands in the table."""
        return not self.table.empty

    @property
    def shown(self) -> DataFrame:
        """The rows that may be shown, withheld ones left out."""
        return self.rows[self.rows["state"] != "withheld"]

    def chart(self, mode: Mode) -> dict | None:
        """The picture for "light" or "dark"; None where there is nothing to draw."""
        if self.draw is None or self.shown.empty:
            return None
        return self.draw(self.rows, mode)


def work_out(finding: Finding, evidence: Evidence, choice: Choice, limits: Limits) -> Answer:
    """Work a finding out and pass it through the gate. Evidence is not changed."""
    evidence = evidence.about(Choice() if finding.whole else choice, finding.audiences, foils=finding.foils)
    raw = finding.work(evidence, choice, limits)
    rows = pass_published(raw) if finding.published else _withheld(raw, finding, limits)
    return Answer(
        question=finding.question,
        sentence=finding.say(rows, evidence, choice),
        caution=finding.caution,
        table=finding.display(rows),
        rows=rows,
        draw=finding.draw,
        keeps=finding.keeps,
    )


def _withheld(raw: DataFrame, finding: Finding, limits: Limits) -> DataFrame:
    return withhold(
        raw,
        measures=finding.measures,
        limits=limits,
        keys=finding.keys,
        interval=finding.interval,
        span=finding.span,
        drop=finding.listed,
    )
