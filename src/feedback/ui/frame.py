"""The frame round every page: which pages there are, in what order, under which names."""

import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from threading import Event, Timer
from urllib.parse import urlsplit

import streamlit as st
from streamlit.navigation.page import Page as StreamlitPage
from streamlit.runtime.pages_manager import PagesManager

from feedback.doors import PAGES, Door
from feedback.loading import IN_TURN
from feedback.policy import REVIEW, Actor, Forbidden
from feedback.settings import project_folder, settings
from feedback.ui import page
from feedback.worker.embedded import start_embedded

NAME = "Credential feedback"
READ = (
    ("home", "Overview"),
    ("credential_value", "Credential value"),
    ("where_valued", "Where they are valued"),
    ("skills", "Skills employers need"),
    ("what_to_change", "What should change"),
    ("actions", "Actions"),
    ("comments", "Comments"),
    ("suggestions", "What people ask for"),
    ("learners", "Runs and outcomes"),
    ("portfolio", "The portfolio"),
    ("market", "The market"),
    ("credential", "One credential"),
    ("answers", "All answers"),
    ("committee", "Reviews and decisions"),
)
ASK = (
    ("surveys", "Surveys"),
    ("learner_survey", "Learner survey"),
    ("employer_rating", "Employer rating"),
    ("expert_review", "Expert review"),
    ("form_preview", "Look at a form"),
    ("your_reviews", "Your reviews"),
)
KEEP = (
    ("moderation", "Comments to review"),
    ("checking", "Check the reading"),
    ("topics", "Topics in comments"),
    ("catalogue", "Catalogue"),
    ("codebook", "Codebook"),
    ("data_quality", "Data quality"),
    ("retention", "What is kept how long"),
    ("institution", "Your institution"),
    ("accounts", "Who may come in"),
    ("audit", "Who did what"),
)
RESPONDENTS = frozenset({"learner_survey", "employer_rating", "expert_review"})
"""Pages that are a form once a survey's address opens them."""

LET_IT_ANSWER = 0.2
"""Seconds after which loading begins: until then the server comes up, and would only wait for it."""
PAGE_FIRST = 4
"""Seconds from then until the worker starts: it takes a core for two of them, which the first page needs more."""
STALE = 45
"""Seconds after which an open page asks whether its reader still may read it."""
_loaded = Event()
_loaded.set()  # cleared while a server loads


def draw() -> None:
    """Draw the frame and run the page that was asked for, for whoever may see it.

    Respondents see the form alone, without our menu; whoever is not signed in is asked to.
    """
    _loaded.wait()
    from feedback.ui import shell, visitor

    st.set_page_config(page_icon=str(page.HERE / "icon.png"), layout="centered")
    groups = {
        group: [(name, _page(name, title)) for name, title in entries]
        for group, entries in (("Read", READ), ("Ask", ASK), ("Keep", KEEP))
    }
    chosen = st.navigation([one for pages in groups.values() for _, one in pages], position="hidden")
    st.set_page_config(page_title=f"{chosen.title} – {NAME}")
    page.style(shell.mode())
    answering = collecting()
    if not answering:
        page.speak(page.HOUSE)
    with visitor.entered() as who, shell.as_of_now():
        if who.is_known and not answering:
            _menu(groups, who)
        _open(chosen, door_of(chosen.url_path or "home", answering=answering), who)


def door_of(name: str, *, answering: bool = False) -> Door | None:
    """What a page asks of whoever comes; None for one that is not listed, which stays shut. answering: it was opened
    by a survey's address; the list of surveys on it is for readers."""
    if name in RESPONDENTS:
        return PAGES[name] if answering else PAGES["home"]
    return PAGES.get(name)


def _open(chosen: StreamlitPage, door: Door | None, who: Actor) -> None:
    """Run the page, or say that there is nothing: the same words for what is not there and what is not for them."""
    from feedback.ui import accounts

    if door is not None and door.opens(who):
        _saw(chosen.url_path or "home", who)
        with suppress(Forbidden):
            chosen.run()
            return
    elif not who.is_known:
        accounts.sign_in()
        return
    _nothing_here(chosen.url_path or "home")


def _nothing_here(name: str) -> None:
    from feedback.ui import noting, visitor

    page.title("There is nothing of that name here")
    page.empty(
        "It may have been taken away, or it is not for your role.",
        "Go back to the overview, or ask whoever runs this app for the role you need.",
    )
    if PAGES["home"].opens(visitor.who()):
        st.page_link("pages/home.py", label="To the overview")
    if visitor.may_somewhere(REVIEW):
        st.page_link("pages/your_reviews.py", label="The reviews you are asked for")
    noting.refused(f"page:{name}")


def _saw(name: str, who: Actor) -> None:
    """Record who looks at what before they do: a page that is left early was read. Of people who answer nothing is."""
    from feedback.ui import noting

    if who.is_known and name not in RESPONDENTS:
        noting.saw(name, st.query_params)


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
        with IN_TURN:
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
    with IN_TURN:
        import feedback.ui.downloads  # noqa: F401


def _page(name: str, title: str) -> StreamlitPage:
    """A page under its own name; the overview is the address itself."""
    path = project_folder() / "pages" / f"{name}.py"
    return st.Page(path, title=title, default=True) if name == "home" else st.Page(path, title=title, url_path=name)


def _menu(groups: Mapping[str, Sequence[tuple[str, StreamlitPage]]], who: Actor) -> None:
    """The pages somebody may open, and who they are."""
    from feedback.ui import accounts

    with st.sidebar:
        page.block("p", NAME, "brand")
        for group, pages in groups.items():
            theirs = [one for name, one in pages if (door := door_of(name)) is not None and door.opens(who)]
            if theirs:
                page.block("p", group, "menu-group")
            for one in theirs:
                st.page_link(one, width="stretch")
        page.block("p", "You", "menu-group")
        _look_again(who)
        page.block("p", f"Signed in as {who.name}", "signed-in")
        accounts.sign_out(who)


@st.fragment(run_every=STALE)
def _look_again(who: Actor) -> None:
    """A page that lies open is drawn anew once its reader was signed out, or may do something else."""
    from feedback.ui import visitor

    if visitor.find() != who:
        st.rerun()


def collecting() -> bool:
    """Whether somebody is answering: a form opened by its survey's address."""
    url = urlsplit(st.context.url or "")
    return url.path.rstrip("/").rsplit("/", 1)[-1] in RESPONDENTS and "survey" in st.query_params
