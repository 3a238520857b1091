"""What was answered, question by question: the counts behind everything else."""

from feedback.findings.evidence import Choice
from feedback.ui import choices, marks, page, panel

page.title("What was answered, question by question?")
marks.sample()
panel.show("answers", Choice(credential=choices.credential()), as_lead=True)
