"""Everything known of one credential."""

from feedback.findings.evidence import Choice
from feedback.ui import about, choices, marks, page, panel, quotes

slug = choices.credential(optional=False)
if not slug:
    page.title("One credential")
    marks.first_steps()
else:
    marks.credential(slug)
    about.what_it_is(slug)
    choice = Choice(credential=slug)
    panel.show("recognition", choice)
    panel.show("employer_scales", choice)
    panel.show("worth", choice)
    panel.show("what_to_change", choice)
    panel.show("learner_scales", choice)
    panel.show("runs", choice)
    panel.show("skills", choice)
    panel.show("experts", choice)
    panel.show("topics", choice)
    quotes.show(choice, most=6)
