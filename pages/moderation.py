"""Which comments may be read?"""

from feedback.ui import moderation

moderation.show()
