"""Lists of what is kept: the catalogue, the surveys that are open, the files brought in."""

from collections.abc import Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any

import streamlit as st

from feedback.catalogue.contents import ENTITIES, Entity
from feedback.catalogue.hints import Hint, hints
from feedback.catalogue.rows import shortened, table
from feedback.catalogue.values import MarketEvidence, Value
from feedback.policy import ASK, BRING, EDIT, EXPORT, Actor
from feedback.store.surveys import Survey
from feedback.survey.questionnaire import PAGES, Instrument
from feedback.survey.text import say
from feedback.ui import editing, fields, held, history, marks, page, shell, upkeep, visitor
from feedback.ui.forms import literal

AT_ONCE = 30
"""So many entries are listed before one asks for more."""
FACTS: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "credentials": ("kind", "programme", "lifecycle", "planned_weeks", "review_due"),
        "kinds": ("meaning",),
        "programmes": ("discipline", "description"),
        "stacks": ("target_kind", "target", "note"),
        "pathways": ("programme", "steps"),
        "skills": ("competency", "review_due", "uri"),
        "modules": ("programme", "description"),
        "alignments": ("credential", "teaches", "assesses"),
        "occupations": ("scheme", "code"),
        "runs": ("credential", "starts", "delivery", "beta", "enrolled", "completed"),
        "organisations": ("type", "sector", "size_band", "country"),
        "contacts": ("organisation", "role", "consents", "last_asked"),
        "reviewers": ("affiliation", "fields", "active"),
        "market-evidence": ("measure", "region", "on", "source"),
    }
)
"""What a list says of an entry besides its name."""
FILTERS: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "credentials": ("programme", "kind", "lifecycle"),
        "modules": ("programme",),
        "pathways": ("programme",),
        "alignments": ("credential",),
        "runs": ("credential", "delivery"),
        "organisations": ("sector", "size_band"),
        "contacts": ("organisation", "role"),
        "market-evidence": ("measure", "skill"),
    }
)
"""By what a list may be narrowed."""


def catalogue() -> None:
    """The catalogue's page, as its address says: what there is, one entity's entries, or one entry to see and edit."""
    held.keep_address()
    name, asked = st.query_params.get("entity", ""), st.query_params
    if asked.get("history"):
        visitor.demand(BRING)
        history.everything()
    elif not name:
        _contents()
    elif name not in ENTITIES:
        page.title("Not in the catalogue")
        page.block("p", f"Nothing here is called “{name}”. Choose below.", "slip", role="alert")
        _ways()
    elif asked.get("slug") or asked.get("new"):
        editing.entry(name, asked.get("slug", ""))
    else:
        _entries(ENTITIES[name])


def _contents() -> None:
    """Everything that is kept, in groups: how much of it, and the way to it."""
    page.title("What do we issue?")
    marks.sample()
    kinds = {getattr(one, "kind", "") for one in held.entries("credentials")}
    if not kinds:
        marks.first_steps()
    else:
        page.lead(
            f"{_many('credentials')} of {len(kinds):,} {'kind' if len(kinds) == 1 else 'kinds'}, in "
            f"{_many('programmes')}, declaring {_many('skills')}."
        )
    _ways()


def _many(name: str) -> str:
    return held.many(ENTITIES[name], len(held.entries(name)))


def _ways() -> None:
    for title, names in held.groups():
        page.heading(title)
        with st.container(gap=None, key=f"ways-{title}"):
            for name in names:
                entity, number = ENTITIES[name], len(held.entries(name))
                many = f"{number:,}" if number else "none yet"
                label = f"**{literal(entity.many)}** · {many}  \n{literal(entity.meaning)}"
                st.page_link(held.PAGE, label=label, query_params={"entity": name}, width="stretch")
    page.heading("What was changed")
    st.page_link(
        held.PAGE,
        label="**History and undo**  \nEvery file that was brought in, every change by hand, and the way back.",
        query_params={"history": "all"},
        width="stretch",
    )


def _entries(entity: Entity) -> None:
    """The entries of one entity, to search and narrow, each the way to its page."""
    st.page_link(held.PAGE, label="← The whole catalogue")
    page.title(entity.many)
    marks.sample()
    page.quiet(entity.meaning)
    if entity.personal:
        page.block("p", editing.PERSONAL_LIST, "notice")
    editing.tell()
    every = held.entries(entity.name)
    if not every:
        page.empty(
            f"No {entity.one} is kept yet.",
            f"Bring them in as a file: feedback import {entity.name} FILE.csv",
            f"Its columns are {', '.join(entity.columns)}.",
            "Or add the first one here.",
        )
        _add(entity)
        return
    shown = _narrowed(entity, every)
    _add(entity)
    _count(entity, shown, every)
    more = f"more:{entity.name}"
    most = st.session_state.get(more, AT_ONCE)
    titles = held.titles(entity.name)
    invented = held.samples(entity.name) if shell.institution().is_mixed else frozenset()
    with st.container(gap=None, key=f"entries-{entity.name}"):
        for one in shown[:most]:
            st.page_link(
                held.PAGE,
                label=_label(entity, one, titles[held.slug_of(one)], held.slug_of(one) in invented),
                query_params={"entity": entity.name, "slug": held.slug_of(one)},
                width="stretch",
            )
    if len(shown) > most and st.button(f"Show {min(AT_ONCE, len(shown) - most)} more", key=f"button:{more}"):
        st.session_state[more] = most + AT_ONCE
        st.rerun()
    _file(entity, every)


def _count(entity: Entity, shown: Sequence[Value], every: Sequence[Value]) -> None:
    """How many are listed, and of how many."""
    every_one = held.many(entity, len(every))
    page.quiet(f"{every_one}." if len(shown) == len(every) else f"{len(shown):,} of {every_one}.")
    if not shown:
        page.empty("None of them fits. Take back a choice above, or search for less.")


def _add(entity: Entity) -> None:
    if not visitor.may_somewhere(EDIT):
        return
    with st.container(key=f"add-{entity.name}"):
        st.page_link(held.PAGE, label=f"+ Add {held.a(entity)}", query_params={"entity": entity.name, "new": "1"})


def _narrowed(entity: Entity, every: Sequence[Value]) -> list[Value]:
    """The entries that hold every word searched for and what was chosen."""
    asked = hints(entity.value)
    chosen: dict[str, str] = {}
    with st.container(key=f"narrow-{entity.name}"):
        text = st.text_input("Search", key=f"search:{entity.name}", persist_state="session", placeholder="Any word")
        with st.container(horizontal=True):
            for name in FILTERS.get(entity.name, ()):
                there = sorted({getattr(one, name) for one in every if getattr(one, name)})
                if len(there) > 1:
                    chosen[name] = _choose(asked[name], there, f"narrow:{entity.name}:{name}")
    words = text.casefold().split()
    said = _searched(entity.name, shell.version()) if words else {}
    return [
        one
        for one in every
        if all(not wanted or getattr(one, name) == wanted for name, wanted in chosen.items())
        and all(word in said[held.slug_of(one)] for word in words)
    ]


def _choose(hint: Hint, there: Sequence[str], key: str) -> str:
    names = {**fields.words_for(hint), **held.titles(hint.refers)}
    options = ["", *sorted(there, key=lambda one: names.get(one, one))]
    return st.selectbox(
        hint.title, options, key=key, persist_state="session", format_func=lambda one: names.get(one, one) or "All"
    )


@st.cache_resource(max_entries=20, show_spinner=False)
def _searched(name: str, version: int) -> Mapping[str, str]:
    """What a search looks at, by slug: everything an entry says, in lower case."""
    asked = hints(ENTITIES[name].value).values()
    titles = {hint.name: held.titles(hint.refers) for hint in asked}
    return {
        held.slug_of(one): " ".join(
            [held.title_of(one), *(fields.said(hint, getattr(one, hint.name), titles[hint.name]) for hint in asked)]
        ).casefold()
        for one in held.every(name)
    }


def _label(entity: Entity, one: Value, title: str, invented: bool) -> str:
    """An entry in a list: what it is called, and its facts in a quiet line."""
    asked = hints(entity.value)
    facts = [_fact(asked[name], getattr(one, name)) for name in FACTS.get(entity.name, ()) if name in asked]
    if isinstance(one, MarketEvidence):
        facts.insert(0, f"{one.value:,.12g} {one.unit or ''}".strip())
    if invented:
        facts.append("sample")
    line = " · ".join(fact for fact in facts if fact)
    return f"**{literal(title)}**" + (f"  \n{literal(line)}" if line else "")


def _fact(hint: Hint, value: Any) -> str:
    """A fact in a list. Words speak for themselves; numbers and days are told with what they are."""
    said = shortened(editing.words_of(hint, value), 110)
    asked = fields.control(hint)
    if asked == "yes_no":
        return hint.title.lower() if value else ""
    if not said or asked in ("choice", "choices", "line", "lines", "area"):
        return said
    return f"{said} {hint.title.lower()}" if asked in ("whole", "number") else f"{hint.title} {said}"


def _file(entity: Entity, every: Sequence[Value]) -> None:
    """Those the visitor may take away, as a file that can be brought in again."""
    allowed = [one for one in every if visitor.may(EXPORT, held.subject(one))]
    if not allowed:
        return
    st.download_button(
        f"Download {held.many(entity, len(allowed))} (CSV)",
        partial(_written, entity, allowed, visitor.who()),
        file_name=f"{entity.name}.csv",
        mime="text/csv",
        key=f"file:{entity.name}",
        on_click="ignore",
    )
    page.quiet(f"The file can be brought in again: feedback import {entity.name} {entity.name}.csv")


def _written(entity: Entity, every: Sequence[Value], by: Actor) -> bytes:
    from pandas import DataFrame

    from feedback.exchange.tables import csv_bytes
    from feedback.ui import downloads

    needs = (EXPORT, ASK) if entity.personal else (EXPORT,)
    subjects = {held.subject(one) for one in every}
    downloads.taken(by, subjects, needs, f"catalogue:{entity.name}", rows=len(every), format="csv")
    columns, rows = table(entity, list(every))
    return csv_bytes(DataFrame(rows, columns=list(columns)))


def open_surveys() -> None:
    """The surveys that take answers now, by questionnaire, each with the page that opens it."""
    page.heading("Open surveys")
    every = [survey for audience in PAGES for survey in shell.open_surveys(audience)]
    if not every:
        page.quiet("None yet. Open one under “Surveys”.")
    for name in dict.fromkeys(survey.instrument for survey in every):
        _open_surveys(shell.instruments()[name], [survey for survey in every if survey.instrument == name])


def _open_surveys(asked: Instrument, those: Sequence[Survey]) -> None:
    """The open surveys of one questionnaire, folded: there may be a hundred."""
    invented = sum(survey.is_sample for survey in those)
    some = f", {invented:,} of the sample" if invented < len(those) else ", of the sample"
    number = f"{len(those):,} open{some if invented else ''}"
    label = literal(f"{say(asked.title, 'en')} · {number}")
    fold = st.expander(label, key=f"fold:open:{asked.id}", on_change="rerun")
    if not fold.open:
        return
    with fold:
        for survey in those:
            facts = [_about(survey), ", ".join(survey.languages), *(["sample"] if survey.is_sample else [])]
            st.page_link(
                f"pages/{PAGES[asked.audience]}.py",
                label=literal(" · ".join(facts)),
                query_params={"survey": survey.slug},
            )


def _about(survey: Survey) -> str:
    """A survey by what it asks about: its credential, or how many."""
    titles = held.titles("credentials")
    first = titles.get(survey.credentials[0], survey.credentials[0]) if survey.credentials else survey.slug
    return first if len(survey.credentials) == 1 else f"{len(survey.credentials)} credentials"


def imports() -> None:
    """The files brought in, each with what it changed and its undo."""
    history.files_brought_in(upkeep.read_imports())
