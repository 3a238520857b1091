"""The overview: which credentials employers value and what should change first, and what is done about it."""

from feedback.ui import marks, overview, page, shell

page.title("Which credentials do employers value, and what should change?")
marks.sample()
if not shell.institution().credentials:
    marks.first_steps()
else:
    overview.show()
