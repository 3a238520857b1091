"""The way through a questionnaire in words and as a graph: what opens what."""

from dataclasses import dataclass

from feedback.survey.questionnaire import AllOf, Condition, Instrument, Question, Rule
from feedback.survey.routing import looks_at, order_for
from feedback.survey.text import say

MOST_NAMED = 4
LONGEST_LABEL = 34
MOST_ABREAST = 4


@dataclass(frozen=True)
class Colours:
    """What a graph is drawn in: text, ground, quiet lines, and the accent of conditions."""

    ink: str
    ground: str
    line: str
    accent: str


def condition_words(rule: Rule, instrument: Instrument, language: str = "en") -> str:
    """A condition as a lead reads it: `awareness is "I had heard the name" or "I knew what it certifies"`."""
    if isinstance(rule, Condition):
        return f"{rule.question} {_tests(rule, instrument.by_id[rule.question], language)}"
    inner = [condition_words(each, instrument, language) for each in rule.conditions]
    return (" and " if isinstance(rule, AllOf) else ", or ").join(inner)


def _tests(rule: Condition, question: Question, language: str) -> str:
    said = []
    if rule.answered is not None:
        said.append("is answered" if rule.answered else "is not answered")
    if rule.at_most is not None:
        said.append(f"is {rule.at_most:g} or less")
    if rule.at_least is not None:
        said.append(f"is {rule.at_least:g} or more")
    for named, lead in ((rule.is_in, "is"), (rule.not_in, "is not")):
        if named is not None:
            said.append(f"{lead} {_answers(named, question, language)}")
    return " and ".join(said)


def _answers(named: tuple[int | str, ...], question: Question, language: str) -> str:
    labels: dict[int | str, str] = {option.id: say(option.label, language) for option in question.options}
    labels |= {aside.id: say(aside.label, language) for aside in question.aside}
    labels |= {step.value: say(step.label, language) for step in question.scale.values} if question.scale else {}
    if len(named) > MOST_NAMED:
        left_out = [label for answer, label in labels.items() if answer not in named]
        if 0 < len(left_out) <= 2:
            return "anything but " + " or ".join(f"“{label}”" for label in left_out)
        return f"one of {len(named)} answers"
    return " or ".join(f"“{labels.get(answer, str(answer))}”" for answer in named)


@dataclass(frozen=True)
class Opening:
    """A condition with the letter it has in the graph, its words, and what it opens."""

    letter: str
    words: str
    opens: tuple[str, ...]


def openings(instrument: Instrument, language: str = "en") -> tuple[Opening, ...]:
    """Each condition once, in drawing order, with all it opens: the graph in words."""
    opened: dict[Rule, list[str]] = {}
    for section in instrument.sections:
        if section.show_if is not None:
            title = say(section.title, language).replace("{credential}", "…")
            opened.setdefault(section.show_if, []).append(f"“{title}”")
        for question in instrument.questions_by_section[section.id]:
            if question.show_if is not None:
                opened.setdefault(question.show_if, []).append(question.id)
    return tuple(
        Opening(_letter(number), condition_words(rule, instrument, language), tuple(names))
        for number, (rule, names) in enumerate(opened.items())
    )


def _letter(number: int) -> str:
    """a to z, then aa, ab and so on.

    >>> _letter(0), _letter(25), _letter(26)
    ('a', 'z', 'aa')
    """
    return ("" if number < 26 else _letter(number // 26 - 1)) + chr(ord("a") + number % 26)


def _letters(instrument: Instrument) -> dict[Rule, str]:
    rules = dict.fromkeys(
        rule
        for section in instrument.sections
        for rule in (section.show_if, *(each.show_if for each in instrument.questions_by_section[section.id]))
        if rule is not None
    )
    return {rule: _letter(number) for number, rule in enumerate(rules)}


def graph(instrument: Instrument, colours: Colours, *, language: str = "en", role: str | None = None) -> str:
    """The branching in the DOT language: sections as boxes from top to bottom, in them the questions that open
    something or are opened, at the lines the letters of the conditions (see openings). Every text is quoted: nothing
    in it is taken for markup."""
    order, letters = order_for(instrument, role), _letters(instrument)
    branching = {question.id for question in instrument.questions if question.show_if is not None}
    for section, questions in order:
        branching |= looks_at(section.show_if).union(*(looks_at(each.show_if) for each in questions))
    font = 'fontname="sans-serif" fontsize=11'
    lines = [
        "digraph form {",
        'graph [rankdir=TB bgcolor="transparent" nodesep=0.2 ranksep=0.4 compound=true pad=0.1]',
        f'node [shape=box style="rounded,filled" fillcolor={_quoted(colours.ground)} color={_quoted(colours.line)} '
        f'fontcolor={_quoted(colours.ink)} {font} margin="0.1,0.06"]',
        f"edge [color={_quoted(colours.line)} fontcolor={_quoted(colours.ink)} {font} arrowsize=0.7]",
    ]
    before = previous = ""  # what the next part stands below: a question, and the part before it
    for section, questions in order:
        node = f"section {section.id}"
        named = [question for question in questions if question.id in branching]
        title = say(section.title, language).replace("{credential}", "…")
        parts = [_wrapped(title), _counted(len(questions), len(named))]
        if section.repeated:
            parts.insert(1, "for each credential")
        label = _label([part for part in parts if part])
        lines.append(f"{_quoted(node)} [label={label} penwidth=1.6 color={_quoted(colours.ink)}]")
        if previous:
            lines.append(f"{_quoted(previous)} -> {_quoted(node)} [weight=10]")
        if before != previous:
            lines.append(f"{_quoted(before)} -> {_quoted(node)} [style=invis]")
        before = previous = node
        if section.show_if is not None:
            lines += _edges(section.show_if, node, letters, colours)
        together = _together(named, instrument)
        above = node
        for group in together:
            first = group[0]
            lines.append(f"{_quoted(first.id)} [label={_label([each.id for each in group])}]")
            lines.append(f"{_quoted(node)} -> {_quoted(first.id)} [arrowhead=none style=dotted]")
            if first.show_if is not None:
                lines += _edges(first.show_if, first.id, letters, colours)
            if len(together) > MOST_ABREAST:  # one below the other, or the picture would be too wide to read
                lines.append(f"{_quoted(above)} -> {_quoted(first.id)} [style=invis]")
                above = before = first.id
    return "\n".join([*lines, "}"])


def _together(questions: list[Question], instrument: Instrument) -> list[list[Question]]:
    """Questions in boxes: those one condition opens, and nothing hangs on, share one."""
    rules = [section.show_if for section in instrument.sections] + [each.show_if for each in instrument.questions]
    looked_at = {name for rule in rules for name in looks_at(rule)}
    boxes: dict[object, list[Question]] = {}
    for question in questions:
        alone = question.show_if is None or question.id in looked_at
        boxes.setdefault(question.id if alone else question.show_if, []).append(question)
    return list(boxes.values())


def _edges(rule: Rule, target: str, letters: dict[Rule, str], colours: Colours) -> list[str]:
    """One line from each question a condition looks at, with the condition's letter."""
    return [
        f"{_quoted(name)} -> {_quoted(target)} [label={_quoted(' ' + letters[rule] + ' ')} "
        f"color={_quoted(colours.accent)} fontcolor={_quoted(colours.accent)} penwidth=1.4]"
        for name in sorted(looks_at(rule))
    ]


def _counted(every: int, named: int) -> str:
    plain = every - named
    if not plain:
        return ""
    return f"{plain} question{'s' if plain > 1 else ''} always asked here"


def _wrapped(text: str) -> str:
    """Text in lines short enough for a box."""
    lines, line = [], ""
    for piece in text.split():
        if line and len(line) + len(piece) >= LONGEST_LABEL:
            lines.append(line)
            line = piece
        else:
            line = f"{line} {piece}".strip()
    return "\n".join([*lines, line])


def _label(parts: list[str]) -> str:
    return _quoted("\n".join(parts))


def _quoted(text: str) -> str:
    r"""A text as DOT takes it letter for letter.

    >>> print(_quoted('a "b" \\ c'))
    "a \"b\" \\ c"
    """
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
