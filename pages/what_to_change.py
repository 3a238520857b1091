"""What should change first?"""

from feedback.ui import changing, choices, marks, page, panel

page.title("What should change first?")
marks.sample()
choice = choices.place()
panel.show("priorities", choice, as_lead=True)
changing.show(choice)
panel.show("drivers", choice)
panel.show("what_to_change", choice)
panel.brief("changed", choice)
panel.brief("effects", choice)
panel.show("worth", choice)
if choice.credential:
    panel.show("learner_scales", choice)
