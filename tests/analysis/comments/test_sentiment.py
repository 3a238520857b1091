"""How a comment sounds."""

from math import isnan, nan

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from textblob import TextBlob
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from feedback.analysis.comments.inflections import forms
from feedback.analysis.comments.sentiment import (
    NEGATIVE_BELOW,
    POSITIVE_FROM,
    combine,
    label,
    labels,
    score,
    sentiment_of,
    signals,
)
from feedback.analysis.comments.words import places, word_lists


def test_scores_are_those_of_the_two_libraries():
    text = "The labs were great, but the test was terribly unfair!"
    row = score([text], ["en"]).iloc[0]
    assert row["vader"] == SentimentIntensityAnalyzer().polarity_scores(text)["compound"]
    assert row["textblob"] == TextBlob(text).sentiment.polarity


def test_other_languages_are_not_scored_which_is_not_neutral():
    scores = score(["Le lezioni erano terribili", "الدروس كانت رائعة", "great"], ["it", "ar", ""])
    assert scores.isna().all(axis=None)


@pytest.mark.parametrize(
    ("language", "praise", "blame", "both"),
    [
        ("de", "Sehr hilfreiche Beispiele", "Die Prüfung war leider unfair", "Gute Übungen, aber unklare Folien"),
        ("es", "Las explicaciones son muy claras", "Fue una pérdida de tiempo", "Buen temario, pero clases aburridas"),
        ("fr", "Des exercices très utiles", "Le rythme était trop rapide", "Bons exemples, mais supports confus"),
        ("pt", "Exemplos claros e muito úteis", "Não recomendo, aulas confusas", "Bom curso, mas material confuso"),
    ],
)
def test_languages_with_words_of_their_own_are_scored_by_these_alone(language, praise, blame, both):
    scores = score([praise, blame, both], [language] * 3)
    assert [label(value) for value in scores["sentiment"]] == ["pos", "neg", "neu"]
    assert scores[["vader", "textblob"]].isna().all(axis=None)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Montags im großen Saal"),
        ("es", "Los lunes en el aula"),
        ("fr", "Le lundi en salle"),
        ("pt", "Na segunda"),
    ],
)
def test_what_says_none_of_these_words_is_not_scored_which_is_not_neutral(language, text):
    assert np.isnan(score([text], [language])["sentiment"].iloc[0])
    assert label(sentiment_of(text, language)) == ""


@pytest.mark.parametrize(
    ("language", "turned"),
    [
        ("de", "Das war nicht gut"),
        ("es", "No fue interesante"),
        ("fr", "Ce n'est pas intéressant"),
        ("pt", "Não é claro"),
    ],
)
def test_a_word_of_negation_turns_praise_in_each_language(language, turned):
    assert label(sentiment_of(turned, language)) == "neg"


@pytest.mark.parametrize(("typed", "language"), [("Muy utiles", "es"), ("Tres bien organise", "fr"), ("Otimo", "pt")])
def test_words_typed_without_accents_are_known(typed, language):
    assert label(sentiment_of(typed, language)) == "pos"


def test_missing_and_blank_texts_are_not_scored():
    assert score([None, "", "  "], ["en", "en", "en"]).isna().all(axis=None)


def test_a_series_keeps_its_index():
    texts = pd.Series(["great", "awful"], index=[7, 3])
    assert list(score(texts, ["en", "en"]).index) == [7, 3]
    assert score(pd.Series([], dtype=object), []).empty


def test_negation_turns_the_reading():
    assert sentiment_of("The teacher was helpful.", "en") > 0 > sentiment_of("The teacher was not helpful.", "en")


def test_labels_at_the_cuts_from_both_sides():
    assert label(NEGATIVE_BELOW - 0.001) == "neg"
    assert label(NEGATIVE_BELOW) == "neu"
    assert label(POSITIVE_FROM - 0.001) == "neu"
    assert label(POSITIVE_FROM) == "pos"


def test_a_text_without_a_known_word_is_unclear_and_an_unscored_one_has_no_label():
    assert label(0.0) == "neu"
    assert label(nan) == ""
    assert list(labels(pd.Series([0.9, -0.9, nan]))) == ["pos", "neg", ""]


@given(st.floats(-1, 1), st.floats(-1, 1), st.floats(-1, 1))
def test_the_combination_lies_between_the_readings(vader, textblob, tone):
    both = combine(vader, textblob, tone)
    assert min(vader, textblob, tone) - 1e-12 <= both <= max(vader, textblob, tone) + 1e-12


def test_signals_are_those_of_the_text_and_none_where_it_is_not_scored():
    found = signals("The labs were great!", "en")
    assert found.sentiment == sentiment_of("The labs were great!", "en")
    assert (found.words, len(found.judged), found.praise > 0, found.blame) == (4, 1, True, 0)
    assert signals("Molto bene", "it") is signals(None, "en") is signals(" ", "en") is None


@given(st.text())
def test_any_english_text_scores_between_minus_one_and_one(text):
    value = sentiment_of(text, "en")
    assert isnan(value) if not text.strip() else -1 <= value <= 1


def test_a_very_long_comment_is_scored_by_its_beginning():
    assert sentiment_of("but not good " * 20_000, "en") == sentiment_of(("but not good " * 20_000)[:8_000], "en")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Nicht sehr hilfreich."),
        ("de", "Der Kurs war nicht gut organisiert."),
        ("de", "Die Dozentin war schlecht vorbereitet."),
        ("de", "Leider gab es keine Aufzeichnung."),
        ("es", "No es muy bueno."),
        ("es", "No está bien organizado."),
        ("es", "Un curso mal organizado."),
        ("es", "Desgraciadamente cancelaron la clase."),
        ("fr", "Ce n'est pas très bon."),
        ("fr", "Le contenu n'est pas à jour."),
        ("fr", "Le cours était mal organisé."),
        ("fr", "Malheureusement la séance a été annulée."),
        ("pt", "Não é muito bom."),
        ("pt", "Infelizmente a aula foi cancelada."),
        ("en", "Not very helpful."),
    ],
)
def test_blame_is_heard_through_negation_regret_and_badly_done(language, text):
    assert label(sentiment_of(text, language)) == "neg"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Nicht schlecht, danke!"),
        ("es", "El mejor profesor que he tenido."),
        ("es", "El curso mejoró mucho mi nivel."),
        ("fr", "J'adore ce cours."),
        ("fr", "D'excellents exercices."),
        ("pt", "As aulas na plataforma foram excelentes."),
        ("pt", "Bons professores e boas aulas."),
    ],
)
def test_praise_is_heard_whatever_stands_beside_it(language, text):
    assert label(sentiment_of(text, language)) == "pos"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "In den Klassen saßen wir zu zwanzigst."),
        ("de", "Laut Plan beginnt es am Montag."),
        ("es", "La organización y la práctica, cara a cara."),
        ("es", "El motivo fue el trabajo."),
        ("fr", "Merci de répondre à l'aide."),
        ("pt", "A prática na semana passada."),
    ],
)
def test_nouns_that_look_like_a_word_that_judges_do_not_judge(language, text):
    assert label(sentiment_of(text, language)) in ("", "neu")


@pytest.mark.parametrize("language", ["de", "es", "fr", "pt"])
def test_no_word_praises_and_blames_at_once(language):
    side = {"best": 1, "good": 1, "bad": -1, "worst": -1}
    seen: dict[str, int] = {}
    twice = [
        form
        for name in side
        for said in word_lists(language).judging[name]
        if len(places(said)) == 1
        for form in forms(said, language)
        if seen.setdefault(form, side[name]) != side[name]
    ]
    assert twice == []
