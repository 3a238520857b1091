"""What one step of the light form is drawn from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from feedback.survey.notice import Notice
from feedback.survey.questionnaire import EXPERT, Instrument
from feedback.survey.routing import Asked
from feedback.survey.setting import Setting, Subject
from feedback.survey.submission import Slip

KIOSK, INVITATION = "kiosk", "invitation"


@dataclass(frozen=True)
class Sheet:
    """All that one step is drawn from.

    survey: its slug. step: from 0, among the steps of what is asked now. slips: what to mend; of the form as a whole,
    `item` may name the field ("subject", "reviewer"). sealed: the hidden field `form`. action: where the form is sent;
    draft, new: where the script saves it, where a kiosk begins anew ("": nowhere). mode: "invitation", "link", "kiosk".
    said: a line of what just happened; failed: why it did not. candidates: the credentials to choose one from, where
    there are several; subject: the slug of the one chosen. reviewers: names by slug of who may review, {} where a short
    name is typed. places: everything asked now, where the caller has it already. opened: what an answer of this step
    has just opened: the first of it takes the focus. people: the smallest group shown. notice: what people are told of
    who asks and why; None where nobody has said.
    """

    survey: str
    instrument: Instrument
    setting: Setting
    language: str
    languages: tuple[str, ...]
    answers: Mapping[str, Any]
    step: int
    sealed: str
    action: str
    slips: tuple[Slip, ...] = ()
    mode: str = INVITATION
    said: str = ""
    failed: str = ""
    candidates: tuple[Subject, ...] = ()
    subject: str = ""
    reviewers: Mapping[str, str] = field(default_factory=dict)
    reviewer: str = ""
    is_sample: bool = False
    draft: str = ""
    new: str = ""
    places: tuple[Asked, ...] | None = None
    opened: tuple[Asked, ...] = ()
    people: int = 5
    notice: Notice | None = None

    @property
    def choosing(self) -> bool:
        """Whether something must be chosen before anything is asked: who reviews, or which credential."""
        wants_reviewer = self.instrument.audience == EXPERT and not self.reviewer
        return wants_reviewer or (len(self.candidates) > 1 and not self.subject)
