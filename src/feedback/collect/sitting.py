"""One form being filled in: what of it travels in the page, what is kept as its draft, and what it asks now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from feedback.collect.asked import AskedBy
from feedback.collect.sealing import Visit, as_bytes, as_text, seal, unseal
from feedback.store.responses import new_secret
from feedback.survey.questionnaire import EXPERT, Instrument
from feedback.survey.routing import Asked, asked
from feedback.survey.setting import Setting, choose_setting
from feedback.survey.steps import grouped
from feedback.survey.submission import setting_for


@dataclass(frozen=True)
class Form:
    """A form as it stands.

    secret: key and receipt of the response follow from it; it lies nowhere but in here, which is always sealed. about:
    the credentials chosen for this person, () where the secret draws them. began: when it was first seen (seconds since
    the epoch). step: where the person is, from 0; furthest: as far as they have been. picked, reviewer: what is
    chosen before the questions. saved: whether a draft of it is kept. turns: how many of its pages have come back.
    notice: the version of the notice shown when it was begun; None where none was.
    """

    secret: str
    language: str
    began: int
    about: tuple[str, ...] = ()
    step: int = 0
    furthest: int = 0
    picked: str = ""
    reviewer: str = ""
    answers: Mapping[str, Any] = field(default_factory=dict)
    saved: bool = False
    turns: int = 0
    notice: int | None = None


def new_form(
    instrument: Instrument, language: str, moment: float, about: Sequence[str] = (), notice: int | None = None
) -> Form:
    """A form nobody has written in. about: the credentials its invitation names, where it names any."""
    form = Form(new_secret(), language, int(moment), notice=notice)
    if instrument.subjects == "one":
        return replace(form, picked=about[0]) if about else form
    return replace(form, about=tuple(about))


def page_seal(form: Form, visit: Visit, places: Sequence[Asked]) -> str:
    """What travels hidden in the page: whose form it is, and what was asked on it.

    Sealed with the visit's own key, so that no other site can make one: it stands for a token against forged requests,
    too.
    """
    drawn = [[place.question.id, place.slug] for place in places]
    held = [form.secret, form.language, form.began, form.about, form.step, form.picked, form.turns, drawn, form.notice]
    return as_text(seal(visit.key, f"page {visit.survey}", held))


@dataclass(frozen=True)
class Page:
    """A page that comes back. drawn: question and credential of all that was asked on it."""

    form: Form
    drawn: frozenset[tuple[str, str | None]]


def page_in(text: str, visit: Visit) -> Page | None:
    """The page behind its seal; None when it was not made for this visit."""
    held = unseal(visit.key, f"page {visit.survey}", as_bytes(text))
    if not isinstance(held, list):
        return None
    secret, language, began, about, step, picked, turns, drawn, *notice = held  # pages of older programs name none
    form = Form(secret, language, began, tuple(about), step, step, picked, turns=turns, notice=_first(notice))
    return Page(form, frozenset(map(tuple, drawn)))


def draft_seal(form: Form, visit: Visit) -> bytes:
    """The form as a draft: only who has the link, or the cookie, can read it."""
    told = [form.secret, form.language, form.began, form.about, form.step, form.furthest, form.picked, form.reviewer]
    return seal(visit.key, f"draft {visit.survey}", [*told, form.turns, form.answers, form.notice])


def draft_in(sealed: bytes | None, visit: Visit) -> Form | None:
    """The form a draft holds; None when there is none, or it is of another link."""
    held = unseal(visit.key, f"draft {visit.survey}", sealed) if sealed else None
    if not isinstance(held, list):
        return None
    secret, language, began, about, step, furthest, picked, reviewer, turns, answers, *notice = held
    told = (secret, language, began, tuple(about), step, furthest, picked, reviewer, answers)
    return Form(*told, saved=True, turns=turns, notice=_first(notice))


def _first(notice: Sequence[int | None]) -> int | None:
    return notice[0] if notice else None


@dataclass(frozen=True)
class Sitting:
    """A form with what it asks: all questions open now, in steps. `chooses`: something is to be chosen first."""

    form: Form
    instrument: Instrument
    setting: Setting
    places: tuple[Asked, ...]
    steps: tuple[list[Asked], ...]
    chooses: bool

    @property
    def here(self) -> Sequence[Asked]:
        """What is asked where the person is; nothing while they choose."""
        return () if self.chooses else self.steps[min(self.form.step, len(self.steps) - 1)]


def sit(form: Form, survey: AskedBy, instrument: Instrument) -> Sitting:
    """What a form asks now."""
    picking = needs_picking(survey, instrument)
    candidates = survey.candidates
    if picking:
        candidates = tuple(each for each in candidates if each.slug == form.picked)
    setting: Any = choose_setting(instrument, candidates, form.secret, form.language)
    if form.about:
        chosen = setting_for(instrument, list(form.about), candidates, form.secret, form.language)
        setting = chosen if isinstance(chosen, Setting) else setting
    chooses = (picking and not candidates) or (instrument.audience == EXPERT and not form.reviewer)
    places = () if chooses else asked(instrument, form.answers, setting)
    steps = tuple(grouped(places))
    return Sitting(form, instrument, setting, places, steps, chooses or not steps)


def needs_picking(survey: AskedBy, instrument: Instrument) -> bool:
    """Whether people say themselves which credential they answer about."""
    return instrument.subjects == "one" and len(survey.candidates) > 1
