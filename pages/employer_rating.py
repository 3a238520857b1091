"""Ask an employer about up to three credentials."""

from feedback.ui.collecting import collect

collect("employer")
