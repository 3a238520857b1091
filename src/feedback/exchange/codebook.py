"""The codebook, made from the questionnaires: what each question asks, how its answers are kept, what they mean."""

from collections.abc import Iterable, Mapping
from typing import Any

from pandas import DataFrame

from feedback.survey.kinds import ANSWERED, SAME
from feedback.survey.questionnaire import AUDIENCES, AllOf, AnyOf, Instrument, Question, Rule, Section
from feedback.survey.text import Text, say

KEPT = {
    "one": "The id of the option chosen.",
    "several": "The ids of the options chosen, in the order of the questionnaire; the order of ticking is not kept.",
    "scale": "The number of the step, or the id of the answer that is set aside.",
    "grid": "For each row its own answer: the number of the step, or the id of the answer that is set aside.",
    "number": "The number.",
    "ranking": "The ids in the order given; the place counts from 1.",
    "best_worst": "Two ids: the best and the worst.",
    "pair": f"For each pair the id of the one chosen, or “{SAME}”.",
    "short_text": "The text, at most 200 characters.",
    "long_text": "The text, at most 4,000 characters; it is shown only masked.",
}
"""How an answer is kept, by kind of question."""
ASIDE = (
    f"Set aside: kept as this status instead of “{ANSWERED}”, without a number. It is missing in every mean and share, "
    "and counted on its own."
)
NOT_ASKED = "Who is not asked has no answer of any status: nothing is missing there, and every share is of those asked."
MADE_FROM = {
    "skills": "The skills the credential declares.",
    "pairs": "Pairs of the credentials of the sitting.",
    "all_pairs": "Any two credentials of the survey, the pair that tells most first.",
    "bundles": "Bundles of the credentials of the sitting.",
}
READERS = {
    True: "Only those who run the survey.",
    False: "Everybody who reads results, through the gate.",
}
RECORD = "Kept apart from the answers, as the record “{record}”; it is not part of any count."


def codebook(instruments: Iterable[Instrument]) -> dict[str, Any]:
    """Every questionnaire as plain values: what the three files and the page are made of.

    Wordings are tables by language. What a question does not have is missing from its entry, not empty.
    """
    return {"questionnaires": [describe(each) for each in sorted(instruments, key=_rank)]}


def _rank(instrument: Instrument) -> tuple[bool, int, bool, str]:
    """Forms before imports, by audience, the main one of each first."""
    main = instrument.id == instrument.audience
    return instrument.import_only, AUDIENCES.index(instrument.audience), not main, instrument.id


def describe(instrument: Instrument) -> dict[str, Any]:
    """One questionnaire as plain values."""
    sections = {section.id: section for section in instrument.sections}
    return _said(
        instrument=instrument.id,
        version=instrument.version,
        audience=instrument.audience,
        about=(
            "one credential"
            if instrument.subjects == "one"
            else f"at most {instrument.maximum_subjects} credentials in one sitting"
        ),
        languages=list(instrument.languages),
        title=dict(instrument.title),
        readers=dict(instrument.readers or {}),
        anonymity=dict(instrument.anonymity or {}),
        minutes=instrument.minutes,
        blocks=(
            f"Of the blocks {', '.join(instrument.blocks)} each sitting draws {instrument.blocks_asked} by chance."
            if instrument.blocks
            else None
        ),
        comes_by="import only" if instrument.import_only else "a form",
        foils=[_said(id=foil.id, title=dict(foil.title)) for foil in instrument.foils],
        questions=[_question(each, sections[each.section], instrument) for each in instrument.questions],
    )


def _question(question: Question, section: Section, instrument: Instrument) -> dict[str, Any]:
    """One question as plain values."""
    made_from = question.options_from or question.items_from
    return _said(
        question=question.id,
        section=section.id,
        section_title=dict(section.title),
        asked_once_for_each_credential=section.repeated or None,
        asked_of=_asked_of(question, section, instrument),
        construct=question.construct,
        kind=question.kind,
        since_version=question.since if question.since > 1 else None,
        wording=dict(question.text),
        help=dict(question.help or {}),
        required=question.required or None,
        kept=KEPT[question.kind],
        scale=_scale(question),
        asides=[_said(id=aside.id, label=dict(aside.label), meaning=ASIDE) for aside in question.aside],
        options=[
            _said(
                id=option.id,
                label=dict(option.label),
                positive=(option.id in question.positive) if question.positive else None,
                chosen_alone=option.exclusive or None,
            )
            for option in question.options
        ],
        items=[_said(id=item.id, text=dict(item.text)) for item in question.items],
        made_from=MADE_FROM.get(made_from, made_from) if made_from else None,
        at_most_items=question.maximum_items,
        minimum=question.minimum,
        maximum=question.maximum,
        unit=dict(question.unit or {}),
        polarity=question.polarity,
        shown_when=" And: ".join(
            _sentence(rule, instrument) for rule in (section.show_if, question.show_if) if rule is not None
        ),
        readers=READERS[question.owner_only],
        record=RECORD.format(record=question.record) if question.record else None,
    )


def _asked_of(question: Question, section: Section, instrument: Instrument) -> str | None:
    """Of whom a question of a block is asked; None when it is asked of everybody."""
    if question.block is None:
        return None
    share = f"{instrument.blocks_asked} in {len(instrument.blocks)} people"
    about = ", about one credential of their sitting" if section.repeated else ""
    return f"{share}{about}, drawn by chance (block “{question.block}”). {NOT_ASKED}"


def _scale(question: Question) -> dict[str, Any] | None:
    if question.scale is None:
        return None
    return {
        "id": question.scale.id,
        "kind": question.scale.kind,
        "values": [
            {
                "value": step.value,
                "label": dict(step.label),
                "positive": step.value in question.positive,
                "score": question.scale.score(step.value),
            }
            for step in question.scale.values  # noqa: PD011
        ],
    }


def _said(**values: Any) -> dict[str, Any]:
    """The values that say something."""
    return {name: value for name, value in values.items() if value is not None and value not in ("", [], {})}


def in_words(rule: Rule, instrument: Instrument, language: str = "en") -> str:
    """When something is shown, in words.

    >>> from feedback.survey.questionnaire import Condition, Instrument, Question
    >>> question = Question("hours", "course", "number", "hours", {"en": "How many hours?"})
    >>> asked = Instrument("learner", 1, "learner", "one", 1, ("en",), {"en": "Course"}, (), (question,))
    >>> in_words(Condition("hours", at_least=10), asked)
    '“How many hours?” (hours) is at least 10'
    """
    if isinstance(rule, AllOf | AnyOf):
        parts = [
            f"({in_words(each, instrument, language)})"
            if isinstance(each, AllOf | AnyOf)
            else in_words(each, instrument, language)
            for each in rule.conditions
        ]
        return (" and " if isinstance(rule, AllOf) else " or ").join(parts)
    question = instrument.by_id[rule.question]
    tests = []
    if rule.at_most is not None:
        tests.append(f"is at most {_answer(rule.at_most, question, language)}")
    if rule.at_least is not None:
        tests.append(f"is at least {_answer(rule.at_least, question, language)}")
    if rule.is_in is not None:
        tests.append(f"is {' or '.join(_answer(each, question, language) for each in rule.is_in)}")
    if rule.not_in is not None:
        tests.append(f"is answered, and not {' or '.join(_answer(each, question, language) for each in rule.not_in)}")
    if rule.answered is not None:
        tests.append("is answered" if rule.answered else "is not answered")
    return f"“{say(question.text, language)}” ({question.id}) {' and '.join(tests)}"


def _sentence(rule: Rule, instrument: Instrument) -> str:
    return f"{in_words(rule, instrument)}."


def _answer(value: float | int | str, question: Question, language: str) -> str:
    """An answer with its wording: 2 “Disagree”."""
    labels: dict[object, Text] = {option.id: option.label for option in question.options}
    labels |= {aside.id: aside.label for aside in question.aside}
    if question.scale:
        labels |= {step.value: step.label for step in question.scale.values}  # noqa: PD011
    shown = f"{value:g}" if isinstance(value, int | float) else f"“{value}”"
    if value not in labels:
        return shown
    label = say(labels[value], language)
    return f"{shown} “{label}”" if isinstance(value, int | float) else f"“{label}”"


# --- CSV and JSON ----------------------------------------------------------------------------------------------------


def codebook_table(book: Mapping[str, Any]) -> DataFrame:
    """The codebook with one row a question; wordings in a column for each language, answers in one cell, English."""
    languages = languages_of(book)
    return DataFrame(
        [_row(each, question, languages) for each in book["questionnaires"] for question in each["questions"]]
    )


def languages_of(book: Mapping[str, Any]) -> list[str]:
    """Every language a questionnaire is worded in."""
    return list(dict.fromkeys(code for each in book["questionnaires"] for code in each["languages"]))


def _row(each: Mapping[str, Any], question: Mapping[str, Any], languages: Iterable[str]) -> dict[str, Any]:
    answers = answers_of(question, "en")
    items = question.get("items", ())
    return {
        "instrument": each["instrument"],
        "version": each["version"],
        "audience": each["audience"],
        "section": question["section"],
        "question": question["question"],
        "construct": question["construct"],
        "kind": question["kind"],
        **{f"wording_{code}": question["wording"].get(code, "") for code in languages},
        "required": bool(question.get("required")),
        "for_each_credential": bool(question.get("asked_once_for_each_credential")),
        "scale": question.get("scale", {}).get("id", ""),
        "answers": " | ".join(f"{value} = {label}" for value, label, _ in answers),
        "positive": " | ".join(value for value, _, means in answers if means == POSITIVE),
        "set_aside": " | ".join(value for value, _, means in answers if means == SET_ASIDE),
        "rows": " | ".join(f"{item['id']} = {say(item['text'], 'en')}" for item in items),
        "made_from": question.get("made_from", ""),
        "minimum": question.get("minimum"),
        "maximum": question.get("maximum"),
        "unit": say(question.get("unit", {}), "en"),
        "polarity": question.get("polarity", ""),
        "asked_of": question.get("asked_of", ""),
        "shown_when": question.get("shown_when", ""),
        "kept": question["kept"],
        "readers": question["readers"],
        "record": question.get("record", ""),
    }


POSITIVE = "counts as positive"
NOT_POSITIVE = "does not count as positive"
SET_ASIDE = "set aside: missing in means and shares"


def answers_of(question: Mapping[str, Any], language: str) -> list[tuple[str, str, str]]:
    """The answers that can be chosen, in order: as it is kept, its wording, what it counts as ("" when neither)."""

    def counts(one: Mapping[str, Any]) -> str:
        return {True: POSITIVE, False: NOT_POSITIVE, None: ""}[one.get("positive")]

    steps = question.get("scale", {}).get("values", ())
    return [
        *((str(step["value"]), say(step["label"], language), counts(step)) for step in steps),
        *((option["id"], say(option["label"], language), counts(option)) for option in question.get("options", ())),
        *((aside["id"], say(aside["label"], language), SET_ASIDE) for aside in question.get("asides", ())),
    ]
