"""The way through a form: its steps, what stands beside what, where an answer is kept, what is said of slips.

Both renderings of a questionnaire, the light form and the pages, go by these; nothing is drawn here.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from feedback.survey.questionnaire import ALL_PAIRS, Instrument, Question
from feedback.survey.routing import AWARENESS, Asked, asked
from feedback.survey.setting import Setting, Subject, pipes
from feedback.survey.submission import Slip
from feedback.survey.text import say
from feedback.survey.wording import direction, slip_text, word

BESIDE = ("_evidence", "_sure")
"""Endings of the ids of questions that are drawn beside another: what it rests on, how sure somebody is."""
LONG_LIST = 9
"""From more options than this one chooses from a list that folds away."""
MOST_LISTED = 8
"""So many slips are listed together; the others stand beside their questions only."""

Step = list[Asked]


def grouped(places: Sequence[Asked]) -> list[Step]:
    """Questions in steps: one a section, and one a credential where a section repeats.

    Sections that repeat one after the other stay together by credential, so that nobody jumps between titles. Whether
    people know the credentials is asked of all of them in one step, before anything is told of any.
    """
    steps: dict[tuple[int, str, str], Step] = {}
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


def expected(instrument: Instrument, answers: Mapping[str, Any], setting: Setting, now: Sequence[Step]) -> int:
    """How many steps there will be if the credentials not yet asked about turn out to be known.

    now: the steps there are by the answers so far.
    """
    likely = dict(answers)
    for question in awareness_questions(instrument):
        if not question.positive:
            continue
        known = {subject.slug: question.positive[0] for subject in setting.subjects}
        held = answers.get(question.id)
        likely[question.id] = known | (dict(held) if isinstance(held, Mapping) else {})
    return len(now) if likely == answers else len(grouped(asked(instrument, likely, setting)))


@lru_cache(maxsize=256)
def awareness_questions(instrument: Instrument) -> tuple[Question, ...]:
    """The questions whether somebody knows a credential."""
    return tuple(each for each in instrument.questions if each.construct == AWARENESS)


def unaware(instrument: Instrument, answers: Mapping[str, Any], slug: str) -> bool:
    """Whether somebody said they had not heard of a credential: then its facts are told."""
    for question in awareness_questions(instrument):
        held = answers.get(question.id)
        said = held.get(slug) if isinstance(held, dict) else held
        return said is not None and said not in question.positive
    return False


def drawn_beside(question: Question, instrument: Instrument) -> tuple[str, ...]:
    """The questions drawn beside another: "purpose_evidence" and "purpose_sure" beside "purpose"."""
    names = (question.id + ending for ending in BESIDE)
    known = instrument.by_id
    return tuple(name for name in names if name in known and known[name].section == question.section)


def side_by_side(here: Sequence[Asked], instrument: Instrument) -> list[tuple[Asked, list[Asked] | None]]:
    """What a step draws one below the other, each with what is drawn beside it; None where nothing ever is."""
    drawn: set[tuple[str, str | None]] = set()
    rows: list[tuple[Asked, list[Asked] | None]] = []
    for place in here:
        if (place.question.id, place.slug) in drawn:
            continue
        names, beside = drawn_beside(place.question, instrument), None
        if names:
            beside = [each for each in here if each.question.id in names and each.slug == place.slug]
            drawn |= {(each.question.id, each.slug) for each in beside}
        rows.append((place, beside))
    return rows


def one_subject(here: Sequence[Asked]) -> Subject | None:
    """The credential a whole step is about; None when it is about none, or about several."""
    return here[0].subject if len({place.slug for place in here}) == 1 else None


def section_title(here: Sequence[Asked], language: str) -> str:
    """What a step is headed by; "" where pairs are put, since a pair is its own title."""
    if all(place.question.options_from == ALL_PAIRS for place in here):
        return ""
    return say(here[0].section.title, language, **piped(one_subject(here), language))


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


def slips_here(slips: Sequence[Slip], here: Sequence[Asked], everywhere: Sequence[Asked]) -> tuple[Slip, ...]:
    """Of all slips, those that stop this step: of its questions, and of the form as a whole.

    Other steps have their turn, and that nothing is answered yet matters at the end only.
    """
    places = {(each.question.id, each.slug) for each in here}
    later = {(each.question.id, each.slug) for each in everywhere} - places
    return tuple(
        slip for slip in slips if (slip.question, slip.subject) not in later and slip.code != "nothing_answered"
    )


def first_wrong(slips: Sequence[Slip], steps: Sequence[Step], otherwise: int) -> int:
    """The first step that holds something to mend; `otherwise` when none does."""
    wrong = {(slip.question, slip.subject) for slip in slips}
    holding = (
        number for number, step in enumerate(steps) if any((each.question.id, each.slug) in wrong for each in step)
    )
    return next(holding, otherwise)


def slip_lines(
    slips: Sequence[Slip], here: Sequence[Asked], everywhere: Sequence[Asked], setting: Setting, language: str
) -> dict[str, Slip]:
    """What to mend, each thing once, with the first slip that says so: questions of this step by their wording, what
    stands nowhere here in words."""
    places = {(each.question.id, each.slug): each for each in everywhere}
    drawn = {(each.question.id, each.slug) for each in here}
    lines: dict[str, Slip] = {}
    for slip in slips:
        place, said = places.get((slip.question, slip.subject)), slip_text(slip, language)
        if place is not None:
            wording = wording_of(place, setting, language)
            said = wording if (slip.question, slip.subject) in drawn else f"{wording} {said}"
        lines.setdefault(said, slip)
    return lines


def wording_of(place: Asked, setting: Setting, language: str) -> str:
    """A question as it is put: about its own credential, elsewhere about the sitting's first."""
    about = place.subject or (setting.subjects[0] if setting.subjects else None)
    return say(place.question.text, language, **piped(about, language))


def introduced(candidates: Sequence[Subject], subject: str, language: str) -> dict[str, str]:
    """The credential an introduction names: the only one, else the one chosen; a dash of dots before that."""
    chosen = candidates if len(candidates) == 1 else [each for each in candidates if each.slug == subject]
    return {"credential": apart(chosen[0].title, language) if chosen else "…"}


def piped(subject: Subject | None, language: str) -> dict[str, str]:
    """What a wording names of its subject, for showing only: set apart where the words around run right to left."""
    return {name: apart(value, language) for name, value in pipes(subject).items()}


def apart(text: str, language: str) -> str:
    """Text of another language in a line, so that neither turns the other's order round."""
    return f"\u2068{text}\u2069" if text and direction(language) == "rtl" else text


def minutes_left(instrument: Instrument, step: int, steps: int) -> int:
    """About how many minutes are left when `step` (from 0) of so many steps begins; at least 1."""
    return max(1, round((instrument.minutes or steps / 3) * (steps - step) / steps))


def progress_words(instrument: Instrument, step: int, steps: int, language: str) -> str:
    """Where somebody stands: "4 of 15, about 2 min left"."""
    left = minutes_left(instrument, step, steps)
    return word("form.progress", language, done=step + 1, all=steps, minutes=left)
