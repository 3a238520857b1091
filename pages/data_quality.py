"""Data quality: is anything stuck, missing, or to be read with care?"""

from feedback.ui import marks, page, quality

page.title("Is everything in order?")
marks.sample()
quality.show()
