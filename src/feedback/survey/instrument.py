"""Read a questionnaire's file into an Instrument, or say everything that is wrong with it at once."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from feedback.errors import Problem, Refused
from feedback.survey.checked_toml import OPTION_ID, Table, not_known, read_text, toml_of
from feedback.survey.conditions import read_rule
from feedback.survey.kinds import KINDS, Kind
from feedback.survey.questionnaire import (
    ALL_PAIRS,
    AUDIENCES,
    PIPES,
    POLARITIES,
    ROLE,
    AllOf,
    AnyOf,
    Aside,
    Condition,
    Foil,
    Instrument,
    Item,
    Option,
    Question,
    Rule,
    Scale,
    ScaleValue,
    Section,
)
from feedback.survey.routing import looks_at
from feedback.survey.scales import FILE as SCALES_FILE
from feedback.survey.scales import Scales, positive_of, read_scales, read_scales_text
from feedback.survey.text import Text, say

__all__ = [
    "AllOf", "AnyOf", "Aside", "Condition", "Foil", "Instrument", "Item", "Option", "Question", "Rule", "Scale",
    "ScaleValue", "Section", "Text", "read_instrument", "read_instrument_text", "read_instrument_texts",
    "read_instruments", "say",
]  # fmt: skip

TOP = (
    "id", "version", "audience", "subjects", "maximum_subjects", "languages", "minutes", "title", "introduction",
    "readers", "anonymity", "import_only", "blocks_asked", "foils", "sections", "questions",
)  # fmt: skip
COMMON = (
    "id", "section", "kind", "construct", "required", "text", "help", "show_if", "owner_only", "record", "first_for",
    "since", "block",
)  # fmt: skip
MOST_SUBJECTS = 10


def read_instrument(path: Path) -> Instrument:
    """Read one questionnaire. The scales it names are read from scales.toml in the same folder.

    Raises Refused with every problem, such as
    `employer.toml, question "hire": kind "agrement" is not known. Did you mean "agreement"? Known: ...`.
    """
    return _read(read_text(path), path.name, read_scales(path.parent / SCALES_FILE))


def read_instrument_text(source: str, scales: str, name: str) -> Instrument:
    """Read a questionnaire kept as text. scales: the text of its scales.toml. name: what problems are said of.

    Raises Refused with every problem.
    """
    return _read(source, name, read_scales_text(scales))


def read_instruments(folder: Path) -> Mapping[str, Instrument]:
    """Every questionnaire of a folder by its id; scales.toml is not one. Raises Refused with the problems of all."""
    return MappingProxyType({name: read for name, (read, _, _) in read_instrument_texts(folder).items()})


def read_instrument_texts(folder: Path) -> Mapping[str, tuple[Instrument, str, str]]:
    """As `read_instruments`, with the text of each file and of its scales: what `read_instrument_text` reads."""
    scales_text = read_text(folder / SCALES_FILE)
    scales = read_scales_text(scales_text)
    problems: list[Problem] = []
    found: dict[str, tuple[Instrument, str, str]] = {}
    for path in sorted(folder.glob("*.toml")):
        if path.name == SCALES_FILE:
            continue
        try:
            source = read_text(path)
            instrument = _read(source, path.name, scales)
        except Refused as refused:
            problems.extend(refused.problems)
            continue
        if instrument.id in found:
            problems.append(Problem(path.name, f'id "{instrument.id}" is the id of another file. Ids must differ.'))
        found[instrument.id] = instrument, source, scales_text
    if problems:
        raise Refused(problems)
    return MappingProxyType(found)


def _read(source: str, name: str, scales: Scales) -> Instrument:
    top = Table(toml_of(source, name), name)
    top.only(TOP)
    top.languages = top.words("languages", known=scales.languages, what="language") or ()
    if not top.languages:
        top.note(f"languages is missing. Known (those of {SCALES_FILE}): {', '.join(scales.languages)}.")
    subjects = top.word("subjects", known=("one", "several"), default="one")
    foils: set[str] = set()
    section_tables = _read_sections(top)
    sections, questions = _with_conditions(section_tables, _read_questions(top, section_tables, scales))
    instrument = Instrument(
        id=top.id(set()),
        version=_needed(top, "version", 1_000_000),
        audience=top.word("audience", known=AUDIENCES),
        subjects=subjects,
        maximum_subjects=_maximum_subjects(top, subjects),
        languages=top.languages,
        title=top.text("title"),
        sections=sections,
        questions=questions,
        minutes=top.number("minutes", lowest=0.1, highest=600),
        introduction=top.maybe_text("introduction", pipes=PIPES),
        readers=top.maybe_text("readers"),
        anonymity=top.maybe_text("anonymity"),
        foils=tuple(_read_foil(table, foils) for table in top.tables("foils", "foil")),
        import_only=top.flag("import_only"),
        blocks_asked=top.whole("blocks_asked", lowest=1, highest=50) or 0,
    )
    if _only_pairs(questions):
        instrument = replace(instrument, questions=tuple(map(_one_by_one, questions)))
    _check_roles(instrument, section_tables, top)
    _check_since(instrument, top)
    _check_blocks(instrument, top)
    if top.problems:
        raise Refused(top.problems)
    return instrument


def _only_pairs(questions: tuple[Question, ...]) -> bool:
    """Whether, but for who answers, nothing is asked but pairs: then they are put one by one, for a minute."""
    asked = [question for question in questions if not question.record]
    return len(asked) == 1 and asked[0].kind == "pair"


def _one_by_one(question: Question) -> Question:
    return replace(question, options_from=ALL_PAIRS) if question.kind == "pair" else question


def _check_roles(instrument: Instrument, sections: list[tuple[Table, Section]], top: Table) -> None:
    """What is drawn first for a role must name a role people can give, and stand after they have given it."""
    asks, seen = instrument.role_question, False
    tables = {section.id: table for table, section in sections}
    for section in instrument.sections:
        both: tuple[Section | Question, ...] = (section, *instrument.questions_by_section[section.id])
        for each in both:
            if not each.first_for:
                continue
            where = tables[section.id].where
            if isinstance(each, Question):
                where = f'{top.where}, question "{each.id}"'
            if asks is None:
                said = f'no question asks for it: one with construct = "{ROLE}" is needed.'
                top.problems.append(Problem(where, f"first_for names a role, but {said}"))
                continue
            if not seen:
                said = f'the role is asked in section "{asks.section}", which must come before.'
                top.problems.append(Problem(where, f"first_for: {said}"))
            for role in each.first_for:
                if role not in asks.option_ids:
                    top.problems.append(Problem(where, f"first_for: {not_known('role', role, asks.option_ids)}"))
        seen = seen or (asks is not None and asks.section == section.id)


def _check_since(instrument: Instrument, top: Table) -> None:
    for question in instrument.questions:
        if question.since > instrument.version:
            said = f"since is {question.since}, later than the version of this file ({instrument.version})."
            top.problems.append(Problem(f'{top.where}, question "{question.id}"', said))


def _check_blocks(instrument: Instrument, top: Table) -> None:
    """Fewer blocks are drawn than there are, or none would have to be; and what must be answered is in none."""
    blocks = instrument.blocks
    if blocks and not 1 <= instrument.blocks_asked < len(blocks):
        top.note(f"blocks_asked must be from 1 to {len(blocks) - 1}, as there are {len(blocks)} blocks: say how many.")
    if instrument.blocks_asked and not blocks:
        top.note('blocks_asked is said, but no question has a block. Give some a block = "...".')
    rules = {section.id: section.show_if for section in instrument.sections}
    for question in instrument.questions:
        where = f'{top.where}, question "{question.id}"'
        if question.block and question.required:
            said = "it is required, so that it must be asked in every sitting. Leave out block, or required."
            top.problems.append(Problem(where, said))
        for name in looks_at(question.show_if) | looks_at(rules[question.section]):
            block = instrument.by_id[name].block
            if block not in (None, question.block):
                said = f'it is opened by "{name}" of block "{block}", so it must be in this block, too.'
                top.problems.append(Problem(where, said))


def _needed(table: Table, key: str, highest: int) -> int:
    value = table.whole(key, lowest=1, highest=highest)
    if key not in table.raw:
        table.note(f"{key} is missing.")
    return value or 1


def _maximum_subjects(top: Table, subjects: str) -> int:
    if subjects == "several":
        return _needed(top, "maximum_subjects", MOST_SUBJECTS)
    if top.raw.get("maximum_subjects", 1) != 1:
        top.note('maximum_subjects may only be said with subjects = "several".')
    return 1


def _read_foil(table: Table, taken: set[str]) -> Foil:
    table.only(("id", "title"))
    return Foil(table.id(taken), table.text("title"))


def _read_sections(top: Table) -> list[tuple[Table, Section]]:
    taken: set[str] = set()
    sections = []
    for table in top.tables("sections", "section", needed=True):
        table.only(("id", "title", "repeat", "show_if", "first_for"))
        repeated = table.maybe_word("repeat", ("subject",)) is not None
        pipes = PIPES if repeated or _about_one(top) else ()
        title = table.text("title", pipes=pipes)
        early = table.words("first_for") or ()
        sections.append((table, Section(table.id(taken), title, repeated, first_for=early)))
    return sections


def _read_questions(top: Table, sections: list[tuple[Table, Section]], scales: Scales) -> list[tuple[Table, Question]]:
    taken: set[str] = set()
    repeated = {section.id: section.repeated for _, section in sections}
    questions = []
    for table in top.tables("questions", "question", needed=True):
        home = table.word("section", known=repeated)
        about = repeated.get(home, False) or _about_one(top)
        questions.append((table, read_question(table, table.id(taken), home, about, scales)))
    _check_records(questions, repeated)
    for table, section in sections:
        if all(question.section != section.id for _, question in questions):
            table.note("it has no question.")
    return questions


def _check_records(questions: list[tuple[Table, Question]], repeated: Mapping[str, bool]) -> None:
    """A record by credential holds one answer each, so no other question may keep its answers there."""
    for table, question in questions:
        sharing = [each.id for _, each in questions if question.record and each.record == question.record]
        if len(sharing) > 1 and repeated.get(question.section):
            table.note(f'record "{question.record}" is used by {", ".join(sharing)}. Here it must be for one question.')


def read_question(table: Table, name: str, section: str, about: bool, scales: Scales) -> Question:
    """One question without its condition. about: whether it is put about one credential, whose title it may pipe."""
    word = table.word("kind", known=KINDS)
    kind = KINDS.get(word)
    if kind:
        table.only((*COMMON, *kind.needs, *kind.allows), of=f' for kind "{word}"')
        for key in kind.needs:
            if key not in table.raw:
                table.note(f'{key} is missing. Kind "{word}" needs {", ".join(kind.needs)}.')
    scale = _scale(table, scales)
    options, options_from = _choices(table, "options", kind)
    items, items_from = _choices(table, "items", kind)
    if items_from == "skills" and not about:
        table.note('items = "skills" needs a credential. Put the question into a section with repeat = "subject".')
    pipes = PIPES if about else ()
    ids = [option.id for option in options]
    count = len(options) or 1000
    minimum = table.number("minimum", lowest=-1e9, highest=1e9)
    if word == "number":
        maximum = table.number("maximum", lowest=-1e9 if minimum is None else minimum, highest=1e9)
    else:
        maximum = table.whole("maximum", lowest=1, highest=count)
    return Question(
        id=name,
        section=section,
        kind=word,
        construct=table.word("construct"),
        text=table.text("text", pipes=pipes),
        required=table.flag("required"),
        help=table.maybe_text("help", pipes=pipes),
        scale=scale,
        options=options,
        options_from=options_from,
        items=tuple(Item(item.id, item.label) for item in items),
        items_from=items_from,
        maximum_items=table.whole("maximum_items", lowest=1, highest=50),
        minimum=minimum,
        maximum=maximum,
        unit=table.maybe_text("unit"),
        aside=_asides(table, scale, scales, ids),
        positive=_positive(table, scale, ids),
        polarity=table.maybe_word("polarity", POLARITIES),
        confidential_note=table.flag("confidential_note"),
        owner_only=table.flag("owner_only"),
        record=table.maybe_word("record"),
        first_for=table.words("first_for") or (),
        since=table.whole("since", 1, lowest=1, highest=1_000_000) or 1,
        block=table.maybe_word("block"),
    )


def _scale(table: Table, scales: Scales) -> Scale | None:
    name = table.maybe_word("scale")
    if name is not None and name not in scales.scales:
        table.note(not_known("scale", name, scales.scales))
    return scales.scales.get(name) if name else None


def _asides(table: Table, scale: Scale | None, scales: Scales, ids: list[str]) -> tuple[Aside, ...]:
    """The asides named, or else the scale's own. None may be mistaken for an option."""
    named = table.words("aside", known=scales.asides, what="aside")
    chosen = named if named is not None else scale.asides if scale else ()
    for name in chosen:
        if name in ids:
            table.note(f'aside "{name}" is the id of an option, too. Ids must differ.')
    return tuple(scales.asides[name] for name in chosen)


def _positive(table: Table, scale: Scale | None, ids: list[str]) -> tuple[int | str, ...]:
    if "positive" in table.raw:
        return positive_of(table, [step.value for step in scale.values] if scale else ids)
    return scale.positive if scale else ()


def _choices(table: Table, key: str, kind: Kind | None) -> tuple[tuple[Option, ...], str | None]:
    """Options or items: written out, or the word for what they are made from. Where several may be chosen, an option
    may be exclusive; not all of them, or nothing could be chosen together."""
    value = table.raw.get(key)
    if value is None or kind is None or key not in kind.needs:
        return (), None
    if isinstance(value, str):
        if value not in kind.makes:
            table.note(not_known(key, value, kind.makes))
        return (), value
    if kind.makes and not kind.lists:
        table.note(f'{key} of kind "{kind.name}" must be one of: {", ".join(kind.makes)}.')
        return (), None
    label = "label" if key == "options" else "text"
    taken: set[str] = set()
    choices = []
    for each in table.tables(key, key.removesuffix("s"), needed=True):
        each.only(("id", label, "exclusive") if kind.name == "several" else ("id", label))
        choices.append(Option(each.id(taken, OPTION_ID), each.text(label), each.flag("exclusive")))
    if kind.name == "several" and choices and all(choice.exclusive for choice in choices):
        table.note('every option is exclusive, so that nothing can be chosen together. That is kind "one".')
    if key == "options" and len(choices) == 1:
        table.note("there is only one option. Give two or more.")
    return tuple(choices), None


def _with_conditions(
    sections: list[tuple[Table, Section]], questions: list[tuple[Table, Question]]
) -> tuple[tuple[Section, ...], tuple[Question, ...]]:
    """Sections and questions in drawing order, each with its condition read against what is drawn before it."""
    every = {question.id: question for _, question in questions}
    before: dict[str, Question] = {}
    drawn_sections, drawn = [], []
    for section_table, section in sections:
        drawn_sections.append(replace(section, show_if=read_rule(section_table, before, every)))
        for table, question in questions:
            if question.section == section.id:
                drawn.append(replace(question, show_if=read_rule(table, before, every)))
                before[question.id] = question
    return tuple(drawn_sections), tuple(drawn)


def _about_one(top: Table) -> bool:
    return top.raw.get("subjects", "one") == "one"
