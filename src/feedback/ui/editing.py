"""One page to add, mend and remove any entry of the catalogue, drawn from what its value class says of its fields."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from html import escape
from typing import Any

import streamlit as st

from feedback.catalogue.contents import ENTITIES, Entity
from feedback.catalogue.hints import Hint, hints
from feedback.catalogue.values import Value
from feedback.errors import FeedbackError, Refused
from feedback.policy import EDIT, WHOLE
from feedback.store import audit, catalogue
from feedback.store.database import reading, transaction
from feedback.ui import about, fields, held, history, marks, noting, page, shell, visitor
from feedback.ui.fields import WHOLE as OF_ALL
from feedback.ui.fields import control
from feedback.ui.forms import literal

TOLD = "catalogue:told"
"""Where the session keeps what is to be told on the next page."""
TURN = "catalogue:turn"
SENT = "catalogue:sent"
"""How often something was saved or refused: each time the reader is brought to the top, where it is told."""
SHORT = ("number", "whole", "date", "choice", "yes_no")
"""Controls two of which fit side by side."""
SUGGESTED = {("stacks", "target"): "credentials"}
"""Texts that may name an entry of another entity, or anything else."""
PERSONAL_ENTRY = (
    "This names a person. Whoever can open these pages sees it; no finding, no figure and no questionnaire holds it. "
    "Keep no more than you need. When it is removed, its history goes with it."
)
PERSONAL_LIST = "These are people. Whoever can open these pages sees them; no finding, figure or questionnaire does."


@dataclass
class Editing:
    """One entry being edited: kept in the session, drawn again from here.

    loaded: what it was when the page was opened, None for a new one. turn: names its controls; with another turn they
    are made anew. fill: what these begin with, None once they have begun. problems: by field. clashes: what somebody
    else made of a field meanwhile, in words.
    """

    loaded: dict[str, Any] | None
    fill: dict[str, Any] | None
    turn: int = 0
    problems: dict[str, list[str]] = field(default_factory=dict)
    clashes: dict[str, str] = field(default_factory=dict)


def entry(name: str, slug: str) -> None:
    """The page of one entry; without a slug, of a new one."""
    entity = ENTITIES[name]
    st.page_link(held.PAGE, label=f"← {literal(entity.many)}", query_params={"entity": name})
    with reading(shell.engine()) as session:
        now = catalogue.find(session, name, slug) if slug else None
    hidden = now is not None and not held.may_see(entity, now)
    if hidden:
        noting.refused(f"{name}:{slug}")
    if not slug:
        visitor.demand_somewhere(EDIT)
    if hidden or (slug and now is None and not _is_open(entity, slug)):
        page.title(f"No {entity.one} of that name")
        page.empty(f"There is no {entity.one} “{slug}” in the catalogue. It may have been removed.")
        return
    page.title(held.title_of(now) if now else f"The {entity.one} “{slug}”" if slug else f"A new {entity.one}")
    marks.sample()
    page.quiet(entity.meaning)
    if entity.personal:
        page.block("p", PERSONAL_ENTRY, "notice")
    if slug in held.samples(name):
        page.quiet("It belongs to the sample. Once you save a change it is your own, and stays when the sample goes.")
    state = _state(entity, slug, now)
    tell()
    _slips(state)
    if now is None:
        _form(entity, slug, state)
    else:
        _parts(entity, slug, state)


def _parts(entity: Entity, slug: str, state: Editing) -> None:
    """What is there of an entry: its details to edit, of a credential what belongs to it, its history."""
    credential = entity.name == "credentials"
    if credential:
        about.standing(slug)
    titles = ["Details", *(["What belongs to it"] if credential else []), "History and removal"]
    details, *others = st.tabs(titles, key=f"parts:{entity.name}:{slug}")
    with details:
        _details(entity, slug, state)
    if credential:
        with others[0]:
            about.relations(slug)
    with others[-1]:
        history.of_entry(entity.name, slug)
        if _is_editable(entity, state):
            _removal(entity, slug)


def _details(entity: Entity, slug: str, state: Editing) -> None:
    """The form of an entry; for whoever may not change it, what it says."""
    if _is_editable(entity, state):
        _form(entity, slug, state)
        return
    told = {hint.title: words_of(hint, (state.loaded or {}).get(name)) for name, hint in hints(entity.value).items()}
    rows = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(said)}</dd></div>" for name, said in told.items() if said)
    st.html(f'<dl class="facts">{rows}</dl>')


def _is_editable(entity: Entity, state: Editing) -> bool:
    return state.loaded is None or visitor.may(EDIT, held.subject(entity.value(**state.loaded)))


def tell() -> None:
    """What was done on the page before, once, at the top of the page."""
    page.to_top(st.session_state.get(SENT, 0))
    if told := st.session_state.pop(TOLD, ""):
        page.block("p", told, "done", role="status")


def words_of(hint: Hint, value: Any) -> str:
    """A field's value in words, what it refers to by title."""
    return fields.said(hint, value, held.titles(hint.refers))


# --- what is being edited ---------------------------------------------------------------------------------------------


def place_of(name: str, slug: str) -> str:
    """Where the session keeps an entry that is being edited."""
    return f"editing:{name}:{slug}"


def control_key(name: str, slug: str, turn: int, each: str) -> str:
    """The name of a field's control."""
    return f"entry:{name}:{slug}:{turn}:{each}"


def _state(entity: Entity, slug: str, now: Value | None) -> Editing:
    """The entry as it is being edited. Whoever comes (back) to the page finds it as it is kept."""
    place = place_of(entity.name, slug)
    if _is_open(entity, slug):
        state: Editing = st.session_state[place]
    else:
        state = Editing(now.model_dump() if now else None, now.model_dump() if now else _beginnings(entity))
        st.session_state[place] = state
    if state.fill is not None:
        state.turn = st.session_state[TURN] = st.session_state.get(TURN, 0) + 1
        for name, hint in hints(entity.value).items():
            st.session_state[_key(entity, slug, state, name)] = fields.shown(hint, state.fill.get(name))
        state.fill = None
    return state


def _is_open(entity: Entity, slug: str) -> bool:
    """Whether the reader has the entry open: its controls are there, or are to be filled anew."""
    state: Editing | None = st.session_state.get(place_of(entity.name, slug))
    first = next(iter(hints(entity.value)))
    return state is not None and (state.fill is not None or _key(entity, slug, state, first) in st.session_state)


def _key(entity: Entity, slug: str, state: Editing, name: str) -> str:
    return control_key(entity.name, slug, state.turn, name)


def _beginnings(entity: Entity) -> dict[str, Any]:
    """What a new entry begins with: the defaults of its class, and what the address says it is for."""
    begins = {name: hint.default for name, hint in hints(entity.value).items()}
    for name, hint in hints(entity.value).items():
        wanted = st.query_params.get(name, "")
        if hint.refers and wanted in held.titles(hint.refers):
            begins[name] = [wanted] if control(hint) == "choices" else wanted
    return begins


def _sent(entity: Entity, slug: str, state: Editing) -> dict[str, Any]:
    """What the controls hold, as the value class takes it. A new entry without a slug gets one from what it says."""
    values = {
        name: fields.given(hint, st.session_state.get(_key(entity, slug, state, name)))
        for name, hint in hints(entity.value).items()
    }
    return values if values.get("slug") else {**values, "slug": entity.value.own_slug(values)}


# --- the form ---------------------------------------------------------------------------------------------------------


def _slips(state: Editing) -> None:
    """What is in the way of saving, above the form: how much, and what is about the entry as a whole."""
    count = sum(map(len, state.problems.values())) + len(state.clashes)
    if not count:
        return
    said = "One thing to look at" if count == 1 else f"{count} things to look at"
    page.block("p", f"{said}. Nothing is saved yet, and nothing you typed is lost.", "slips-title", role="alert")
    for problem in state.problems.get(OF_ALL, ()):
        page.block("p", problem, "slip")


def _form(entity: Entity, slug: str, state: Editing) -> None:
    with st.form(f"form:{entity.name}:{slug}:{state.turn}", border=False, enter_to_submit=False):
        for title, words, asked in fields.sections_of(entity):
            if title:
                page.heading(title)
            if words:
                page.quiet(words)
            _rows(entity, slug, state, asked)
        sent = st.form_submit_button("Save" if slug else f"Add this {entity.one}", type="primary")
    if sent:
        _save(entity, slug, state)
        st.rerun()


def _rows(entity: Entity, slug: str, state: Editing, asked: Sequence[Hint]) -> None:
    """Controls one below the other; two short ones share a row where there is room."""
    waiting = list(asked)
    while waiting:
        pair = waiting[:2] if len(waiting) > 1 and all(control(each) in SHORT for each in waiting[:2]) else waiting[:1]
        waiting = waiting[len(pair) :]
        places = st.columns(2) if len(pair) == 2 else [st.container()]
        for place, each in zip(places, pair, strict=True):
            with place:
                _field(entity, slug, state, each)


def _field(entity: Entity, slug: str, state: Editing, hint: Hint) -> None:
    """One field: what is wrong with it, its control, and what it means."""
    key = _key(entity, slug, state, hint.name)
    with st.container(gap="xsmall", key=f"field:{key}"):
        for problem in state.problems.get(hint.name, ()):
            page.block("p", problem, "slip", role="alert")
        if hint.name in state.clashes:
            said = f"Somebody else made it “{state.clashes[hint.name]}” meanwhile. Yours stands here."
            page.block("p", said, "slip", role="alert")
        fixed = bool(slug) and (hint.name == "slug" or hint.name in fields.PARTS.get(entity.name, ()))
        draw(entity, hint, key, fixed=fixed)
        page.block("p", explained(entity, hint, new=not slug), "help")


def explained(entity: Entity, hint: Hint, *, new: bool) -> str:
    """What a field means, and how it is filled in."""
    if hint.name == "slug":
        return f"{hint.description} {'Left empty, it is made for you.' if new else 'It stays as it is.'}"
    if not new and hint.name in fields.PARTS.get(entity.name, ()):
        return f"{hint.description} It stays: for another, add {held.a(entity)}."
    after = "number" if hint.shape == "counts" else "text"
    ways = {
        "lines": "One a line.",
        "pairs": f"One a line: name, colon, {after}.",
        "choices": "They stand in the order in which you choose them." if hint.refers else "",
    }
    return f"{hint.description} {ways.get(control(hint), '')}".strip()


def draw(entity: Entity, hint: Hint, key: str, *, fixed: bool = False) -> None:
    """The control of a field. What it holds is in the session under the key; a fixed one can only be read."""
    label = literal(f"{hint.title} (required)" if hint.needed and hint.name != "slug" else hint.title)
    names = {**fields.words_for(hint), **held.titles(hint.refers or SUGGESTED.get((entity.name, hint.name), ""))}
    if control(hint) == "area" or control(hint) in ("lines", "pairs"):
        st.text_area(label, key=key, height="content")
    elif control(hint) == "number":
        st.number_input(label, key=key, value=None, step=1.0, format="%.12g")
    elif control(hint) == "whole":
        st.number_input(label, key=key, value=None, step=1)
    elif control(hint) == "date":
        _date(label, key)
    elif control(hint) == "yes_no":
        _yes_no(hint, label, key)
    elif control(hint) == "choice" or (entity.name, hint.name) in SUGGESTED:
        _select(hint, names, label, key, fixed=fixed)
    elif control(hint) == "choices":
        _several(names, label, key)
    else:
        st.text_input(label, key=key, disabled=fixed)


def _date(label: str, key: str) -> None:
    before = st.session_state.get(key)
    first, last = date(1990, 1, 1), date(2099, 12, 31)
    st.date_input(
        label,
        key=key,
        value=None,
        min_value=min(before or first, first),
        max_value=max(before or last, last),
        format="YYYY-MM-DD",
    )


def _yes_no(hint: Hint, label: str, key: str) -> None:
    words = fields.YES_NO if hint.optional else {one: word for one, word in fields.YES_NO.items() if one}
    st.radio(label, list(words), key=key, format_func=words.__getitem__, horizontal=True)


def _select(hint: Hint, names: Mapping[str, str], label: str, key: str, *, fixed: bool) -> None:
    """One of a list. What is kept and no longer on the list stays on it, so that opening a page loses nothing."""
    kept = st.session_state.get(key) or None
    st.session_state[key] = kept
    options = [*names, *([kept] if kept and kept not in names else [])]
    free = control(hint) == "line"
    st.selectbox(
        label,
        options,
        key=key,
        index=0 if not hint.optional and not hint.needed else None,
        format_func=lambda one: names.get(one, one),
        placeholder="Choose, or type a name" if free else "Not known" if hint.optional else "Choose one",
        accept_new_options=free,
        disabled=fixed,
    )


def _several(names: Mapping[str, str], label: str, key: str) -> None:
    kept = st.session_state.get(key) or []
    options = [*names, *(one for one in kept if one not in names)]
    st.multiselect(label, options, key=key, format_func=lambda one: names.get(one, one), placeholder="Choose any")


# --- saving and removing ----------------------------------------------------------------------------------------------


def _save(entity: Entity, slug: str, state: Editing) -> None:
    """Check, compare with what is kept by now, and keep; or note what is in the way and lose nothing."""
    mine = _sent(entity, slug, state)
    state.problems, state.clashes = {}, {}
    st.session_state[SENT] = st.session_state.get(SENT, 0) + 1
    value = fields.checked(entity.value, mine)
    if isinstance(value, dict):
        state.problems = _without_slug(value, mine)
        return
    visitor.demand(EDIT, held.subject(value), *([held.subject(entity.value(**state.loaded))] if state.loaded else []))
    try:
        with transaction(shell.engine()) as session:
            kept = catalogue.find(session, entity.name, held.slug_of(value))
            theirs = kept.model_dump() if kept else None
            if theirs == state.loaded:
                catalogue.save(session, [value])
                audit.record(session, visitor.who(), audit.CHANGED, f"{entity.name}:{held.slug_of(value)}")
    except FeedbackError as error:
        state.problems = _by_field(entity, error)
        return
    if theirs == state.loaded:
        _saved(entity, slug, state, value)
    else:
        _meanwhile(entity, state, value.model_dump(), theirs)


def _without_slug(problems: dict[str, list[str]], mine: Mapping[str, Any]) -> dict[str, list[str]]:
    """The problems, less that of a slug nobody gave: it follows from what is missing elsewhere."""
    if not mine["slug"] and len(problems) > 1:
        return {name: told for name, told in problems.items() if name != "slug"}
    return problems


def _by_field(entity: Entity, error: FeedbackError) -> dict[str, list[str]]:
    """What the store refuses: beside the fields it names, else above the form."""
    found: dict[str, list[str]] = {}
    for problem in error.problems if isinstance(error, Refused) else ():
        named = problem.where.rpartition(", ")[2]
        place = named if named in hints(entity.value) else OF_ALL
        found.setdefault(place, []).append(problem.message if place else str(problem))
    return found or {OF_ALL: [str(error)]}


def _meanwhile(entity: Entity, state: Editing, mine: dict[str, Any], theirs: dict[str, Any] | None) -> None:
    """Somebody else was faster: take over what only they changed, tell what both did, and let the reader save again."""
    if state.loaded is None:
        state.problems = {"slug": [f"“{mine['slug']}” is another {entity.one} already. Give this one another name."]}
        return
    if theirs is None:
        state.problems = {OF_ALL: [f"Somebody removed this {entity.one} meanwhile. Saving again adds it anew."]}
        state.loaded = None
        return
    both, clashes = fields.merged(state.loaded, mine, theirs)
    asked = hints(entity.value)
    taken = [asked[name].title for name in both if theirs[name] != state.loaded[name] and name not in clashes]
    said = [
        f"Somebody else changed this {entity.one} while you had it open.",
        f"What they made of {', '.join(taken)} is taken over below." if taken else "",
        "Where you both changed something, yours stands, and theirs is told beside it." if clashes else "",
        "Look it over and save again.",
    ]
    state.problems = {OF_ALL: [" ".join(filter(None, said))]}
    state.clashes = {name: words_of(asked[name], theirs[name]) or fields.NOT_KNOWN for name in clashes}
    state.loaded, state.fill = theirs, both


def _saved(entity: Entity, slug: str, state: Editing, value: Value) -> None:
    """Go on to the entry as it is kept now, and tell what was changed."""
    asked = hints(entity.value)
    names = fields.changed(state.loaded, value.model_dump())
    told = f"Saved: {', '.join(asked[name].title for name in names)}." if names else "Nothing was changed."
    for name in asked:
        st.session_state.pop(_key(entity, slug, state, name), None)
    st.session_state.pop(place_of(entity.name, slug), None)
    st.session_state[TOLD] = told if state.loaded is not None else f"“{held.title_of(value)}” is added."
    st.query_params.from_dict({"entity": entity.name, "slug": held.slug_of(value)})


def _removal(entity: Entity, slug: str) -> None:
    page.heading("Remove it")
    page.quiet(f"While something refers to this {entity.one} it cannot be removed; you are told what does.")
    if st.button(f"Remove this {entity.one}", key=f"remove:{entity.name}:{slug}"):
        _confirm(entity.name, slug)


@st.dialog("Remove it?")
def _confirm(name: str, slug: str) -> None:
    entity = ENTITIES[name]
    after = "Its history goes, too." if entity.personal else "Its history stays, and tells what it was."
    page.block("p", f"“{held.titles(name).get(slug, slug)}” goes from the catalogue. {after}", "said")
    if st.button(f"Yes, remove this {entity.one}", type="primary", key=f"remove-now:{name}:{slug}"):
        reasons = remove(name, slug)
        for reason in reasons:
            page.block("p", reason, "slip", role="alert")
        if not reasons:
            st.session_state[TOLD] = f"The {entity.one} “{slug}” is removed."
            st.query_params.from_dict({"entity": name})
            st.rerun()


def remove(name: str, slug: str) -> list[str]:
    """Take an entry out of the catalogue; or the reasons why it stays. Raises Forbidden."""
    kept = next((one for one in held.entries(name) if held.slug_of(one) == slug), None)
    visitor.demand(EDIT, held.subject(kept) if kept else WHOLE)
    try:
        with transaction(shell.engine()) as session:
            catalogue.remove(session, name, slug)
            audit.record(session, visitor.who(), audit.REMOVED, f"{name}:{slug}")
    except FeedbackError as error:
        return str(error).splitlines()
    return []
