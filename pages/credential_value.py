"""Which credentials do employers value?"""

import streamlit as st

from feedback.findings.evidence import Choice
from feedback.ui import choices, marks, page, panel

page.title("Which credentials do employers value?")
marks.sample()
with st.container(horizontal=True):
    choice = Choice(programme=choices.programme(), measure=choices.measure())
panel.show("credential_value", choice, as_lead=True)
if choice.measure != "employer_value":
    panel.show("recognition", choice)
panel.show("skills", choice)
