"""Ask an expert for a review of one credential."""

from feedback.ui.collecting import collect

collect("expert")
