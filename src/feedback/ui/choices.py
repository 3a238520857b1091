"""The fixed menu of what a reader may choose. Few choices, the same everywhere: free ones would single people out."""

from collections.abc import Mapping
from dataclasses import replace

import streamlit as st

from feedback.findings.evidence import Choice
from feedback.findings.splits import SECTOR, SPLITS, split_of
from feedback.ui import noting, page, shell, visitor

ALL = ""
_PROGRAMME, _CREDENTIAL = "programme", "credential"


def place(by: str = _CREDENTIAL) -> Choice:
    """What a page is about: the whole institution or a part of it, "programme" or "credential"; for whoever reads of a
    part only, one of their programmes or credentials."""
    if visitor.who().sees_all:
        return Choice(programme=programme()) if by == _PROGRAMME else Choice(credential=credential())
    held = shell.institution()
    whole = {f"{_PROGRAMME}:{slug}": f"{title}, as a whole" for slug, title in held.programmes.items()}
    names = {**whole, **{f"{_CREDENTIAL}:{slug}": title for slug, title in held.titles().items()}}
    kind, _, slug = _select("About", names, "", "about").partition(":")
    return Choice(programme=slug) if kind == _PROGRAMME else Choice(credential=slug)


def programme() -> str:
    """A programme, or all."""
    programmes = shell.institution().programmes
    if len(programmes) < 2:
        return ALL
    return _select("Programme", programmes, "All programmes", _PROGRAMME)


def credential(*, optional: bool = True) -> str:
    """A credential, or all where that is offered. The address remembers it, so that a link opens the same page."""
    titles = shell.institution().titles()
    if not titles:
        return ALL
    return _select("Credential", titles, "All credentials" if optional else "", _CREDENTIAL)


def audience() -> str:
    """Learners, employers, or both."""
    return _select("Said by", {"learner": "Learners", "employer": "Employers"}, "Everyone", "audience")


def measure() -> str:
    """How employers were asked, where they were asked in more than one way; all, which is the first, where not."""
    there = shell.measures()
    if len(there) < 2:
        return ALL
    chosen = _select("Measure", {each.construct: each.name for each in there}, "", "measure")
    return ALL if chosen == there[0].construct else chosen


def group(choice: Choice) -> Choice:
    """The choice with how employers are split, and which of their groups is looked at; all groups, which is the first.

    Each split has a word of its own in the address, so that another one chosen leaves no group of the last.
    """
    ways = {split.id: f"By {split.name}" for split in SPLITS.values()}
    by = _select("Employers", ways, "", "by")
    split = split_of(by)
    names = {ident: each.name for ident, each in split.groups.items()}
    chosen = _select(split.name.capitalize(), names, f"All {split.several}", split.id)
    return replace(choice, by=ALL if by == SECTOR.id else by, group=chosen)


def _select(label: str, names: Mapping[str, str], everything: str, key: str) -> str:
    options = ([ALL] if everything else []) + list(names)
    chosen = st.query_params.get(key, "")
    if chosen and chosen not in options:
        noting.refused(f"{key}:{chosen}")
        page.block(
            "p", f"There is no {label.lower()} of that name at this address. Choose one here.", "slip", role="alert"
        )
    return st.selectbox(
        label,
        options,
        index=options.index(chosen) if chosen in options else 0,
        format_func=lambda one: names.get(one, everything),
        key=f"choice:{key}",
        on_change=lambda: _remember(key),
    )


def _remember(key: str) -> None:
    chosen = st.session_state[f"choice:{key}"]
    if chosen:
        st.query_params[key] = chosen
    else:
        st.query_params.pop(key, None)
