"""The one program: `streamlit run app.py`. Run as a script it draws a page; imported it is the application."""

import streamlit as st
from streamlit import runtime

if runtime.exists() and __name__ == "__main__":
    from feedback.ui.frame import draw

    draw()
else:
    from feedback.collect.light import beside
    from feedback.errors import be_careful
    from feedback.ui import headers, mishaps
    from feedback.ui.frame import prepare

    prepare()
    be_careful()
    app = st.App(__file__, routes=beside().routes(), middleware=[headers.guard()], on_script_error=mishaps.tell)
