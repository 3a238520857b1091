"""Problems are said all at once, each with its place."""

from feedback.errors import Problem, Refused, suggest


def test_a_refusal_says_every_problem_on_its_own_line():
    refused = Refused([Problem("a.csv, line 2", "found x."), Problem("a.csv, line 3", "found y.")])
    assert str(refused).splitlines() == ["a.csv, line 2: found x.", "a.csv, line 3: found y."]


def test_a_near_word_is_offered_and_a_far_one_is_not():
    assert suggest("micro-credentail", ["micro-credential", "badge"]) == ' Did you mean "micro-credential"?'
    assert suggest("zebra", ["micro-credential", "badge"]) == ""
