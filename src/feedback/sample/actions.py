"""What the sample does about what was found: actions, two of which wait to be measured by the next run."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

from sqlmodel import Session

from feedback.catalogue.values import Run
from feedback.sample.cohorts import months_before
from feedback.sample.institution import Institution
from feedback.sample.telling import keep_telling, told_on
from feedback.store.accounts import read_accounts
from feedback.store.action import PLANNED, Action, Measure, Step, sealed
from feedback.store.actions import keep_action, keep_step


def keep_actions(session: Session, institution: Institution, rows: Iterable[Mapping[str, Any]]) -> None:
    """Keep the actions of governance.toml, marked as sample, dated backwards from the institution's day.

    They belong to the sample's account, where there is one.
    """
    owner = next((each.id for each in read_accounts(session) if each.is_sample), "")
    for row in rows:
        made = _action(row, institution, owner)
        keep_action(session, made)
        keep_telling(session, row, made)
        for step in _steps(row, made):
            keep_step(session, step)


def _action(row: Mapping[str, Any], institution: Institution, owner: str) -> Action:
    made_on = _made_on(row, institution)
    told = dict(row.get("measure", {}))
    name = told.pop("name", "")
    by_run, baseline = _occasions(row, institution, made_on) if told else ("", {})
    days = row.get("due_after_days")
    due = made_on + timedelta(days=days) if days else institution.today + timedelta(days=row["due_in_days"])
    made = Action(
        id=sha256(f"sample action {row['credential']} {row['title']}".encode()).hexdigest()[:32],
        credential=row["credential"],
        title=row["title"],
        source=row["source"],
        about=row["about"],
        measure=Measure(**told) if told else None,
        baseline={"name": name, **baseline} if told else {},
        expected=row.get("expected"),
        by_run=by_run,
        evidence={},
        digest="",
        owner=owner,
        due=due,
        state=row["state"],
        words_learners=row["words_learners"],
        words_employers=row["words_employers"],
        told_on=told_on(row, made_on),
        effect=None,
        by="",
        made_on=made_on,
        is_sample=True,
    )
    return sealed(made)


def _made_on(row: Mapping[str, Any], institution: Institution) -> date:
    change = institution.truths[row["credential"]].change if row.get("since_change") else None
    return change.since if change else months_before(institution.today, row["months_ago"])


def _occasions(row: Mapping[str, Any], institution: Institution, made_on: date) -> tuple[str, dict[str, str]]:
    """The run it is measured by ("" for the next), and what is kept of it and of the run it is compared with."""
    theirs = [each for each in institution.runs if each.credential == row["credential"] and each.starts]
    before = [each for each in theirs if _starts(each) < made_on]
    after = [each for each in theirs if _starts(each) >= made_on] if row.get("since_change") else []
    found = {"occasion": before[-1].slug, "label": before[-1].label} if before else {}
    return (after[0].slug, found | {"by_label": after[0].label}) if after else ("", found)


def _starts(run: Run) -> date:
    return run.starts or date.min


def _steps(row: Mapping[str, Any], made: Action) -> list[Step]:
    """That it was made, and what the file says happened since, each so many days after."""
    told = [{"days": 0, "state": PLANNED, "words": ""}, *row["steps"]]
    return [
        Step(
            action=made.id,
            number=number,
            day=made.made_on + timedelta(days=each["days"]),
            by="",
            what="state" if number > 1 else "made",
            state=each["state"],
            words=each["words"],
        )
        for number, each in enumerate(told, start=1)
    ]
