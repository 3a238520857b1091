"""Surveys: what is asked now and until when, who may answer, and how far people get."""

from feedback.ui import surveys

surveys.show()
