"""Quotes that speak for a group."""

import pandas as pd

from feedback.analysis.comments.quotes import quotes

COMMENTS = [
    "The final exam was unfair and far too long",
    "I think the final exam is unfair and too hard",
    "The exam was long and unfair for beginners",
    "Unfair final exam, far too long for beginners",
    "The slides were full of mistakes in the first unit",
    "Many mistakes in the slides of the first unit",
    "Slides in unit one had mistakes, fix the first slides",
    "My goat ate the purple certificate near Lisbon",
    "ok",
]


def test_quotes_are_typical_and_differ():
    chosen = quotes(pd.Series(COMMENTS), "en", number=2)
    assert len(chosen) == 2
    assert sum("exam" in quote.lower() for quote in chosen) == 1
    assert sum("slides" in quote.lower() for quote in chosen) == 1


def test_the_rarest_voice_is_never_quoted():
    assert not any("goat" in quote for quote in quotes(pd.Series(COMMENTS), "en", number=9))


def test_the_order_of_the_comments_changes_nothing():
    assert quotes(pd.Series(COMMENTS), "en") == quotes(pd.Series(COMMENTS[::-1]), "en")


def test_below_five_different_comments_nothing_is_quoted():
    assert quotes(pd.Series(COMMENTS[:4]), "en") == []
    assert quotes(pd.Series([COMMENTS[0]] * 50), "en") == []
    assert quotes(pd.Series(COMMENTS[:4] + COMMENTS[4:5]), "en") != []
    assert quotes(pd.Series([], dtype=object), "en") == []


def test_quotes_are_masked():
    texts = pd.Series(
        [f"The final exam by Dr. Miller was {word} unfair" for word in ("so", "quite", "rather", "very", "too")]
    )
    assert quotes(texts, "en", number=1)[0].startswith("The final exam by Dr. [name] was")


def test_of_a_long_comment_its_most_typical_sentence_is_quoted():
    long = "I moved house in spring. " * 12 + "The final exam was unfair and far too long."
    texts = pd.Series([*COMMENTS[1:4], long, *COMMENTS[4:6], "exam final unfair"])
    chosen = quotes(texts, "en", number=9)
    assert "The final exam was unfair and far too long." in chosen
    assert all(len(quote) <= 280 for quote in chosen)


def test_where_it_is_known_what_was_asked_equal_comments_are_of_different_people():
    rest = "My goat ate the purple certificate near Lisbon"
    same = pd.Series(["The badge is worthless if nobody knows it"] * 6 + [rest])
    assert quotes(same, "en") == []
    assert quotes(same, "en", asked=pd.Series("change", index=same.index)) == [same[0]]


def test_one_who_says_the_same_to_every_question_has_no_company():
    same = pd.Series(["My goat ate the purple certificate"] * 6)
    asked = pd.Series([f"question {number}" for number in range(6)])
    assert quotes(same, "en", asked=asked) == []
    assert quotes(pd.concat([same, same], ignore_index=True), "en", minimum=2, asked=pd.concat([asked, asked])) == []
