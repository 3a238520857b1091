"""Is what was read in the comments right?"""

from feedback.ui import checking

checking.show()
