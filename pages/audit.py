"""Who did what: who saw, took as a file, published and changed what, and whether the list of it is whole."""

from feedback.ui import audit

audit.show()
