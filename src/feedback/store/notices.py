"""What people are told before they answer, version by version; which one stands, and where none does."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import func, select
from sqlmodel import Session

from feedback.errors import Problem, Refused, suggest
from feedback.policy import KEEP, Actor, demand
from feedback.store import audit
from feedback.store.clock import now
from feedback.store.columns import document_text
from feedback.store.inserting import insert, table_of
from feedback.store.retention import EVERY, read_terms
from feedback.store.surveys import read_surveys
from feedback.store.tables import Notices
from feedback.survey.notice import Notice, checked


def standing(session: Session, survey: str = EVERY) -> dict[str, Notice]:
    """The notice that stands for a survey, by language: its own, else the institution's; {} where there is none."""
    table, terms = table_of(Notices), read_terms(session)
    wanted = select(table).where(table.c.survey.in_({survey, EVERY}))
    found = [dict(row) for row in session.connection().execute(wanted).mappings()]
    own = [row for row in found if row["survey"] == survey] or found
    last = max((row["version"] for row in own), default=0)
    term = terms.get(survey, terms[EVERY])
    return {
        row["language"]: Notice(**row, comments_months=term.comments_months, answers_months=term.answers_months)
        for row in own
        if row["version"] == last
    }


def set_notice(
    session: Session,
    texts: Mapping[str, Mapping[str, str]],
    *,
    by: Actor,
    survey: str = EVERY,
    today: date | None = None,
) -> int:
    """Keep a new version of a notice, in all languages it is said in from now on. Returns its number.

    The same text again changes nothing. Numbers of a survey go on from those of the institution, so that a number says
    which notice somebody saw. Raises Refused with everything that is wrong, and Forbidden for who may not keep.
    """
    demand(by, KEEP)
    clean, problems = checked(texts, "notice")
    known = {each.slug for each in read_surveys(session) if not each.is_sample}
    if survey and survey not in known:
        problems.append(Problem(survey, f"is no survey of your own.{suggest(survey, known)} See feedback surveys."))
    if problems:
        raise Refused(problems)
    before = standing(session, survey)
    same = clean == {language: dict(each.text) for language, each in before.items() if each.survey == survey}
    if same:
        return next(iter(before.values())).version
    table = table_of(Notices)
    last = select(func.max(table.c.version)).where(table.c.survey.in_({survey, EVERY}))
    version = (session.connection().execute(last).scalar() or 0) + 1
    since = today or now(session).date()
    rows = [
        {"survey": survey, "language": language, "version": version, "text": text, "digest": _digest(text)}
        for language, text in clean.items()
    ]
    session.connection().execute(insert(session, Notices).values([{**row, "since": since} for row in rows]))
    about = f"survey:{survey}" if survey else "institution"
    audit.record(session, by, audit.NOTICE_CHANGED, about, version=version, languages=sorted(clean))
    return version


def versions(session: Session, survey: str = EVERY) -> Sequence[tuple[int, str, date, str]]:
    """Every version there was: its number, language, first day and digest, the last first."""
    table = table_of(Notices)
    columns = (table.c.version, table.c.language, table.c.since, table.c.digest)
    rows = select(*columns).where(table.c.survey == survey).order_by(table.c.version.desc(), table.c.language)
    return [(row[0], row[1], row[2], row[3]) for row in session.connection().execute(rows)]


def without_notice(session: Session) -> list[str]:
    """The surveys that take answers now and tell nobody who asks: their slugs."""
    table = table_of(Notices)
    told = set(session.connection().execute(select(table.c.survey).distinct()).scalars())
    if EVERY in told:
        return []
    return [each.slug for each in read_surveys(session, only_open=True) if each.slug not in told]


def _digest(text: Mapping[str, str]) -> str:
    return hashlib.sha256(document_text(dict(sorted(text.items()))).encode()).hexdigest()
