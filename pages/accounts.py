"""Accounts: who may come in, and what may they do?"""

from feedback.ui import admitting

admitting.show()
