"""The sample institution: whether it is there, and how to take it away without losing anything of one's own."""

from sqlalchemy import Column, delete, exists, select, update
from sqlmodel import Session, SQLModel

from feedback.store import catalogue, meta
from feedback.store.inserting import table_of
from feedback.store.jobs import enqueue
from feedback.store.responses import delete_responses
from feedback.store.tables import (
    Accounts,
    Actions,
    Blocks,
    Credentials,
    Decisions,
    Endorsements,
    Finished,
    Imports,
    Invitations,
    KeptAddresses,
    ModerationNotes,
    Organisations,
    Policies,
    Programmes,
    Releases,
    Responses,
    ReviewRounds,
    Runs,
    Surveys,
    SurveyTargets,
)

_GOVERNED: tuple[type[SQLModel], ...] = (Actions, ModerationNotes, ReviewRounds, Decisions, Policies)
_ANSWERS: tuple[type[SQLModel], ...] = (*_GOVERNED, Endorsements, Responses, Invitations, KeptAddresses, Surveys)
"""What carries is_sample beside the catalogue and its imports, those that refer before those referred to."""
# Whose own rows keep which rows: (what refers, by which column, to what). In an order that lets keeping spread: an own
# response keeps its survey, that survey its run. What own values keep, `catalogue.keep_what_own_values_need` knows.
_KEEPS: tuple[tuple[type[SQLModel], str, type[SQLModel]], ...] = (
    (ModerationNotes, "round", ReviewRounds),
    (ReviewRounds, "survey", Surveys),
    (Endorsements, "survey", Surveys),
    (Responses, "survey", Surveys),
    (Surveys, "run", Runs),
    (Endorsements, "credential", Credentials),
    (Endorsements, "organisation", Organisations),
    (KeptAddresses, "credential", Credentials),
    (ReviewRounds, "credential", Credentials),
    (Actions, "credential", Credentials),
    (Actions, "programme", Programmes),
    (Decisions, "credential", Credentials),
    (Policies, "credential", Credentials),
    (Responses, "organisation", Organisations),
)

REBUILD = "rebuild"
"""The job that counts what is published again (see releases.rebuild)."""


def has_sample(session: Session) -> bool:
    """Whether anything of the sample institution is there."""
    models: list[type[SQLModel]] = [*_ANSWERS, *catalogue.TABLES.values(), Imports]
    tables = [table_of(model) for model in models]
    connection = session.connection()
    return any(connection.execute(select(exists().where(table.c.is_sample))).scalar_one() for table in tables)


def remove_sample(session: Session) -> dict[str, int]:
    """Take the sample institution away. Returns how many rows went, by table.

    What own rows need stays and becomes one's own: an own response keeps the survey it answered, an own credential its
    programme. Readings of comments, skills of credentials, targets of surveys, and whoever was invited to one, began it
    or was counted on the way go with what they belong to. Own answers to questionnaires that the sample answered, too,
    are counted again by a job; until then they do not show.
    """
    meta.lock_published(session)
    _drop_published(session)
    _keep_what_own_rows_need(session)
    gone = {}
    for model in _ANSWERS:
        gone[table_of(model).name] = _delete(session, model)
    gone |= catalogue.remove_samples(session)
    for model in (Imports, Accounts):
        gone[table_of(model).name] = _delete(session, model)
    _forget_releases(session)
    meta.bump(session, meta.READINGS)
    meta.bump(session)
    return gone


def _drop_published(session: Session) -> None:
    """Throw away what is counted of the questionnaires the sample answered; a rebuild brings one's own back."""
    responses, blocks, connection = table_of(Responses), table_of(Blocks), session.connection()
    answered = set(connection.execute(select(responses.c.instrument).where(responses.c.is_sample).distinct()).scalars())
    for name in sorted(answered):
        connection.execute(delete(blocks).where(blocks.c.instrument == name))
        meta.set_counted_by(session, name, None)
    own = select(responses.c.key).where(responses.c.instrument.in_(answered), ~responses.c.is_sample).limit(1)
    if connection.execute(own).first() is not None:
        enqueue(session, REBUILD)
    connection.execute(delete(table_of(Finished)))


def _forget_releases(session: Session) -> None:
    """Without anything published there is no history of it either; with something, what was said then stays said."""
    responses = table_of(Responses)
    if session.connection().execute(select(exists().where(responses.c.key.is_not(None)))).scalar_one():
        return
    session.connection().execute(delete(table_of(Releases)))


def _delete(session: Session, model: type[SQLModel]) -> int:
    table = table_of(model)
    if model is Responses:
        return delete_responses(session, table.c.is_sample)
    return session.connection().execute(delete(table).where(table.c.is_sample)).rowcount


def _keep_what_own_rows_need(session: Session) -> None:
    targets = table_of(SurveyTargets)
    for model, column, needed in _KEEPS:
        table = table_of(model)
        _make_own(session, needed, select(table.c[column]).where(~table.c.is_sample, table.c[column].is_not(None)))
    own = select(table_of(Surveys).c.slug).where(~table_of(Surveys).c.is_sample)
    _make_own(session, Credentials, select(targets.c.credential).where(targets.c.survey.in_(own)))
    catalogue.keep_what_own_values_need(session)


def _make_own(session: Session, model: type[SQLModel], slugs: object) -> None:
    table = table_of(model)
    column: Column[str] = table.c["slug" if "slug" in table.c else "id"]
    session.connection().execute(
        update(table).where(table.c.is_sample, column.in_(slugs)).values(is_sample=False)  # type: ignore[arg-type]
    )
