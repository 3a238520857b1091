"""What do people write, and how is it meant?"""

import streamlit as st

from feedback.findings.evidence import Choice
from feedback.ui import choices, marks, page, panel, quotes

page.title("What do learners and employers write?")
marks.sample()
with st.container(horizontal=True):
    choice = Choice(credential=choices.credential(), audience=choices.audience())
panel.show("topics", choice, as_lead=True)
quotes.show(choice)
