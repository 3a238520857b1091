"""What became of the learners: run by run, those who left, those asked again, and what would have helped."""

from feedback.ui import choices, marks, page, panel

page.title("How did each run go, and what became of the learners?")
marks.sample()
choice = choices.place()
panel.show("runs", choice, as_lead=True)
panel.show("changed", choice)
for finding in ("outcomes", "dropout", "localisation"):
    panel.show(finding, choice)
