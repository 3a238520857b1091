"""The one program: `streamlit run app.py`."""

from feedback.ui.frame import draw

draw()
