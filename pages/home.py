"""The overview: which credentials employers value and what should change first, in two sentences."""

from feedback.findings.evidence import Choice
from feedback.ui import choices, marks, page, panel, shell, visitor, ways

page.title("Which credentials do employers value, and what should change?")
marks.sample()
if not shell.institution().credentials:
    marks.first_steps()
else:
    choice = Choice() if visitor.who().sees_all else choices.place()
    for finding in ("credential_value", "priorities"):
        page.lead(shell.answer(finding, choice).sentence)
    panel.show("credential_value", choice, sentence=False)
    page.heading("Look closer")
    ways.show(*ways.WAYS)
