"""The form that makes an action: what is to change, what it is to bring, who sees to it, by when."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

import streamlit as st

from feedback.catalogue.values import Run
from feedback.findings.evidence import Choice
from feedback.findings.frozen import texts_of
from feedback.findings.words import between, people_of, percent
from feedback.policy import ACT
from feedback.store import actions, catalogue, committee, rounds, surveys
from feedback.store.action import QUESTION, SKILL, SOURCES, TOPIC, Measure, Wanted
from feedback.store.clock import now
from feedback.store.committee import Seen
from feedback.store.database import reading
from feedback.ui import acting, governing, marks, page, shell, visitor
from feedback.ui.acting import Draft
from feedback.ui.fields import day

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
"""What is expected at first: steps of a scale, points of percent."""


UNIT: Mapping[str, str] = MappingProxyType(
    {
        QUESTION: "Steps of the average answer, toward the good end.",
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
    titles = governing.titles(ACT)
    with st.container(key="field-entry-action"):
        slug = held.credential if held.credential in titles and held.finding else ""
        if slug:
            page.block("p", titles[slug], "subject")
        else:
            slug = governing.choose("Credential", titles, "action:of", held.credential or held.choice.credential)
        if not slug:
            page.quiet("Choose the credential that is to change.")
            return
        title = st.text_input(
            "What is to change?",
            held.title,
            key="action:title",
            max_chars=300,
            placeholder="What you will do, as: Offer two weeks of preparation before the first day",
        )
        if held.source == "suggestion":
            page.block("p", "In your own words: what people wrote can be taken back, an action stays as made.", "help")
        owner, due = _who_and_when(slug)
        line, expected, by_run = _what_it_brings(slug, held)
    seen = _rests_on(held, slug)
    page.quiet(
        "What is expected, and what it rests on, cannot be changed once the action is made. A wrong action is dropped, "
        "with the reason, and a new one made."
    )
    if st.button("Make this action", type="primary", key="action:make"):
        baseline = _baseline(slug, line, by_run) if line else {}
        wanted = Wanted(
            credential=slug,
            title=title,
            source=held.source if held.source in SOURCES else "other",
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


def back() -> None:
    """The way to the list of actions."""
    st.page_link(acting.PAGE, label="← All actions")


def _who_and_when(slug: str) -> tuple[str, date]:
    """Who sees to it, and by when."""
    today = governing.today()
    names = owners(slug)
    me = visitor.who().id
    left, right = st.columns(2)
    with left:
        owner = governing.choose("Who sees to it?", names, f"action:owner:{slug}", me)
    with right:
        due = st.date_input("By when?", today + IN, min_value=today, format="YYYY-MM-DD", key="action:due")
    if not names:
        page.block("p", "Nobody has an account that may see to it. An administrator can give the role.", "hint")
    return owner, due


def owners(slug: str) -> dict[str, str]:
    """The names of those who may see to an action on a credential, by account; one's own says so."""
    with reading(shell.engine()) as session:
        those = actions.owners_for(session, slug)
    me = visitor.who().id
    return {each.id: f"{each.name} (you)" if each.id == me else each.name for each in those}


# --- what it is to bring ----------------------------------------------------------------------------------------------


def _what_it_brings(slug: str, held: Draft) -> tuple[Line | None, float | None, str]:
    """What is looked at again, by how much it is to get better, and by which run."""
    page.heading("How will you know that it worked?")
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
    """By how much the line is to get better, in its own unit."""
    if line.measure.kind == QUESTION:
        said = "Better by how many steps of the scale?"
        return float(st.number_input(said, 0.1, 4.0, STEPS, 0.1, format="%.1f", key="action:steps"))
    most = max(1, round(100 * line.share))
    said = "Lower by how many points of percent?"
    return st.number_input(said, 1, most, min(POINTS, most), key="action:points") / 100


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
    label = next((each.label for each in _runs_to_come(slug) if each.slug == by_run), "")
    return held | ({"by_label": label} if label else {})


def _last_occasion(slug: str, measure: Measure) -> tuple[str, str]:
    """The run, or the survey without one, that was the last to close of those in which the measure was asked; its slug
    and name. Two empty for none."""
    from feedback.worker.effects import _asks, occasions  # here: it brings tables, which only this form needs

    instruments = shell.instruments()
    with reading(shell.engine()) as session:
        moment = now(session)
        runs = {each.slug: each for each in catalogue.read_runs(session)}
        every = surveys.read_surveys(session)
    asked = [each for each in every if _asks(each, instruments.get(each.instrument), measure, slug)]
    those = occasions([each for each in asked if each.run] or asked, runs, moment)
    closed = [each for each in those if each.closed and each.begins < moment.date()]
    if not closed:
        return "", ""
    return closed[-1].slug, closed[-1].label if closed[-1].slug in runs else ""


# --- what it rests on -------------------------------------------------------------------------------------------------


def _rests_on(held: Draft, slug: str) -> list[Seen]:
    """What is frozen with it, told as it stands: of this credential alone, whose readers all read it later."""
    page.heading("What does it rest on?")
    page.quiet("Frozen with the action, as it is shown now.")
    shown = [_shown(held, slug)] if held.finding else []
    lines = [acting.frozen(LINES, Choice(credential=slug))] if held.finding != LINES else []
    those = [*_said(held, slug), _line(held, slug), *shown, *lines]
    seen = [each for each in those if each is not None]
    for each in seen:
        tell_seen(each)
    return seen


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
    if len(line) != 1:
        return None
    columns, [cells] = texts_of(line)
    said = "; ".join(f"{head}: {cell}" for head, cell in zip(columns, cells, strict=True) if cell)
    return Seen(held.finding, "The line it comes from", f"{said}.", answer.caution)


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
