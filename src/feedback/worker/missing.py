"""Whether work waits and no worker is there to do it: asked by the page on data quality, by `doctor` and by `export`.

Light: what tells whether answers are due is loaded only where some wait and no worker has been seen.
"""

from collections.abc import Mapping

from sqlmodel import Session

from feedback.limits import Limits
from feedback.store import imports, jobs, pulse
from feedback.survey.questionnaire import Instrument

NO_WORKER = (
    "No worker is running, and work waits for it: what arrived lately is not shown yet. Start one with: feedback "
    "worker (or let the app do so: FEEDBACK_WORKER=embedded)."
)


def is_missing(session: Session, instruments: Mapping[str, Instrument], limits: Limits) -> bool:
    """Whether a worker would have something to do (answers to publish, comments to read, an import, a job), and none
    has given a sign of life for over two minutes."""
    if not pulse.is_silent(session):
        return False
    if jobs.is_due(session) or imports.waiting_imports(session):
        return True
    if not pulse.is_anything_waiting(session):
        return False
    from feedback.store import releases
    from feedback.worker.reading import is_unread

    least = {"minimum_group": limits.minimum_group, "minimum_experts": limits.reviewers}
    return bool(releases.due(session, instruments, **least)) or is_unread(session, instruments, jobs.read_jobs(session))
