"""Whether employers have confirmed the skills, and which of them are stale on the day."""

from feedback.findings.evidence import Choice
from feedback.ui import page, panel, shell
from feedback.ui.governing import today


def confirmed(choice: Choice) -> None:
    """The finding on how each skill stands, and under it which of them are stale today."""
    panel.show("skill_state", choice)
    answer = shell.answer("skill_state", choice)
    if not answer.has_table:
        return
    from feedback.findings.skills import say_stale

    page.quiet(say_stale(answer.shown, today()))
