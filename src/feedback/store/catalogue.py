"""Keep and find what the catalogue knows; every change leaves its history (read and undone in store.history)."""

import secrets
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, TypeVar

from sqlalchemy import Select, delete, func, select, update
from sqlmodel import Session, SQLModel

from feedback.catalogue.contents import ENTITIES, Entity, entity_of
from feedback.catalogue.values import (
    Alignment,
    Contact,
    Credential,
    CredentialKind,
    MarketEvidence,
    Module,
    Occupation,
    Organisation,
    Pathway,
    Programme,
    Reviewer,
    Run,
    Skill,
    Stack,
    Value,
    make_slug,
)
from feedback.errors import FeedbackError, Problem, Refused, suggest
from feedback.store import meta
from feedback.store.clock import now
from feedback.store.inserting import MOST_VALUES, insert, table_of
from feedback.store.tables import (
    Alignments,
    Changes,
    Contacts,
    CredentialKinds,
    Credentials,
    CredentialSkills,
    MarketEvidences,
    Modules,
    Occupations,
    Organisations,
    Pathways,
    Programmes,
    Reviewers,
    Runs,
    Skills,
    Stacks,
    metadata,
)

Kept = TypeVar("Kept", bound=Value)
Place = tuple[str, str]
"""Where a value is kept: entity and slug."""
MOST_NAMED = 5  # of what stands in the way, in a message
MOST_COMPARED = 2000  # names looked at for a suggestion

# What is kept where, in the order in which rows may refer to each other.
TABLES: Mapping[type[Value], type[SQLModel]] = MappingProxyType(
    {
        Programme: Programmes,
        CredentialKind: CredentialKinds,
        Skill: Skills,
        Occupation: Occupations,
        Organisation: Organisations,
        Module: Modules,
        Credential: Credentials,
        Run: Runs,
        Stack: Stacks,
        Pathway: Pathways,
        Alignment: Alignments,
        MarketEvidence: MarketEvidences,
        Contact: Contacts,
        Reviewer: Reviewers,
    }
)


def save(
    session: Session, values: Sequence[Value], *, is_sample: bool = False, batch: str | None = None, by: str = ""
) -> str:
    """Keep catalogue values, of any class and order; one with a slug that is there replaces it.

    What they refer to must be there or among them. An own value in the place of a sample one makes it one's own;
    a sample value never replaces an own one, and the sample has no history. batch: what was changed together (by
    default, this call); by: who did it. Returns the batch. Raises Refused, and keeps nothing, naming every reference
    that leads nowhere; FeedbackError for a value of a class that is not kept.
    """
    batch = batch or new_batch()
    # The last of two with one slug counts; one statement may not touch a row twice.
    wanted = {(_entity(type(value)).name, slug_of(value)): value for value in values}
    _refuse(dangling(session, wanted))
    before = rows_at(session, wanted)
    if is_sample:
        fresh = {place: value for place, value in wanted.items() if place not in before or before[place][1]}
    else:
        fresh = {place: value for place, value in wanted.items() if before.get(place) != (value, False)}
        record(session, [(place, before.get(place), value) for place, value in fresh.items()], batch, by)
    write(session, fresh.values(), is_sample)
    if fresh:
        meta.bump(session)
    return batch


def remove(session: Session, entity: str, slug: str, *, batch: str | None = None, by: str = "") -> str:
    """Take a value away. Returns the batch, by which it can be undone; of a person nothing is left to undo.

    Raises Refused, naming what refers to it, and FeedbackError when it is not there.
    """
    kept, batch = known_entity(entity), batch or new_batch()
    before = rows_at(session, [(entity, slug)])
    if not before:
        raise FeedbackError(f'There is no {kept.one} "{slug}".')
    _refuse(needed(session, [(entity, slug)]))
    record(session, [((entity, slug), before[entity, slug], None)], batch, by)
    take_away(session, [(entity, slug)])
    meta.bump(session)
    return batch


def new_batch() -> str:
    """A name for what is changed together: 32 hex digits."""
    return secrets.token_hex(16)


def known_entity(name: str) -> Entity:
    """The entity of that name. Raises FeedbackError, naming those there are."""
    if name not in ENTITIES:
        raise FeedbackError(f'The catalogue has no "{name}".{suggest(name, ENTITIES)} It has: {", ".join(ENTITIES)}.')
    return ENTITIES[name]


def _entity(kept: type[Value]) -> Entity:
    entity = entity_of(kept)
    if entity is None:
        known = ", ".join(each.__name__ for each in TABLES)
        raise FeedbackError(f"A {kept.__name__} is not kept in the catalogue. Known: {known}.")
    return entity


def slug_of(value: Value) -> str:
    """A value's slug."""
    return value.slug  # type: ignore[attr-defined]


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise Refused(problems)


# What refers to what


def dangling(session: Session, wanted: Mapping[Place, Value], gone: Collection[Place] = ()) -> list[Problem]:
    """A problem for each reference of the values wanted that leads neither to what is kept nor to one of them.

    gone: what counts as not kept.
    """
    known: dict[str, set[str]] = {}
    problems = []
    for (name, slug), value in wanted.items():
        for field, entity, other in value.references():
            if entity not in known:
                known[entity] = _slugs(session, entity) | {place[1] for place in wanted if place[0] == entity}
                known[entity] -= {place[1] for place in gone if place[0] == entity}
            if other not in known[entity]:
                near = suggest(other, known[entity]) if len(known[entity]) <= MOST_COMPARED else ""
                where = f'{ENTITIES[name].one} "{slug}", {field}'
                problems.append(Problem(where, f'"{other}" is not among the {entity} of the catalogue.{near}'))
    return problems


def needed(session: Session, gone: Collection[Place], instead: Mapping[Place, Value] | None = None) -> list[Problem]:
    """A problem for each value of `gone` that something else refers to. instead: values that are about to change."""
    reasons: dict[Place, list[str]] = {place: [] for place in gone}
    for entity in dict.fromkeys(place[0] for place in reasons):
        slugs = sorted(place[1] for place in reasons if place[0] == entity)
        for place, referring in _referring(session, entity, reasons.keys(), instead or {}):
            reasons[place].append(f'{ENTITIES[referring[0]].one} "{referring[1]}"')
        for slug, count, what in _answers_about(session, entity, slugs):
            reasons[entity, slug].append(f"{count:,} {what}")
    return [
        Problem(
            f'{ENTITIES[entity].one} "{slug}"',
            f"is needed by {_listed(by)}. Take that away first, or let it refer to something else.",
        )
        for (entity, slug), by in reasons.items()
        if by
    ]


def _referring(
    session: Session, entity: str, gone: Collection[Place], instead: Mapping[Place, Value]
) -> Iterator[tuple[Place, Place]]:
    """What is referred to, and the value of the catalogue that does, each once."""
    for other in ENTITIES.values():
        if entity not in referred_by(other):
            continue
        there = {(other.name, slug_of(value)): value for value in read(session, other.name)}
        there |= {place: value for place, value in instead.items() if place[0] == other.name}
        for place, value in there.items():
            found = {(name, slug) for _, name, slug in value.references() if name == entity}
            if place not in gone:
                yield from ((each, place) for each in sorted(found) if each in gone)


def referred_by(entity: Entity) -> frozenset[str]:
    """The entities that values of an entity may refer to."""
    fields = entity.value.model_fields.values()
    told = {field.json_schema_extra["refers"] for field in fields if isinstance(field.json_schema_extra, dict)}
    return frozenset(str(name) for name in told if name)


def _answers_about(session: Session, entity: str, slugs: Sequence[str]) -> Iterator[tuple[str, int, str]]:
    """Slug, how many rows, and of what, outside the catalogue refer to it."""
    table = table_of(TABLES[ENTITIES[entity].value])
    ours = {table_of(model).name for model in TABLES.values()} | {table_of(CredentialSkills).name}
    for other in metadata.sorted_tables:
        for key in other.foreign_keys if other.name not in ours else ():
            if key.column.table is table and key.ondelete is None:
                column = key.parent
                for chunk in _chunks(slugs):
                    counted = select(column, func.count()).where(column.in_(chunk)).group_by(column)
                    words = "surveys" if other.name == "survey_targets" else other.name
                    for slug, count in session.connection().execute(counted):
                        yield slug, count, words.removesuffix("s") if count == 1 else words


def _listed(reasons: list[str]) -> str:
    more = len(reasons) - MOST_NAMED
    return ", ".join(reasons[:MOST_NAMED]) + (f" and {more:,} more" if more > 0 else "")


# Rows


def record(
    session: Session, changed: Iterable[tuple[Place, tuple[Value, bool] | None, Value | None]], batch: str, by: str
) -> None:
    """Write the history of what changes: where, the value before and whether it was the sample's, the value after."""
    day = now(session).date()
    rows = [
        {
            "entity": place[0],
            "slug": place[1],
            "before": document(before[0]) if before else None,
            "after": document(after) if after is not None else None,
            "was_sample": bool(before and before[1]),
            "day": day,
            "batch": batch,
            "by": by,
        }
        for place, before, after in changed
    ]
    if rows:
        session.connection().execute(insert(session, Changes), rows)


def document(value: Value) -> dict[str, Any]:
    """A value as the history keeps it: days as texts, all else as it is."""
    return value.model_dump(mode="json")


def write(session: Session, values: Iterable[Value], is_sample: bool) -> None:
    """Put values into their tables, without asking and without history."""
    by_class: dict[type[Value], list[Value]] = {}
    for value in values:
        by_class.setdefault(type(value), []).append(value)
    for kept, model in TABLES.items():
        if kept in by_class:
            _upsert(session, model, [_row(value, is_sample) for value in by_class[kept]])
    _save_skills(session, [value for value in by_class.get(Credential, []) if isinstance(value, Credential)])


def take_away(session: Session, places: Collection[Place]) -> None:
    """Delete values, without asking; of people, what the history says of them, too."""
    for kept, model in reversed(list(TABLES.items())):
        entity = _entity(kept)
        slugs = [slug for name, slug in places if name == entity.name]
        table, changes = table_of(model), table_of(Changes)
        for chunk in _chunks(slugs):
            session.connection().execute(delete(table).where(table.c.slug.in_(chunk)))
            if entity.personal:
                about = (changes.c.entity == entity.name, changes.c.slug.in_(chunk))
                session.connection().execute(update(changes).where(*about).values(before=None, after=None))


def _row(value: Value, is_sample: bool) -> dict[str, Any]:
    row = value.model_dump(exclude={"skills"}) | {"is_sample": is_sample}
    if isinstance(value, Organisation):
        row["name_key"] = name_key(value.name)
    elif isinstance(value, Stack):
        row["target_credential"] = value.target if value.target_kind == "credential" else None
    return row


def _upsert(session: Session, model: type[SQLModel], rows: list[dict[str, Any]]) -> None:
    statement = insert(session, model)
    replaced = {name: statement.excluded[name] for name in rows[0] if name != "slug"}
    session.connection().execute(statement.on_conflict_do_update(index_elements=["slug"], set_=replaced), rows)


def _save_skills(session: Session, credentials: list[Credential]) -> None:
    table = table_of(CredentialSkills)
    for chunk in _chunks([credential.slug for credential in credentials]):
        session.connection().execute(delete(table).where(table.c.credential.in_(chunk)))
    rows = [
        {"credential": credential.slug, "skill": skill, "position": position}
        for credential in credentials
        for position, skill in enumerate(credential.skills)
    ]
    if rows:
        session.connection().execute(insert(session, CredentialSkills), rows)


def _chunks(slugs: Sequence[str]) -> Iterator[Sequence[str]]:
    return (slugs[start : start + MOST_VALUES] for start in range(0, len(slugs), MOST_VALUES))


# Reading


def read(session: Session, entity: str) -> list[Any]:
    """All values of an entity, by slug. Raises FeedbackError for an entity that is not known."""
    return [value for value, _ in _values(session, known_entity(entity))]


def find(session: Session, entity: str, slug: str) -> Any:
    """The value of an entity with that slug; None when there is none."""
    found = rows_at(session, [(known_entity(entity).name, slug)])
    return next((value for value, _ in found.values()), None)


def read_programmes(session: Session) -> list[Programme]:
    """All programmes, by title."""
    return sorted(read(session, "programmes"), key=lambda programme: programme.title)


def read_kinds(session: Session) -> list[CredentialKind]:
    """All kinds of credential, by name."""
    return sorted(read(session, "kinds"), key=lambda kind: kind.name)


def read_skills(session: Session) -> list[Skill]:
    """All skills, by title."""
    return sorted(read(session, "skills"), key=lambda skill: skill.title)


def read_organisations(session: Session) -> list[Organisation]:
    """All organisations, by name."""
    return sorted(read(session, "organisations"), key=lambda organisation: organisation.name)


def read_runs(session: Session) -> list[Run]:
    """All runs, by slug."""
    return read(session, "runs")


def read_credentials(session: Session) -> list[Credential]:
    """All credentials with their skills in order, by slug."""
    return read(session, "credentials")


def sample_slugs(session: Session, kept: type[Value]) -> frozenset[str]:
    """The slugs of a class of values that belong to the sample institution."""
    table = table_of(TABLES[kept])
    return frozenset(session.connection().execute(select(table.c.slug).where(table.c.is_sample)).scalars())


def keep_what_own_values_need(session: Session) -> None:
    """Make one's own every sample value that an own value refers to, and so on, until own values need own ones only."""
    values = {
        (name, slug_of(value)): (value, sample)
        for name, entity in ENTITIES.items()
        for value, sample in _values(session, entity)
    }
    samples = {place for place, (_, sample) in values.items() if sample}
    fresh = set(values) - samples
    while fresh:
        needed = {(entity, slug) for place in fresh for _, entity, slug in values[place][0].references()}
        fresh = needed & samples
        samples -= fresh
        for name in {place[0] for place in fresh}:
            table = table_of(TABLES[ENTITIES[name].value])
            for chunk in _chunks([slug for entity, slug in fresh if entity == name]):
                session.connection().execute(update(table).where(table.c.slug.in_(chunk)).values(is_sample=False))


def remove_samples(session: Session) -> dict[str, int]:
    """Delete the sample's values. What refers to them (answers, own values) must be gone, or one's own, by then.

    Returns how many rows went, by table.
    """
    tables = [table_of(model) for model in reversed(list(TABLES.values()))]
    return {
        table.name: session.connection().execute(delete(table).where(table.c.is_sample)).rowcount for table in tables
    }


def _slugs(session: Session, entity: str) -> set[str]:
    table = table_of(TABLES[ENTITIES[entity].value])
    return set(session.connection().execute(select(table.c.slug)).scalars())


def rows_at(session: Session, places: Collection[Place]) -> dict[Place, tuple[Value, bool]]:
    """The values that are kept at these places, and whether each is the sample's."""
    found: dict[Place, tuple[Value, bool]] = {}
    for name in {place[0] for place in places}:
        slugs = [slug for entity, slug in places if entity == name]
        for chunk in _chunks(slugs):
            there = _values(session, ENTITIES[name], table_of(TABLES[ENTITIES[name].value]).c.slug.in_(chunk))
            found |= {(name, slug_of(value)): (value, sample) for value, sample in there}
    return found


def _values(session: Session, entity: Entity, *conditions: Any) -> list[tuple[Any, bool]]:
    """Values by slug, each with whether it is the sample's. What is in the tables was checked on its way in."""
    rows = [dict(row) for row in session.connection().execute(_chosen(entity.value, *conditions)).mappings()]
    samples = [bool(row.pop("is_sample")) for row in rows]
    if entity.value is Credential:
        skills = _skills_of(session, [row["slug"] for row in rows] if conditions else None)
        rows = [row | {"skills": skills.get(row["slug"], [])} for row in rows]
    return [(entity.value.model_construct(**row), sample) for row, sample in zip(rows, samples, strict=True)]


def _chosen(kept: type[Value], *conditions: Any) -> Select[Any]:
    table = table_of(TABLES[kept])
    columns = [table.c[name] for name in kept.model_fields if name in table.c]
    return select(*columns, table.c.is_sample).where(*conditions).order_by(table.c.slug)


def _skills_of(session: Session, credentials: Sequence[str] | None) -> dict[str, list[str]]:
    """The skills of these credentials (None: of all), in order."""
    links = table_of(CredentialSkills)
    ordered = select(links.c.credential, links.c.skill).order_by(links.c.credential, links.c.position)
    chosen = (
        [ordered] if credentials is None else [ordered.where(links.c.credential.in_(c)) for c in _chunks(credentials)]
    )
    skills: dict[str, list[str]] = {}
    for statement in chosen:
        for credential, skill in session.connection().execute(statement):
            skills.setdefault(credential, []).append(skill)
    return skills


# Organisations that somebody names


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
    found = _values(session, ENTITIES["organisations"], table_of(Organisations).c.name_key == name_key(name))
    return found[0][0] if found else None


def keep_organisation(session: Session, organisation: Organisation, *, is_sample: bool = False) -> str:
    """The slug under which an organisation somebody names is kept; it is added when no other has its name.

    The slug given is not looked at: whoever types a name knows no slugs. An organisation that is there is not
    overwritten; only what is not known of it (sector, size, country) is filled in. This leaves no history: its day
    would tell when somebody answered.
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
