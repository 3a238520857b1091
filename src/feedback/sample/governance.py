"""What the sample's committee keeps: rounds of review, a note on a gap, rules, a decision, an interest; and actions."""

import tomllib
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlmodel import Session

from feedback.policy import DECIDE, can
from feedback.sample.actions import keep_actions
from feedback.sample.cohorts import months_before
from feedback.sample.institution import Institution
from feedback.sample.telling import keep_cards
from feedback.store import committee, rounds
from feedback.store.accounts import read_accounts
from feedback.store.committee import Decision, Rule, Seen, Wanted, rule_slug, sealed
from feedback.store.rounds import REVIEWERS, Note, Round

INTEREST = "I teach a module of it. (Invented, as everything of the sample.)"


def keep_governance(session: Session, institution: Institution, path: Path, surveys: Mapping[str, str]) -> None:
    """Keep all of it, marked as sample, dated backwards from the institution's day.

    surveys: by credential the survey that asked its reviewers. An interest is declared only where the sample has an
    account that could have one.
    """
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    over = {each.credential: each for each in _rounds(institution, surveys)}
    for each in [*over.values(), *(_planned(row, institution.today) for row in raw["planned"])]:
        rounds.keep_round(session, each)
    for row in raw["notes"]:
        rounds.keep_note(session, _note(row, over[row["credential"]]))
    for row in raw["rules"]:
        committee.keep_rule(session, _rule(row, institution.today))
    for row in raw["decisions"]:
        committee.keep_decision(session, _decision(row, institution))
    keep_actions(session, institution, raw["actions"])
    keep_cards(session, institution, raw["cards"])
    _declare(session, institution, {row["credential"] for row in raw["decisions"]})


def _rounds(institution: Institution, surveys: Mapping[str, str]) -> Iterator[Round]:
    """A round that is over for each credential that two have reviewed."""
    for slug in dict.fromkeys(review.credential for review in institution.reviews):
        reviews = [review for review in institution.reviews if review.credential == slug]
        if len(reviews) >= REVIEWERS:
            day = months_before(institution.today, min(review.months_ago for review in reviews))
            reviewers = [review.reviewer for review in reviews]
            name, stage = _id(f"round {slug}"), reviews[0].stage
            yield Round(name, slug, stage, day, surveys[slug], reviewers, day, day, is_sample=True)


def _planned(row: Mapping[str, Any], today: date) -> Round:
    due_on, name = today + timedelta(days=row["due_in_days"]), _id(f"planned {row['credential']}")
    return Round(name, row["credential"], row["stage"], due_on, None, row["reviewers"], None, None, is_sample=True)


def _note(row: Mapping[str, Any], of: Round) -> Note:
    assert of.closed_on is not None
    name = _id(f"note {of.id} {row['criterion']}")
    return Note(name, of.id, row["criterion"], row["note"], "", of.closed_on, is_sample=True)


def _rule(row: Mapping[str, Any], today: date) -> Rule:
    return Rule(
        slug=rule_slug(row["area"], row["credential"]),
        version=1,
        credential=row["credential"],
        area=row["area"],
        title=row["title"],
        text=row["text"],
        since=months_before(today, row["months_ago"]),
        review_due=months_before(today, -row["review_in_months"]),
        by="",
        is_sample=True,
    )


def _decision(row: Mapping[str, Any], institution: Institution) -> Decision:
    """A decision of people who have no account: their ids are made up, their names stand in its evidence."""
    present, apart = ([_id(name) for name in row[which]] for which in ("present", "apart"))
    names = dict(zip([*present, *apart], [*row["present"], *row["apart"]], strict=True))
    title = next(each.title for each in institution.credentials if each.slug == row["credential"])
    seen = [Seen(**each) for each in row["findings"]]
    made = Decision(
        id=_id(f"decision {row['credential']}"),
        credential=row["credential"],
        day=months_before(institution.today, row["months_ago"]),
        outcome=row["outcome"],
        words=row["words"],
        evidence={},
        digest="",
        present=present,
        apart=apart,
        by=present[0],
        is_sample=True,
    )
    return sealed(made, names, title, Wanted(made.credential, made.outcome, made.words, present, seen))


def _declare(session: Session, institution: Institution, decided: set[str]) -> None:
    """An interest of a committee member of the sample, in a credential nothing was decided of."""
    other = next((each for each in institution.credentials if each.slug not in decided), None)
    if other is None:
        return
    subject = committee.subject_of(session, other.slug)
    for account in read_accounts(session):
        if account.is_sample and account.grants and can(account.actor, DECIDE, subject):
            committee.declare(session, account.actor, other.slug, INTEREST)
            return


def _id(name: str) -> str:
    return sha256(f"sample {name}".encode()).hexdigest()[:32]
