"""Read when something is shown: `show_if`, checked against the questions drawn before it."""

from collections.abc import Mapping
from math import inf
from typing import Any

from feedback.survey.checked_toml import Table, not_known
from feedback.survey.kinds import KINDS
from feedback.survey.questionnaire import AllOf, AnyOf, Condition, Question, Rule

TESTS = ("at_most", "at_least", "is", "not_in", "answered")
DEEPEST = 5


def read_rule(owner: Table, before: Mapping[str, Question], every: Mapping[str, Question]) -> Rule | None:
    """The rule under `show_if` of a section or question, None when there is none (or it is broken, and noted).

    before: the questions drawn earlier, the only ones a rule may look at. every: all of the instrument.
    """
    table = owner.table("show_if", "show_if")
    return _read_rule(table, before, every, 1) if table else None


def _read_rule(table: Table, before: Mapping[str, Question], every: Mapping[str, Question], depth: int) -> Rule | None:
    for key, combine in (("all", AllOf), ("any", AnyOf)):
        if key in table.raw:
            table.only((key,), of=f' beside "{key}"')
            if depth == DEEPEST:
                table.note(f"conditions may be nested {DEEPEST} deep at most.")
                return None
            inner = table.tables(key, key, needed=True)
            rules = [_read_rule(each, before, every, depth + 1) for each in inner]
            return combine(tuple(rule for rule in rules if rule is not None))
    return _read_condition(table, before, every)


def _read_condition(table: Table, before: Mapping[str, Question], every: Mapping[str, Question]) -> Condition | None:
    table.only(("question", "all", "any", *TESTS))
    name = table.word("question")
    question = before.get(name)
    if question is None:
        if name in every:
            table.note(f'question "{name}" is drawn later. A condition may only look at a question drawn before.')
        elif name:
            table.note(not_known("question", name, before))
        return None
    tests = [test for test in TESTS if test in table.raw]
    if not tests:
        table.note(f"nothing is tested. Say one of: {', '.join(TESTS)}.")
    allowed = KINDS[question.kind].tests
    for test in tests:
        if test not in allowed:
            table.note(f'"{test}" cannot be tested of kind "{question.kind}". Known: {", ".join(allowed)}.')
    lowest, highest = _range(question)
    return Condition(
        question=name,
        at_most=table.number("at_most", lowest=lowest, highest=highest) if "at_most" in allowed else None,
        at_least=table.number("at_least", lowest=lowest, highest=highest) if "at_least" in allowed else None,
        is_in=_answers(table, "is", question) if "is" in allowed else None,
        not_in=_answers(table, "not_in", question) if "not_in" in allowed else None,
        answered=table.flag("answered") if "answered" in table.raw else None,
    )


def _range(question: Question) -> tuple[float, float]:
    if question.scale:
        return question.scale.lowest, question.scale.highest
    if question.minimum is None or question.maximum is None:
        return -inf, inf  # its own problem is noted already
    return question.minimum, question.maximum


def _answers(table: Table, key: str, question: Question) -> tuple[int | str, ...] | None:
    """The answers a test names; each must be one the question can have."""
    named: Any = table.raw.get(key)
    if named is None:
        return None
    possible = [*question.steps, *question.option_ids, *question.aside_ids]
    if not isinstance(named, list) or not named:
        table.note(f"{key} must be a list of answers; found {named!r}.")
        return ()
    for one in named if possible else ():
        if isinstance(one, bool) or one not in possible:
            table.note(f"{key}: {not_known('answer', one, [str(each) for each in possible])}")
    return tuple(named)
