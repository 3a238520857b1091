"""One reviewer counts once for a credential in a round."""

from datetime import UTC, datetime

from feedback.store.database import reading, transaction
from feedback.store.responses import new_secret, save_submission
from feedback.store.reviews import has_reviewed

SAME_ROUND, NEXT_ROUND = datetime(2026, 4, 5, tzinfo=UTC), datetime(2026, 7, 5, tzinfo=UTC)


def test_a_review_counts_for_its_reviewer_its_credential_and_its_round_only(institution, said):
    with transaction(institution) as session:
        save_submission(session, said(worth=4), secret=new_secret(), role="reviewer-1", month="2026-03")
    with reading(institution) as session:
        asked = ("reviewer-1", "data-badge"), ("reviewer-2", "data-badge"), ("reviewer-1", "sql-course")
        assert [has_reviewed(session, "of-learners", *each, SAME_ROUND) for each in asked] == [True, False, False]
        assert not has_reviewed(session, "of-employers", "reviewer-1", "data-badge", SAME_ROUND)
        assert not has_reviewed(session, "of-learners", "reviewer-1", "data-badge", NEXT_ROUND)
