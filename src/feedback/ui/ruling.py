"""The rules that hold for credentials, on the committee's page: what is laid down, what is not, and older versions."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import streamlit as st

from feedback.policy import DECIDE, EDIT, WHOLE
from feedback.store import committee
from feedback.store.committee import AREAS, Rule
from feedback.store.database import reading
from feedback.ui import governing, marks, page, shell, visitor
from feedback.ui.forms import literal
from feedback.ui.governing import PAGE, day

ALL, FOR_ALL = "", "All credentials"


def every() -> None:
    """How much is laid down for each credential the visitor may read of."""
    rules, today = _rules(), governing.today()
    page.heading("What is laid down?")
    page.quiet(
        f"Each credential is to have a rule in {len(AREAS)} areas: its own, or the one for all. Every version is kept."
    )
    with st.container(gap=None, key="entries-rules"):
        for slug, title in {ALL: FOR_ALL, **governing.titles()}.items():
            label = f"**{literal(title)}**  \n{literal(_how_complete(rules, slug, today))}"
            st.page_link(PAGE, label=label, query_params={"rules": slug}, width="stretch")


def _how_complete(rules: Sequence[Rule], slug: str, today: date) -> str:
    held = committee.in_force(rules, slug, today)
    own = sum(1 for each in held.values() if each.credential) if slug else 0
    over = sum(1 for each in held.values() if each.review_due and each.review_due <= today)
    told = [
        f"{len(held)} of {len(AREAS)} areas",
        f"{own} of its own" if own else "",
        f"{over} to be looked at again" if over else "",
    ]
    return " · ".join(filter(None, told))


def of(slug: str) -> None:
    """The rules that hold for a credential, or for all (""), area by area."""
    governing.back()
    titles = {ALL: FOR_ALL, **governing.titles()}
    if slug not in titles:
        page.title("There is no such credential")
        page.empty("It may have been taken away with the sample.")
        return
    page.title(f"Which rules hold: {titles[slug]}?")
    marks.sample()
    governing.tell()
    rules, today = _rules(), governing.today()
    held = committee.in_force(rules, slug, today)
    missing = [name for area, name in AREAS.items() if area not in held]
    said = f"{len(held)} of {len(AREAS)} areas are laid down."
    page.lead(f"{said} Missing: {', '.join(missing).lower()}." if missing else said)
    if _may_write(slug):
        with st.container(key="add-rule"):
            st.page_link(PAGE, label="+ Write a rule, or a new version", query_params={"new": "rule", "for": slug})
    for area in held:
        _area(held[area], rules, slug, today)


def _area(rule: Rule, rules: Sequence[Rule], slug: str, today: date) -> None:
    page.heading(AREAS[rule.area])
    page.block("p", rule.title, "path-title")
    page.block("p", rule.text, "said")
    whose = "for all credentials" if slug and not rule.credential else ""
    due = (
        f"to be looked at again {'since' if rule.review_due <= today else 'on'} {day(rule.review_due)}"
        if rule.review_due
        else ""
    )
    told = [
        whose,
        f"version {rule.version}",
        f"in force since {day(rule.since)}",
        due,
        "sample" if rule.is_sample else "",
    ]
    page.quiet(" · ".join(filter(None, told)))
    others = [each for each in rules if each.slug == rule.slug and each.version != rule.version]
    if others:
        with st.expander(f"Other versions: {len(others)}"):
            for each in others:
                page.block("p", f"Version {each.version}: {each.title}", "path-title")
                page.block("p", each.text, "said")
                page.quiet(f"{'From' if each.since > today else 'In force since'} {day(each.since)}")


def new() -> None:
    """The form that writes a rule. Raises Forbidden for who may write none."""
    if not visitor.may_somewhere(DECIDE):
        visitor.demand_somewhere(EDIT)
    governing.back()
    page.title("Write a rule, or a new version of one")
    marks.sample()
    governing.slips()
    titles = {slug: title for slug, title in {ALL: FOR_ALL, **governing.titles()}.items() if _may_write(slug)}
    with st.container(key="field-entry-rule"):
        chosen = st.query_params.get("for", ALL)
        slugs = list(titles)
        place = slugs.index(chosen) if chosen in slugs else 0
        slug = st.selectbox("For", slugs, place, format_func=titles.__getitem__, key="rule:for")
        area = st.selectbox("About", list(AREAS), format_func=AREAS.__getitem__, key="rule:area")
        held = next((each for each in _rules() if (each.credential, each.area) == (slug, area)), None)
        if held:
            page.quiet(f"This will be version {held.version + 1}; those before it stay readable.")
        title = st.text_input("Title", held.title if held else "", key=f"rule:title:{slug}:{area}")
        text = st.text_area("In words", held.text if held else "", key=f"rule:text:{slug}:{area}")
        since = st.date_input("In force since", "today", format="YYYY-MM-DD", key="rule:since")
        due = st.date_input("To be looked at again (empty: no day)", None, format="YYYY-MM-DD", key="rule:due")
    if st.button("Put it in force", type="primary", key="rule:keep"):

        def work(session: Any, by: Any) -> Rule:
            return committee.set_rule(session, by, area, title, text, credential=slug, since=since, review_due=due)

        governing.do(work, "The rule is kept.", rules=slug)
        st.rerun()


def _may_write(slug: str) -> bool:
    subjects = shell.subjects([slug]) if slug else [WHOLE]
    return visitor.may(DECIDE, *subjects) or visitor.may(EDIT, *subjects)


def _rules() -> list[Rule]:
    with reading(shell.engine()) as session:
        return committee.read_rules(session)
