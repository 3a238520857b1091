"""What will people be asked, in what order, and how long will it take them?"""

from feedback.ui import preview

preview.show()
