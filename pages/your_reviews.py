"""For experts: the rounds of review they were chosen for, and the form of each."""

from feedback.ui import own_reviews

own_reviews.show()
