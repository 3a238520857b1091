"""The sample institution: whether it is there, and how to take it away without losing anything of one's own."""

from sqlalchemy import Column, delete, exists, select, update
from sqlmodel import Session, SQLModel

from feedback.store import meta
from feedback.store.inserting import table_of
from feedback.store.jobs import enqueue
from feedback.store.responses import delete_responses
from feedback.store.tables import (
    Alignments,
    Blocks,
    Contacts,
    CredentialKinds,
    Credentials,
    CredentialSkills,
    Endorsements,
    Finished,
    Imports,
    MarketEvidences,
    Modules,
    Occupations,
    Organisations,
    Pathways,
    Programmes,
    Releases,
    Responses,
    Reviewers,
    Runs,
    Skills,
    Stacks,
    Surveys,
    SurveyTargets,
)

# What carries is_sample, those that refer before those referred to.
_ORDER: tuple[type[SQLModel], ...] = (
    Endorsements,
    Responses,
    Surveys,
    Alignments,
    Stacks,
    Runs,
    Pathways,
    Modules,
    Contacts,
    Reviewers,
    MarketEvidences,
    Credentials,
    Organisations,
    Occupations,
    Skills,
    Programmes,
    CredentialKinds,
    Imports,
)
# Whose own rows keep which rows: (what refers, by which column, to what). In an order that lets keeping spread:
# an own response keeps its survey, that survey its run, that run its credential, that credential its programme.
_KEEPS: tuple[tuple[type[SQLModel], str, type[SQLModel]], ...] = (
    (Endorsements, "survey", Surveys),
    (Responses, "survey", Surveys),
    (Surveys, "run", Runs),
    (Endorsements, "credential", Credentials),
    (Runs, "credential", Credentials),
    (Alignments, "credential", Credentials),
    (Stacks, "credential", Credentials),
    (Stacks, "target_credential", Credentials),
    (Endorsements, "organisation", Organisations),
    (Responses, "organisation", Organisations),
    (Contacts, "organisation", Organisations),
    (Alignments, "module", Modules),
    (Alignments, "skill", Skills),
    (MarketEvidences, "skill", Skills),
    (Modules, "programme", Programmes),
    (Pathways, "programme", Programmes),
    (Credentials, "programme", Programmes),
    (Credentials, "kind", CredentialKinds),
)

REBUILD = "rebuild"
"""The job that counts what is published again (see releases.rebuild)."""


def has_sample(session: Session) -> bool:
    """Whether anything of the sample institution is there."""
    tables = [table_of(model) for model in _ORDER]
    connection = session.connection()
    return any(connection.execute(select(exists().where(table.c.is_sample))).scalar_one() for table in tables)


def remove_sample(session: Session) -> dict[str, int]:
    """Take the sample institution away. Returns how many rows went, by table.

    What own rows need stays and becomes one's own: an own response keeps the survey it answered, an own credential its
    programme. Readings of comments, skills of credentials and targets of surveys go with what they belong to. Own
    answers to questionnaires that the sample answered, too, are counted again by a job; until then they do not show.
    """
    meta.lock_published(session)
    _drop_published(session)
    _keep_what_own_rows_need(session)
    gone = {}
    for model in _ORDER:
        table = table_of(model)
        if model is Responses:
            gone[table.name] = delete_responses(session, table.c.is_sample)
        else:
            gone[table.name] = session.connection().execute(delete(table).where(table.c.is_sample)).rowcount
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


def _keep_what_own_rows_need(session: Session) -> None:
    targets, skills = table_of(SurveyTargets), table_of(CredentialSkills)
    for model, column, needed in _KEEPS:
        if model is Runs:  # surveys, and through them credentials, are settled by now
            own = select(table_of(Surveys).c.slug).where(~table_of(Surveys).c.is_sample)
            _make_own(session, Credentials, select(targets.c.credential).where(targets.c.survey.in_(own)))
        table = table_of(model)
        _make_own(session, needed, select(table.c[column]).where(~table.c.is_sample, table.c[column].is_not(None)))
    own = select(table_of(Credentials).c.slug).where(~table_of(Credentials).c.is_sample)
    _make_own(session, Skills, select(skills.c.skill).where(skills.c.credential.in_(own)))


def _make_own(session: Session, model: type[SQLModel], slugs: object) -> None:
    table = table_of(model)
    column: Column[str] = table.c.slug
    session.connection().execute(
        update(table).where(table.c.is_sample, column.in_(slugs)).values(is_sample=False)  # type: ignore[arg-type]
    )
