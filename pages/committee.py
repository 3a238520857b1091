"""The committee: what is due for review, and what was decided on which evidence."""

from feedback.ui import committee

committee.show()
