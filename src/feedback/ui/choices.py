"""The fixed menu of what a reader may choose. Few choices, the same everywhere: free ones would single people out."""

from collections.abc import Mapping

import streamlit as st

from feedback.ui import page, shell

ALL = ""


def programme() -> str:
    """A programme, or all."""
    programmes = shell.institution().programmes
    if len(programmes) < 2:
        return ALL
    return _select("Programme", programmes, "All programmes", "programme")


def credential(*, optional: bool = True) -> str:
    """A credential, or all where that is offered. The address remembers it, so that a link opens the same page."""
    titles = shell.institution().titles()
    if not titles:
        return ALL
    return _select("Credential", titles, "All credentials" if optional else "", "credential")


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


def _select(label: str, names: Mapping[str, str], everything: str, key: str) -> str:
    options = ([ALL] if everything else []) + list(names)
    chosen = st.query_params.get(key, "")
    if chosen and chosen not in options:
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
