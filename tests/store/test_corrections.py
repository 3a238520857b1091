"""People and the reader: what somebody says of a comment holds at once, goes with it, and is measured."""

from random import Random

import pytest

from feedback.analysis.comments.voices import count_voices
from feedback.errors import Refused
from feedback.findings.comments import tone
from feedback.policy import Actor, Forbidden, Grant
from feedback.store import audit, corrections, mended, moderation
from feedback.store.comments import comment_marks, read_comments, save_readings, unread_comments
from feedback.store.corrections import MOST_TAGS, Seen, correct, draw_to_check, languages, read_pairs, read_seen
from feedback.store.database import reading, transaction
from feedback.store.masking import MASK, PUBLIC, WITHHELD, blackened
from feedback.store.mended import Said, agreed, laid_over, said_of
from feedback.store.moderation import Changed, Decision
from feedback.store.releases import erase
from feedback.store.shuffling import shuffle
from feedback.ui.saying import Draft
from tests.attacks.dumping import rows_of
from tests.people import with_role
from tests.store.releasing import assert_whole, publish_all, published, read_all, readings_of, save_all

LEAD, OTHER, MODERATOR = with_role("lead"), Actor("two", "Two", (Grant("lead"),)), with_role("moderator")


def drawn(engine, instruments, actor=MODERATOR, seed=1, **how):
    with reading(engine) as session:
        how = {"doubt": lambda sentiment: 0.0, "chance": Random(seed)} | how
        return draw_to_check(session, instruments, actor, **how)


def say(engine, instruments, seen, said, actor=MODERATOR):
    with transaction(engine) as session:
        return correct(session, instruments, actor, seen, said, count_voices=count_voices)


def listed(engine, instruments):
    with reading(engine) as session:
        found = read_comments(session, instruments)
        marks = comment_marks(session, instruments)["mark"].tolist()
    shown = [
        (row.text, row.sentiment, [(tag["topic"], row.text[tag["start"] : tag["end"]]) for tag in row.topics])
        for row in found.itertuples()
    ]
    return sorted(shown), marks


def counted(engine, instruments):
    found = published(engine, instruments, "topics")
    return {topic: people for topic, people in found.groupby("topic", observed=True)["people"].sum().items() if topic}


def tag(topic, text, words, polarity=""):
    start = text.index(words)
    return {"topic": topic, "start": start, "end": start + len(words), "polarity": polarity}


@pytest.fixture
def commented(institution, instruments, said):
    """Ten comments are published: "Text 0" to "Text 9", which read as about "text1", and about their number and 1."""
    save_all(institution, *(said(keep=f"Text {number}") for number in range(10)))
    read_all(institution, instruments)
    publish_all(institution, instruments)
    return institution


def test_what_somebody_says_holds_at_once_in_lists_and_counts_and_can_be_taken_back(commented, instruments):
    before, (seen, *_) = (
        (listed(commented, instruments), counted(commented, instruments)),
        drawn(commented, instruments),
    )
    mended = Said("pos", (tag("pace", seen.text, "Text", "neg"),), ("text1",))
    say(commented, instruments, seen, mended)
    shown, marks = listed(commented, instruments)
    number = seen.text.removeprefix("Text ")
    assert (seen.text, 1.0, [(f"{number}1", "T"), ("pace", "Text")]) in shown
    assert marks != before[0][1]
    assert counted(commented, instruments) == before[1] | {"pace": 1, "text1": 9}
    assert_whole(commented, instruments)
    say(commented, instruments, seen, Said())
    assert (listed(commented, instruments), counted(commented, instruments)) == before
    assert rows_of(commented)["corrections"] == []


def test_where_two_differ_the_reader_stands_and_where_they_agree_they_do(commented, instruments):
    seen = drawn(commented, instruments)[0]
    say(commented, instruments, seen, Said("pos", absent=("text1",)))
    say(commented, instruments, seen, Said("neg", absent=("text1",)), LEAD)
    found = next(row for row in listed(commented, instruments)[0] if row[0] == seen.text)
    assert found[1] == -0.5
    assert "text1" not in dict(found[2])
    say(commented, instruments, seen, Said("neg", (tag("text1", seen.text, "Text"),)), LEAD)
    found = next(row for row in listed(commented, instruments)[0] if row[0] == seen.text)
    assert dict(found[2])["text1"] == "T"


def test_of_what_several_said_holds_what_nobody_said_otherwise():
    pace = {"topic": "pace", "start": 0, "end": 4, "polarity": "neg"}
    slow = pace | {"start": 5, "end": 9, "polarity": "pos"}
    assert agreed([Said(None, (pace,)), Said("neg", (slow,), ("labs",), whole=True)]) == Said(
        "neg", (pace | {"polarity": ""},), ("labs",), whole=True
    )
    assert agreed([Said(topics=(pace,)), Said(whole=True)]) == Said()


def test_places_lie_in_what_is_shown_whatever_a_moderator_blackens(commented, instruments):
    seen = drawn(commented, instruments, most=20)[0]
    with transaction(commented) as session:
        (there,) = [each for each in moderation.draw(session, MODERATOR) if each.place == seen.place]
        moderation.decide(session, MODERATOR, there, Decision(PUBLIC, "names_somebody", masks=((0, 4),)))
    with pytest.raises(Changed):
        say(commented, instruments, seen, Said("neg"))
    with reading(commented) as session:
        seen = read_seen(session, instruments, MODERATOR, seen.place)
    assert seen.text.startswith(MASK)
    number = seen.text.removeprefix(f"{MASK} ")
    say(commented, instruments, seen, Said(None, (tag("pace", seen.text, number),)))
    with reading(commented) as session:
        again = read_seen(session, instruments, MODERATOR, seen.place)
    assert again.said.topics[0] == tag("pace", seen.text, number)
    assert (seen.text, -0.5, [("pace", number)]) in listed(commented, instruments)[0]
    with reading(commented) as session:
        (kept,) = said_of(session, [seen.place.response]).values()
    assert kept.topics == (tag("pace", f"Text {number}", number),)


def test_what_was_said_moves_with_its_words_when_a_comment_is_masked_otherwise_and_goes_with_them(
    commented, instruments
):
    first, second = drawn(commented, instruments)[:2]
    for seen in (first, second):
        words = seen.text.removeprefix("Text ")
        say(commented, instruments, seen, Said("neg", (tag("pace", seen.text, words),), whole=True))
    anew = {first.text: f"[name] wrote {first.text}", second.text: "Text [number]"}
    with reading(commented) as session:
        readings = readings_of(unread_comments(session, instruments, "2", everything=True), "2")
    readings["masked"] = [anew.get(text, text) for text in readings["masked"]]
    with transaction(commented) as session:
        save_readings(session, readings, "2", instruments=instruments, count_voices=count_voices)
    found = {row[0]: row[2] for row in listed(commented, instruments)[0]}
    assert found[anew[first.text]] == [("pace", first.text.removeprefix("Text "))]
    assert "pace" not in dict(found["Text [number]"])
    assert_whole(commented, instruments)


def test_s53_what_was_said_goes_with_the_comment_and_cannot_be_said_afterwards(institution, instruments, said):
    code, *_ = save_all(institution, said(keep="Goes"), *(said(keep="Stays") for _ in range(4)))
    read_all(institution, instruments)
    publish_all(institution, instruments)
    seen = next(each for each in drawn(institution, instruments) if each.text == "Goes")
    say(institution, instruments, seen, Said("neg"))
    before = rows_of(institution)["corrections"]
    assert shuffle(institution) == 0
    assert rows_of(institution)["corrections"] == before != []
    with transaction(institution) as session:
        erase(session, instruments, code, count_voices)
    assert rows_of(institution)["corrections"] == []
    with pytest.raises(Changed, match="no more"):
        say(institution, instruments, seen, Said("neg"))


def test_what_is_wrong_is_refused_all_at_once(commented, instruments):
    seen = drawn(commented, instruments)[0]
    wrong = Said("poss", ({"topic": "pace", "start": 2, "end": 99, "polarity": "bad"},), ("pace",))
    with pytest.raises(Refused) as refused:
        say(commented, instruments, seen, wrong)
    assert [problem.where for problem in refused.value.problems] == ["sentiment", "pace", "pace", "pace"]
    assert 'Did you mean "pos"' in str(refused.value)
    with pytest.raises(Refused, match=f"more than {MOST_TAGS}"):
        say(commented, instruments, seen, Said(absent=tuple(f"t{number}" for number in range(MOST_TAGS + 1))))
    assert rows_of(commented)["corrections"] == []


@pytest.mark.parametrize("role", ["committee", "reviewer", "administrator", "auditor"])
def test_s42_who_may_not_teach_sees_and_says_nothing(commented, instruments, role):
    seen = drawn(commented, instruments)[0]
    with pytest.raises(Forbidden):
        drawn(commented, instruments, with_role(role))
    with pytest.raises(Forbidden):
        say(commented, instruments, seen, Said("neg"), with_role(role))


@pytest.mark.parametrize(
    ("scope", "sees"), [("", 10), ("programme:data", 10), ("credential:data-badge", 10), ("credential:sql-course", 0)]
)
def test_s42_who_teaches_sees_and_says_within_the_scope_only(commented, instruments, scope, sees):
    owner = with_role("owner", scope)
    assert len(drawn(commented, instruments, owner)) == sees
    if not sees:
        with pytest.raises(Forbidden):
            say(commented, instruments, drawn(commented, instruments)[0], Said("neg"), owner)


def test_comments_of_a_small_group_are_checked_by_moderators_only_and_reviewed_ones_from_the_minimum_on(
    institution, instruments, said
):
    save_all(institution, *(said(keep=f"Text {number}") for number in range(5)))
    read_all(institution, instruments)
    publish_all(institution, instruments)
    assert len(drawn(institution, instruments)) == 5
    assert drawn(institution, instruments, LEAD) == []
    with transaction(institution) as session:
        first, second, *_ = moderation.draw(session, MODERATOR)
        moderation.decide(session, MODERATOR, first, Decision(PUBLIC))
        moderation.decide(session, MODERATOR, second, Decision(WITHHELD, "insult"))
    assert [each.place for each in drawn(institution, instruments, LEAD)] == [first.place]
    assert len(drawn(institution, instruments)) == 4
    unreviewed = next(each for each in drawn(institution, instruments) if each.place != first.place)
    withheld = Seen(second.place, "learner", "en", second.text, None, ())
    for seen, actor in ((unreviewed, OTHER), (withheld, OTHER), (withheld, MODERATOR)):
        with pytest.raises(Changed):
            say(institution, instruments, seen, Said("neg"), actor)


def test_employers_comments_are_checked_when_enough_organisations_stand_behind_them(
    institution, instruments, employer_said
):
    save_all(institution, *(employer_said(why=f"Text {number}") for number in range(12)))
    read_all(institution, instruments)
    publish_all(institution, instruments)
    assert drawn(institution, instruments, LEAD) == []
    assert len(drawn(institution, instruments, credential="")) == 12


def test_half_is_drawn_by_chance_and_the_rest_where_the_reader_is_least_sure(commented, instruments):
    def doubt(sentiment):
        return 1.0

    found = drawn(commented, instruments, doubt=doubt, most=6)
    assert len({each.place for each in found}) == 6
    assert sum(each.at_random for each in found) == 3
    assert drawn(commented, instruments, credential="sql-course") == drawn(commented, instruments, language="de") == []


def test_what_one_checked_by_chance_another_is_given_too_and_nobody_twice(commented, instruments):
    first = [each for each in drawn(commented, instruments, most=8) if each.at_random]
    assert len(first) == 4
    for seen in first:
        say(commented, instruments, seen, Said("neg", whole=True))
    again = drawn(commented, instruments, most=20)
    assert not {each.place for each in again} & {each.place for each in first}
    of_other = [each for each in drawn(commented, instruments, LEAD, most=16) if each.at_random]
    assert {each.place for each in first} <= {each.place for each in of_other}


def test_of_which_the_reading_was_seen_none_is_drawn_by_chance_but_it_may_teach(commented, instruments):
    first = [each for each in drawn(commented, instruments, most=8) if each.at_random]
    say(commented, instruments, first[0], Said("neg", whole=True), actor=LEAD)
    places = {each.place for each in first}
    for seed in range(5):
        found = drawn(commented, instruments, seed=seed, most=20, shown=places)
        assert {each.place for each in found if each.at_random} & places == set()
        assert places - {first[0].place} <= {each.place for each in found}


def test_a_comment_comes_back_as_it_was_drawn_when_one_said_something_of_it(commented, instruments):
    found = drawn(commented, instruments, most=8)
    for seen in found:
        say(commented, instruments, seen, Said("neg", whole=True))
    with reading(commented) as session:
        again = [read_seen(session, instruments, MODERATOR, seen.place) for seen in found]
        others = [read_seen(session, instruments, LEAD, seen.place) for seen in found]
    assert [each.at_random for each in again if each] == [seen.at_random for seen in found]
    assert not any(each.at_random for each in others if each)


def test_the_reader_and_people_stand_side_by_side_without_names(commented, instruments):
    seen = next(each for each in drawn(commented, instruments) if each.at_random)
    say(commented, instruments, seen, Said("pos", (tag("pace", seen.text, "Text"),), whole=True))
    say(commented, instruments, seen, Said("neg", absent=("text1",)), LEAD)
    with reading(commented) as session:
        pairs = read_pairs(session, LEAD)
        assert read_pairs(session, LEAD, analyser="none").empty
    assert list(pairs.columns) == list(corrections.PAIRS)
    assert pairs["comment"].tolist() == [0, 0]
    assert sorted(pairs["person"]) == [0, 1]
    rows = {row.said: row for row in pairs.itertuples()}
    assert (rows["pos"].about, rows["pos"].whole, rows["pos"].at_random) == (("pace",), True, True)
    assert (rows["neg"].not_about, rows["neg"].whole, rows["neg"].at_random) == (("text1",), False, False)
    assert rows["neg"].sentiment == -0.5
    assert not any(word in str(pairs) for word in (MODERATOR.id, seen.place.response))


def test_how_good_the_reader_is_is_for_all_who_read_results(commented):
    with reading(commented) as session:
        for role in ("committee", "owner", "moderator", "auditor"):
            assert read_pairs(session, with_role(role, "credential:data-badge" if role == "owner" else "")).empty
        with pytest.raises(Forbidden):
            read_pairs(session, with_role("reviewer"))


def test_who_corrected_is_recorded_without_a_word_of_the_comment(commented, instruments):
    seen = drawn(commented, instruments)[0]
    say(commented, instruments, seen, Said("pos", (tag("pace", seen.text, seen.text),)))
    with reading(commented) as session:
        (event,) = audit.read_events(session, action=audit.CORRECTED)
    assert (event.actor, event.about) == (MODERATOR.id, "credential:data-badge")
    assert event.details == {"which": seen.place.mark, "sentiment": "pos", "topics": ["pace"], "absent": []}
    assert seen.text not in str(rows_of(commented)["audit_events"])


def test_the_languages_offered_are_those_of_comments_somebody_may_check(commented, instruments):
    with reading(commented) as session:
        found = languages(session, instruments, MODERATOR)
        assert found == sorted({seen.language for seen in drawn(commented, instruments)} - {""})
        assert languages(session, instruments, with_role("owner", "credential:other")) == []
        with pytest.raises(Forbidden):
            languages(session, instruments, with_role("committee"))


def test_a_topic_made_after_a_comment_was_checked_stays_where_it_is_read():
    pace, new = ({"topic": name, "start": 0, "end": 4, "polarity": ""} for name in ("pace", "new"))
    said = Draft("neg", (pace,), offered=("pace", "labs")).said
    assert (said.absent, said.whole) == (("labs",), True)
    assert (said.on("pace"), said.on("labs"), said.on("new")) == (True, False, None)
    assert [each["topic"] for each in laid_over([new, pace | {"topic": "labs"}], said)] == ["new", "pace"]


def masked(engine, instruments, seen, *places):
    """The comment as it shows once a moderator has blackened places of it."""
    with transaction(engine) as session:
        (there,) = [each for each in moderation.draw(session, MODERATOR, most=50) if each.place == seen.place]
        moderation.decide(session, MODERATOR, there, Decision(PUBLIC, "names_somebody", masks=places))
    with reading(engine) as session:
        return read_seen(session, instruments, MODERATOR, seen.place)


def test_of_a_comment_with_masked_words_a_topic_of_all_of_it_is_kept_and_what_the_mask_hides_stays_as_read(
    commented, instruments
):
    seen = masked(commented, instruments, drawn(commented, instruments)[0], (0, 4))
    number = seen.text.removeprefix(f"{MASK} ")
    assert seen.topics == ()  # "text1" stands on the first sign, which is masked
    whole = tag("pace", seen.text, seen.text)
    say(commented, instruments, seen, Draft("neg", (whole,), offered=("pace", "text1", "labs")).said)
    with reading(commented) as session:
        (kept,) = said_of(session, [seen.place.response]).values()
        again = read_seen(session, instruments, MODERATOR, seen.place)
    assert (kept.on("pace"), kept.on("text1"), kept.on("labs")) == (True, True, False)
    assert ("pace", 0, len(f"Text {number}")) in [(each["topic"], each["start"], each["end"]) for each in kept.topics]
    assert again.said.topics == (whole,)
    assert counted(commented, instruments)["pace"] == 1
    assert counted(commented, instruments)["text1"] == 10
    assert (seen.text, -1.0, [("pace", seen.text)]) in listed(commented, instruments)[0]


def test_what_somebody_says_of_how_a_comment_sounds_goes_before_what_its_question_asked_for(commented, instruments):
    with reading(commented) as session:
        asked = read_comments(session, instruments).set_index("text")["polarity"]
    assert set(asked) == {"positive"}
    seen = drawn(commented, instruments)[0]
    say(commented, instruments, seen, Said("neg", whole=True))
    with reading(commented) as session:
        found = read_comments(session, instruments).set_index("text")
    assert tone(found.loc[[seen.text]]) == ["neg"]
    told = published(commented, instruments, "topics")
    wrote = told[told["topic"] == ""]
    assert wrote[["critical", "people"]].groupby("critical")["people"].sum().to_dict() == {False: 9, True: 1}


def test_the_places_of_a_topic_of_all_of_a_comment_go_with_its_text():
    whole = {"topic": "pace", "start": 0, "end": 6, "polarity": ""}
    assert mended._moved(whole, "Text 1", "Text [number]")["end"] == len("Text [number]")
    assert blackened("Ana", [whole | {"end": 3}], [[0, 3]])[1] == []
