"""Actions: what is being changed, and did it work."""

from feedback.ui import actions

actions.show()
