"""S26: thousands of nested quotes, and other signs of Markdown at length, are letters: they stand there as they are. A
page with them costs no more than three times what it costs with as many plain letters."""

import re
import time
from datetime import UTC, datetime
from html import escape, unescape
from types import SimpleNamespace

import pytest
from pandas import DataFrame
from pydantic import ValidationError
from streamlit.testing.v1 import AppTest

from feedback.analysis.comments.redaction import mask
from feedback.catalogue.values import Credential
from feedback.catalogue.values.base import LONGEST_NAME
from feedback.store.catalogue import save
from feedback.store.database import transaction
from feedback.store.surveys import Survey, open_survey
from feedback.survey.text import LONGEST_TEXT
from feedback.ui import quotes, shell, visitor
from feedback.ui.forms import literal
from tests.attacks.institution import words_of
from tests.collect.institution import open_form
from tests.collect.visitor import Visitor
from tests.ui.drawing import drawn, html

QUOTES = 5_000
MOST = 3.0
"""So many times the work of a page with plain letters."""
SIGNS = {
    "quotes": "> ", "tight quotes": ">", "items": "- ", "brackets": "[", "pictures": "![", "stars": "*a ", "ticks": "`",
    "formulas": "$", "directives": ":red[", "entities": "&#", "tags": "<b>", "rules": "--- ", "pipes": "| ",
}  # fmt: skip


def at_length(sign: str, length: int) -> str:
    """A text of so many letters that begins with that sign again and again, and ends in a word."""
    return f"{(sign * length)[: length - 6].strip()} pwned"


def plain(length: int) -> str:
    """As many letters that mean nothing."""
    return ("abcd " * length)[: length - 1] + "."


def work(ask, times: int = 3) -> float:
    """The seconds of the processor it takes, the least of several."""
    taken = []
    for _ in range(times):
        began = time.process_time()
        ask()
        taken.append(time.process_time() - began)
    return min(taken)


@pytest.mark.parametrize("sign", SIGNS)
def test_s26_a_label_of_ten_thousand_signs_is_stilled_in_little_more_than_the_time_of_plain_ones(sign):
    """Each sign is written out, so a text of nothing but signs takes longer than plain words; never with its square."""
    short, long = (at_length(SIGNS[sign], QUOTES * times) for times in (1, 4))
    assert work(lambda: literal(long)) <= 4 * MOST * max(work(lambda: literal(short)), 1e-4)


def quoted(texts: list[str]) -> AppTest:
    """The page of comments as it is drawn when they are these."""
    row = {
        "spans": (), "title": "SQL", "audience": "learner", "meant": "neg", "asked": "Why?", "language": "en",
        "review": "", "credential": "",
    }  # fmt: skip
    rows = DataFrame([row | {"text": mask(text)} for text in texts])
    answer = SimpleNamespace(question="What do they say?", sentence="This.", caution="", rows=rows)

    def page() -> None:
        from feedback.findings.evidence import Choice
        from feedback.ui import quotes

        quotes.show(Choice())

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shell, "answer", lambda *_: answer)
        patch.setattr(shell, "version", lambda: 1)
        patch.setattr(shell, "topics", dict)
        patch.setattr(quotes, "_kept_back", lambda *_: {"": 0})
        patch.setattr(shell, "institution", lambda: SimpleNamespace(subject=str))
        patch.setattr(visitor, "may", lambda *_: False)
        return drawn(AppTest.from_function(page, default_timeout=60).run())


def test_s26_comments_of_nothing_but_signs_stand_there_letter_for_letter_and_cost_no_more_than_words():
    usual = [plain(LONGEST_TEXT)] * quotes.A_PAGE
    texts = [at_length(sign, LONGEST_TEXT) for sign in SIGNS.values()][: quotes.A_PAGE]
    quoted(usual)
    assert work(lambda: quoted(texts), 2) <= MOST * work(lambda: quoted(usual), 2)
    shown = html(quoted(texts))
    assert [text for text in texts if escape(mask(text)) not in shown] == []


@pytest.fixture(scope="module")
def credentials(two_programmes):
    """Credentials called by the longest title there may be, by what it is made of; each with a survey of that name."""
    with pytest.raises(ValidationError, match=f"1 to {LONGEST_NAME} characters"):
        Credential(slug="x", title="> " * QUOTES, kind="badge", programme="data")
    titles = {"plain": plain(LONGEST_NAME), "quotes": at_length("> ", LONGEST_NAME)}
    about = {"instrument": "learner", "version": shell.instruments()["learner"].version, "languages": ["en"]}
    with transaction(two_programmes) as session:
        for slug, title in titles.items():
            save(session, [Credential(slug=slug, title=title, kind="badge", programme="data")])
            opens = datetime(2026, 1, 1, tzinfo=UTC)
            open_survey(session, Survey(slug=slug, credentials=[slug], mode="kiosk", opens=opens, **about))
    return titles


@pytest.mark.parametrize(("page", "key"), [("credential", "credential"), ("learner_survey", "survey")])
def test_s26_a_credential_called_by_nothing_but_signs_is_shown_so_at_the_cost_of_any_other(
    page, key, credentials, visit
):
    visit(page, **{key: "plain"})
    shown = visit(page, **{key: "quotes"})  # now both are held
    least = work(lambda: visit(page, **{key: "plain"}), 1)
    assert work(lambda: visit(page, **{key: "quotes"}), 1) <= MOST * least
    said = "\n".join([words_of(shown), *(each.label for each in (*shown.radio, *shown.checkbox))])
    assert credentials["quotes"] in re.sub(r"[\\\u200b]", "", unescape(said))


class Timed(Visitor):
    """A visitor who counts what each request costs, in seconds of the processor."""

    def ask(self, *given, **named):
        began = time.process_time()
        try:
            return super().ask(*given, **named)
        finally:
            self.costs = [*getattr(self, "costs", []), time.process_time() - began]


def walked(port: int, survey: str) -> tuple[list[float], str]:
    """What each page of a form costs, up to the last; and the words of the last, which asks the survey's own."""
    with Timed(port) as visitor:
        visitor.get(f"/f/{survey}")
        visitor.to_the_last_step()
        return visitor.costs, visitor.page.words


def test_s26_a_question_of_five_thousand_nested_quotes_is_asked_as_it_is_and_its_page_costs_no_more(
    house, house_port, slug
):
    texts = {"plain": plain(2 * QUOTES), "quotes": at_length("> ", 2 * QUOTES), "items": at_length("- ", 2 * QUOTES)}
    costs = {}
    for name, text in texts.items():
        own = {"id": "local_why", "section": "local", "kind": "long_text", "text": {"en": text}}
        survey = open_form(house, slug=f"{slug}-{name}", own=[own])
        walks = [walked(house_port, survey) for _ in range(3)]
        costs[name] = min(each[-1] for each, _ in walks)
        assert " ".join(text.split()) in " ".join(walks[0][1].split()), name
    assert max(costs.values()) <= MOST * costs["plain"]
