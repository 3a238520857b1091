"""Every door there is, and what it asks of whoever comes: pages, plain routes, commands. The role table says the same.

A door that is not listed here stays shut, and fails a test.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from feedback import policy
from feedback.policy import ROLES, WHOLE, Actor, Grant, can, can_somewhere


@dataclass(frozen=True)
class Door:
    """What a door asks for. whole: of the whole institution; else it opens to whoever may do so anywhere, and what is
    behind it is of their scope only."""

    action: str
    whole: bool = False

    def opens(self, actor: Actor) -> bool:
        """Whether somebody may come in at all."""
        return can(actor, self.action, WHOLE) if self.whole else can_somewhere(actor, self.action)


OPEN = Door(policy.ANSWER)
_READ, _ALL = Door(policy.READ), Door(policy.READ, whole=True)
_LOOK, _ASK, _OPERATE = Door(policy.LOOK), Door(policy.ASK), Door(policy.OPERATE, whole=True)
_KEEP, _BRING = Door(policy.KEEP, whole=True), Door(policy.BRING, whole=True)
_ADMIT, _AUDIT = Door(policy.ADMIT, whole=True), Door(policy.AUDIT, whole=True)

PAGES: Mapping[str, Door] = MappingProxyType(
    {
        "home": _READ,
        "credential_value": _READ,
        "where_valued": _READ,
        "skills": _READ,
        "what_to_change": _READ,
        "comments": _READ,
        "suggestions": _READ,
        "learners": _READ,
        "portfolio": _READ,
        "market": _READ,
        "credential": _READ,
        "answers": _READ,
        "surveys": _ASK,
        "learner_survey": OPEN,
        "employer_rating": OPEN,
        "expert_review": OPEN,
        "form_preview": _LOOK,
        "your_reviews": Door(policy.REVIEW),
        "moderation": Door(policy.MODERATE),
        "checking": Door(policy.TEACH),
        "topics": Door(policy.TEACH, whole=True),
        "actions": _READ,
        "committee": _READ,
        "catalogue": _READ,
        "codebook": _LOOK,
        "data_quality": _ALL,
        "retention": _ALL,
        "institution": _ALL,
        "accounts": _ADMIT,
        "audit": _AUDIT,
    }
)
"""By the name of the page's file."""

ROUTES: Mapping[str, Door] = MappingProxyType(
    {
        "/s/{token}": OPEN,
        "/f/form.css": OPEN,
        "/f/{survey}": OPEN,
        "/f/{survey}/draft": OPEN,
        "/f/{survey}/new": OPEN,
        "/r": OPEN,
        "/c/{survey}": OPEN,
        "/u/{token}": OPEN,
        "/e/{token}": OPEN,
        "/p": OPEN,
        "/p/look.css": OPEN,
        "/p/{credential}": OPEN,
        "/p/{credential}/card": OPEN,
        "/p/{credential}/card.svg": OPEN,
        "/health/live": OPEN,
        "/health/ready": OPEN,
        "/metrics": OPEN,
        "/login": OPEN,
        "/logout": OPEN,
        "/account": OPEN,
        "/enter/{token}": OPEN,
        "/{rest:path}": OPEN,
    }
)
"""By the address as routes are written. Each is for people without an account; links, cookies and receipts decide."""

COMMANDS: Mapping[str, Door] = MappingProxyType(
    {
        "init": _OPERATE,
        "sample": _OPERATE,
        "import": _BRING,
        "export": Door(policy.EXPORT),
        "report": Door(policy.EXPORT),
        "undo": _BRING,
        "open": _ASK,
        "surveys": _ASK,
        "invite": _ASK,
        "revoke": _ASK,
        "extend": _ASK,
        "close": _ASK,
        "lint": OPEN,
        "calendar": _READ,
        "decisions": _READ,
        "actions": _READ,
        "account add": _ADMIT,
        "account list": _ADMIT,
        "account give": _ADMIT,
        "account take": _ADMIT,
        "account disable": _ADMIT,
        "account enable": _ADMIT,
        "account link": _ADMIT,
        "account sign-out": _ADMIT,
        "analyse comments": OPEN,
        "analyse value": OPEN,
        "analyse drivers": OPEN,
        "doctor": _OPERATE,
        "serve": _OPERATE,
        "collect": _OPERATE,
        "worker": _OPERATE,
        "rebuild": _OPERATE,
        "erase": _KEEP,
        "retention show": _ALL,
        "retention set": _KEEP,
        "retention hold": _KEEP,
        "retention lift": _KEEP,
        "retention run": _KEEP,
        "notice set": _KEEP,
        "notice show": _ALL,
        "exposure": _OPERATE,
        "backup": _OPERATE,
        "restore": _OPERATE,
        "audit": _AUDIT,
    }
)
"""By the words after `feedback`. Whoever runs them without `--as` holds the machine, and is stopped by nothing."""


def table() -> list[tuple[str, str, Mapping[str, str]]]:
    """Every door against every role: its kind ("page", "route", "command"), its name, and how far it opens to "nobody"
    and to each role: "yes" (for as much as the role was given for), "whole" (where it was given for the whole
    institution only) or "no"."""
    kinds = (("page", PAGES), ("route", ROUTES), ("command", COMMANDS))
    return [(kind, name, _row(door)) for kind, doors in kinds for name, door in doors.items()]


def _row(door: Door) -> Mapping[str, str]:
    row = {"nobody": "yes" if door.opens(policy.NOBODY) else "no"}
    for role in ROLES:
        everywhere = door.opens(Actor("a", "", (Grant(role),)))
        here = door.opens(Actor("a", "", (Grant(role, f"{policy.CREDENTIAL}x"),)))
        row[role] = "yes" if here else "whole" if everywhere else "no"
    return row


_KINDS = {"page": "Pages", "route": "Plain addresses", "command": "Commands, with `--as`"}
_MARKS = {"yes": "yes", "whole": "whole", "no": "·"}


def in_markdown() -> str:
    """The role table as the guide shows it."""
    parts = []
    for kind, title in _KINDS.items():
        parts += [f"## {title}", "", f"| | nobody | {' | '.join(ROLES.values())} |", "|---" * (len(ROLES) + 2) + "|"]
        for of, name, row in table():
            if of == kind:
                shown = [_MARKS[row[who]] for who in ("nobody", *ROLES)]
                parts.append(f"| `{name}` | {' | '.join(shown)} |")
        parts.append("")
    parts += ["## What each role may do", ""]
    for role, title in ROLES.items():
        doing = "; ".join(words for action, words in policy.ACTIONS.items() if action in policy.MAY[role])
        parts.append(f"- **{title}**: {doing}.")
    return "\n".join([*parts, ""])
