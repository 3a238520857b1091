"""Voices: how many people named a topic as good or bad, each person once."""

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback.analysis.comments.voices import COLUMNS, GROUP, count_voices


def comment(response=1, polarity=None, topics=(), **more):
    """One comment as the store hands it over; topics are (topic, polarity)."""
    about = {"audience": "learner", "instrument": "learner", "survey": "s", "month": "2026-03", "credential": "c"}
    tags = [{"topic": name, "polarity": meant, "start": 0, "end": 1} for name, meant in topics]
    return (
        about | {"response": response, "organisation": None, "role": None, "polarity": polarity, "topics": tags} | more
    )


def voices(*comments):
    """(topic, critical, appreciative) -> people."""
    counted = count_voices(pd.DataFrame(comments, columns=["response", *GROUP, "polarity", "topics"]))
    assert tuple(counted.columns) == COLUMNS
    rows = zip(
        counted["topic"].astype(str), counted["critical"], counted["appreciative"], counted["people"], strict=True
    )
    found: dict = {}
    for topic, critical, appreciative, people in rows:
        key = (topic, bool(critical), bool(appreciative))
        found[key] = found.get(key, 0) + people
    return found


def test_nobody_has_no_voice():
    assert voices() == {}


def test_a_question_that_asks_for_what_to_change_makes_all_it_names_critical():
    said = comment(polarity="negative", topics=[("labs", "pos")])
    assert voices(said) == {("", True, False): 1, ("labs", True, False): 1}


def test_a_question_that_asks_for_what_to_keep_makes_all_it_names_appreciative():
    assert voices(comment(polarity="positive", topics=[("labs", "neg")]))["labs", False, True] == 1


def test_an_open_question_leaves_it_to_the_clause():
    said = comment(topics=[("labs", "neg"), ("pace", "pos"), ("price", "neu"), ("room", "")])
    assert voices(said) == {
        ("labs", True, False): 1,
        ("pace", False, True): 1,
        ("price", False, False): 1,
        ("room", False, False): 1,
        ("", True, True): 1,
    }


def test_a_comment_on_nothing_known_is_a_comment_all_the_same():
    assert voices(comment(), comment(2) | {"topics": None}) == {("", False, False): 2}


def test_a_person_counts_once_however_much_was_written():
    said = [comment(1, "negative", [("labs", "")]), comment(1, "positive", [("labs", ""), ("labs", "")])]
    assert voices(*said) == {("labs", True, True): 1, ("", True, True): 1}
    assert voices(*said, comment(2, "negative", [("labs", "")])) == {
        ("labs", True, True): 1, ("labs", True, False): 1, ("", True, True): 1, ("", True, False): 1,
    }  # fmt: skip


def test_about_two_credentials_a_person_counts_for_each():
    assert voices(comment(credential="c"), comment(credential="d")) == {("", False, False): 2}


def test_what_is_not_known_of_a_person_stays_missing():
    counted = count_voices(pd.DataFrame([comment(), comment(2, organisation="acme")]))
    assert counted["organisation"].isna().tolist() == [True, False]
    assert counted["role"].isna().all()


people = st.lists(
    st.tuples(st.integers(0, 4), st.sampled_from(["positive", "negative", None]), st.sampled_from(["labs", "pace"])),
    max_size=10,
)


@settings(deadline=None)
@given(people)
def test_voices_of_different_people_add_up(said):
    comments = [comment(who, polarity, [(topic, "neg")]) for who, polarity, topic in said]
    whole = voices(*comments)
    parts = [voices(*(each for each in comments if each["response"] % 2 == odd)) for odd in (1, 0)]
    assert whole == {key: sum(part.get(key, 0) for part in parts) for key in {*parts[0], *parts[1]}}


def test_what_somebody_says_of_a_topic_goes_before_the_question():
    tags = [{"topic": "pace", "polarity": "pos", "said": True}, {"topic": "labs", "polarity": "pos"}]
    counted = count_voices(pd.DataFrame([comment(polarity="negative") | {"topics": tags}])).set_index("topic")
    assert counted[["critical", "appreciative"]].to_dict("index") == {
        "": {"critical": True, "appreciative": False},
        "pace": {"critical": False, "appreciative": True},
        "labs": {"critical": True, "appreciative": False},
    }
