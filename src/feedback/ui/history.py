"""What was changed in the catalogue and what was brought in: before, after, the day, and the way back."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

import streamlit as st

from feedback.catalogue.contents import ENTITIES
from feedback.catalogue.hints import hints
from feedback.errors import FeedbackError
from feedback.policy import BRING
from feedback.store import audit, history
from feedback.store.database import reading
from feedback.store.history import Change
from feedback.store.imports import Import
from feedback.ui import fields, held, marks, page, shell, upkeep, visitor
from feedback.ui.forms import literal
from feedback.ui.noting import note

MOST = 40
"""So many changes, and files, are listed at once."""
TOLD = "history:told"
OF_THE_CATALOGUE = (*ENTITIES, "catalogue", "market")
"""The kinds of file whose rows are nobody's answers."""


def of_entry(name: str, slug: str) -> None:
    """The history of one entry, folded away."""
    with reading(shell.engine()) as session:
        changes = history.read_changes(session, name, slug)
    page.heading("Its history")
    if not changes:
        page.quiet("It was not changed since it was brought in.")
        return
    with st.expander(f"{_times(len(changes))}, last on {fields.day(changes[0].day)}"):
        _changes(changes[:MOST], named=False)
        _more(len(changes))


def everything() -> None:
    """Every file that was brought in, with the way back, then what was changed on these pages."""
    st.page_link(held.PAGE, label="← The whole catalogue")
    page.title("What was brought in and changed?")
    marks.sample()
    brought = upkeep.read_imports()
    with reading(shell.engine()) as session:
        changes = history.read_changes(session)
    batches_of_files = {one.id for one in brought}
    by_hand = [change for change in changes if change.batch not in batches_of_files]
    files, here = _many(len(brought), "file", "files"), _many(len(by_hand), "change", "changes")
    page.lead(f"{files} brought in, and {here} made on these pages.")
    files_brought_in(brought)
    page.heading("Changed on these pages")
    if not by_hand:
        page.quiet("Nothing yet. Every change made here is listed with what stood there before, and can be taken back.")
    batches: dict[str, list[Change]] = {}
    for change in by_hand:
        batches.setdefault(change.batch, []).append(change)
    for batch, together in list(batches.items())[:MOST]:
        with st.expander(literal(f"{fields.day(together[0].day)} · {_summary(together)}")):
            _changes(together, named=True)
            _undo(batch, "this change", any(change.before or change.after for change in together))
    _more(len(batches))


def _summary(together: Sequence[Change]) -> str:
    """What a batch did, in one line."""
    first = together[0]
    if len(together) > 1:
        names = {change.entity for change in together}
        number = len(together)
        what = held.many(ENTITIES[first.entity], number) if len(names) == 1 else f"{number:,} entries"
        return f"{what} {' and '.join(dict.fromkeys(map(_done, together)))}"
    asked = hints(ENTITIES[first.entity].value)
    names_of = [asked[name].title for name in fields.changed(first.before, first.after) if name in asked]
    which = f": {', '.join(names_of)}" if _done(first) == "changed" else ""
    return f"{ENTITIES[first.entity].one.capitalize()} “{_name(first)}” {_done(first)}{which}"


def files_brought_in(brought: Sequence[Import]) -> None:
    """The files, newest first: what each held and changed, and its undo. Nothing where none was brought in."""
    tell()
    if not brought:
        return
    page.heading("Files brought in")
    fewest = shell.limits().minimum_group
    for one in brought[:MOST]:
        with reading(shell.engine()) as session:
            changes = history.read_changes(session, batch=one.id, most=MOST)
        what = ENTITIES[one.kind].many.lower() if one.kind in ENTITIES else one.kind
        with st.expander(
            literal(f"{_on(one)} · {'The sample institution' if one.is_sample else f'{one.file} · {what}'}")
        ):
            page.quiet(f"Rows: {told(one, one.rows, fewest)}. New: {told(one, one.new_rows, fewest)}.")
            _changes(changes, named=True)
            if one.is_sample:
                page.quiet("It is taken away as a whole, on the page of your institution.")
            elif one.undone_on is None:
                _undo(one.id, f"the file {one.file}", True)
    _more(len(brought))


def tell() -> None:
    """What was just taken back, once."""
    if done := st.session_state.pop(TOLD, ""):
        page.block("p", done, "done", role="status")


def _on(one: Import) -> str:
    day = fields.day(one.imported_on) if one.imported_on else "on an unknown day"
    return f"{day}, taken back {fields.day(one.undone_on)}" if one.undone_on else day


def told(one: Import, number: int, fewest: int) -> str:
    """How many rows, in words. Of answers, numbers below `fewest` are not told."""
    return "too few to show" if one.kind not in OF_THE_CATALOGUE and number < fewest else f"{number:,}"


def _many(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"


def _times(number: int) -> str:
    return "Changed once" if number == 1 else f"Changed {number:,} times"


def _more(number: int) -> None:
    if number > MOST:
        page.quiet(f"The newest {MOST} of {number:,}.")


# --- changes ----------------------------------------------------------------------------------------------------------


def _changes(changes: Iterable[Change], *, named: bool) -> None:
    """Each change as a line with its day, then each field: before, after. named: which entry it was, with a link."""
    items = "".join(f"<li>{_head(change, named)}{_fields(change)}</li>" for change in changes)
    if items:
        st.html(f'<ol class="changes">{items}</ol>')


def _done(change: Change) -> str:
    if change.before is None and change.after is None:
        return "about a person who was removed"
    return "added" if change.before is None else "removed" if change.after is None else "changed"


def _head(change: Change, named: bool) -> str:
    """What was done, and when; named: to which entry, with the way to it."""
    by = f" by {change.by}" if change.by else ""
    if not named:
        return f"<p>{escape(f'{_done(change).capitalize()} on {fields.day(change.day)}{by}')}</p>"
    one = ENTITIES[change.entity].one.capitalize()
    there = change.slug in held.titles(change.entity)
    name = held.link(change.entity, change.slug, _name(change)) if there else escape(_name(change))
    return f"<p>{escape(one)} {name} {escape(f'{_done(change)}{by}')}</p>"


def _name(change: Change) -> str:
    """What the entry is called, or was called then; else its slug."""
    then: Mapping[str, Any] = change.after or change.before or {}
    now = held.titles(change.entity).get(change.slug, "")
    return now or str(then.get(ENTITIES[change.entity].names) or change.slug)


def _fields(change: Change) -> str:
    """The fields that changed; of what was added or removed, what it said."""
    asked = hints(ENTITIES[change.entity].value)
    rows = []
    for name in fields.changed(change.before, change.after):
        if name not in asked or name == "slug":
            continue
        before, after = (
            fields.said(asked[name], (side or {}).get(name), held.titles(asked[name].refers))
            for side in (change.before, change.after)
        )
        if change.before is not None and change.after is not None:
            said = f"<del>{escape(before or fields.NOT_KNOWN)}</del> → <ins>{escape(after or fields.NOT_KNOWN)}</ins>"
        else:
            said = escape(before or after)
        rows.append(f"<div><dt>{escape(asked[name].title)}</dt><dd>{said}</dd></div>")
    return f'<dl class="facts">{"".join(rows)}</dl>' if rows else ""


# --- the way back -----------------------------------------------------------------------------------------------------


def _undo(batch: str, what: str, possible: bool) -> None:
    if possible and visitor.may(BRING) and st.button("Take this back", key=f"undo:{batch}"):
        confirm(batch, what)


@st.dialog("Take it back?")
def confirm(batch: str, what: str) -> None:
    """Ask once more, then undo a batch and tell of it on the page, or tell why not."""
    page.block("p", f"What {what} added goes, and what it changed is as it was before. The history keeps both.", "said")
    if st.button("Yes, take it back", type="primary", key=f"undo-now:{batch}"):
        done, reasons = take_back(batch)
        for reason in reasons[:MOST]:
            page.block("p", reason, "slip", role="alert")
        if done:
            st.session_state[TOLD] = done
            st.rerun()


def take_back(batch: str) -> tuple[str, list[str]]:
    """Undo a batch: what was done, in words, or "" and the reasons why nothing was. Raises Forbidden."""
    visitor.demand(BRING)
    from feedback.exchange.imports import undo_batch
    from feedback.worker.reading import count_voices

    try:
        done = undo_batch(shell.engine(), batch, shell.instruments(), count_voices)
    except FeedbackError as error:
        return "", str(error).splitlines()
    note(audit.UNDONE, f"batch:{batch}", removed=done.removed, restored=done.restored)
    said = [f"Taken back: {_many(done.removed, 'entry', 'entries')} removed, {done.restored:,} as before."]
    said += ["Its answers are gone."] if done.answers else []
    return " ".join([*said, *(f"This stays: {problem}" for problem in done.problems)]), []
