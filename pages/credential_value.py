"""Which credentials do employers value?"""

from dataclasses import replace

import streamlit as st

from feedback.ui import asking_next, choices, marks, page, panel, shell, ways

page.title("Which credentials do employers value?")
marks.sample()
with st.container(horizontal=True):
    choice = replace(choices.place("programme"), measure=choices.measure())
panel.show("credential_value", choice, as_lead=True)
asking_next.show(choice)
if choice.measure != "employer_value":
    panel.show("recognition", choice)
panel.show("pairs", choice)
# A panel that stands there from the first answer on would tell of it; before enough it says nothing.
if shell.chart("bundles", choice) is not None:
    panel.show("bundles", choice)
page.heading("Look closer")
ways.show("where_valued", "skills", "credential")
