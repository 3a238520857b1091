"""What people are told before they answer, in the form as the app shows it."""

from sqlalchemy import select

from feedback.policy import OPERATOR
from feedback.store.database import reading, transaction
from feedback.store.inserting import table_of
from feedback.store.notices import set_notice
from feedback.store.tables import Responses
from tests.store.test_notices import TEXT
from tests.ui.test_collecting import database, html, press, to_the_end, visit

__all__ = ["database", "visit"]


def test_p2_the_notice_stands_before_the_first_question_as_text_and_goes_on_with_the_answers(visit, database):
    hostile = TEXT | {"controller": "<b>Example</b>"}
    with transaction(database) as session:
        set_notice(session, {"en": hostile}, by=OPERATOR)
    app = visit("open")
    said = html(app)
    assert "&lt;b&gt;Example&lt;/b&gt; asks you" in said
    assert '<dl class="told" lang="en" dir="ltr">' in said
    assert TEXT["complaint"] in said
    assert "<b>" not in said
    press(to_the_end(app), "send:open")
    with reading(database) as session:
        assert session.connection().execute(select(table_of(Responses).c.notice)).scalars().all() == [1]


def test_without_one_the_form_is_as_it_was(visit):
    assert "Privacy notice" not in html(visit("open"))
