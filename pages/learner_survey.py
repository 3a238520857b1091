"""Ask a learner about the course they finished."""

from feedback.ui.collecting import collect

collect("learner")
