"""Models the reader of comments has learned here: kept as bytes with their hash and how well they measured."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from sqlalchemy import delete, func, select, update
from sqlmodel import Session

from feedback import policy
from feedback.errors import FeedbackError
from feedback.policy import WORKER, Actor
from feedback.store import audit, meta
from feedback.store.clock import now
from feedback.store.inserting import insert, table_of
from feedback.store.tables import Meta, ReaderModels

SENTIMENT, TOPIC = "sentiment", "topic"
KINDS = (SENTIMENT, TOPIC)
KEPT = 4
"""So many models of a kind and language are kept: the newest, and the one in use."""
_OFF = "off:"
"""How the mark of a kind and language begins that is turned off."""
_ABOUT = ("kind", "language", "number", "sha256", "quality", "learned_from", "analyser", "learned_on", "in_use")


class Broken(FeedbackError):
    """The bytes of a model are not those that were kept."""


@dataclass(frozen=True)
class Model:
    """A model without its bytes. number: rises with every one of its kind and language. See tables.ReaderModels."""

    kind: str
    language: str
    number: int
    sha256: str
    quality: Mapping[str, object]
    learned_from: int
    analyser: str
    learned_on: date
    in_use: bool

    def __str__(self) -> str:
        return f"{self.kind}:{self.language}:{self.number}"


def read_models(session: Session, analyser: str | None = None) -> list[Model]:
    """Every model kept, by kind and language, the newest first. analyser: only those learned with that version."""
    table = table_of(ReaderModels)
    wanted = select(*(table.c[name] for name in _ABOUT)).order_by(table.c.kind, table.c.language, table.c.number.desc())
    if analyser is not None:
        wanted = wanted.where(table.c.analyser == analyser)
    return [Model(**row) for row in session.connection().execute(wanted).mappings()]


def models_in_use(session: Session, analyser: str) -> list[Model]:
    """Those that read, of a version of the program's reader: at most one of a kind and language."""
    return [model for model in read_models(session, analyser) if model.in_use]


def bytes_of(session: Session, model: Model) -> bytes:
    """The bytes of a model. Raises Broken when they are gone, or are not those that were kept."""
    table = table_of(ReaderModels)
    data = session.connection().execute(select(table.c.data).where(*_is(model))).scalar_one_or_none()
    if data is None or sha256(data).hexdigest() != model.sha256:
        raise Broken(f"The learned model {model} is not as it was kept. Turn it off, or restore a backup.")
    return bytes(data)


def keep_model(
    session: Session,
    kind: str,
    language: str,
    data: bytes,
    *,
    quality: Mapping[str, object],
    learned_from: int,
    analyser: str,
    better: bool,
) -> Model:
    """Keep a model that was learned, by the worker. It reads from now on where it is better than what reads, and nobody
    has turned learned models of its kind and language off. Old ones beyond KEPT go."""
    table, connection = table_of(ReaderModels), session.connection()
    of_it = (table.c.kind == kind, table.c.language == language)
    last = connection.execute(select(func.max(table.c.number)).where(*of_it)).scalar() or 0
    use = better and not is_off(session, kind, language)
    model = Model(
        kind, language, last + 1, sha256(data).hexdigest(), dict(quality), learned_from, analyser,
        now(session).date(), use,
    )  # fmt: skip
    if use:
        connection.execute(update(table).where(*of_it).values(in_use=False))
    connection.execute(insert(session, ReaderModels).values(**vars(model), data=data))
    connection.execute(delete(table).where(*of_it, table.c.number <= last + 1 - KEPT, ~table.c.in_use))
    audit.record(session, WORKER, audit.LEARNED, f"model:{kind}:{language}", number=model.number, in_use=use)
    return model


def use_model(session: Session, actor: Actor, kind: str, language: str, number: int | None) -> None:
    """Let another model read comments of a language from now on; None: none, until somebody chooses one again.

    Comments are read anew afterwards, by the worker. Raises Forbidden, and FeedbackError for a model that is not there.
    """
    policy.demand(actor, policy.TEACH)
    table, connection = table_of(ReaderModels), session.connection()
    of_it = (table.c.kind == kind, table.c.language == language)
    if number is not None and not any(
        (each.kind, each.language, each.number) == (kind, language, number) for each in read_models(session)
    ):
        raise FeedbackError(f"There is no model {kind}:{language}:{number}; old ones are thrown away after a while.")
    connection.execute(update(table).where(*of_it).values(in_use=False))
    if number is not None:
        connection.execute(update(table).where(*of_it, table.c.number == number).values(in_use=True))
    meta.set_number(session, _off(kind, language), int(number is None))
    meta.bump(session)
    audit.record(session, actor, audit.MODEL_CHOSEN, f"model:{kind}:{language}", number=number)


def let_learn(session: Session, actor: Actor, kind: str, language: str) -> None:
    """Let whatever is learned of a kind and language read again where it measures better, after it was turned off.

    Nothing reads otherwise before something is learned. Raises Forbidden.
    """
    policy.demand(actor, policy.TEACH)
    meta.set_number(session, _off(kind, language), 0)
    meta.bump(session)
    audit.record(session, actor, audit.MODEL_CHOSEN, f"model:{kind}:{language}", number="whatever measures better")


def read_off(session: Session) -> list[tuple[str, str]]:
    """The kinds and languages for which somebody has turned learned models off, sorted."""
    table = table_of(Meta)
    wanted = select(table.c.name).where(table.c.name.startswith(_OFF, autoescape=True), table.c.value != 0)
    names = [name.removeprefix(_OFF).partition(":") for name in session.connection().execute(wanted).scalars()]
    return sorted((kind, language) for kind, _, language in names)


def is_off(session: Session, kind: str, language: str) -> bool:
    """Whether somebody has turned learned models of a kind and language off."""
    return bool(meta.number(session, _off(kind, language)))


def _off(kind: str, language: str) -> str:
    return f"{_OFF}{kind}:{language}"


def _is(model: Model) -> list:
    table = table_of(ReaderModels)
    return [table.c[name] == getattr(model, name) for name in ("kind", "language", "number")]
