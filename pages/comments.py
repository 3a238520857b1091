"""What do people write, and how is it meant?"""

from dataclasses import replace

import streamlit as st

from feedback.ui import choices, marks, page, panel, quotes

page.title("What do learners and employers write?")
marks.sample()
with st.container(horizontal=True):
    choice = replace(choices.place(), audience=choices.audience())
panel.show("topics", choice, as_lead=True)
quotes.show(choice)
