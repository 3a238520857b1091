"""One reviewer counts once for a credential in a round."""

from feedback.store.database import reading, transaction
from feedback.store.responses import new_secret, save_submission
from feedback.store.reviews import has_reviewed


def test_a_review_counts_for_its_reviewer_its_credential_and_its_round_only(institution, said):
    with transaction(institution) as session:
        save_submission(session, said(worth=4), secret=new_secret(), role="reviewer-1", month="2026-03")
    with reading(institution) as session:
        asked = ("reviewer-1", "data-badge"), ("reviewer-2", "data-badge"), ("reviewer-1", "sql-course")
        assert [has_reviewed(session, "of-learners", *each, "2026-01") for each in asked] == [True, False, False]
        assert not has_reviewed(session, "of-employers", "reviewer-1", "data-badge", "2026-01")
        assert has_reviewed(session, "of-learners", "reviewer-1", "data-badge", "2026-03")
        assert not has_reviewed(session, "of-learners", "reviewer-1", "data-badge", "2026-04")
