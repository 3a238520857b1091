"""The check at the door: raw answers become a submission, or every problem at once; nothing raises on bad input."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from feedback.survey.kinds import KINDS, TABLE, is_blank
from feedback.survey.questionnaire import Instrument
from feedback.survey.routing import Asked, given, offered, walk
from feedback.survey.setting import Setting, Subject, choose_setting
from feedback.survey.text import Wrong, clean_text

__all__ = ["Slip", "Submission", "answers_of", "check_answers", "clean_text", "setting_for"]

MOST_STRANGERS = 20  # of a flood of unknown questions, so many are named
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


@dataclass(frozen=True)
class Slip:
    """One thing a respondent should put right: where it is, what it is (`code`), and the values its words need.

    question: "" when it concerns the whole form. `wording.slip_text` puts it into kind words.
    """

    question: str
    subject: str | None
    item: str | None
    code: str
    values: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Submission:
    """Answers that passed the check. answers: {question: answer}, in a repeated section {question: {credential:
    answer}}, in drawing order. about: slugs of the real credentials. records: what is kept apart from the response, by
    the record's name: {"endorsement": {credential: answer}}, outside a repeated section {"profile": {question:
    answer}}."""

    instrument: str
    version: int
    survey: str
    language: str
    about: tuple[str, ...]
    answers: dict[str, Any]
    records: dict[str, dict[str, Any]] = field(default_factory=dict)


def check_answers(
    instrument: Instrument, raw: object, *, survey: str, version: object, language: object, setting: Setting
) -> Submission | tuple[Slip, ...]:
    """Check the answers of one form against the instrument, the sitting and the branches they opened.

    raw: {question: answer} as it came, of any shape. version: the instrument's version the form was drawn from.
    Returns a Submission, or every slip at once (never none). Answers to questions not asked now are dropped when the
    question exists (its branch has closed since); an unknown question is a slip.
    """
    slips = _about_the_form(instrument, version, language)
    if not isinstance(raw, TABLE):
        return (*slips, Slip("", None, None, "not_a_form"))
    slips += _strangers(instrument, raw, setting)
    answers: dict[str, Any] = {}
    records: dict[str, dict[str, Any]] = {}
    shapeless: set[str] = set()
    # Who answers is no answer yet; what somebody says of a credential is, wherever it is kept.
    kept_by_subject = {each.record for each in instrument.questions if each.id in instrument.repeated}

    def settle(asking: Asked) -> Any:
        question = asking.question
        if asking.subject and not _by_subject(raw.get(question.id)):
            if question.id not in shapeless:
                slips.append(Slip(question.id, None, None, "wrong_type"))
            shapeless.add(question.id)
            return None
        value, wrong = _checked(asking, raw, setting)
        slips.extend(Slip(question.id, asking.slug, one.item or None, one.code, one.values) for one in wrong)
        if wrong or value is None:
            return None
        if question.record:
            records.setdefault(question.record, {})[asking.slug or question.id] = value
        elif asking.subject:
            answers.setdefault(question.id, {})[asking.subject.slug] = value
        else:
            answers[question.id] = value
        return value

    for _ in walk(instrument, setting, settle):
        pass
    if not slips and not answers and not any(name in kept_by_subject for name in records):
        slips.append(Slip("", None, None, "nothing_answered"))
    if slips:
        return tuple(slips)
    about = tuple(subject.slug for subject in setting.subjects)
    return Submission(instrument.id, instrument.version, survey, str(language), about, answers, records)


def answers_of(instrument: Instrument, submission: Submission) -> dict[str, Any]:
    """The answers of a submission in the form they came in: its records put back among them."""
    answers = dict(submission.answers)
    for question in instrument.questions:
        recorded = submission.records.get(question.record or "", {})
        if recorded and question.id in instrument.repeated:
            answers[question.id] = dict(recorded)
        elif question.id in recorded:
            answers[question.id] = recorded[question.id]
    return answers


def setting_for(
    instrument: Instrument, about: object, candidates: Sequence[Subject], seed: str, language: str
) -> Setting | tuple[Slip, ...]:
    """The sitting a wire form asks for by its "about" (slugs of the survey's credentials).

    None leaves the choice to the seed. Slips: "not_a_form" (not a list of texts), "unknown_subject",
    "too_many_subjects", "no_subject" (an empty list while there are candidates).
    """
    if about is None:
        return choose_setting(instrument, candidates, seed, language)
    if not isinstance(about, list | tuple) or not all(isinstance(slug, str) for slug in about):
        return (Slip("", None, None, "not_a_form"),)
    by_slug = {each.slug: each for each in candidates}
    slugs = list(dict.fromkeys(about))
    slips = [Slip("", _name(slug), None, "unknown_subject") for slug in slugs if slug not in by_slug][:MOST_STRANGERS]
    most = instrument.maximum_subjects
    if len(slugs) > most:
        slips.append(Slip("", None, None, "too_many_subjects", {"maximum": most}))
    if not slugs and candidates:
        slips.append(Slip("", None, None, "no_subject"))
    if slips:
        return tuple(slips)
    return choose_setting(instrument, candidates, seed, language, slugs)


def _about_the_form(instrument: Instrument, version: object, language: object) -> list[Slip]:
    """What is wrong with the form as a whole. Imported rows may be in any language, or in none that is known."""
    slips = []
    if isinstance(version, bool) or version != instrument.version:
        slips.append(Slip("", None, None, "stale_version"))
    imported = instrument.import_only and isinstance(language, str) and (not language or LANGUAGE.fullmatch(language))
    if not imported and not (isinstance(language, str) and language in instrument.languages):
        slips.append(Slip("", None, None, "unknown_language"))
    return slips


def _strangers(instrument: Instrument, raw: Mapping[Any, Any], setting: Setting) -> list[Slip]:
    """Questions the instrument does not have, and credentials (or the foil) asked nothing of the kind here."""
    slips = [Slip(_name(key), None, None, "unknown_question") for key in raw if key not in instrument.by_id]
    for question in instrument.questions:
        by_subject = raw.get(question.id)
        if question.id not in instrument.repeated or not isinstance(by_subject, TABLE):
            continue
        allowed = {each.slug for each in setting.in_order() if not each.foil or question.construct == "awareness"}
        slips += [Slip(question.id, _name(slug), None, "unknown_subject") for slug in by_subject if slug not in allowed]
    return slips[:MOST_STRANGERS]


def _by_subject(raw: object) -> bool:
    return isinstance(raw, TABLE) or is_blank(raw)


def _checked(asking: Asked, raw: Mapping[Any, Any], setting: Setting) -> tuple[Any, list[Wrong]]:
    """The kept answer of one question asked, or what is wrong with it; a required one must be there."""
    question, answer = asking.question, given(asking, raw)
    value: Any = None
    wrong: list[Wrong] = []
    if not is_blank(answer):
        value, wrong = KINDS[question.kind].check(question, answer, offered(question, setting, asking.subject))
    if value is None and not wrong and asking.required:
        wrong = [Wrong("missing")]
    return value, wrong


def _name(key: object) -> str:
    """A name somebody else made up, fit to show and to log: text only, short, without what no store can keep."""
    if not isinstance(key, str):
        return type(key).__name__
    cleaned = clean_text(key[:80].encode("utf-8", "replace").decode().replace("\x00", "?"))
    return cleaned if isinstance(cleaned, str) else "?"
