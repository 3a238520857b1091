"""Your institution: the sample and how to take it away, what was brought in, and the next steps."""

from feedback.ui import marks, moderation, page, tables, visitor

page.title("Your institution")
marks.sample(with_removal=True)
marks.first_steps()
tables.open_surveys()
tables.imports()
if visitor.may("keep"):
    moderation.alarms()
