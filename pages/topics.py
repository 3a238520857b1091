"""What do we look for in comments?"""

from feedback.ui import topics

topics.show()
