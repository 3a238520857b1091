"""What was answered, question by question: the counts behind everything else."""

from feedback.ui import choices, marks, page, panel

page.title("What was answered, question by question?")
marks.sample()
panel.show("answers", choices.place(), as_lead=True)
