"""Keep and find what is rated: programmes, kinds, skills, credentials, runs, organisations."""

import unicodedata
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, TypeVar

from sqlalchemy import delete, select, update
from sqlmodel import Session, SQLModel

from feedback.catalogue.values import (
    Credential,
    CredentialKind,
    Organisation,
    Programme,
    Run,
    Skill,
    Value,
    make_slug,
)
from feedback.errors import FeedbackError
from feedback.store import meta
from feedback.store.inserting import MOST_VALUES, insert, table_of
from feedback.store.tables import (
    CredentialKinds,
    Credentials,
    CredentialSkills,
    Organisations,
    Programmes,
    Runs,
    Skills,
)

Kept = TypeVar("Kept", bound=Value)

# What is kept where, in the order in which rows may refer to each other.
TABLES: Mapping[type[Value], type[SQLModel]] = MappingProxyType(
    {
        Programme: Programmes,
        CredentialKind: CredentialKinds,
        Skill: Skills,
        Organisation: Organisations,
        Credential: Credentials,
        Run: Runs,
    }
)


def save(session: Session, values: Sequence[Value], *, is_sample: bool = False) -> None:
    """Keep catalogue values, of any class and order; one with a slug that is there replaces it.

    What they refer to must be there or among them. An own value in the place of a sample one makes it one's own;
    a sample value never replaces an own one. Raises FeedbackError for a value of a class that is not kept.
    """
    for value in values:
        if type(value) not in TABLES:
            known = ", ".join(kept.__name__ for kept in TABLES)
            raise FeedbackError(f"A {type(value).__name__} is not kept in the catalogue. Known: {known}.")
    for kept, model in TABLES.items():
        # The last of two with one slug counts; one statement may not touch a row twice.
        unique = {value.slug: value for value in values if type(value) is kept}  # type: ignore[attr-defined]
        if unique:
            _upsert(session, model, [_row(value, is_sample) for value in unique.values()], is_sample)
    credentials = {value.slug: value for value in values if isinstance(value, Credential)}
    _save_skills(session, list(credentials.values()), is_sample)
    if values:
        meta.bump(session)


def _row(value: Value, is_sample: bool) -> dict[str, Any]:
    row = value.model_dump(exclude={"skills"}) | {"is_sample": is_sample}
    if isinstance(value, Organisation):
        row["name_key"] = name_key(value.name)
    return row


def _upsert(session: Session, model: type[SQLModel], rows: list[dict[str, Any]], is_sample: bool) -> None:
    table = table_of(model)
    chunk = MOST_VALUES // len(rows[0])
    for start in range(0, len(rows), chunk):
        statement = insert(session, model).values(rows[start : start + chunk])
        replaced = {name: statement.excluded[name] for name in rows[0] if name != "slug"}
        only_sample = table.c.is_sample.is_(True) if is_sample else None
        session.connection().execute(
            statement.on_conflict_do_update(index_elements=["slug"], set_=replaced, where=only_sample)
        )


def _save_skills(session: Session, credentials: list[Credential], is_sample: bool) -> None:
    if is_sample and credentials:
        table = table_of(Credentials)
        own = set(session.connection().execute(select(table.c.slug).where(~table.c.is_sample)).scalars())
        credentials = [credential for credential in credentials if credential.slug not in own]
    for start in range(0, len(credentials), MOST_VALUES):
        slugs = [credential.slug for credential in credentials[start : start + MOST_VALUES]]
        session.connection().execute(delete(CredentialSkills).where(table_of(CredentialSkills).c.credential.in_(slugs)))
    rows = [
        {"credential": credential.slug, "skill": skill, "position": position}
        for credential in credentials
        for position, skill in enumerate(credential.skills)
    ]
    if rows:
        session.connection().execute(insert(session, CredentialSkills), rows)


def read_programmes(session: Session) -> list[Programme]:
    """All programmes, by title."""
    return sorted(_read(session, Programme), key=lambda programme: programme.title)


def read_kinds(session: Session) -> list[CredentialKind]:
    """All kinds of credential, by name."""
    return sorted(_read(session, CredentialKind), key=lambda kind: kind.name)


def read_skills(session: Session) -> list[Skill]:
    """All skills, by title."""
    return sorted(_read(session, Skill), key=lambda skill: skill.title)


def read_organisations(session: Session) -> list[Organisation]:
    """All organisations, by name."""
    return sorted(_read(session, Organisation), key=lambda organisation: organisation.name)


def read_runs(session: Session) -> list[Run]:
    """All runs, by slug."""
    return _read(session, Run)


def read_credentials(session: Session) -> list[Credential]:
    """All credentials with their skills in order, by slug."""
    links = table_of(CredentialSkills)
    skills: dict[str, list[str]] = {}
    for credential, skill in session.connection().execute(
        select(links.c.credential, links.c.skill).order_by(links.c.credential, links.c.position)
    ):
        skills.setdefault(credential, []).append(skill)
    rows = _rows(session, Credential)
    return [Credential.model_construct(**row, skills=skills.get(row["slug"], [])) for row in rows]


def sample_slugs(session: Session, kept: type[Value]) -> frozenset[str]:
    """The slugs of a class of values that belong to the sample institution."""
    table = table_of(TABLES[kept])
    return frozenset(session.connection().execute(select(table.c.slug).where(table.c.is_sample)).scalars())


def name_key(name: str) -> str:
    """What an organisation is found by: its name without regard to case, width and spacing.

    >>> name_key("  ACME   Straße ") == name_key("Acme STRASSE")
    True
    """
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def find_organisation(session: Session, name: str) -> Organisation | None:
    """The organisation of that name, however it is cased and spaced; None when there is none.

    Of several with one name, the one whose slug comes first.
    """
    table = table_of(Organisations)
    rows = _rows(session, Organisation, table.c.name_key == name_key(name))
    return Organisation.model_construct(**rows[0]) if rows else None


def keep_organisation(session: Session, organisation: Organisation, *, is_sample: bool = False) -> str:
    """The slug under which an organisation somebody names is kept; it is added when no other has its name.

    The slug given is not looked at: whoever types a name knows no slugs. An organisation that is there is not
    overwritten; only what is not known of it (sector, size, country) is filled in.
    """
    found = find_organisation(session, organisation.name)
    if found is not None:
        _fill_in(session, found, organisation)
        return found.slug
    stem, number = make_slug(organisation.name, otherwise="organisation"), 1
    while True:
        slug = stem if number == 1 else f"{stem}-{number}"
        row = _row(organisation, is_sample) | {"slug": slug}
        session.connection().execute(insert(session, Organisations).values(row).on_conflict_do_nothing())
        # Somebody else may have added it meanwhile, or the slug may belong to another name.
        found = find_organisation(session, organisation.name)
        if found is not None:
            return found.slug
        number += 1


def _fill_in(session: Session, known: Organisation, told: Organisation) -> None:
    told_now = {
        name: getattr(told, name)
        for name in ("sector", "size_band", "country")
        if getattr(known, name) is None and getattr(told, name) is not None
    }
    if told_now:
        table = table_of(Organisations)
        session.connection().execute(update(table).where(table.c.slug == known.slug).values(told_now))


def _rows(session: Session, kept: type[Value], *conditions: Any) -> list[dict[str, Any]]:
    table = table_of(TABLES[kept])
    columns = [table.c[name] for name in kept.model_fields if name in table.c]
    found = session.connection().execute(select(*columns).where(*conditions).order_by(table.c.slug))
    return [dict(row) for row in found.mappings()]


def _read(session: Session, kept: type[Kept]) -> list[Kept]:
    # What is in the tables was checked on its way in.
    return [kept.model_construct(**row) for row in _rows(session, kept)]
