"""One form being filled in, as the session keeps it. Nothing is drawn here."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from feedback.store.responses import new_secret
from feedback.survey.instrument import Instrument
from feedback.survey.routing import Asked, asked
from feedback.survey.setting import Setting
from feedback.survey.steps import Step, grouped
from feedback.survey.submission import Slip, Submission


@dataclass
class Form:
    """One form being filled in: kept in the session, drawn again from here at every step.

    subject: the credential chosen where there are several to choose from. reviewer: who reviews, in an expert's form.
    begun: when the first pair was put (seconds since the epoch); chosen_at: when the last one was chosen.
    notice: the version of the notice that was shown.
    """

    survey: str
    version: int
    secret: str = field(default_factory=new_secret)
    language: str = "en"
    subject: str = ""
    reviewer: str = ""
    step: int = 0
    turn: int = 0
    answers: dict[str, Any] = field(default_factory=dict)
    slips: tuple[Slip, ...] = ()
    failed: str = ""
    receipt: str = ""
    foil: bool = False
    begun: float = 0.0
    chosen_at: float = 0.0
    notice: int | None = None


@dataclass(frozen=True)
class Sitting:
    """A form with all it is drawn from. survey: the name its controls go by. send: takes what passed the check."""

    survey: str
    instrument: Instrument
    form: Form
    setting: Setting
    send: Callable[[Submission], None]

    def asked(self) -> tuple[Asked, ...]:
        """Everything asked now."""
        return asked(self.instrument, self.form.answers, self.setting)

    def steps(self) -> list[Step]:
        """Everything asked now, in steps."""
        return grouped(self.asked())
