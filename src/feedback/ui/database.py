"""The database of this process."""

import streamlit as st
from sqlalchemy import Engine

from feedback.settings import settings
from feedback.store.database import open_database
from feedback.store.glance import is_settled


@st.cache_resource(show_spinner=False)
def engine() -> Engine:
    """The database, migrated; opened once."""
    opened = open_database(settings().database_url)
    if not is_settled(settings().database_url):
        from feedback.store.migrate import migrate

        migrate(opened)
    return opened
