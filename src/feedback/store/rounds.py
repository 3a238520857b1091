"""Rounds of expert review: planned with two reviewers, opened as a survey, closed when both have handed in; and how
reviewers who lay far apart were brought together."""

import re
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, func, select, update
from sqlmodel import Session

from feedback import policy
from feedback.catalogue.values import Credential, Reviewer
from feedback.catalogue.values.base import LONGEST_LONG_TEXT
from feedback.errors import FeedbackError, Problem, Refused, suggest
from feedback.policy import Actor, Subject
from feedback.store import audit, catalogue, invitations, opening, surveys
from feedback.store.accounts import folded, read_account, read_accounts
from feedback.store.clock import now
from feedback.store.committee import COUNTS_FOR, interested, kept_text, subject_of, unknown
from feedback.store.inserting import insert, table_of
from feedback.store.surveys import Survey
from feedback.store.tables import ModerationNotes, ReviewRounds
from feedback.survey.questionnaire import Instrument

STAGES = ("design", "beta", "yearly")
REVIEWERS = 2
"""So many review, each alone."""
PLANNED, OPEN, CLOSED = "planned", "open", "closed"
BY_THE_COMMITTEE = (
    "it asks the two reviewers of a round, so it is opened, put off and closed with the round, on the committee's "
    "page; nobody else is invited."
)
"""Why a round's survey is not changed by those who see to surveys."""


@dataclass(frozen=True)
class Round:
    """A round of review, as its row: see tables.ReviewRounds."""

    id: str
    credential: str
    stage: str
    due_on: date
    survey: str | None
    reviewers: Sequence[str]
    opened_on: date | None
    closed_on: date | None
    is_sample: bool = False

    @property
    def state(self) -> str:
        """How it stands: PLANNED, OPEN or CLOSED."""
        return CLOSED if self.closed_on else OPEN if self.opened_on else PLANNED


@dataclass(frozen=True)
class Note:
    """How a gap between two marks on a criterion was settled, or why not."""

    id: str
    round: str
    criterion: str
    note: str
    by: str
    made_on: date
    is_sample: bool = False


# --- planning ---------------------------------------------------------------------------------------------------------


def plan(session: Session, by: Actor, credential: str, stage: str, due_on: date, reviewers: Sequence[str]) -> Round:
    """Plan a round of review. reviewers: two of the catalogue's, by slug.

    Raises Forbidden for who may not decide there, and Refused with every problem (see `problems_of`), or for who has an
    interest in the credential.
    """
    subject = _impartial(session, by, credential)
    if problems := problems_of(session, credential, stage, due_on, reviewers):
        raise Refused(problems)
    planned = Round(secrets.token_hex(16), credential, stage, due_on, None, list(reviewers), None, None)
    keep_round(session, planned)
    audit.record(session, by, audit.REVIEW_SET, subject, round=planned.id, stage=stage, what="planned", due=due_on)
    return planned


def problems_of(session: Session, credential: str, stage: str, due_on: date, reviewers: Sequence[str]) -> list[Problem]:
    """Why a round cannot be planned so: every reason; none when it can.

    Two different reviewers, each at work, with a statement of independence, and none with an interest.
    """
    if problems := unknown(session, credential):
        return problems
    if stage not in STAGES:
        problems.append(Problem("stage", f'"{stage}" is not known. Known: {", ".join(STAGES)}.'))
    elif any(each.stage == stage and each.state != CLOSED for each in read_rounds(session, credential)):
        problems.append(Problem("stage", "a round of this stage goes on, or is planned; close it or call it off."))
    if due_on < now(session).date():
        problems.append(Problem("due", f"{due_on} is past. Name today or a later day."))
    if len(set(reviewers)) != REVIEWERS or len(reviewers) != REVIEWERS:
        problems.append(Problem("reviewers", f"found {len(set(reviewers))}; name {REVIEWERS}, each another person."))
    return [*problems, *unfit(session, _credential(session, credential), reviewers)]


def unfit(session: Session, credential: Credential, reviewers: Collection[str]) -> list[Problem]:
    """What keeps reviewers from judging a credential: not known, no longer at work, nothing declared, an interest."""
    known = {each.slug: each for each in catalogue.read(session, "reviewers") if isinstance(each, Reviewer)}
    interested = _interested(session, credential.slug)
    problems = []
    for slug in dict.fromkeys(reviewers):
        if slug not in known:
            problems.append(Problem("reviewers", f'"{slug}" is not in the catalogue.{suggest(slug, known)}'))
            continue
        one = known[slug]
        if not one.active:
            problems.append(Problem("reviewers", f"{one.name} reviews no more, says the catalogue."))
        if not one.independence:
            said = f"{one.name} has declared nothing about their independence; ask, and note it in the catalogue."
            problems.append(Problem("reviewers", said))
        if body := interest_of(one, credential):
            problems.append(Problem("reviewers", f"{one.name} works for {body}, which stands behind the credential."))
        if one.email and one.email.casefold() in interested:
            problems.append(Problem("reviewers", f"{one.name} has declared an interest in the credential."))
    return problems


def interest_of(reviewer: Reviewer, credential: Credential) -> str:
    """The issuer or backing body that a reviewer works for; "" for none.

    Names are compared word by word: one that holds the other counts as the same body.
    """
    theirs = _words(reviewer.affiliation or "")
    for body in (credential.issuer, credential.backing_body or ""):
        ours = _words(body)
        if theirs and ours and (f" {theirs} " in f" {ours} " or f" {ours} " in f" {theirs} "):
            return body
    return ""


def _words(name: str) -> str:
    return " ".join(word for word in re.findall(r"\w+", name.casefold()) if word != "the")


def _interested(session: Session, credential: str) -> set[str]:
    """The addresses of accounts whose interest in a credential counts."""
    accounts = interested(session, credential)
    return {each.email.casefold() for each in read_accounts(session) if each.id in accounts}


# --- opening and closing ----------------------------------------------------------------------------------------------


def open_round(
    session: Session, by: Actor, round_id: str, instrument: Instrument, texts: Mapping[str, tuple[Instrument, str, str]]
) -> Survey:
    """Open the survey that asks a round's reviewers, by invitation.

    It closes by itself at the end of the day the round is due. texts: see opening.open_wanted. Raises Refused where
    that cannot be, or a reviewer has become unfit since.
    """
    one = _allowed(session, by, round_id)
    if one.state != PLANNED:
        raise Refused([Problem("round", f"it is {one.state} already.")])
    if problems := unfit(session, _credential(session, one.credential), one.reviewers):
        raise Refused(problems)
    today = now(session).date()
    wanted = opening.Wanted(instrument, [one.credential], mode="invitation", closes=max(one.due_on, today))
    survey = opening.open_wanted(session, wanted, texts)
    _set(session, one.id, survey=survey.slug, opened_on=today)
    audit.record(session, by, audit.OPENED, f"survey:{survey.slug}", instrument=instrument.id, mode="invitation")
    _record(session, by, one, "opened")
    return survey


def handed_in(session: Session, one: Round) -> int:
    """How many of a round's invitations were used."""
    return invitations.tally(session, one.survey)[1] if one.survey else 0


def close_round(session: Session, by: Actor, round_id: str) -> None:
    """Close a round in which both have handed in, and its survey. Raises Refused while one is missing."""
    one = _allowed(session, by, round_id)
    if one.state != OPEN:
        raise Refused([Problem("round", f"it is {one.state}, so it cannot be closed.")])
    there = handed_in(session, one)
    if there < REVIEWERS:
        said = f"{there} of {REVIEWERS} have handed in. Wait, remind them, or call the round off."
        raise Refused([Problem("round", said)])
    _close_survey(session, by, one)
    _set(session, one.id, closed_on=now(session).date())
    _record(session, by, one, "closed")


def put_off(session: Session, by: Actor, round_id: str, due_on: date) -> None:
    """Give the reviewers longer: a round that is not closed is due on a later day, and so its survey closes then.

    Raises Refused for a day that is no later, and FeedbackError where the survey is over (see surveys.extend).
    """
    one = _allowed(session, by, round_id)
    if one.state == CLOSED:
        raise Refused([Problem("round", "it is closed, and stays as it is.")])
    if due_on <= (last := max(one.due_on, now(session).date())):
        raise Refused([Problem("due", f"found {due_on}; name a day after {last}.")])
    survey = surveys.read_survey(session, one.survey) if one.survey else None
    if survey is not None:
        closes = opening.last_second(due_on, survey.zone)
        surveys.extend(session, survey.slug, closes, by=by)
        audit.record(session, by, audit.EXTENDED, f"survey:{survey.slug}", closes=closes.isoformat())
    _set(session, one.id, due_on=due_on)
    _record(session, by, one, "put off", due=due_on)


def call_off(session: Session, by: Actor, round_id: str) -> None:
    """Give up a round that is not closed: links nobody used open nothing any more; reviews handed in stay."""
    one = _allowed(session, by, round_id)
    if one.state == CLOSED:
        raise Refused([Problem("round", "it is closed, and stays as it is.")])
    if one.survey:
        invitations.revoke(session, one.survey)
        _close_survey(session, by, one)
    table = table_of(ReviewRounds)
    session.connection().execute(delete(table).where(table.c.id == one.id))
    _record(session, by, one, "called off")


def _close_survey(session: Session, by: Actor, one: Round) -> None:
    survey = surveys.read_survey(session, one.survey) if one.survey else None
    if survey is not None and surveys.state_of(survey, now(session)) != surveys.CLOSED:
        surveys.close(session, survey.slug)
        audit.record(session, by, audit.CLOSED, f"survey:{survey.slug}")


# --- moderation -------------------------------------------------------------------------------------------------------


def add_note(session: Session, by: Actor, round_id: str, criterion: str, note: str) -> Note:
    """Write down how a gap on a criterion was settled, or why not; notes before it stay. criterion: a question's id."""
    one = _allowed(session, by, round_id)
    problems: list[Problem] = []
    said = kept_text("note", note, LONGEST_LONG_TEXT, problems)
    if not criterion or len(criterion) > 80:
        problems.append(Problem("criterion", "is not one of the questionnaire's."))
    if problems:
        raise Refused(problems)
    made = Note(secrets.token_hex(16), one.id, criterion, said, by.id, now(session).date())
    keep_note(session, made)
    _record(session, by, one, "moderated", criterion=criterion)
    return made


def read_notes(session: Session) -> list[Note]:
    """Every moderation note, by round, criterion and day."""
    table = table_of(ModerationNotes)
    ordered = select(table).order_by(table.c.round, table.c.criterion, table.c.made_on, table.c.id)
    return [Note(**row) for row in session.connection().execute(ordered).mappings()]


# --- reading and keeping ----------------------------------------------------------------------------------------------


def read_rounds(session: Session, credential: str = "") -> list[Round]:
    """The rounds, of one credential or of all: those that go on first, by the day they are due; then the newest."""
    table = table_of(ReviewRounds)
    wanted = select(table)
    if credential:
        wanted = wanted.where(table.c.credential == credential)
    every = [Round(**row) for row in session.connection().execute(wanted).mappings()]
    going = sorted((each for each in every if not each.closed_on), key=lambda each: (each.due_on, each.id))
    over = sorted((each for each in every if each.closed_on), key=lambda each: (each.closed_on, each.id), reverse=True)
    return [*going, *over]


def is_round(session: Session, survey: str) -> bool:
    """Whether a survey asks the reviewers of a round, whatever its state."""
    table = table_of(ReviewRounds)
    found = session.connection().execute(select(table.c.id).where(table.c.survey == survey).limit(1))
    return found.first() is not None


def own_rounds(session: Session, by: Actor) -> list[tuple[Round, bool]]:
    """The rounds for which an account's holder was chosen, known by its address among the catalogue's reviewers, where
    they may review; each with whether a form waits for them."""
    address = _address(session, by)
    reviewers = [each for each in catalogue.read(session, "reviewers") if each.email]
    mine = {each.slug for each in reviewers if folded(each.email) == address}
    theirs = [each for each in read_rounds(session) if mine & set(each.reviewers)]
    may = [each for each in theirs if policy.can(by, policy.REVIEW, subject_of(session, each.credential))]
    return [(each, bool(_waiting(session, each, address))) for each in may]


def own_link(session: Session, by: Actor, round_id: str, *, key: bytes) -> str:
    """The token of one more link to the form that waits for one of a round's reviewers; recorded. key: of the links.

    Raises Refused where none waits for them, or they have become unfit since the round was opened (see `unfit`).
    """
    one = next((each for each, waits in own_rounds(session, by) if each.id == round_id and waits), None)
    if one is None:
        raise Refused([Problem("round", "no form waits for you: it was handed in, or the round is over.")])
    address = _address(session, by)
    if problems := unfit(session, _credential(session, one.credential), _reviewers_at(session, one, address)):
        said = "the form is not opened for you any more; ask the committee to choose somebody else."
        raise Refused([*problems, Problem("round", said)])
    token = invitations.add_link(session, _waiting(session, one, address)[0].id, key=key)
    about = subject_of(session, one.credential)
    audit.record(session, by, audit.REVIEW_LINKED, about, round=one.id, stage=one.stage)
    return token


def _reviewers_at(session: Session, one: Round, address: str) -> list[str]:
    """Those of a round's reviewers who are reached at an address: slugs."""
    every = catalogue.read(session, "reviewers")
    return [each.slug for each in every if each.slug in one.reviewers and each.email and folded(each.email) == address]


def _address(session: Session, by: Actor) -> str:
    account = read_account(session, by.id)
    return account.email if account else ""


def _waiting(session: Session, one: Round, address: str) -> list[invitations.Invitation]:
    """The invitations to a round that goes on which somebody has not used yet."""
    if one.state != OPEN or not one.survey or not address:
        return []
    return [each for each in invitations.unanswered(session, one.survey) if folded(each.recipient) == address]


def last_reviews(session: Session) -> dict[str, dict[str, date]]:
    """By credential and stage the day the last round was closed."""
    table = table_of(ReviewRounds)
    by = (table.c.credential, table.c.stage)
    newest = select(*by, func.max(table.c.closed_on)).where(table.c.closed_on.is_not(None)).group_by(*by)
    found: dict[str, dict[str, date]] = {}
    for credential, stage, day in session.connection().execute(newest):
        found.setdefault(credential, {})[stage] = day
    return found


def keep_round(session: Session, one: Round) -> None:
    """Keep a round as it is."""
    session.connection().execute(insert(session, ReviewRounds), [vars(one)])


def keep_note(session: Session, note: Note) -> None:
    """Keep a note as it is."""
    session.connection().execute(insert(session, ModerationNotes), [vars(note)])


def _allowed(session: Session, by: Actor, round_id: str) -> Round:
    """The round, for whoever may decide about its credential and has no interest in it (else Forbidden, Refused).

    Raises FeedbackError when there is none.
    """
    one = next((each for each in read_rounds(session) if each.id == round_id), None)
    if one is None:
        raise FeedbackError("There is no such round of review any more.")
    _impartial(session, by, one.credential)
    return one


def _impartial(session: Session, by: Actor, credential: str) -> Subject:
    """A credential as the policy knows it, for whoever may decide about it and has no interest in it."""
    subject = subject_of(session, credential)
    policy.demand(by, policy.DECIDE, [subject])
    if by.id in interested(session, credential):
        said = f"you have an interest in this credential, or had one within {COUNTS_FOR.days} days; leave it to others."
        raise Refused([Problem("by", said)])
    return subject


def _credential(session: Session, slug: str) -> Credential:
    return next(each for each in catalogue.read_credentials(session) if each.slug == slug)


def _set(session: Session, round_id: str, **values: object) -> None:
    table = table_of(ReviewRounds)
    session.connection().execute(update(table).where(table.c.id == round_id).values(**values))


def _record(session: Session, by: Actor, one: Round, what: str, **more: object) -> None:
    subject = subject_of(session, one.credential)
    audit.record(session, by, audit.REVIEW_SET, subject, round=one.id, stage=one.stage, what=what, **more)
