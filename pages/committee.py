"""The committee: what is due for review, what was decided on which evidence, and the pack to take to the meeting."""

from feedback.ui import committee, packs

committee.show()
packs.make()
