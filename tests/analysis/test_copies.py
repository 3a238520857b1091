"""Answers that are alike: bursts of long comments and of whole patterns, and nothing that chance brings about."""

from hypothesis import given
from hypothesis import strategies as some

from feedback.analysis.copies import boxes_of, copied, near, words_of

LONG = "The tasks were far too easy for anybody who has ever used a spreadsheet at work before."
NEARLY = "the tasks were FAR too easy, for anybody who has ever used a spreadsheet at home before!"
OTHER = "I would have liked more time with the teacher and fewer slides about things that everybody knows."
GRID = {"clear": 4, "helped": 5, "fair": 2, "fits": 3}
ANSWERS = {"worth": 4, "pace": 3, "motive": "required", "benefits": ["pay", "network"], "teaching": GRID,
           "skills": {"sql": 1, "charts": 2, "stats": 4, "plots": 3}}  # fmt: skip


def sent(*comments: str, **answers: object) -> tuple[list[str], dict[str, object]]:
    return list(comments), answers


def test_three_long_comments_nearly_alike_are_a_burst_and_two_are_not():
    three = {"a": sent(LONG), "b": sent(LONG.upper()), "c": sent(NEARLY), "d": sent(OTHER)}
    assert copied(three) == {"a", "b", "c"}
    assert copied({key: three[key] for key in "abd"}) == set()


def test_short_comments_are_alike_by_chance_and_do_not_count():
    assert copied({str(number): sent("Good.") for number in range(40)}) == set()
    nine = "More practice with real data would have helped me."
    assert len(words_of(nine)) == 9
    assert copied({str(number): sent(nine) for number in range(40)}) == set()


def test_one_person_who_writes_the_same_three_times_is_no_burst():
    assert copied({"a": sent(LONG, LONG, LONG)}) == set()


def test_three_with_the_same_in_every_box_are_a_burst():
    same = {key: sent(**ANSWERS) for key in "abc"}
    assert len(boxes_of(ANSWERS)) == 12
    assert copied(same) == {"a", "b", "c"}
    assert copied({**same, "c": sent(**{**ANSWERS, "worth": 5})}) == set()


def test_agreeing_with_everything_or_answering_little_is_no_copy():
    straight = {f"q{number}": 5 for number in range(20)}
    assert copied({str(number): sent(**straight) for number in range(9)}) == set()
    few = {f"q{number}": number for number in range(11)}
    assert copied({str(number): sent(**few) for number in range(9)}) == set()


def test_the_order_of_boxes_does_not_matter_and_credentials_are_told_apart():
    assert boxes_of({"a": 1, "b": {"x": 2}}) == boxes_of({"b": {"x": 2}, "a": 1})
    assert boxes_of({"trust": {"sql": {"tests": 3}}}) != boxes_of({"trust": {"care": {"tests": 3}}})


def test_a_chain_of_texts_each_like_the_next_is_one_group():
    words = LONG.lower().rstrip(".").split()
    steps = [tuple(words), (*words[:-1], "now"), (*words[:-2], "right", "now")]
    assert [len(group) for group in near(steps)] == [3]
    assert len(near([tuple(words), tuple(OTHER.lower().split())])) == 2


people = some.dictionaries(
    some.text("abcdef", min_size=1, max_size=2),
    some.tuples(some.lists(some.sampled_from([LONG, NEARLY, OTHER, "Good."]), max_size=2), some.just({})),
)


@given(people)
def test_a_flag_is_never_alone_and_one_person_more_never_takes_one_away(sent_by):
    found = copied(sent_by)
    assert found <= set(sent_by)
    assert not 0 < len(found) < 3
    assert found <= copied({**sent_by, "new one": ([LONG], {})})
