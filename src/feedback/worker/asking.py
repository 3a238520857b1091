"""Writing to people: invitations, reminders to who has not answered, and the one message an address was left for.

Messages go into the outbox here; the worker sends them from there (see mailing).
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from math import ceil
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import Engine
from sqlmodel import Session

from feedback.catalogue.values import Credential
from feedback.catalogue.values.base import is_mail_address
from feedback.errors import FeedbackError, Problem, Refused
from feedback.exchange.links import invitation_address
from feedback.settings import Settings, data_folder, secret_key
from feedback.store import asking, catalogue, endorsements, invitations, meta, outbox, rounds, surveys
from feedback.store.asking import KeptAddress
from feedback.store.clock import now
from feedback.store.database import reading, transaction
from feedback.store.invitations import Invitation, Person
from feedback.store.opening import Wanted, open_wanted
from feedback.store.outbox import INVITATION, REMINDER
from feedback.store.standing import recipients
from feedback.store.surveys import OPEN, OPENS_LATER, Survey
from feedback.survey.instrument import read_instrument_texts
from feedback.survey.questionnaire import EXPERT, Instrument
from feedback.survey.text import say
from feedback.survey.wording import word
from feedback.worker.mailing import sealed
from feedback.worker.work import Asking, Work

Each = TypeVar("Each")
Someone = TypeVar("Someone", Person, Invitation)

BATCH = 100
"""So many people in a transaction: others who write need not wait for more."""
HOUR = 7
"""What the day brings is done from this hour on (UTC): nobody is written to at night."""
BEFORE_CLOSE = timedelta(days=2)
"""So long before a survey closes those who have not answered are reminded."""
ANSWERS_WITHIN = timedelta(days=60)
"""So long is the link good that an address left for one message gets."""
LEAST_OPEN = timedelta(days=14)
"""A survey that closes sooner is none to ask them with."""
_DONE = "asked_day"
NO_ADDRESS = "Links need the address people reach the app at: set FEEDBACK_PUBLIC_URL, as https://feedback.example.org."
ELSEWHERE = (
    "This is a copy of the database, or it was moved; messages are sent from where they were sent before. "
    "If the move is meant, run: feedback worker --send-from-here"
)


@dataclass(frozen=True)
class Invited:
    """How many are written to; how many are left in peace for now (asked often enough, or asked about this already);
    how many asked not to be written to again."""

    sent: int
    resting: int
    refused: int


@dataclass(frozen=True)
class Reminded:
    """The same of a reminder. answered: how many of those with an address had answered before today; whoever did today
    still counts among `resting`, so that nobody can watch these numbers and see who it was."""

    sent: int
    resting: int
    refused: int
    answered: int


def asking_of(settings: Settings) -> Asking:
    """What it takes to write to people, as set. Raises Refused when the key file is broken."""
    often = (settings.asks_a_year, settings.days_between_asks)
    return Asking(secret_key(settings), settings.public_url, *often, settings.language)


# --- invitations and reminders ----------------------------------------------------------------------------------------


def invite_people(
    engine: Engine,
    slug: str,
    people: Sequence[Person],
    instruments: Mapping[str, Instrument],
    asking_as: Asking,
    *,
    expires_on: date | None = None,
    for_round: bool = False,
) -> Invited:
    """Invite people to a survey, each by one message in the outbox with a link of their own.

    people: each with an address; one that comes twice, or was invited to this survey before, is not invited again.
    for_round: they are the reviewers of its round; without it a round's survey is refused.
    Raises Refused with every address that is none before anything is kept, and FeedbackError when there is no such
    survey or it is over, where links cannot be built, and in a copy of the database.
    """
    letters = _letters(engine, slug, instruments, asking_as)
    _check(people)
    by_hash = _by_hash(people, asking_as)
    with reading(engine) as session:
        if not for_round and rounds.is_round(session, slug):
            raise Refused([Problem(slug, rounds.BY_THE_COMMITTEE)])
        already = _already(session, slug, by_hash)
    told = Invited(0, len(already), 0)
    for some in _pieces([each for each in by_hash if each not in already]):
        with transaction(engine) as session:
            asking.lock(session)
            day = now(session).date()
            may, refused = _who_may(session, {each: by_hash[each] for each in some}, slug, day, asking_as, first=True)
            made = invitations.make(
                session, slug, [by_hash[each] for each in some if each in may], key=asking_as.key, expires_on=expires_on
            )
            _put(session, letters, INVITATION, made, day)
        told = Invited(told.sent + len(may), told.resting + len(some) - len(may) - refused, told.refused + refused)
    return told


def may_write(engine: Engine, slug: str, people: Sequence[Person], asking_as: Asking) -> Invited:
    """What `invite_people` would come to now. Nothing is changed."""
    by_hash = _by_hash(people, asking_as)
    with reading(engine) as session:
        already = _already(session, slug, by_hash)
        others = {each: by_hash[each] for each in by_hash if each not in already}
        may, refused = _who_may(session, others, slug, now(session).date(), asking_as, first=True)
    return Invited(len(may), len(by_hash) - len(may) - refused, refused)


def remind_survey(
    engine: Engine,
    slug: str,
    instruments: Mapping[str, Instrument],
    asking_as: Asking,
    pause: Callable[[], None] = lambda: None,
) -> Reminded:
    """Remind those invited by message who have not answered, each by a link of their own; those before stay good.
    Whoever got a link by a file is written to by whoever has the file.

    pause: called between two batches. Raises FeedbackError as invite_people does.
    """
    letters = _letters(engine, slug, instruments, asking_as)
    with reading(engine) as session:
        waiting = [each for each in invitations.unanswered(session, slug) if each.recipient and each.asked]
        before, today = asking.answered(session, slug, now(session).date())
    sent = refused_in_all = 0
    for some in _pieces(waiting):
        pause()
        with transaction(engine) as session:
            asking.lock(session)
            day = now(session).date()
            by_hash = {asking.recipient_hash(asking_as.key, each.recipient): each for each in some}
            may, refused = _who_may(session, by_hash, slug, day, asking_as)
            asked = [(each, invitations.add_link(session, each.id, key=asking_as.key)) for each in may.values()]
            _put(session, letters, REMINDER, asked, day)
        sent, refused_in_all = sent + len(may), refused_in_all + refused
    return Reminded(sent, len(waiting) - sent - refused_in_all + today, refused_in_all, before)


def _who_may(
    session: Session,
    by_hash: Mapping[str, Someone],
    slug: str,
    day: date,
    asking_as: Asking,
    *,
    first: bool = False,
) -> tuple[dict[str, Someone], int]:
    """Those who may be written to about a survey, by the hash of their address; and how many refused. first: only whom
    nobody has written to about it yet, or whose invitation was taken back since."""
    caps = {"asks_a_year": asking_as.asks_a_year, "days_between": asking_as.days_between}
    anew = _taken_back(session, by_hash, slug) if first else set[str]()
    may = asking.may_ask(session, by_hash, day, **caps, survey=slug, anew=anew)
    if first:
        may -= asking.asked_for(session, by_hash, slug) - anew
    return {each: by_hash[each] for each in by_hash if each in may}, len(asking.refused(session, by_hash))


def _put(session: Session, letters: "Letters", kind: str, asked: Sequence[tuple[Invitation, str]], day: date) -> None:
    """One message each into the outbox, and a note of it."""
    key = letters.asking.key
    for invitation, token in asked:
        once = outbox.once_for(kind, invitation.id, invitation.asked)
        letters.put(session, kind, once, invitation.recipient, invitation, token)
    asking.note(session, [asking.recipient_hash(key, each.recipient) for each, _ in asked], letters.survey.slug, day)
    invitations.note_asked(session, [each.id for each, _ in asked], day)
    for invitation, _ in asked:
        if invitation.contact is not None:
            about = invitation.about or letters.survey.credentials
            asking.note_about(session, invitation.contact, about, day)


def _check(people: Sequence[Person]) -> None:
    """Raises Refused with every recipient that is no plain address."""
    wrong = [
        Problem(f"person {number}", f'"{person.recipient[:60]}" is not one plain mail address, as ann@example.org.')
        for number, person in enumerate(people, start=1)
        if not is_mail_address(person.recipient.strip())
    ]
    if wrong:
        raise Refused(wrong)


def _already(session: Session, slug: str, by_hash: Mapping[str, Person]) -> set[str]:
    """Those of them who have an invitation to the survey, whoever sent it; not those whose was taken back."""
    invited = recipients(session, slug)
    return {each for each, person in by_hash.items() if _address(person) in invited}


def _taken_back(session: Session, by_hash: Mapping[str, Someone], slug: str) -> set[str]:
    """Those of them whose invitations to the survey were all taken back."""
    gone = asking.taken_back(session, slug, [_address(each) for each in by_hash.values()])
    return {each for each, person in by_hash.items() if _address(person) in gone}


def _address(person: Person | Invitation) -> str:
    return person.recipient.strip().casefold()


def _by_hash(people: Sequence[Person], asking_as: Asking) -> dict[str, Person]:
    """People by the hash of their address; the first of those who share one."""
    return {asking.recipient_hash(asking_as.key, person.recipient): person for person in reversed(people)}


def _letters(engine: Engine, slug: str, instruments: Mapping[str, Instrument], asking_as: Asking) -> "Letters":
    if not asking_as.public_url:
        raise FeedbackError(NO_ADDRESS)
    with reading(engine) as session:
        survey = surveys.read_survey(session, slug)
        if survey is None:
            raise FeedbackError(f'There is no survey "{slug}", so nobody can be asked to answer it.')
        if surveys.state_of(survey, now(session)) not in (OPEN, OPENS_LATER):
            raise FeedbackError(f'The survey "{slug}" has closed, so nobody is asked any more. Extend it first.')
        if outbox.is_elsewhere(session):
            raise FeedbackError(ELSEWHERE)
        return _letters_of(session, survey, instruments, asking_as)


# --- what the messages say --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Letters:
    """Messages about a survey. credentials: those of the catalogue, by slug."""

    survey: Survey
    instrument: Instrument
    credentials: Mapping[str, Credential]
    asking: Asking

    def put(self, session: Session, kind: str, once: str, recipient: str, invitation: Invitation, token: str) -> None:
        """One message into the outbox. Its text lies there sealed: it holds the link, which the database must not
        know."""
        recipient, subject = recipient.strip(), self.subject(kind, invitation.language, invitation.about)
        body = sealed(self.asking.key, self.text(kind, recipient, invitation, token))
        outbox.put(session, once, kind, recipient, subject, body)

    def subject(self, kind: str, language: str, about: Sequence[str]) -> str:
        """What it is about, in a line: the credential's title, or the questionnaire's where there are several."""
        titles = self._titles(about)
        title = titles[0] if len(titles) == 1 else in_a_line(say(self.instrument.title, self._language(language)))
        return word(f"message.{kind}_subject", self._language(language), title=title)

    def text(self, kind: str, recipient: str, invitation: Invitation, token: str) -> str:
        """Who asks, why, how long it takes, what is kept, until when, the link, and how to get no more of these."""
        language, about = self._language(invitation.language), invitation.about

        def line(key: str, **values: Any) -> str:
            return word(f"message.{key}", language, **values)

        stop = asking.stop_address(self.asking.public_url, self.asking.key, recipient)
        issuers = dict.fromkeys(in_a_line(each.issuer) for each in self._about(about) if each.issuer)
        paragraphs = [
            line("hello"),
            " ".join(
                [
                    line("who_issuer", issuer=", ".join(issuers)) if issuers else line("who"),
                    line("about", titles=", ".join(self._titles(about))),
                    line("why"),
                ]
            ),
            "" if kind == INVITATION else line(f"{kind}_why", most=asking.MOST_REMINDERS),
            line("minutes", minutes=ceil(self.instrument.minutes)) if self.instrument.minutes else "",
            "" if self.instrument.audience == EXPERT else line("anonymity"),  # the team knows who reviews
            self._until(language, invitation.expires_on),
            f"{line('link')}\n{invitation_address(self.asking.public_url, token)}",
            line("begun") if kind == REMINDER else "",
            line("deleted") if kind in asking.QUESTIONNAIRES else "",
            f"{line('stop')}\n{stop}",
        ]
        return "\n\n".join(filter(None, paragraphs)) + "\n"

    def _until(self, language: str, expires_on: date | None) -> str:
        """Until when the link is good: its own last day (in UTC), or the survey's close, whichever comes first."""
        ends = [] if expires_on is None else [datetime.combine(expires_on, time(23, 59), UTC)]
        ends += [] if self.survey.closes is None else [self.survey.closes]
        if not ends:
            return ""
        zone = self.survey.zone
        there = min(ends).astimezone(ZoneInfo(zone))
        return word("message.until", language, day=there.date(), time=f"{there:%H:%M}", zone=zone)

    def _language(self, language: str) -> str:
        return language or self.survey.languages[0]

    def _about(self, about: Sequence[str]) -> list[Credential]:
        return [self.credentials[slug] for slug in about or self.survey.credentials if slug in self.credentials]

    def _titles(self, about: Sequence[str]) -> list[str]:
        return [in_a_line(each.title) for each in self._about(about)] or [self.survey.slug]


def in_a_line(text: str) -> str:
    """A title as a header may hold it: no line break, no sign that cannot be seen, no encoded word (RFC 2047)."""
    return "".join(sign for sign in " ".join(text.split()) if sign.isprintable()).replace("=?", "= ?")


def _letters_of(session: Session, survey: Survey, instruments: Mapping[str, Instrument], asking_as: Asking) -> Letters:
    instrument = surveys.instrument_of(session, survey, instruments)
    if instrument is None:
        raise FeedbackError(f'The survey "{survey.slug}" asks by "{survey.instrument}", which is not there any more.')
    credentials = {each.slug: each for each in catalogue.read_credentials(session)}
    return Letters(survey, instrument, credentials, asking_as)


# --- the day's round --------------------------------------------------------------------------------------------------


def days_due(session: Session) -> Collection[str]:
    """Today as a subject, where its round was not made yet and it is late enough."""
    moment = now(session)
    made = meta.number(session, _DONE)
    return [moment.date().isoformat()] if moment.hour >= HOUR and made != moment.toordinal() else []


def ask(work: Work) -> None:
    """The day's round: remind before surveys close, write to addresses that are due, forget what is old.

    Nobody is written to without a mail server or an address for links, or from a copy of the database.
    """
    with work.writing() as session:
        moment = now(session)
        asking.forget_overdue(session, moment.date())
        asking.forget_old(session, moment.date())
        endorsements.forget_taken_back(session, moment.date())
        outbox.forget_old(session, moment.date())
        may = work.mail is not None and outbox.is_at_home(session)
    if may and work.asking is not None and work.asking.public_url:
        remind_before_close(work.engine, moment, work.instruments, work.asking, work.pause)
        send_follow_ups(work.engine, work.instruments, work.asking, work.pause)
    with work.writing() as session:
        meta.set_number(session, _DONE, moment.toordinal())


def remind_before_close(
    engine: Engine,
    moment: datetime,
    instruments: Mapping[str, Instrument],
    asking_as: Asking,
    pause: Callable[[], None] = lambda: None,
) -> None:
    """Remind in every survey by invitation that closes within BEFORE_CLOSE days; of the sample, nobody."""
    with reading(engine) as session:
        open_now = [
            survey
            for survey in surveys.read_surveys(session, only_open=True)
            if survey.mode == INVITATION and not survey.is_sample
            if surveys.instrument_of(session, survey, instruments) is not None
        ]
    for survey in open_now:
        if survey.closes is not None and survey.closes.date() - moment.date() <= BEFORE_CLOSE:
            remind_survey(engine, survey.slug, instruments, asking_as, pause)


def send_follow_ups(
    engine: Engine,
    instruments: Mapping[str, Instrument],
    asking_as: Asking,
    pause: Callable[[], None] = lambda: None,
) -> int:
    """Write to the addresses that are due, and delete each as its message goes into the outbox. Returns to how many.

    One that is to be left in peace for now waits for another day; one that asked for no more messages is deleted.
    """
    with reading(engine) as session:
        due = asking.due_addresses(session, now(session).date())
    sent = 0
    for kept in due:
        pause()
        with transaction(engine) as session:
            asking.lock(session)
            sent += _follow_up(session, kept, instruments, asking_as)
    return sent


def _follow_up(session: Session, kept: KeptAddress, instruments: Mapping[str, Instrument], asking_as: Asking) -> bool:
    day, recipient = now(session).date(), asking.recipient_hash(asking_as.key, kept.address)
    instrument = instruments.get(asking.QUESTIONNAIRES[kept.purpose])
    if instrument is None or asking.is_refused(session, recipient) or not is_mail_address(kept.address):
        asking.forget_address(session, kept.id)
        return False
    survey = _open_for(session, kept, instrument)
    caps: dict[str, Any] = {"asks_a_year": asking_as.asks_a_year, "days_between": asking_as.days_between}
    about = survey.slug if survey else ""
    if not asking.may_ask(session, [recipient], day, **caps, survey=about):
        return False
    if not asking.forget_address(session, kept.id):
        return False  # somebody else was quicker
    survey = survey or _open(session, kept, instrument)
    person = Person(language=kept.language, about=[kept.credential])
    ((invitation, token),) = invitations.make(
        session, survey.slug, [person], key=asking_as.key, expires_on=day + ANSWERS_WITHIN
    )
    letters = _letters_of(session, survey, instruments, asking_as)
    letters.put(session, kept.purpose, f"{kept.purpose}:{kept.id}", kept.address, invitation, token)
    asking.note(session, [recipient], survey.slug, day)
    return True


def _open_for(session: Session, kept: KeptAddress, instrument: Instrument) -> Survey | None:
    """A survey to ask with that takes answers long enough; None where none is open."""
    latest = now(session) + LEAST_OPEN
    return next(
        (
            survey
            for survey in surveys.read_surveys(session, only_open=True)
            if (survey.instrument, survey.mode) == (instrument.id, INVITATION)
            and kept.credential in survey.credentials
            and not survey.is_sample
            and (survey.closes is None or survey.closes >= latest)
        ),
        None,
    )


def _open(session: Session, kept: KeptAddress, instrument: Instrument) -> Survey:
    wanted = Wanted(instrument=instrument, credentials=[kept.credential], mode=INVITATION)
    return open_wanted(session, wanted, read_instrument_texts(data_folder() / "instruments"))


def _pieces(every: Sequence[Each]) -> list[Sequence[Each]]:
    return [every[start : start + BATCH] for start in range(0, len(every), BATCH)]
