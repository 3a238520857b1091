"""Ask an employer: about up to three credentials, or for a minute about pairs of them."""

from feedback.ui.collecting import collect

collect("employer")
