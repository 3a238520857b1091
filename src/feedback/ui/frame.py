"""The frame round every page: which pages there are, in what order, under which names."""

from collections.abc import Mapping, Sequence
from threading import Thread
from urllib.parse import urlsplit

import streamlit as st
from streamlit.navigation.page import Page as StreamlitPage
from streamlit.runtime.pages_manager import PagesManager

from feedback.charts.theme import palette
from feedback.settings import project_folder
from feedback.ui import page, shell
from feedback.worker.embedded import start_embedded

READ = (
    ("home", "Overview"),
    ("credential_value", "Credential value"),
    ("what_to_change", "What should change"),
    ("comments", "Comments"),
    ("learners", "Runs and outcomes"),
    ("market", "The market"),
    ("credential", "One credential"),
    ("answers", "All answers"),
)
ASK = (
    ("learner_survey", "Learner survey"),
    ("employer_rating", "Employer rating"),
    ("expert_review", "Expert review"),
    ("form_preview", "Look at a form"),
)
KEEP = (
    ("catalogue", "Catalogue"),
    ("codebook", "Codebook"),
    ("data_quality", "Data quality"),
    ("institution", "Your institution"),
)


def draw() -> None:
    """Draw the frame and run the page that was asked for. Respondents see the form alone, without our menu."""
    st.set_page_config(page_title="Credential feedback", page_icon=str(page.HERE / "icon.png"), layout="centered")
    groups = {
        group: [_page(name, title) for name, title in entries]
        for group, entries in (("Read", READ), ("Ask", ASK), ("Keep", KEEP))
    }
    chosen = st.navigation([page for pages in groups.values() for page in pages], position="hidden")
    page.style(palette(shell.mode()))
    if not collecting():
        _menu(groups)
    chosen.run()


def prepare() -> None:
    """Called once, when the server starts: every address is answered by this frame, and the first visit is quick.

    Streamlit runs a file of pages/ by itself when an address names it before anybody has opened the overview: without
    our menu and style, and past every check made here. And what the overview needs is read while nobody waits yet.
    The worker starts beside us, unless it is run by itself.
    """
    PagesManager.uses_pages_directory = False
    start_embedded()
    Thread(target=shell.warm_up, name="warm-up", daemon=True).start()


def _page(name: str, title: str) -> StreamlitPage:
    """A page under its own name; the overview is the address itself."""
    path = project_folder() / "pages" / f"{name}.py"
    return st.Page(path, title=title, default=True) if name == "home" else st.Page(path, title=title, url_path=name)


def _menu(groups: Mapping[str, Sequence[StreamlitPage]]) -> None:
    with st.sidebar:
        page.block("p", "Credential feedback", "brand")
        for group, pages in groups.items():
            page.block("p", group, "menu-group")
            for one in pages:
                st.page_link(one, width="stretch")


def collecting() -> bool:
    """Whether somebody is answering: a form opened by its survey's address."""
    url = urlsplit(st.context.url or "")
    return url.path.rstrip("/").rsplit("/", 1)[-1] in {name for name, _ in ASK} and "survey" in st.query_params
