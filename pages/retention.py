"""How long is what people said kept?"""

from feedback.ui import notices, page, retention

page.title("How long is what people said kept?")
retention.show()
notices.show()
