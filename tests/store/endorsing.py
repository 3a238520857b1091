"""Statements of organisations, as tests need them."""

from datetime import date

from sqlalchemy import Engine

from feedback.catalogue.values import Organisation
from feedback.store import endorsements
from feedback.store.catalogue import save
from feedback.store.database import reading, transaction
from feedback.store.endorsements import ASKED_FOR, Statement
from feedback.store.responses import save_endorsements

GIVEN = date(2026, 3, 4)


def says(
    engine: Engine,
    survey: str,
    credential: str,
    *,
    name: str = "Acme",
    slug: str = "",
    answer: str = ASKED_FOR,
    given_on: date = GIVEN,
    is_sample: bool = False,
) -> str:
    """Let an organisation answer whether it stands behind a credential; its slug."""
    slug = slug or name.lower()
    row = {
        "survey": survey, "credential": credential, "organisation": slug, "role": None, "answer": answer,
        "given_on": given_on, "is_sample": is_sample,
    }  # fmt: skip
    with transaction(engine) as session:
        save(session, [Organisation(slug=slug, name=name)])
        save_endorsements(session, [row])
    return slug


def there(engine: Engine, credential: str = "") -> list[Statement]:
    """The statements that stand."""
    with reading(engine) as session:
        return endorsements.read(session, credential)
