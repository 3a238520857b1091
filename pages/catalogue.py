"""What is rated and all that belongs to it: to look up, mend, add, take out, and take back."""

from feedback.ui import tables

tables.catalogue()
