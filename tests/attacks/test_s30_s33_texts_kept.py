"""S30, S33: whatever text is kept, asked for or refused, both databases do the same; none takes it for a command."""

import pytest
from sqlalchemy import event

from feedback.catalogue.values import Credential, Programme
from feedback.errors import FeedbackError
from feedback.exchange.imports import undo_batch
from feedback.store import catalogue, jobs, sample, surveys
from feedback.store.catalogue import save
from feedback.store.database import reading, transaction
from tests.attacks.hostile import CORPUS

WORDS = [text.strip() for text in CORPUS.values()]
LETTERS = {
    "zero width": "a\u200bb\u200cc\u200dd", "tower": "z" + "\u0301" * 60, "look-alikes": "Аcme Ρay",
    "tags": "a\U000e0041b",
    "last of the plane": "a\uffffb", "family": "👩‍👩‍👧", "private": "a\ue000b", "arabic": "جيد جدًا", "wide": "ＡＢＣ",
}  # fmt: skip
REFUSED = {
    "nul": "a\x00b",
    "surrogate": "a\ud800b",
    "bell": "a\x07b",
    "escape": "\x1b[2J",
    "c1": "a\x9bb",
    "delete": "a\x7f",
}


def credential(slug, title):
    return Credential(slug=slug, title=title, kind="badge", programme="data")


def test_s30_s33_what_is_kept_comes_back_letter_for_letter_from_both_databases(engine):
    every = [credential(f"c-{number}", text) for number, text in enumerate([*WORDS, *LETTERS.values()])]
    with transaction(engine) as session:
        save(session, [Programme(slug="data", title=WORDS[0]), *every])
    with reading(engine) as session:
        assert {each.slug: each.title for each in catalogue.read_credentials(session)} == {
            each.slug: each.title for each in every
        }


@pytest.mark.parametrize("name", REFUSED)
def test_s33_what_no_text_may_hold_is_refused_before_any_database_sees_it(name):
    with pytest.raises(ValueError, match=r"U\+[0-9A-F]{4} may not stand in a text"):
        credential("a", REFUSED[name])


@pytest.mark.parametrize("text", WORDS)
def test_s30_what_is_asked_for_by_a_hostile_name_is_not_there_and_nothing_else_is_given(founded, text):
    with reading(founded) as session:
        assert surveys.read_survey(session, text) is None
        assert not sample.has_sample(session)
    with pytest.raises(FeedbackError):
        undo_batch(founded, text, {})
    with reading(founded) as session:
        assert len(catalogue.read_credentials(session)) == 3


def test_s30_no_value_stands_in_a_statement_itself(founded):
    seen: list[str] = []
    event.listen(founded, "before_cursor_execute", lambda _c, _cursor, statement, *_: seen.append(statement))
    with transaction(founded) as session:
        save(session, [credential("hostile", text) for text in WORDS[:1]])
        save(session, [credential("other", "x' OR pwned --")])
        jobs.enqueue(session, "publish", "x' OR pwned --")
    assert seen
    assert not [statement for statement in seen if "pwned" in statement or "alert" in statement]
