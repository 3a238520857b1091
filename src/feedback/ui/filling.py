"""One form being filled in: its state, its steps, and where an answer is kept. Nothing is drawn here."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from feedback.store.responses import new_secret
from feedback.survey.instrument import Instrument, Question
from feedback.survey.routing import Asked, asked
from feedback.survey.setting import Setting, Subject, pipes
from feedback.survey.submission import Slip, Submission
from feedback.survey.text import say
from feedback.survey.wording import direction, slip_text, word

AWARENESS = "awareness"
"""The construct of the question whether somebody knows a credential."""
BESIDE = ("_evidence", "_sure")
"""Endings of the ids of questions that are drawn beside another: what it rests on, how sure somebody is."""


@dataclass
class Form:
    """One form being filled in: kept in the session, drawn again from here at every step.

    subject: the credential chosen where there are several to choose from. reviewer: who reviews, in an expert's form.
    begun: when the first pair was put (seconds since the epoch); chosen_at: when the last one was chosen.
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

    def steps(self) -> list[list[Asked]]:
        """Everything asked now, in steps."""
        return grouped(self.asked())


def grouped(places: Sequence[Asked]) -> list[list[Asked]]:
    """Questions in steps: one a section, and one a credential where a section repeats.

    Sections that repeat one after the other stay together by credential, so that nobody jumps between titles. Whether
    people know the credentials is asked of all of them in one step, before anything is told of any.
    """
    steps: dict[tuple[int, str, str], list[Asked]] = {}
    run, repeated, opening = 0, False, ""
    subjects: dict[str, int] = {}
    for place in places:
        together = place.question.construct == AWARENESS
        slug = "" if place.subject is None or together else place.subject.slug
        if bool(slug) != repeated or (not slug and place.section.id != opening):
            run, repeated = run + 1, bool(slug)
        opening = place.section.id
        subjects.setdefault(slug, len(subjects))
        steps.setdefault((run, slug, place.section.id), []).append(place)
    order = {key: number for number, key in enumerate(steps)}
    return [steps[key] for key in sorted(steps, key=lambda key: (key[0], subjects[key[1]], order[key]))]


def expected(instrument: Instrument, form: Form, setting: Setting) -> int:
    """How many steps there will be if the credentials not yet asked about turn out to be known."""
    likely = dict(form.answers)
    for question in instrument.questions:
        if question.construct == AWARENESS and question.positive:
            known = {subject.slug: question.positive[0] for subject in setting.subjects}
            likely[question.id] = known | dict(likely.get(question.id) or {})
    return len(grouped(asked(instrument, likely, setting)))


def unaware(instrument: Instrument, form: Form, slug: str) -> bool:
    """Whether somebody said they had not heard of a credential: then its facts are told."""
    for question in instrument.questions:
        if question.construct == AWARENESS:
            held = form.answers.get(question.id)
            said = held.get(slug) if isinstance(held, dict) else held
            return said is not None and said not in question.positive
    return False


def stands_beside(question: Question, of: Question) -> bool:
    """Whether a question is drawn beside another: "purpose_evidence" and "purpose_sure" beside "purpose"."""
    return question.section == of.section and question.id in {of.id + ending for ending in BESIDE}


# --- answers ---------------------------------------------------------------------------------------------------------


def before(answers: Mapping[str, Any], place: Asked) -> Any:
    """What was answered at a place so far; None when nothing was."""
    held = answers.get(place.question.id)
    if place.subject is None:
        return held
    return held.get(place.subject.slug) if isinstance(held, dict) else None


def keep(answers: dict[str, Any], place: Asked, given: Any) -> None:
    """Keep an answer at its place; None takes it back."""
    if place.subject is None:
        answers[place.question.id] = given
        if given is None:
            answers.pop(place.question.id)
        return
    held = answers.setdefault(place.question.id, {})
    held[place.subject.slug] = given
    if given is None:
        held.pop(place.subject.slug)
    if not held:
        answers.pop(place.question.id)


# --- slips and words -------------------------------------------------------------------------------------------------


def slips_here(slips: Sequence[Slip], here: Sequence[Asked], everywhere: Sequence[Asked]) -> tuple[Slip, ...]:
    """Of all slips, those that stop this step: of its questions, and of the form as a whole.

    Other steps have their turn, and that nothing is answered yet matters at the end only.
    """
    places = {(each.question.id, each.slug) for each in here}
    later = {(each.question.id, each.slug) for each in everywhere} - places
    return tuple(
        slip for slip in slips if (slip.question, slip.subject) not in later and slip.code != "nothing_answered"
    )


def slip_lines(sitting: Sitting, here: Sequence[Asked]) -> list[str]:
    """What to mend, each thing once: questions of this step by their wording, what stands nowhere here in words."""
    form = sitting.form
    places = {(each.question.id, each.slug): each for each in sitting.asked()}
    drawn = {(each.question.id, each.slug) for each in here}
    lines = []
    for slip in form.slips:
        place, said = places.get((slip.question, slip.subject)), slip_text(slip, form.language)
        if place is None:
            lines.append(said)
        else:
            wording = wording_of(place, sitting.setting, form.language)
            lines.append(wording if (slip.question, slip.subject) in drawn else f"{wording} {said}")
    return list(dict.fromkeys(lines))


def wording_of(place: Asked, setting: Setting, language: str) -> str:
    """A question as it is put: about its own credential, elsewhere about the sitting's first."""
    about = place.subject or (setting.subjects[0] if setting.subjects else None)
    return say(place.question.text, language, **piped(about, language))


def piped(subject: Subject | None, language: str) -> dict[str, str]:
    """What a wording names of its subject, for showing only: set apart where the words around run right to left."""
    return {name: apart(value, language) for name, value in pipes(subject).items()}


def apart(text: str, language: str) -> str:
    """Text of another language in a line, so that neither turns the other's order round."""
    return f"\u2068{text}\u2069" if text and direction(language) == "rtl" else text


def progress_words(instrument: Instrument, form: Form, steps: int) -> str:
    """Where somebody stands: "4 of 15, about 2 min left"."""
    left = round((instrument.minutes or steps / 3) * (steps - form.step) / steps)
    return word("form.progress", form.language, done=form.step + 1, all=steps, minutes=max(1, left))
