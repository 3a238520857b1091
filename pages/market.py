"""What is wanted and rarely offered: market evidence beside what we issue."""

from feedback.findings.evidence import Choice
from feedback.ui import marks, page, panel, ways

page.title("What is wanted and rarely offered?")
marks.sample()
panel.show("market", Choice(), as_lead=True)
page.heading("Look closer")
ways.show("portfolio", "skills")
