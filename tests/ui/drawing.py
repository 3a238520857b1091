"""Pages as a test sees them: one that was drawn, its buttons, its words and the ways that lead on."""

import streamlit as st
from streamlit.testing.v1 import AppTest

from feedback.settings import settings


def forget() -> None:
    """Hold nothing of the database before."""
    settings.cache_clear()
    st.cache_resource.clear()
    st.cache_data.clear()


def drawn(app: AppTest) -> AppTest:
    """The page, which must not have broken off."""
    assert not app.exception, app.exception
    return app


def press(app: AppTest, key: str) -> AppTest:
    """The page after a button was pressed."""
    return drawn(app.button(key=key).click().run())


def html(app: AppTest) -> str:
    """All that stands on the page as elements of ours."""
    return "\n".join(each.proto.body for each in app.get("html"))


def labels(app: AppTest) -> str:
    """The words of all links to other pages."""
    return "\n".join(each.proto.label for each in app.get("page_link"))
