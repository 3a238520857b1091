"""The form that makes an action: what is to change, what it is to bring, who sees to it, by when."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import streamlit as st

from feedback.catalogue.values import Run
from feedback.findings.evidence import Choice
from feedback.findings.frozen import texts_of
from feedback.findings.words import between, people_of, percent
from feedback.policy import ACT
from feedback.store import actions, catalogue, committee, rounds, surveys
from feedback.store.action import OTHER, QUESTION, SKILL, SOURCES, TOPIC, Measure, Wanted
from feedback.store.clock import now
from feedback.store.committee import Seen
from feedback.store.database import reading
from feedback.survey.questionnaire import Instrument, Scale
from feedback.ui import acting, governing, marks, page, shell, visitor
from feedback.ui.acting import Draft
from feedback.ui.fields import day

if TYPE_CHECKING:
    from pandas import DataFrame

CREDENTIAL = "Credential"
"""The column of a table that says which credential a line is about."""
OF_ALL = "This was shown about several credentials, and is not kept with one of them."
LINES = "what_to_change"
"""The finding of which single lines can be looked at again."""
MEASURED: Mapping[str, str] = MappingProxyType({"question": QUESTION, "topic": TOPIC, "skill": SKILL})
"""The kind of measure by the source of a line there."""
IN = timedelta(days=60)
"""So long there is, unless another day is chosen."""
NOTHING, NEXT = "", ""
BLANK = "blank"
"""What the address says of a form that is filled in with nothing."""
STEPS, POINTS = 0.3, 10
"""What is expected at first: steps of a scale, points of 100 people."""


UNIT: Mapping[str, str] = MappingProxyType(
    {
        QUESTION: "A step leads from one answer to the next; the average answer is to move so far toward the good end.",
        TOPIC: "Of those who comment, the share who are critical of it.",
        SKILL: "Of employers who rated it, the share for whom it falls short.",
    }
)
"""What the number is of that is expected, by the kind of measure."""


@dataclass(frozen=True)
class Line:
    """Something that can be looked at again: how it is called, and how it stands, as shown."""

    measure: Measure
    name: str
    people: int
    share: float
    low: float
    high: float

    @property
    def words(self) -> str:
        """The line as it is chosen."""
        kind = {QUESTION: "question", TOPIC: "comments", SKILL: "skill"}[self.measure.kind]
        return f"{self.name} ({kind}, {self.measure.audience}s: falls short for {percent(self.share)})"


def new() -> None:
    """The form. Raises Forbidden for whoever may act on nothing."""
    visitor.demand_somewhere(ACT)
    back()
    page.title("What is to change, and what is it to bring?")
    marks.sample()
    governing.slips()
    if st.query_params.get("new") == BLANK:
        acting.forget()
    held = acting.draft()
    titles = acting.places(ACT)
    with st.container(key="field-entry-action"):
        place = held.credential if held.credential in titles and held.finding else ""
        if place:
            page.block("p", titles[place], "subject")
        else:
            place = governing.choose("Of what?", titles, "action:of", _first_of(held))
        if not place:
            page.quiet("Choose the credential that is to change, or that there is to be something new.")
            return
        slug, programme = acting.split(place)
        title = st.text_input(
            "What is to change?",
            held.title,
            key="action:title",
            max_chars=300,
            placeholder="What you will do, as: Offer two weeks of preparation before the first day",
        )
        if held.source == "suggestion":
            page.block("p", "In your own words: what people wrote can be taken back, an action stays as made.", "help")
        owner, due = _who_and_when(place)
        line, expected, by_run = _what_it_brings(slug, held)
    seen = _rests_on(held, place)
    page.quiet(
        "What is expected, and what it rests on, cannot be changed once the action is made. A wrong action is dropped, "
        "with the reason, and a new one made."
    )
    if st.button("Make this action", type="primary", key="action:make"):
        baseline = _baseline(slug, line, by_run) if line else {}
        wanted = Wanted(
            credential=slug,
            programme=programme,
            title=title,
            source=_source_of(held, slug),
            about=held.about,
            owner=owner,
            due=due,
            measure=line.measure if line else None,
            baseline=baseline,
            expected=expected,
            by_run=by_run,
            seen=seen,
            release=shell.last_release()[0],
        )
        made = governing.do(lambda session, by: actions.add_action(session, by, wanted), "The action is made.")
        if made:
            acting.forget()
            st.query_params.from_dict({"action": made.id})
        st.rerun()


def _first_of(held: Draft) -> str:
    """What is chosen at first: of a line about what nothing covers yet, something new."""
    if held.source == acting.NEW:
        return f"{acting.PROGRAMME}{held.choice.programme}"
    return held.credential or held.choice.credential


def _source_of(held: Draft, slug: str) -> str:
    """What it comes from; of what is wanted anew, where a credential there is was chosen instead, something else."""
    return OTHER if held.source not in SOURCES or (held.source == acting.NEW and slug) else held.source


def back() -> None:
    """The way to the list of actions."""
    st.page_link(acting.PAGE, label="← All actions")


def _who_and_when(place: str) -> tuple[str, date]:
    """Who sees to it, and by when."""
    today = governing.today()
    names = owners(place)
    me = visitor.who().id
    left, right = st.columns(2)
    with left:
        owner = governing.choose("Who sees to it?", names, f"action:owner:{place}", me)
    with right:
        due = st.date_input("By when?", today + IN, min_value=today, format="YYYY-MM-DD", key="action:due")
    if not names:
        page.block("p", "Nobody has an account that may see to it. An administrator can give the role.", "hint")
    return owner, due


def owners(place: str) -> dict[str, str]:
    """The names of those who may see to an action there, by account; one's own says so."""
    with reading(shell.engine()) as session:
        those = actions.owners_for(session, *acting.split(place))
    me = visitor.who().id
    return {each.id: f"{each.name} (you)" if each.id == me else each.name for each in those}


# --- what it is to bring ----------------------------------------------------------------------------------------------


def _what_it_brings(slug: str, held: Draft) -> tuple[Line | None, float | None, str]:
    """What is looked at again, by how much it is to get better, and by which run."""
    page.heading("How will you know that it worked?")
    if not slug:
        page.quiet(
            "Nobody has been asked about it yet, so there is nothing to look at again. Once it has run, make an action "
            "of it that says what is expected."
        )
        return None, None, ""
    lines = _lines(slug)
    options = [NOTHING, *lines]
    wanted = "/".join(held.measure) if held.measure else NOTHING
    if held.measure and wanted not in lines:
        page.block(
            "p", "Too few have answered on this line for a number to start from. Choose another, or none.", "hint"
        )
    chosen = st.selectbox(
        "What is looked at again?",
        options,
        options.index(wanted) if wanted in options else 0,
        format_func=lambda one: lines[one].words if one else "Nothing: it is done, and that is all",
        key=f"action:measure:{slug}",
    )
    if not chosen:
        return None, None, ""
    line = lines[chosen]
    page.quiet(
        f"Now it falls short for {percent(line.share)} ({between(line.low, line.high)}; {people_of(line.people)})."
    )
    left, right = st.columns(2, vertical_alignment="bottom")
    with left:
        expected = _expected(line)
    ahead = {each.slug: f"{each.label}, from {day(each.starts)}" for each in _runs_to_come(slug) if each.starts}
    runs = {NEXT: "The next run that is over", **ahead}
    with right:
        by_run = st.selectbox("By which run?", list(runs), format_func=runs.__getitem__, key=f"action:run:{slug}")
    page.block(
        "p",
        f"{UNIT[line.measure.kind]} Once that run is over and published, it is measured by itself: against how the run "
        "before stood, drawn toward the usual, and against lines that nobody touched.",
        "help",
    )
    return line, expected, by_run


def _expected(line: Line) -> float:
    """By how much the line is to get better, in its own unit and within its reach."""
    if line.measure.kind == QUESTION:
        scale = scale_of(line.measure, shell.instruments())
        most, ends = (reach_of(scale), f" from {scale.lowest} to {scale.highest}") if scale else (4.0, "")
        said = f"Better by how many steps of the scale{ends}?"
        return float(st.number_input(said, 0.1, most, min(STEPS, most), 0.1, format="%.1f", key="action:steps"))
    most_points = max(1, round(100 * line.share))
    said = "Lower by how many points of 100 people?"
    return st.number_input(said, 1, most_points, min(POINTS, most_points), key="action:points") / 100


def scale_of(measure: Measure, instruments: Mapping[str, Instrument]) -> Scale | None:
    """The scale on which what is measured is answered; None of shares, and where none is known."""
    if measure.kind != QUESTION:
        return None
    those = (one for one in instruments.values() if one.audience == measure.audience)
    asked = (question for one in those for question in one.questions if question.id == measure.id)
    return next((question.scale for question in asked if question.scale is not None), None)


def reach_of(scale: Scale) -> float:
    """How many steps better an average answer could get, at most: from the worst end to the best."""
    whole = float(scale.highest - scale.lowest)
    return whole / 2 if scale.kind == "bipolar" else whole


def _lines(slug: str) -> dict[str, Line]:
    """What can be looked at again of a credential, by its address: what may be shown of it now."""
    rows = shell.answer(LINES, Choice(credential=slug)).shown
    if rows.empty:
        return {}
    rows = rows[(rows["state"] != "withheld") & rows["source"].isin(list(MEASURED))]
    found: dict[str, Line] = {}
    for row in rows.to_dict("records"):
        measure = Measure(MEASURED[row["source"]], row["audience"], row["id"], row["item"])
        numbers = {name: float(row[name]) for name in ("share", "low", "high")}
        address = "/".join(vars(measure).values())
        found[address] = Line(measure, row["name"], int(row["people"]), **numbers)
    return found


def _runs_to_come(slug: str) -> list[Run]:
    """The runs of a credential that have not begun, the first first."""
    today = governing.today()
    with reading(shell.engine()) as session:
        every = catalogue.read_runs(session)
    ahead = [each for each in every if each.credential == slug and each.starts and each.starts > today]
    return sorted(ahead, key=lambda each: (str(each.starts), each.slug))


def _baseline(slug: str, line: Line, by_run: str) -> dict[str, Any]:
    """Where the line stands, as it is shown now, and the run it is compared with."""
    occasion, label = _last_occasion(slug, line.measure)
    held: dict[str, Any] = {
        "name": line.name,
        "people": line.people,
        "share": round(line.share, 4),
        "low": round(line.low, 4),
        "high": round(line.high, 4),
        "occasion": occasion,
        "label": label,
    }
    if scale := scale_of(line.measure, shell.instruments()):
        held |= {"lowest": scale.lowest, "highest": scale.highest, "reach": reach_of(scale)}
    label = next((each.label for each in _runs_to_come(slug) if each.slug == by_run), "")
    return held | ({"by_label": label} if label else {})


def _last_occasion(slug: str, measure: Measure) -> tuple[str, str]:
    """The run, or the survey without one, that was the last to close of those in which the measure was asked; its slug
    and name. Two empty for none."""
    from feedback.worker.looks import times_of  # here: it brings tables, which only this form needs

    with reading(shell.engine()) as session:
        moment = now(session)
        runs = {each.slug: each for each in catalogue.read_runs(session)}
        those = times_of(measure, slug, shell.instruments(), surveys.read_surveys(session), runs, moment)
    closed = [each for each in those if each.closed and each.begins < moment.date()]
    if not closed:
        return "", ""
    return closed[-1].slug, closed[-1].label if closed[-1].slug in runs else ""


# --- what it rests on -------------------------------------------------------------------------------------------------


def _rests_on(held: Draft, place: str) -> list[Seen]:
    """What is frozen with it, told as it stands: of this credential or programme alone, whose readers read it later."""
    page.heading("What does it rest on?")
    slug, programme = acting.split(place)
    if not held.finding and not slug:
        page.quiet("Nothing that is shown is frozen with it.")
        return []
    page.quiet("Frozen with the action, as it is shown now.")
    if slug:
        shown = [_shown(held, slug)] if held.finding else []
        lines = [acting.frozen(LINES, Choice(credential=slug))] if held.finding != LINES else []
        those = [*_said(held, slug), _line(held, slug), *shown, *lines]
    else:
        choice = replace(held.choice, credential="", programme=programme)
        those = [_wanted(held, choice), acting.frozen(held.finding, choice)]
    seen = [each for each in those if each is not None]
    for each in seen:
        tell_seen(each)
    return seen


def _wanted(held: Draft, choice: Choice) -> Seen | None:
    """The line about what nothing covers yet, as its page showed it; None where there is none."""
    answer, name = shell.answer(held.finding, choice), held.about.partition(":")[2]
    if held.source != acting.NEW or answer.table.empty:
        return None
    named = answer.table[answer.table.iloc[:, 0].astype(str) == name]
    return _as_line(held.finding, named, answer.caution)


def _shown(held: Draft, slug: str) -> Seen:
    """The finding that showed it, of this credential; of one that says nothing of a single one, that it did."""
    found = acting.frozen(held.finding, replace(held.choice, credential=slug, programme=""))
    says_something = found.rows or held.choice.credential == slug or held.finding in acting.TOLD_IN_WORDS
    return found if says_something else replace(found, sentence=OF_ALL)


def _line(held: Draft, slug: str) -> Seen | None:
    """The line it comes from, as its page showed it, where it is one line about this credential alone; None else."""
    if not held.title or not held.finding or held.finding in acting.TOLD_IN_WORDS:
        return None
    answer, alone = shell.answer(held.finding, held.choice), held.choice.credential == slug
    titles = list(shell.everything().titles().values())
    title, own = shell.everything().titles().get(slug, ""), answer.table
    if CREDENTIAL in own and titles.count(title) == 1:
        own = own[own[CREDENTIAL] == title]
    elif not alone:
        return None
    named = own[[held.title in map(str, row) for row in own.itertuples(index=False, name=None)]]
    line = own if named.empty and not alone else named
    return _as_line(held.finding, line, answer.caution)


def _as_line(finding: str, line: "DataFrame", caution: str) -> Seen | None:
    """One row of a table in words; None where it is not one."""
    if len(line) != 1:
        return None
    columns, [cells] = texts_of(line)
    said = "; ".join(f"{head}: {cell}" for head, cell in zip(columns, cells, strict=True) if cell)
    return Seen(finding, "The line it comes from", f"{said}.", caution)


def _said(held: Draft, slug: str) -> list[Seen]:
    """The decision, or the notes on how a gap was settled, that it comes from, in the words of those who wrote them."""
    kind, _, name = held.about.partition(":")
    if held.source != "review" or kind not in ("decision", "round"):
        return []
    with reading(shell.engine()) as session:
        if kind == "decision":
            decided = [each for each in committee.read_decisions(session, slug) if each.id == name]
            return [Seen(kind, f"What was decided on {day(each.day)}", each.words, "") for each in decided]
        among = {each.id for each in rounds.read_rounds(session, slug)}
        notes = [each for each in rounds.read_notes(session) if f"{each.round}:{each.criterion}" == name]
    question = "How the gap was settled, as written on"
    return [Seen(kind, f"{question} {day(each.made_on)}", each.note, "") for each in notes if each.round in among]


def tell_seen(each: Seen) -> None:
    """A finding as it was shown: its words, and its table folded away."""
    page.block("p", each.question, "path-title")
    page.block("p", each.sentence, "said")
    if each.rows:
        with st.expander("The table as it was, and how we knew"):
            governing.grid(each.columns, each.rows, each.question)
            page.quiet(each.caution)
