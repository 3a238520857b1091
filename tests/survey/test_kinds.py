"""What each kind of question makes of a kept answer."""

import pytest

from feedback.survey.kinds import KINDS, Part


@pytest.mark.parametrize(
    ("question", "value", "parts"),
    [
        ("role", "hiring", [Part("hiring")]),
        ("known", "met", [Part("met", positive=True)]),
        ("known", "never", [Part("never", positive=False)]),
        ("trust", 2, [Part(number=2.0, score=0.5, positive=False)]),
        ("trust", 3, [Part(number=3.0, score=1.0, positive=True)]),
        ("trust", "dont_know", [Part(status="dont_know")]),
        ("performance", {"sql": 3, "plots": "not_seen"}, [
            Part("sql", number=3.0, score=1.0, positive=True), Part("plots", status="not_seen")]),
        ("benefits", ["network", "pay"], [Part(), Part("network"), Part("pay")]),
        ("weeks", 12, [Part(number=12.0)]),
        ("weeks", "dont_know", [Part(status="dont_know")]),
        ("order", ["b", "a"], [Part("b", number=1.0), Part("a", number=2.0)]),
        ("bundle", {"best": "data", "worst": "cloud"}, [Part("best", text="data"), Part("worst", text="cloud")]),
        ("pairs", {"data|cloud": "same"}, [Part("data|cloud", text="same")]),
        ("word", "fine", [Part(text="fine")]),
        ("change", "cheaper", [Part(text="cheaper")]),
    ],
)  # fmt: skip
def test_an_answer_comes_apart_as_its_kind_says(employer, question, value, parts):
    asked = employer.by_id[question]
    assert list(KINDS[asked.kind].parts(asked)(value)) == parts


def test_a_step_or_option_this_version_no_longer_has_is_kept_without_a_score(employer):
    trust, known = employer.by_id["trust"], employer.by_id["known"]
    assert KINDS["scale"].parts(trust)(7) == (Part(number=7.0),)
    assert KINDS["one"].parts(known)("gone") == (Part("gone"),)


def test_a_bipolar_scale_has_positives_but_no_score(read, text):
    paced = read(text.replace('scale = "agree3"\nconstruct = "trust"', 'scale = "pace3"\nconstruct = "trust"'))
    assert KINDS["scale"].parts(paced.by_id["trust"])(2) == (Part(number=2.0, positive=True),)
