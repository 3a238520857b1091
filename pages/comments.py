"""What do people write, how is it meant, what is new in it, and what does it go with?"""

from dataclasses import replace

import streamlit as st

from feedback.ui import choices, marks, page, panel, quality_of_reading, quotes, teaching, themes

page.title("What do learners and employers write?")
marks.sample()
with st.container(horizontal=True):
    choice = replace(choices.place(), audience=choices.audience())
panel.show("topics", choice, as_lead=True)
quality_of_reading.show_topics()
topic = themes.show_topic(choice)
themes.show_weights(choice)
themes.show_runs(choice)
themes.show_themes(choice)
themes.show_rising(choice)
panel.brief("comments_by_language", choice)
quotes.show(choice, topic=topic)
teaching.quality_line(choice)
