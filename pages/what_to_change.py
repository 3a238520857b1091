"""What should change first?"""

from feedback.ui import choices, marks, page, panel

page.title("What should change first?")
marks.sample()
choice = choices.place()
panel.show("what_to_change", choice, as_lead=True)
panel.show("worth", choice)
if choice.credential:
    panel.show("learner_scales", choice)
