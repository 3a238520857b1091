"""Asking: questionnaires kept as data, what is asked of whom, and the check of what came back."""
