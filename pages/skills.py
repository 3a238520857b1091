"""Which skills do employers need?"""

from feedback.ui import choices, marks, page, panel, skills, ways

page.title("Which skills do employers need, and how do holders perform?")
marks.sample()
choice = choices.place("programme")
panel.show("skills", choice, as_lead=True)
skills.confirmed(choice)
panel.show("witnesses", choice)
panel.show("uncovered", choice)
page.heading("Look closer")
ways.show("credential_value", "where_valued", "what_to_change")
