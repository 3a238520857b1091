"""Themes in what no topic knows of: those that were put there come back, and noise gives none."""

import numpy as np
import pytest

from feedback.analysis.comments import themes
from feedback.analysis.comments.themes import LEAST_TEXTS, themes_in, untold

BADGE = [
    "the badge arrived late by post",
    "my badge arrived by post very late",
    "the badge arrived by post, late again",
]
ROOM = ["the room was cold in winter", "such a cold room all winter", "in winter our room was cold"]
FILLER = [f"{one}{two}" for one in ("apple", "stone", "cloud", "garden") for two in ("ox", "um", "el", "ark")]


def noise(number: int, seed: int = 0) -> list[str]:
    chance = np.random.default_rng(seed)
    return [" ".join(chance.choice(FILLER, 4, replace=False)) for _ in range(number)]


def planted(each: int = 15, rest: int = 40) -> list[str]:
    return [*(BADGE * each)[:each], *(ROOM * each)[:each], *noise(rest)]


def test_themes_that_were_put_there_come_back_with_their_comments():
    texts = planted()
    found = themes_in(texts, "en")
    named = {frozenset(theme.words): theme for theme in found}
    badge = next(theme for words, theme in named.items() if "badge" in words)
    room = next(theme for words, theme in named.items() if "room" in words)
    assert {"badge", "post"} <= set(badge.words)
    assert set(room.words) <= {"cold", "room", "winter"}
    assert {texts[at] for at in badge.members} == set(BADGE)
    assert {texts[at] for at in room.members} == set(ROOM)
    assert all(0.75 <= theme.stability <= 1 + 1e-9 for theme in found)


@pytest.mark.parametrize("seed", range(3))
def test_noise_holds_no_theme(seed):
    assert themes_in(noise(80, seed), "en") == []


def test_the_order_of_the_comments_changes_nothing():
    texts = planted()
    turned = texts[::-1]
    first, second = themes_in(texts, "en"), themes_in(turned, "en")
    assert [theme.words for theme in first] == [theme.words for theme in second]
    assert [sorted(texts[at] for at in theme.members) for theme in first] == [
        sorted(turned[at] for at in theme.members) for theme in second
    ]


def test_a_theme_of_fewer_than_the_minimum_is_none():
    texts = [*BADGE, *BADGE[:1], *noise(60)]
    assert themes_in(texts, "en", minimum=5) == []
    assert any("badge" in theme.words for theme in themes_in([*texts, *BADGE[:2]], "en", minimum=5))


def test_of_few_comments_nothing_is_told():
    assert themes_in([], "en") == []
    assert themes_in(planted(each=10, rest=0)[: LEAST_TEXTS - 1], "en") == []
    assert themes_in(["", "?", "12"] * 40, "en") == []


def test_words_that_only_praise_are_no_theme():
    assert themes_in(["great wonderful course"] * 20 + noise(40), "en") == []


def test_a_theme_is_told_in_a_language_without_a_stemmer():
    texts = ["huy hiệu đến rất muộn"] * 15 + noise(40)
    assert any("muộn" in theme.words for theme in themes_in(texts, "vi"))


@pytest.mark.parametrize(
    ("text", "spans", "left"),
    [
        ("Too fast. The badge came late.", [(0, 8)], "The badge came late."),
        ("Too fast. The badge came late.", [(0, 3), (14, 19)], ""),
        ("No topic here.", [], "No topic here."),
        ("", [(0, 1)], ""),
    ],
)
def test_what_no_topic_was_found_in_is_left(text, spans, left):
    assert untold(text, spans, "en") == left


def test_of_too_many_texts_those_at_the_end_of_the_alphabet_count_too(monkeypatch):
    seen = []
    monkeypatch.setattr(themes, "MOST_TEXTS", 40)
    monkeypatch.setattr(themes, "_matrix", lambda texts, *_: seen.extend(texts))
    themes.themes_in([f"{letter} {number}" for letter in "az" for number in range(60)], "en")
    assert len(seen) == 40
    assert {text[0] for text in seen} == {"a", "z"}
