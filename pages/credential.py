"""Everything known of one credential."""

from feedback.findings.evidence import Choice
from feedback.ui import about, choices, endorsements, marks, packs, page, panel, quotes, skills, sureness, telling

slug = choices.credential(optional=False)
if not slug:
    page.title("One credential")
    marks.first_steps()
else:
    marks.credential(slug)
    about.what_it_is(slug)
    packs.offer(slug)
    about.ways_down()
    choice = Choice(credential=slug)
    panel.show("recognition", choice)
    panel.show("employer_scales", choice)
    panel.show("hiring", choice)
    panel.show("worth", choice)
    sureness.show(slug)
    endorsements.show(slug)
    telling.card(slug)
    panel.show("priorities", choice)
    panel.show("learner_scales", choice)
    panel.show("runs", choice)
    panel.show("changed", choice)
    panel.show("effects", choice)
    panel.show("witnesses", choice)
    panel.show("skills", choice)
    skills.confirmed(choice)
    panel.show("experts", choice)
    panel.show("topics", choice)
    quotes.show(choice, most=6)
