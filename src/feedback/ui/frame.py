"""The frame round every page: which pages there are, in what order, under which names."""

import sys
from collections.abc import Callable, Mapping, Sequence
from threading import Event, Timer
from urllib.parse import urlsplit

import streamlit as st
from streamlit.navigation.page import Page as StreamlitPage
from streamlit.runtime.pages_manager import PagesManager

from feedback.charts.theme import palette
from feedback.settings import project_folder, settings
from feedback.ui import page
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
    ("surveys", "Surveys"),
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


LET_IT_ANSWER = 0.2
"""Seconds after which loading begins: until then the server comes up, and would only wait for it."""
PAGE_FIRST = 4
"""Seconds from then until the worker starts: it takes a core for two of them, which the first page needs more."""
_loaded = Event()
_loaded.set()  # cleared while a server loads


def draw() -> None:
    """Draw the frame and run the page that was asked for. Respondents see the form alone, without our menu."""
    _loaded.wait()
    from feedback.ui import shell

    st.set_page_config(page_title="Credential feedback", page_icon=str(page.HERE / "icon.png"), layout="centered")
    groups = {
        group: [_page(name, title) for name, title in entries]
        for group, entries in (("Read", READ), ("Ask", ASK), ("Keep", KEEP))
    }
    chosen = st.navigation([page for pages in groups.values() for page in pages], position="hidden")
    page.style(palette(shell.mode()))
    if not collecting():
        _menu(groups)
    with shell.as_of_now():
        chosen.run()


def prepare() -> None:
    """Called once, when the server starts: every address is answered by this frame. Raises Refused for wrong settings.

    Streamlit runs a file of pages/ by itself when an address names it before anybody has opened the overview: without
    our menu and style, and past every check made here. What pages need takes a second or two to load; that is done
    while the server answers already and the first browser reads what Streamlit sends it.
    """
    PagesManager.uses_pages_directory = False
    settings()
    _loaded.clear()
    _in(LET_IT_ANSWER, _load)


def _in(seconds: float, work: Callable[[], object]) -> None:
    """Do it in so many seconds, unless we have ended by then."""
    timer = Timer(seconds, work)
    timer.daemon = True
    timer.start()


def _load() -> None:
    """Load what the overview needs and have ready what it shows; a little later the rest."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(0.0005)  # a browser that asks meanwhile is served first, file by file
    try:
        import PIL.Image  # noqa: F401 (Streamlit reads our icon with it)

        from feedback.ui import panel, shell  # noqa: F401
    finally:
        sys.setswitchinterval(usual)
        _loaded.set()
    shell.warm_up()
    _in(PAGE_FIRST, _load_the_rest)


def _load_the_rest() -> None:
    """Start the worker, unless it is run by itself, and load what tables and files take: the overview needs none."""
    start_embedded()
    import feedback.ui.downloads  # noqa: F401


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
