"""The frame round every page: which pages there are, in what order, under which names."""

from urllib.parse import urlsplit

import streamlit as st

from feedback.charts.theme import palette
from feedback.settings import project_folder
from feedback.ui import page, shell

READ = (
    ("home", "Overview"),
    ("credential_value", "Credential value"),
    ("what_to_change", "What should change"),
    ("comments", "Comments"),
    ("credential", "One credential"),
)
ASK = (("learner_survey", "Learner survey"), ("employer_rating", "Employer rating"))
KEEP = (("catalogue", "Catalogue"), ("institution", "Your institution"))


def draw() -> None:
    """Draw the frame and run the page that was asked for. Respondents see the form alone, without our menu."""
    st.set_page_config(page_title="Credential feedback", page_icon=":material/verified:", layout="centered")
    page.style(palette(shell.mode()))
    groups = {"Read": READ, "Ask": ASK, "Keep": KEEP}
    pages = {
        group: [
            st.Page(project_folder() / "pages" / f"{name}.py", title=title, url_path=name, default=name == "home")
            for name, title in entries
        ]
        for group, entries in groups.items()
    }
    chosen = st.navigation(pages, position="hidden" if collecting() else "sidebar")
    chosen.run()


def collecting() -> bool:
    """Whether somebody is answering: a form opened by its survey's address."""
    url = urlsplit(st.context.url or "")
    return url.path.rstrip("/").rsplit("/", 1)[-1] in {name for name, _ in ASK} and "survey" in st.query_params
