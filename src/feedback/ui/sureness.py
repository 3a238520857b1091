"""How sure what is said of one credential is: each in a sentence, with its table one click below."""

from collections.abc import Mapping
from typing import Any

import streamlit as st
from pandas import isna

from feedback.findings.evidence import Choice
from feedback.policy import READ
from feedback.ui import page, panel, shell, visitor

TOLD = ("response", "disagreement", "flags", "coverage")
"""The findings that say it, in this order."""
GOOD_FOR = {
    "ranks": ": its ratings are good for a rank, within its interval",
    "tiers": ": its ratings are good for a tier, and not for a rank",
    "not distinguishable": ", but its ratings are hardly good for more than the middle of all",
}
"""What the ratings of a credential settle, by the word the ranking's table has for it."""


def show(slug: str) -> None:
    """Who is silent, whether employers agree, what careless answers change, who was heard, and its place among all."""
    page.heading("How sure is this?")
    for finding in TOLD:
        panel.brief(finding, Choice(credential=slug))
    said = _place(slug)
    if said:
        page.block("h3", "Can it be told from the others?", "part-title")
        page.block("p", said, "said")
        st.page_link("pages/credential_value.py", label="See all credentials by value")


def _place(slug: str) -> str:
    """Where it stands among all that the visitor may read of, or else in its programme; "" where neither is allowed."""
    held = shell.institution()
    programme = next(one.programme for one in held.credentials if one.slug == slug)
    for whole in (Choice(), Choice(programme=programme)):
        if visitor.may(READ, *shell.subjects_of(whole)):
            table = shell.answer("credential_value", whole).table
            mine = table[table["Credential"] == held.titles()[slug]]
            tiers = table["Tier"].dropna()
            return in_words(mine.iloc[0].to_dict(), tiers.nunique(), len(tiers)) if len(mine) else ""
    return ""


def in_words(row: Mapping[str, Any], tiers: int, compared: int) -> str:
    """Where a credential stands among those compared, and what its ratings are good for. row: its line of the ranking.

    >>> in_words({"Tier": 2, "In the top three": "perhaps", "Good for": "tiers"}, 3, 12)
    'Tier 2 of 3 among 12 credentials, perhaps in the top three: its ratings are good for a tier, and not for a rank.'
    >>> in_words({"Tier": 1, "In the top three": "likely", "Good for": "tiers"}, 1, 12)
    'Not yet: the 12 credentials that employers have rated often enough cannot be told apart.'
    >>> in_words({"Tier": None}, 3, 12)
    'Too few employers have rated it to give it a place.'
    """
    if isna(row["Tier"]):
        return "Too few employers have rated it to give it a place."
    if compared < 2:
        return "No other credential has been rated often enough to compare it with."
    if tiers < 2:
        return f"Not yet: the {compared} credentials that employers have rated often enough cannot be told apart."
    top = f", {row['In the top three']} in the top three" if compared > 3 and row["In the top three"] else ""
    return f"Tier {int(row['Tier'])} of {tiers} among {compared} credentials{top}{GOOD_FOR.get(row['Good for'], '')}."
