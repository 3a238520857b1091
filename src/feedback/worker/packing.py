"""What a committee pack is made of, gathered: findings through the gate, what is due, was decided and is to be done."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from types import MappingProxyType

from pandas import DataFrame
from sqlalchemy import Engine
from sqlmodel import Session

from feedback.catalogue.values import Credential
from feedback.errors import Problem, Refused, suggest
from feedback.exchange.acted import earlier_in_words, effect_in_words, expected_in_words, measure_in_words, new_in_words
from feedback.exchange.published import named
from feedback.exchange.reports import content
from feedback.exchange.reports.content import Agenda, Chart, Note, Pack, Part, Section
from feedback.findings.calendar import DUE, FRESH, OVERDUE, Clock, newest
from feedback.findings.contents import FINDINGS
from feedback.findings.evidence import QUOTING, Choice, Evidence
from feedback.findings.finished import Shown, answer_of, choice_key
from feedback.findings.frozen import MOST_ROWS, NOT_KEPT, texts_of
from feedback.findings.scope import STATES
from feedback.findings.work import work_out
from feedback.limits import Limits
from feedback.policy import Actor
from feedback.store import actions, audit, catalogue, committee, finished, meta, releases, sample
from feedback.store.action import STATES as STANDS
from feedback.store.action import Action
from feedback.store.clock import now
from feedback.store.committee import OUTCOMES, Decision
from feedback.store.database import reading
from feedback.survey.instrument import Instrument
from feedback.worker.gathering import gather, with_comments, with_roles
from feedback.worker.governing import gather_calendar

Advance = Callable[..., None]
Contents = Sequence[tuple[str, tuple[str, ...]]]

ONE: Contents = (
    ("What should change, and did it work", ("priorities", "what_to_change", "changed", "effects")),
    ("What employers say", ("recognition", "employer_scales", "hiring", "skills", "skill_state", "disagreement")),
    ("What learners say", ("worth", "runs", "topics", "themes", "learner_scales", "outcomes", "dropout")),
    ("Witnesses side by side", ("witnesses", "experts", "agreement")),
    ("How far it holds", ("response", "flags")),
)
"""The findings of a pack about one credential, by part; one there is not is left out."""
MANY: Contents = (
    ("Which credentials employers value", ("credential_value", "recognition", "groups")),
    ("Launch, keep, differentiate, retire", ("portfolio", "white_space", "uncovered", "market", "pathways", "returns")),
    ("What should change, and did it work", ("priorities", "what_to_change", "changed", "effects")),
    ("Whom it reaches", ("worth", "left_behind", "languages")),
    ("How far it holds", ("response", "disagreement", "flags")),
)
"""The same of the portfolio."""
INSTEAD = MappingProxyType({"what_to_change": "priorities"})
"""A finding that another one holds already: it is left out where that one is."""
SHORT = ("priorities", "what_to_change", "changed", "effects", "recognition", "credential_value", "portfolio", "worth")
"""Whose sentences come first."""
WHOLE = frozenset({"credential_value"})
"""Of the portfolio, the table that stands whole: one row a credential."""
MOST_CHARTS = 10
"""So many pictures a portfolio's pack has; the others are tables only."""
MOST_DUE = 20
"""So many lines are listed of what is due, of actions and of decisions."""
SHOWN, TOO_FEW = "Shown", STATES["withheld"]
"""The column that says whether a row shows, and what it says of one that does not."""
HEARD = "skill_validation"
"""The finding that says until when employers were heard, which the calendar needs."""
SAMPLE = "Sample: the sample institution is loaded. What is marked so, or all of it, is invented."
WORDS: Mapping[str, str] = MappingProxyType(
    {"overdue": "Overdue", "due": "Due now", "never": "Never yet", "due soon": "Due soon"}
)
"""How what is not fresh stands."""


def contents(choice: Choice) -> Contents:
    """The findings of a pack, by part: those there are."""
    return [
        (title, tuple(name for name in names if name in FINDINGS and INSTEAD.get(name) not in FINDINGS))
        for title, names in (ONE if choice.credential else MANY)
    ]


def gather_pack(
    engine: Engine,
    instruments: Mapping[str, Instrument],
    choice: Choice,
    by: Actor,
    limits: Limits,
    *,
    quoting: Limits,
    readable: Callable[[Credential], bool] = lambda credential: True,
    advance: Advance = lambda done, total=None: None,
) -> Pack:
    """The pack about a credential, a programme or (neither) the whole portfolio, as of now.

    quoting: what may be shown of findings that hold people's words; these words themselves are never in a pack.
    readable: of which credentials decisions and actions may be told. advance: told how many findings of how many are
    there. Raises Refused for a credential or programme that is not there.
    """
    with reading(engine) as session:
        credentials = _chosen(catalogue.read_credentials(session), choice)
    names = [name for _, those in contents(choice) for name in those]
    answers = _answers(engine, instruments, [*names, HEARD], choice, limits, quoting, advance)
    theirs = [each for each in credentials if readable(each)]
    with reading(engine) as session:
        return Pack(
            kind=_kind(choice),
            title=_title(session, credentials, choice),
            made_on=now(session).date(),
            facts=content.facts(_facts(session, credentials, choice, by)),
            parts=tuple(_parts(answers, choice)),
            agenda=tuple(_agenda(session, theirs, answers[HEARD], choice)),
            summary=tuple(name for name in SHORT if name in names),
            warning=SAMPLE if sample.has_sample(session) else "",
        )


# --- findings ---------------------------------------------------------------------------------------------------------


def _answers(
    engine: Engine,
    instruments: Mapping[str, Instrument],
    names: Sequence[str],
    choice: Choice,
    limits: Limits,
    quoting: Limits,
    advance: Advance,
) -> dict[str, Shown]:
    """Findings as they were worked out beforehand; those that were not are worked out here."""
    allowed = {name: quoting if name in QUOTING else limits for name in names}
    found: dict[str, Shown] = {}
    with reading(engine) as session:
        version = meta.data_version(session)
        for name in names:
            document = finished.read(session, name, choice_key(choice, allowed[name]), version)
            if document is not None:
                found[name] = answer_of(document)
        missing = [name for name in names if name not in found]
        evidence = _evidence(session, instruments, missing, choice) if missing else None
    advance(len(found), len(names))
    for name in missing:
        assert evidence is not None
        found[name] = work_out(FINDINGS[name], evidence, choice, allowed[name])
        advance(len(found), len(names))
    return found


def _evidence(
    session: Session, instruments: Mapping[str, Instrument], names: Iterable[str], choice: Choice
) -> Evidence:
    evidence = gather(session, instruments)
    if any(name in QUOTING for name in names):
        evidence = with_comments(session, instruments, evidence, choice)
    return with_roles(session, instruments, evidence)


def _parts(answers: Mapping[str, Shown], choice: Choice) -> Iterator[Part]:
    drawn = 0
    for title, names in contents(choice):
        sections = []
        for name in names:
            with_picture = bool(choice.credential) or drawn < MOST_CHARTS
            most = 10_000 if name in WHOLE and not choice.credential else content.MOST_ROWS
            sections.append(_section(name, answers[name], most, with_picture=with_picture))
            drawn += sections[-1].chart is not None
        if sections:
            yield Part(title, tuple(sections))


def _section(name: str, answer: Shown, most: int, *, with_picture: bool) -> Section:
    columns, rows = _texts(answer.table)
    shown, withheld = _apart(columns, rows)
    table = content.table(columns, shown, most, withheld)
    light = answer.chart("light") if with_picture and table else None  # no picture without its table
    chart = Chart(light, answer.chart("dark"), answer.alt) if light is not None else None
    return content.cleaned(Section(name, answer.question, answer.sentence, answer.caution, table, chart))


def _texts(table: DataFrame) -> tuple[list[str], list[list[str]]]:
    """A table in texts, whole, without the columns that hold people's own words."""
    columns, rows = texts_of(table)
    for start in range(MOST_ROWS, len(table), MOST_ROWS):
        rows += texts_of(table.iloc[start : start + MOST_ROWS])[1]
    kept = [at for at in range(len(columns)) if not any(row[at] == NOT_KEPT for row in rows)]
    return [columns[at] for at in kept], [[row[at] for at in kept] for row in rows]


def _apart(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> tuple[list[Sequence[str]], list[str]]:
    """The rows that show, and of those that too few people stand behind what they are of."""
    if SHOWN not in columns:
        return list(rows), []
    place = columns.index(SHOWN)
    return [row for row in rows if row[place] != TOO_FEW], [row[0] for row in rows if row[place] == TOO_FEW]


# --- the head ---------------------------------------------------------------------------------------------------------


def _chosen(credentials: Collection[Credential], choice: Choice) -> list[Credential]:
    """The credentials a pack is about. Raises Refused."""
    known = {each.slug for each in credentials}
    if choice.credential and choice.credential not in known:
        said = f'"{choice.credential}" is not in the catalogue.{suggest(choice.credential, sorted(known))}'
        raise Refused([Problem("CREDENTIAL", said)])
    found = [
        each
        for each in credentials
        if choice.credential in ("", each.slug) and choice.programme in ("", each.programme)
    ]
    if choice.programme and not found:
        programmes = sorted({each.programme for each in credentials if each.programme})
        said = f'"{choice.programme}" is no programme with credentials.{suggest(choice.programme, programmes)}'
        raise Refused([Problem("--programme", said)])
    return found


def _kind(choice: Choice) -> str:
    of = "one credential" if choice.credential else "one programme" if choice.programme else "the whole portfolio"
    return f"Committee pack: {of}"


def _title(session: Session, credentials: Sequence[Credential], choice: Choice) -> str:
    if choice.credential:
        return content.said(credentials[0].title)
    if choice.programme:
        return content.said(_programmes(session).get(choice.programme, choice.programme))
    return "What employers value, and what should change"


def _programmes(session: Session) -> dict[str, str]:
    return {each.slug: each.title for each in catalogue.read_programmes(session)}


def _facts(
    session: Session, credentials: Sequence[Credential], choice: Choice, by: Actor
) -> Iterator[tuple[str, object]]:
    if choice.credential:
        one = credentials[0]
        kinds = {each.slug: each.name for each in catalogue.read_kinds(session)}
        yield "Kind", kinds.get(one.kind, one.kind)
        yield "Programme", _programmes(session).get(one.programme, one.programme)
        yield "Issued by", one.issuer
        yield "Stage", one.lifecycle
    else:
        yield "Credentials", f"{len(credentials):,}"
    yield "Made on", now(session).date()
    yield "Made by", by.name
    yield "Release", named(next(iter(releases.read_releases(session, 1)), None))


# --- what is to be decided, and what was ----------------------------------------------------------------------------


def _agenda(session: Session, credentials: Sequence[Credential], heard: Shown, choice: Choice) -> Iterator[Agenda]:
    titles = {each.slug: each.title for each in credentials} if not choice.credential else {}
    slugs = {each.slug for each in credentials}
    today = now(session).date()
    clocks = gather_calendar(session, newest(heard.shown), today, slugs)
    due = [_due(clock) for clock in clocks if clock.state != FRESH]
    yield _listed("Due for review", "Nothing is due for review.", due)
    accounts = audit.names(session)
    those = [each for each in actions.read_actions(session) if each.credential in slugs or _is_new_in(each, choice)]
    named = {each.id: _place(each, titles, _programmes(session)) for each in those}
    open_ones = [_action(each, named[each.id], accounts, today) for each in those if each.is_open]
    yield _listed("Open actions", "No action is open.", open_ones)
    done = [_action(each, named[each.id], accounts, today) for each in those if each.effect]
    if done:
        yield _listed("What became of actions", "", done)
    decisions = [_decision(each, titles) for each in committee.read_decisions(session) if each.credential in slugs]
    yield _listed("Decisions made", "Nothing has been decided yet.", decisions)


def _is_new_in(one: Action, choice: Choice) -> bool:
    """Whether an action is of something new in the programme, or the portfolio, the pack is about."""
    return not one.credential and not choice.credential and choice.programme in ("", one.programme)


def _listed(title: str, empty: str, notes: Sequence[Note]) -> Agenda:
    shown = [Note(*(content.said(each) for each in (note.title, note.words, note.facts))) for note in notes[:MOST_DUE]]
    if len(notes) > MOST_DUE:
        shown.append(Note(f"{len(notes) - MOST_DUE:,} more", "", "They stand on the committee's page."))
    return Agenda(title, empty, tuple(shown))


def _due(clock: Clock) -> Note:
    told = WORDS[clock.state]
    if clock.due_on:
        told += f", since {clock.due_on}" if clock.state in (OVERDUE, DUE) else f", on {clock.due_on}"
    return Note(clock.title, f"{clock.awaits}.", told)


def _place(one: Action, titles: Mapping[str, str], programmes: Mapping[str, str]) -> str:
    """What an action is of; "" for the one credential the pack is about."""
    new = new_in_words(programmes.get(one.programme, one.programme))
    return titles.get(one.credential, "") if one.credential else new


def _action(one: Action, place: str, accounts: Mapping[str, str], today: date) -> Note:
    owner = accounts.get(one.owner, one.owner).rpartition(" (")[0] or accounts.get(one.owner, one.owner)
    told = [
        place,
        STANDS.get(one.state, one.state),
        f"Owner: {owner}",
        f"Due on {one.due}" + (", late" if one.is_late(today) else ""),
        f"Looked at: {measure_in_words(one)}" if one.measure else "",
        f"Expected: {expected}" if (expected := expected_in_words(one)) else "",
        f"Digest {one.digest[:16]} …" + ("" if one.is_as_made else ", does not match"),
    ]
    became = "; ".join([effect_in_words(one), *earlier_in_words(one)]) if one.effect else ""
    return Note(one.title, f"{became[:1].upper()}{became[1:]}." if became else "", " · ".join(filter(None, told)))


def _decision(one: Decision, titles: Mapping[str, str]) -> Note:
    outcome = OUTCOMES.get(one.outcome, one.outcome)
    about = f"{titles[one.credential]}: {outcome}" if one.credential in titles else outcome
    stands = "verified" if one.is_as_made else "does not match its digest"
    present = ", ".join(one.names("present"))
    told = [f"{one.day}", f"Present: {present}" if present else "", f"Digest {one.digest[:16]} …, {stands}"]
    return Note(about, one.words, " · ".join(filter(None, told)))
