"""What do people ask for?"""

from feedback.ui import suggesting

suggesting.show()
