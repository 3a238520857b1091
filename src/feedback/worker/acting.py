"""Reminding whoever sees to an action: a week before it is due, and when it is late, once each, in the language that is
set for those with an account."""

from collections.abc import Collection, Iterator
from datetime import date, timedelta

from sqlmodel import Session

from feedback import policy
from feedback.store import meta, outbox
from feedback.store.accounts import Account, read_accounts
from feedback.store.action import OPEN, Action
from feedback.store.action_checks import place_of
from feedback.store.actions import read_actions
from feedback.store.catalogue import read_credentials, read_programmes
from feedback.store.clock import now
from feedback.survey.wording import word
from feedback.worker.asking import HOUR, in_a_line
from feedback.worker.work import Work

ACT = "act"
SOON, LATE = "action_soon", "action_late"
"""The job, and its messages."""
WORDS = {SOON: "soon", LATE: "late"}
"""How the words of a message are called."""
ENGLISH = "en"
BEFORE = timedelta(days=7)
"""So long before the day its owner is reminded."""
AFTER = timedelta(days=14)
"""What has been late for longer is not written about any more: the outbox forgets after a month to whom it wrote, and
would write again."""
_DONE = "acted_day"


def days_due(session: Session) -> Collection[str]:
    """Today as a subject, where nobody was reminded yet and it is late enough."""
    moment = now(session)
    made = meta.number(session, _DONE)
    return [moment.date().isoformat()] if moment.hour >= HOUR and made != moment.toordinal() else []


def remind(work: Work) -> None:
    """The day's reminders, where mail is sent and this is no copy of the database."""
    with work.writing() as session:
        today = now(session).date()
        if work.mail is not None and outbox.is_at_home(session):
            address, language = (work.asking.public_url, work.asking.language) if work.asking else ("", ENGLISH)
            remind_owners(session, today, address, language)
        meta.set_number(session, _DONE, today.toordinal())


def remind_owners(session: Session, today: date, public_url: str = "", language: str = ENGLISH) -> int:
    """Ask for a message to each owner of an action that is due within BEFORE, or has been late for up to AFTER.

    Each is asked for once, for the day and the owner that are set: where another is set, it counts anew. Nobody is
    written to about the sample, nor who may come in or act there no more. public_url: where people reach the app; ""
    for no link. language: in which they are written. Returns how many were asked for.
    """
    due = [(kind, one) for one in read_actions(session, states=OPEN) if (kind := _kind(one, today))]
    if not due:
        return 0
    accounts = {each.id: each for each in read_accounts(session) if each.actor.is_known and not each.is_sample}
    titles = {each.slug: each.title for each in read_credentials(session)}
    programmes = {each.slug: each.title for each in read_programmes(session)}
    asked = 0
    for kind, one in due:
        owner = accounts.get(one.owner)
        if owner is None or not policy.can(owner.actor, policy.ACT, place_of(session, one)):
            continue
        new = ": ".join(filter(None, (programmes.get(one.programme, ""), word("acting.new", language))))
        place = titles[one.credential] if one.credential else new
        text = "\n\n".join(_paragraphs(kind, one, owner, place, public_url, language)) + "\n"
        once = f"{kind}:{one.id}:{one.due}:{one.owner}"
        asked += outbox.put(session, once, kind, owner.email, _subject(kind, one, language), text)
    return asked


def _kind(one: Action, today: date) -> str:
    """Which message is due about an action; "" for none."""
    if one.is_sample:
        return ""
    if today <= one.due <= today + BEFORE:
        return SOON
    return LATE if today - AFTER <= one.due < today else ""


def _subject(kind: str, one: Action, language: str) -> str:
    return in_a_line(word(f"acting.{WORDS[kind]}_subject", language, title=one.title))


def day_in_words(day: date, language: str) -> str:
    """A day as the language writes it.

    >>> day_in_words(date(2026, 3, 1), "en"), day_in_words(date(2026, 3, 1), "de")
    ('1 March 2026', '1. März 2026')
    """
    months = word("acting.months", language).split()
    return word("acting.day", language, day=day.day, month=months[day.month - 1], year=day.year)


def _paragraphs(kind: str, one: Action, owner: Account, place: str, public_url: str, language: str) -> Iterator[str]:
    day = day_in_words(one.due, language)
    yield word("acting.dear", language, name=in_a_line(owner.name))
    yield word(f"acting.{WORDS[kind]}", language, day=day)
    yield f"{in_a_line(one.title)}\n({in_a_line(place)})"
    yield word("acting.what", language)
    if public_url:
        yield f"{public_url.rstrip('/')}/actions?action={one.id}"
    yield word("acting.once", language)
