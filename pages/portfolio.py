"""Which credentials should we keep, change, retire or start?"""

from feedback.ui import choices, marks, page, panel, suggested, ways

page.title("Which credentials should we keep, differentiate, retire or launch?")
marks.sample()
choice = choices.place("programme")
panel.show("portfolio", choice, as_lead=True)
suggested.show(choice)
panel.show("white_space", choice)
suggested.launches(choice)
page.heading("What else the portfolio tells")
for finding in ("returns", "languages", "left_behind", "pathways", "bundles"):
    panel.brief(finding, choice)
page.heading("Look closer")
ways.show("credential_value", "skills", "market", "credential")
