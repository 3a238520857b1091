"""Ways on to other pages, each with what it answers; where one was about a programme, the next is, too."""

from collections.abc import Mapping
from types import MappingProxyType

import streamlit as st

from feedback.doors import PAGES
from feedback.ui import visitor

WAYS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "credential_value": (
            "Credential value",
            "Every credential in tiers, with its doubt; how well each is known; whom to ask next.",
        ),
        "where_valued": ("Where they are valued", "By sector, role and size: where a credential is worth more."),
        "skills": ("Skills employers need", "Needed and performed; where witnesses disagree; what nobody covers."),
        "what_to_change": ("What should change", "Where learners and employers say something falls short."),
        "actions": ("Actions", "What is being changed, who sees to it, and whether it worked."),
        "comments": ("Comments", "What people write about, in their own words."),
        "portfolio": (
            "The portfolio",
            "What to keep, differentiate, retire or launch; what comes back.",
        ),
        "market": ("The market", "What is wanted, and how many others offer it."),
        "credential": ("One credential", "Everything known of one credential, before a meeting."),
        "committee": (
            "Reviews and decisions",
            "What is due for review, what was decided, and the pack to take to the meeting.",
        ),
    }
)
"""By the name of the page's file."""
BEHIND: Mapping[str, str] = MappingProxyType(
    {
        "credential_value": "How well each is known, and whom to ask next",
        "what_to_change": "The whole list, what stands behind each change, and how to act on it",
        "actions": "All actions, who sees to them, and what they brought",
    }
)
"""The words of the link under an answer, by the page it leads to."""
KEPT = ("programme", "about", "measure")
"""What is chosen on one page and stays chosen on the next."""


def kept() -> dict[str, str]:
    """What of the address goes along to the next page."""
    return {name: st.query_params[name] for name in KEPT if name in st.query_params}


def on(name: str) -> None:
    """The link under an answer to what stands behind it, of those in BEHIND."""
    st.page_link(f"pages/{name}.py", label=BEHIND[name], query_params=kept())


def show(*names: str) -> None:
    """Links to pages, of those in WAYS that open to the visitor."""
    chosen, actor = kept(), visitor.who()
    with st.container(key="ways-on"):
        for name in filter(lambda each: PAGES[each].opens(actor), names):
            title, words = WAYS[name]
            st.page_link(f"pages/{name}.py", label=f"**{title}**  \n{words}", query_params=chosen, width="stretch")
