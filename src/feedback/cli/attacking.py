"""`feedback doctor --disclosure`: an attack on all that is shown, by subtraction and by comparing releases."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import typer

from feedback.cli.console import REFUSED, bar, database, limits_of, questionnaires, report

if TYPE_CHECKING:
    from feedback.analysis.differencing import Solved

MOST_TOLD, MOST_VIEWS = 20, 3
TO_DO = (
    "What to do: hand none of these views on beside the others until more people have answered; a higher minimum "
    "(FEEDBACK_MINIMUM_GROUP) hides them. Then look again."
)
NOT_TRIED = (
    "Not tried: the institution's own figures of runs, what witnesses say of all skills together, how many "
    "organisations there are; and the findings"
)


def attack_what_shows(as_json: bool) -> None:
    """Say what could be worked out of the numbers shown today, and between two releases; exit 1 if any."""
    from feedback.exchange.published import steps_between
    from feedback.findings.attacking import NOT_READ, attack
    from feedback.store import releases
    from feedback.store.database import reading
    from feedback.worker.gathering import gather

    settings, engine = database()
    instruments, limits = questionnaires(), limits_of(settings)
    with bar("Reading"), reading(engine) as session:
        evidence, made = gather(session, instruments), releases.read_releases(session)
    engine.dispose()
    with bar("Attacking") as advance:
        found = attack(evidence, limits, advance)
    experts = {each.id for each in instruments.values() if each.audience == "expert"}
    moved = steps_between(made, limits.minimum_group, experts)
    exactly = [each for each in found.solved if each.low == each.high]
    nearly = [each for each in found.solved if each.low != each.high]
    lines = [
        f"Tried: {found.views:,} findings over all choices, with {found.facts:,} numbers shown ({found.means:,} of "
        f"them means), put together against {found.cells:,} that are too small to show: {len(exactly):,} could be "
        f"worked out, {len(nearly):,} to within one.",
        f"{found.sides:,} more are a side of a share of a group that is large enough: that is what it says.",
        f"{found.apart:,} were left aside, because they are no sums of single answers (such as comparisons).",
        f"{NOT_TRIED} {'; '.join(_left_out(NOT_READ))}.",
        *(_said(each) for each in [*exactly, *nearly][:MOST_TOLD]),
        *(
            [f"… and {len(found.solved) - MOST_TOLD:,} more; all of them with --json."]
            * (len(found.solved) > MOST_TOLD)
        ),
        *moved,
        "Between releases nothing moved by fewer people than the minimum." if not moved else "",
        TO_DO if found.solved or moved else "",
    ]
    report(
        as_json,
        "\n".join(line for line in lines if line),
        views=found.views,
        facts=found.facts,
        means=found.means,
        cells=found.cells,
        sides_of_shares=found.sides,
        left_aside=found.apart,
        solved=[{"cell": each.cell, "exactly": each.low == each.high, "views": each.views} for each in found.solved],
        releases=moved,
    )
    if found.solved or moved:
        raise typer.Exit(REFUSED)


def _left_out(findings: Mapping[str, str]) -> list[str]:
    """The findings that are not tried, by reason."""
    named = {why: [name for name in findings if findings[name] == why] for why in findings.values()}
    return [f"{', '.join(names)} ({why})" for why, names in named.items()]


def _said(solved: "Solved") -> str:
    """What could be worked out, and from where; the number itself is not told again."""
    more = f" and {len(solved.views) - MOST_VIEWS} more" if len(solved.views) > MOST_VIEWS else ""
    how = "exactly" if solved.low == solved.high else "to within one"
    return f"WRONG: {solved.cell} ({how}). From: {'; '.join(solved.views[:MOST_VIEWS])}{more}."
