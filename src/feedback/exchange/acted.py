"""Actions in words, for pages, messages, files and the command line: by when, what is expected, what became of it."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from feedback.store.action import (
    AGAIN,
    DONE,
    DROPPED,
    LATER,
    LESS,
    NOT_BEGUN,
    PLANNED,
    QUESTION,
    SOURCES,
    STATES,
    VERDICTS,
    Action,
    verdict_of,
)

NEXT_RUN = "the next run"
COLUMNS = (
    "Action", "Credential", "Comes from", "State", "Owner", "Due", "How it stands", "Looked at again", "Expected",
    "What became of it", "Before that",
)  # fmt: skip


def day_of(day: date) -> str:
    """A day in words.

    >>> day_of(date(2026, 3, 1))
    '1 March 2026'
    """
    return f"{day.day} {day:%B %Y}"


def new_in_words(programme: str) -> str:
    """What an action of something new is of: its programme by name, or "" for the institution.

    >>> new_in_words("Art"), new_in_words("")
    ('Something new in Art', 'Something new for the whole institution')
    """
    return f"Something new in {programme}" if programme else "Something new for the whole institution"


def all_in_words(every: Sequence[Action], today: date) -> str:
    """How many actions are open and late, and what became of those that were measured."""
    if not every:
        return "No action has been made yet."
    left = [each for each in every if each.is_open]
    late = sum(each.is_late(today) for each in left)
    said = [f"{_counted(len(left), 'action is', 'actions are')} open{f', {late:,} of them late' if late else ''}."]
    if len(left) == 1 and late:
        said = ["1 action is open, and late."]
    looked = [each.effect for each in every if each.effect]
    verdicts = [verdict_of(each) for each in looked if each["verdict"] != NOT_BEGUN]
    parts = [f"{verdicts.count(name):,} {words}" for name, words in _BECAME.items() if name in verdicts]
    if parts:
        listed = " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))
        said.append(f"Of {len(verdicts):,} measured, {listed}.")
    if unseen := len(looked) - len(verdicts):
        said.append(f"{_counted(unseen, 'was', 'were')} not begun when the run was over that was to show it.")
    return " ".join(said)


def due_in_words(one: Action, today: date, *, brief: bool = False) -> str:
    """By when it is to be done, seen from a day; of what is over, nothing but that. brief: of what is late only how."""
    if one.state in (DONE, DROPPED):
        return f"was due on {day_of(one.due)}"
    days = (one.due - today).days
    if days == 0:
        return "due today"
    if days < 0:
        return f"{_days(-days)} late" + ("" if brief else f", was due on {day_of(one.due)}")
    return f"due in {_days(days)}" if days < 60 else f"due on {day_of(one.due)}"


def measure_in_words(one: Action) -> str:
    """What is looked at again, and which way is better; "" for nothing."""
    if one.measure is None:
        return ""
    name, who = one.baseline.get("name") or one.measure.item or one.measure.id, f"{one.measure.audience}s"
    if one.measure.kind == QUESTION:
        return f"how {who} answer “{name}”"
    if one.measure.kind == "topic":
        return f"the share of {who} who write critically about “{name}”"
    return f"the share of {who} for whom “{name}” falls short"


def stood_in_words(one: Action) -> str:
    """Where the line stood when the action was made, as it was shown; "" where nothing was."""
    held = one.baseline
    if "share" not in held:
        return ""
    likely = f"likely between {_percent(held['low'])} and {_percent(held['high'])}%" if "low" in held else ""
    people = f"{held['people']} people" if "people" in held else ""
    more = "; ".join(filter(None, (likely, people)))
    return f"falls short for {_percent(held['share'])}%" + (f" ({more})" if more else "")


def expected_in_words(one: Action) -> str:
    """What was expected beforehand, and by which run; "" for nothing."""
    if one.measure is None or one.expected is None:
        return ""
    return f"{_amount(one, one.expected)} better{_on_a_scale(one)}, by {_by(one)}"


def effect_in_words(one: Action) -> str:
    """What became of it, with its doubt; that it waits; "" where nothing is looked at again."""
    if one.measure is None:
        return ""
    if one.effect is None:
        return f"not measured yet: waits for {_by(one)}"
    return f"{verdict_of(one.effect)}{_found(one, one.effect)}{_later(one, one.effect)}"


def again_in_words(one: Action, *, is_known: bool = True) -> str:
    """Whether it is looked at again, where nothing could be said of it; "" where something was, or none has looked.

    is_known: whether the runs it was looked at in are among those in which people are asked today, so that one can be
    next.
    """
    if one.effect is None or one.effect.get("why") not in AGAIN:
        return ""
    left = LATER - int(one.effect.get("later", LATER))
    if not (one.is_looked_at_again and is_known):
        return "It is not looked at in another run; an action that is still meant can be made anew."
    if one.effect["why"] == NOT_BEGUN and one.state == PLANNED:
        return f"Once it is begun, it is looked at in the next run that is over ({_runs(left)} at most)."
    return f"It is looked at again when the next run is over ({_runs(left)} at most)."


def earlier_in_words(one: Action) -> list[str]:
    """What was said of it before, of runs of which nothing could be told; the oldest first."""
    return [
        f"“{each['run_label']}”, looked at on {day_of(date.fromisoformat(each['measured_on']))}: "
        f"{verdict_of(each)}{_found(one, each)}"
        for each in one.earlier
    ]


def verdict_in_words(one: Action) -> str:
    """What became of it in a word or two; "" where nothing is looked at again."""
    if one.measure is None:
        return ""
    return verdict_of(one.effect) if one.effect else "not measured yet"


def row_of(one: Action, title: str, owner: str, today: date) -> tuple[Any, ...]:
    """An action as a line of a file: see COLUMNS."""
    return (
        one.title,
        title,
        SOURCES.get(one.source, one.source),
        STATES.get(one.state, one.state),
        owner,
        one.due,
        due_in_words(one, today),
        measure_in_words(one),
        expected_in_words(one),
        effect_in_words(one),
        "; ".join(earlier_in_words(one)),
    )


def _later(one: Action, effect: Mapping[str, Any]) -> str:
    """That it was measured in another run than was said, and which; "" where it was not."""
    runs = int(effect.get("later", 0))
    return f"; in “{effect.get('run_label')}”, {_runs(runs)} later than was said" if runs else ""


def _runs(number: int) -> str:
    return "1 run" if number == 1 else f"{number} runs"


def _found(one: Action, effect: Mapping[str, Any]) -> str:
    """The effect in numbers, or why there are none."""
    if effect.get("effect") is None:
        return f" ({why})" if (why := _WHY.get(str(effect.get("why", "")))) else ""
    low, high = effect.get("low"), effect.get("high")
    likely = "" if low is None or high is None else f" (likely between {_bare(one, low)} and {_bare(one, high)})"
    way = "better" if effect["effect"] >= 0 else "worse"
    expected = "" if one.expected is None else f"; expected was {_amount(one, one.expected)}"
    return f": {_amount(one, abs(effect['effect']))} {way}{likely}{expected}"


_WHY = {
    "another version": "it was asked in other words since",
    "too few": "too few have answered",
    "all alike": "all gave the same answer",
    NOT_BEGUN: "it was still planned when the run was over",
}
"""Why an effect has no number."""
_BECAME = {
    VERDICTS["worked"]: "worked",
    LESS: "brought less than was expected",
    VERDICTS["did not"]: "did not work",
    VERDICTS["no evidence yet"]: "cannot be told yet",
}
"""What became of several, by what is said of one."""


def _by(one: Action) -> str:
    """The run whose answers are compared."""
    name = one.baseline.get("by_label") or one.by_run
    return f"“{name}”" if name else NEXT_RUN


def _amount(one: Action, number: float) -> str:
    """So many steps of a scale, or points of 100 people."""
    if one.measure is not None and one.measure.kind == QUESTION:
        return f"{number:.1f} {'step' if round(number, 1) == 1 else 'steps'}"
    points = round(100 * number)
    return f"{points} {'point' if points == 1 else 'points'} of 100"


def _on_a_scale(one: Action) -> str:
    """On which scale the steps are; "" where it was not kept, and of shares."""
    ends = [one.baseline.get(name) for name in ("lowest", "highest")]
    return "" if None in ends else f" (on the scale from {ends[0]} to {ends[1]})"


def _bare(one: Action, number: float) -> str:
    return f"{number:.1f}" if one.measure is not None and one.measure.kind == QUESTION else f"{round(100 * number)}"


def _percent(share: float) -> str:
    return f"{round(100 * share)}"


def _counted(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"


def _days(days: int) -> str:
    return "1 day" if days == 1 else f"{days} days"
