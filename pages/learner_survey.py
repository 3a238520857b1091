"""Ask a learner: at the end of a course, on leaving it, six months on, or about a survey."""

from feedback.ui.collecting import collect

collect("learner")
