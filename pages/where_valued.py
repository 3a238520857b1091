"""Where are credentials worth more?"""

from dataclasses import replace

import streamlit as st

from feedback.ui import choices, marks, page, panel, ways

page.title("Where are credentials worth more?")
marks.sample()
with st.container(horizontal=True):
    choice = replace(choices.place("programme"), measure=choices.measure())
    choice = choices.group(choice)
panel.show("groups", choice, as_lead=True)
panel.show("as_listed", replace(choice, group=""))
page.heading("Look closer")
ways.show("credential_value", "skills", "credential")
