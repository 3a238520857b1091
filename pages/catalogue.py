"""What is rated: credentials by kind, with their skills, carriers and runs."""

from feedback.ui import marks, page, tables

page.title("What do we issue?")
marks.sample()
tables.catalogue()
