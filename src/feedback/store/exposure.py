"""What somebody would hold who made off with the database or a backup of it: counted, from what is there today."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Text, cast, func, or_, select
from sqlmodel import Session

from feedback.store.inserting import table_of
from feedback.store.tables import (
    Accounts,
    Actions,
    Askings,
    AuditEvents,
    CommentReadings,
    Conflicts,
    Contacts,
    Corrections,
    Decisions,
    Drafts,
    Endorsements,
    Invitations,
    KeptAddresses,
    ModerationNotes,
    Moderations,
    Outbox,
    ReaderModels,
    Refusals,
    Responses,
    Reviewers,
    Sessions,
    SignInLinks,
    Waiting,
)
from feedback.survey.kinds import TEXTS
from feedback.survey.questionnaire import Instrument

NAMED, SAID, OPENS, LINKS = "names people", "says what people said", "opens doors", "says when people came"
STEP = 5

LOG = (
    "The log of the program holds addresses of pages without tokens, numbers of mistakes and counts; no answers, no "
    "codes, no addresses of people. What a proxy in front of it writes is another matter: see the guide on running."
)
APART = (
    "Links of invitations, drafts and the seal of the audit log need the key (feedback.key or FEEDBACK_SECRET). It is "
    "in neither the database nor a backup: keep it elsewhere."
)


@dataclass(frozen=True)
class Exposed:
    """Something a thief would hold. what: in words. kind: NAMED, SAID, OPENS or LINKS. number: how many; of answers in
    steps of five. sealed: unreadable without the key or the link."""

    what: str
    kind: str
    number: int
    sealed: bool = False


def exposure(session: Session, instruments: Mapping[str, Instrument] = MappingProxyType({})) -> list[Exposed]:
    """Everything about people in the database, each with how many; what there is none of is left out.

    instruments: to tell answers that hold what people wrote from those that do not; without them none are told apart.
    """
    responses, waiting, outbox = table_of(Responses), table_of(Waiting), table_of(Outbox)
    contacts, invited, kept = table_of(Contacts), table_of(Invitations), table_of(KeptAddresses)
    accounts, moderated, said = table_of(Accounts), table_of(Moderations), table_of(Endorsements)

    def many(table: Any, *where: ColumnElement[bool]) -> int:
        counted = select(func.count()).select_from(table).where(*where)
        return session.connection().execute(counted).scalar_one()

    waits = session.connection().execute(select(func.count(waiting.c.response.distinct()))).scalar_one()
    written = _written(many, instruments)
    found = (
        Exposed("names of contacts at organisations", NAMED, many(contacts)),
        Exposed("mail addresses of contacts", NAMED, many(contacts, contacts.c.email.is_not(None))),
        Exposed("names of reviewers", NAMED, many(table_of(Reviewers))),
        Exposed("names and mail addresses of accounts", NAMED, many(accounts)),
        Exposed("addresses of people invited to surveys", NAMED, many(invited, invited.c.recipient != "")),
        Exposed("addresses left for one later message", NAMED, many(kept)),
        Exposed("addresses in messages not sent yet, with their links", NAMED, many(outbox, outbox.c.recipient != "")),
        Exposed("decisions of the committee, with who was there", NAMED, many(table_of(Decisions))),
        Exposed("actions, with who owns them", NAMED, many(table_of(Actions))),
        Exposed("conflicts of interest that people declared", NAMED, many(table_of(Conflicts))),
        Exposed("organisations' endorsements", SAID, many(said)),
        Exposed("answers, without a name", SAID, _in_steps(many(responses))),
        Exposed("of these, answers with unmasked texts that people wrote", SAID, _in_steps(written)),
        Exposed("comments, masked, with what was read in them", SAID, _in_steps(many(table_of(CommentReadings)))),
        Exposed("corrections of what was read in comments, with who made them", SAID, many(table_of(Corrections))),
        Exposed("models learned from comments, with words several people used", SAID, many(table_of(ReaderModels))),
        Exposed("comments with a moderator's note", SAID, many(moderated, moderated.c.note != "")),
        Exposed("notes of reviewers' moderation", SAID, many(table_of(ModerationNotes))),
        Exposed("drafts", SAID, many(table_of(Drafts)), sealed=True),
        Exposed("links of invitations, as fingerprints", OPENS, many(invited), sealed=True),
        Exposed("links of statements, as fingerprints", OPENS, many(said, said.c.link.is_not(None)), sealed=True),
        Exposed("browsers signed in, as fingerprints", OPENS, many(table_of(Sessions)), sealed=True),
        Exposed("links to sign in once, as fingerprints", OPENS, many(table_of(SignInLinks)), sealed=True),
        Exposed("passwords, as Argon2id hashes", OPENS, many(accounts, accounts.c.password != ""), sealed=True),
        Exposed("answers no release has published yet", LINKS, _in_steps(waits)),
        Exposed("days on which somebody was written to, as fingerprints", LINKS, many(table_of(Askings)), sealed=True),
        Exposed("addresses that want no more mail, as fingerprints", LINKS, many(table_of(Refusals)), sealed=True),
        Exposed("entries of who did what", LINKS, many(table_of(AuditEvents))),
    )  # fmt: skip
    return [each for each in found if each.number]


def _written(many: Any, instruments: Mapping[str, Instrument]) -> int:
    """How many responses hold a text, as far as a look at their documents tells."""
    table = table_of(Responses)
    answers = cast(table.c.answers, Text)
    texts: Sequence[str] = sorted(
        {each.id for one in instruments.values() for each in one.questions if each.kind in TEXTS}
    )
    held = [
        answers.contains(f'"{name}":', autoescape=True) & ~answers.contains(f'"{name}":""', autoescape=True)
        for name in texts
    ]
    return many(table, or_(*held)) if held else 0


def _in_steps(number: int) -> int:
    """Rounded up to a whole step: that there is any must not be lost."""
    return -(-number // STEP) * STEP
