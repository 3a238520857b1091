"""Who may do what: one question, `can(actor, action, subject)`, asked by pages, routes, exports and the command line.

A role says what somebody may do, its scope about which credentials. Whoever has no account is `NOBODY`, and may answer
what they are asked. Whoever holds the machine is `OPERATOR`, who may do everything, because nothing could stop them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from feedback.errors import FeedbackError

LEAD, OWNER, COMMITTEE, REVIEWER = "lead", "owner", "committee", "reviewer"
MODERATOR, ADMINISTRATOR, AUDITOR = "moderator", "administrator", "auditor"
ROLES: Mapping[str, str] = MappingProxyType(
    {
        LEAD: "Programme lead",
        OWNER: "Credential owner",
        COMMITTEE: "Committee member",
        REVIEWER: "Reviewer",
        MODERATOR: "Moderator",
        ADMINISTRATOR: "Administrator",
        AUDITOR: "Auditor",
    }
)
"""The roles that can be given, and what they are called."""

ANSWER = "answer"
LOOK = "look"
READ, UNREVIEWED, EXPORT = "read", "read_unreviewed", "export"
ASK, EDIT, BRING = "ask", "edit", "bring"
MODERATE, TEACH, REVIEW, DECIDE, ACT = "moderate", "teach", "review", "decide", "act"
KEEP, OPERATE, ADMIT, AUDIT = "keep", "operate", "admit", "audit"
ACTIONS: Mapping[str, str] = MappingProxyType(
    {
        ANSWER: "answer what they are asked, and take it back",
        LOOK: "look at questionnaires and the codebook",
        READ: "read what was found, and comments that were reviewed",
        UNREVIEWED: "read comments that only a program has masked",
        EXPORT: "take what they may read away as a file",
        ASK: "open and close surveys, invite and remind",
        EDIT: "change the catalogue",
        BRING: "bring files in, and take them back",
        MODERATE: "decide who reads which comment",
        TEACH: "correct what was read in comments, and set topics",
        REVIEW: "review, as an expert, the credentials they were chosen for",
        DECIDE: "decide for the committee, on frozen evidence",
        ACT: "make actions of what was found, and see them through",
        KEEP: "set how long answers are kept, hold and erase them",
        OPERATE: "see to jobs, messages, backups and the sample",
        ADMIT: "make accounts, give and take roles",
        AUDIT: "read who did what",
    }
)
"""What can be done, in the words of the role table."""

_READER = (LOOK, READ, EXPORT)
MAY: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        LEAD: frozenset({*_READER, UNREVIEWED, TEACH, ACT, ASK, EDIT, BRING}),
        OWNER: frozenset({*_READER, UNREVIEWED, TEACH, ACT, ASK, EDIT}),
        COMMITTEE: frozenset({*_READER, DECIDE}),
        REVIEWER: frozenset({LOOK, REVIEW}),
        MODERATOR: frozenset({LOOK, READ, MODERATE, TEACH}),
        ADMINISTRATOR: frozenset({*_READER, ACT, ASK, EDIT, BRING, KEEP, OPERATE, ADMIT, AUDIT}),
        AUDITOR: frozenset({LOOK, READ, AUDIT}),
    }
)
"""What each role may do within its scope, beside answering, which everybody may."""

WHOLE_ONLY = frozenset({KEEP, OPERATE, ADMIT, AUDIT})
"""What is about the whole institution: a role for one programme or credential does not bring it."""
PROGRAMME, CREDENTIAL = "programme:", "credential:"
"""How the scope of a grant begins; "" is the whole institution."""


class Forbidden(FeedbackError):
    """Somebody may not do this. What it says is what is said of things that are not there."""


@dataclass(frozen=True)
class Subject:
    """What an action is about: the whole institution, a programme, or a credential with the programme it belongs to."""

    programme: str = ""
    credential: str = ""

    def __str__(self) -> str:
        if self.credential:
            return f"{CREDENTIAL}{self.credential}"
        return f"{PROGRAMME}{self.programme}" if self.programme else "institution"


WHOLE = Subject()


@dataclass(frozen=True)
class Grant:
    """A role and its scope: "" the whole institution, "programme:SLUG" or "credential:SLUG"."""

    role: str
    scope: str = ""

    def covers(self, subject: Subject) -> bool:
        """Whether the subject lies within the scope."""
        if not self.scope:
            return True
        if subject.credential and self.scope == CREDENTIAL + subject.credential:
            return True
        return bool(subject.programme) and self.scope == PROGRAMME + subject.programme


@dataclass(frozen=True)
class Actor:
    """Whoever does something. id: of the account, "" for nobody; `operator` and `worker` are no accounts.

    name: as others see it. how: how they came in ("password", "link", "oidc", "command line").
    """

    id: str = ""
    name: str = ""
    grants: tuple[Grant, ...] = ()
    how: str = ""

    @property
    def is_known(self) -> bool:
        """Whether this is somebody at all."""
        return bool(self.id)

    @property
    def sees_all(self) -> bool:
        """Whether they may read of the whole institution."""
        return can(self, READ, WHOLE)


NOBODY = Actor()
OPERATOR = Actor("operator", "the command line", how="command line")
WORKER = Actor("worker", "the worker", how="worker")
_UNBOUND = {OPERATOR.id, WORKER.id}


def can(actor: Actor, action: str, subject: Subject = WHOLE) -> bool:
    """Whether somebody may do this about that. Raises FeedbackError for an action there is not.

    >>> ann = Actor("a1", "Ann", (Grant("lead", "programme:data"),))
    >>> can(ann, "read", Subject(programme="data", credential="data-badge")), can(ann, "read"), can(NOBODY, "read")
    (True, False, False)
    """
    if action not in ACTIONS:
        raise FeedbackError(f"there is no action {action!r}; known: {', '.join(ACTIONS)}.")
    if action == ANSWER or actor.id in _UNBOUND:
        return True
    if not actor.is_known:
        return False
    return any(
        action in MAY.get(grant.role, ()) and grant.covers(subject) and not (action in WHOLE_ONLY and grant.scope)
        for grant in actor.grants
    )


def can_somewhere(actor: Actor, action: str) -> bool:
    """Whether there is anything about which they may do this: what decides whether a page is offered."""
    return can(actor, action) or any(can(actor, action, _inside(grant.scope)) for grant in actor.grants)


def demand(actor: Actor, action: str, subjects: Iterable[Subject] = (WHOLE,)) -> None:
    """Raise Forbidden unless they may do this about each of the subjects."""
    if not all(can(actor, action, subject) for subject in subjects):
        raise Forbidden("There is nothing of that name here for you.")


def scopes(actor: Actor, action: str = READ) -> frozenset[str]:
    """The scopes in which somebody may do this, smallest words for what caches are kept by; {""}: everywhere."""
    if can(actor, action):
        return frozenset({""})
    return frozenset(grant.scope for grant in actor.grants if can(actor, action, _inside(grant.scope)))


def _inside(scope: str) -> Subject:
    if scope.startswith(PROGRAMME):
        return Subject(programme=scope.removeprefix(PROGRAMME))
    return Subject(credential=scope.removeprefix(CREDENTIAL)) if scope.startswith(CREDENTIAL) else WHOLE
