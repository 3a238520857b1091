"""Labels stand letter for letter: what Markdown would act on is stilled, everything else stays untouched."""

import re

import pytest

from feedback.ui.forms import TELLING, literal

PLAIN = (
    "Was it worth it? (required)",
    "Safety, health & environment: 3 to 5 weeks (or more)!",
    "1,000 or more",
    "50% of R&D, a/b, half-way",
    "ما قيمة \u2068Data Badge\u2069 لديكم؟",
)
HOSTILE = (
    "**bold** _it_ ~~gone~~ `code`",
    "$x^2$ and $$y$$",
    ":red[x] :smile: :+1: :material/home:",
    "[click](javascript:alert(1)) ![x](https://example.org/x.png)",
    "<img src=x onerror=alert(1)> <script>alert(2)</script>",
    "# Title\n## Two\n> said\n- one\n+ two\n3. three\n4) four\n===",
    "    indented as code",
    "a | b | c",
    "&lt;b&gt; &#42;",
    "back \\* slash",
    "a -> b <- c -- d >= e <= f ~= g <-> h",
    "see https://example.org, www.example.org or me@example.org",
)


def shown(label: str) -> str:
    """What a reader of Markdown sees of a label: escapes resolved, breaks without width unseen."""
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", label).replace("\u200b", "")


@pytest.mark.parametrize("text", PLAIN)
def test_plain_labels_are_left_untouched(text):
    assert literal(text) == text


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_labels_are_shown_letter_for_letter(text):
    still = literal(text)
    assert shown(still) == text
    assert still != text


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_in_a_hostile_label_stays_active(text):
    still = literal(text)
    assert not re.search(r"(?<!\\)(?:\\\\)*[*_`$\[\]<~|@]", still)
    assert not re.search(r"^\s*(?:[#>+-]|\d+[.)]|=)", still, re.MULTILINE)
    assert not re.search(r"(?:^|\s)(?:->|--|>=)(?:\s|$)", still)
    assert not re.search(r"(?<!\\):[\w+-]+[:\[/]|(?<!\\)&#?\w+;|\w://|www\.", still)


def test_what_may_tell_who_wrote_is_noticed():
    assert all(map(TELLING.search, ("me@example.org", "call +351 912 345 678", "ask Dr Silva", "number 123456")))
    assert not any(map(TELLING.search, ("More time, please.", "5 weeks in 2026", "The drills were hard")))
