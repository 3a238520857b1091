"""Invented people at the sample's organisations: whom one may ask, as whom, and what they have agreed to."""

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any

from feedback.catalogue.values import CONTACT_ROLES, Organisation
from feedback.sample.cohorts import months_before
from feedback.survey.setting import draw

MOST = 3  # contacts of one organisation
AGREES: Mapping[str, int] = MappingProxyType(
    {"panel": 80, "committee": 25, "internships": 35, "quoted": 20, "told": 45}
)
"""So many of 100 agree to each."""
NEVER_ASKED = 5  # one in so many


def contacts_of(
    organisations: Sequence[tuple[Organisation, float]], names: Mapping[str, Sequence[str]], today: date
) -> list[dict[str, Any]]:
    """The fields of each contact: one to three of an organisation, the more the busier it is (its second value).

    Everybody has another name and an address that leads nowhere (.example). Always the same on the same day.
    """
    contacts: list[dict[str, Any]] = []
    for organisation, busy in organisations:
        for _ in range(1 + min(MOST - 1, int(busy) // 3)):
            contacts.append(_contact(organisation, len(contacts), names, today))
    return contacts


def _contact(
    organisation: Organisation, number: int, names: Mapping[str, Sequence[str]], today: date
) -> dict[str, Any]:
    seed, firsts, lasts = f"{organisation.slug} {number}", names["first"], names["last"]
    first = firsts[number % len(firsts)]
    last = lasts[(number + number // len(firsts) * 7) % len(lasts)]
    asked = draw(seed, "asked", NEVER_ASKED) > 0
    agreed = [consent for consent, share in AGREES.items() if draw(seed, f"agrees to {consent}", 100) < share]
    return {
        "organisation": organisation.slug,
        "name": f"{first} {last}",
        "email": f"{first}.{last}@{organisation.slug}.example".lower(),
        "role": _role(organisation, seed),
        "language": {"ES": "es", "DE": "de"}.get(organisation.country or "", "en"),
        "consents": (agreed or ["none"]) if asked else [],
        "last_asked": months_before(today, 1 + draw(seed, "months since", 14)) if asked else None,
    }


def _role(organisation: Organisation, seed: str) -> str:
    """Staffing agencies recruit; of the others, half hire, the rest are of every role."""
    hiring, recruiter, *_ = CONTACT_ROLES
    if organisation.sector == "O":
        return recruiter
    return hiring if draw(seed, "hires", 2) else CONTACT_ROLES[draw(seed, "role", len(CONTACT_ROLES))]
