"""The overview: which credentials employers value and what should change first, in two sentences."""

import streamlit as st

from feedback.ui import marks, page, panel, shell

WAYS = (
    ("credential_value", "Credential value", "Every credential in tiers, with its doubt; how well each is known."),
    ("what_to_change", "What should change", "Where learners and employers say something falls short."),
    ("comments", "Comments", "What people write about, in their own words."),
    ("credential", "One credential", "Everything known of one credential, before a meeting."),
)

page.title("Which credentials do employers value, and what should change?")
marks.sample()
if not shell.institution().credentials:
    marks.first_steps()
else:
    for finding in ("credential_value", "what_to_change"):
        page.lead(shell.answer(finding).sentence)
    panel.show("credential_value", sentence=False)
    page.heading("Look closer")
    with st.container(key="ways-home"):
        for name, title, words in WAYS:
            st.page_link(f"pages/{name}.py", label=f"**{title}**  \n{words}", width="stretch")
