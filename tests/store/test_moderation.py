"""Who reads which comment: what waits, what is decided, what leaves the store, what is lost by nobody."""

from dataclasses import replace
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.analysis.comments.voices import count_voices
from feedback.errors import Refused
from feedback.policy import Actor, Forbidden, Grant
from feedback.store import audit, moderation
from feedback.store.comments import comment_marks, read_comments, save_readings, unread_comments
from feedback.store.database import reading, transaction
from feedback.store.masking import AGAIN, INTERNAL, MASK, PUBLIC, SAFETY, WITHHELD, blackened, carried, whole
from feedback.store.meta import data_version
from feedback.store.moderation import DANGER, LONGEST_NOTE, Changed, Decision
from feedback.store.releases import erase
from feedback.store.shuffling import shuffle
from tests.attacks.dumping import rows_of
from tests.people import with_role
from tests.store.releasing import assert_whole, publish_all, read_all, readings_of, save_all

MODERATOR, OTHER = with_role("moderator"), Actor("two", "Two", (Grant("moderator"),))
ANA = Decision(PUBLIC, "names_somebody", masks=((0, 3),))


def waiting(engine, actor=MODERATOR, **how):
    with reading(engine) as session:
        return moderation.draw(session, actor, **how)


def decide(engine, seen, decision, actor=MODERATOR):
    with transaction(engine) as session:
        return moderation.decide(session, actor, seen, decision)


def shown(engine, instruments, **how):
    with reading(engine) as session:
        found = read_comments(session, instruments, **how)
    return sorted(zip(found["text"], found["state"], strict=True))


def read_again(engine, instruments, instead, analyser="2"):
    """Read everything by another analyser, which masks otherwise: instead gives the new text for an old one."""
    with reading(engine) as session:
        found = unread_comments(session, instruments, analyser, everything=True)
    readings = readings_of(found, analyser)
    readings["masked"] = [instead.get(text, text) for text in readings["masked"]]
    with transaction(engine) as session:
        return save_readings(session, readings, analyser, instruments=instruments, count_voices=count_voices)


@pytest.fixture
def commented(institution, instruments, said):
    """One comment is published: "Ana explains LABS"."""
    save_all(institution, said(keep="Ana explains LABS"))
    read_all(institution, instruments)
    publish_all(institution, instruments)
    return institution


def test_an_undecided_comment_is_there_and_says_that_nobody_reviewed_it(commented, instruments):
    assert shown(commented, instruments) == [("Ana explains LABS", "")]
    (found,) = waiting(commented)
    assert (found.text, found.decision, found.instrument, found.published) == (
        "Ana explains LABS",
        None,
        "learner",
        True,
    )


@pytest.mark.parametrize("state", [PUBLIC, INTERNAL])
def test_s24_what_was_blackened_never_leaves_the_store(commented, instruments, state):
    decide(commented, waiting(commented)[0], replace(ANA, state=state))
    assert shown(commented, instruments) == [(f"{MASK} explains LABS", state)]
    assert waiting(commented) == []
    assert waiting(commented, state=state)[0].decision == replace(ANA, state=state)


@pytest.mark.parametrize(("state", "reason"), [(WITHHELD, "insult"), (SAFETY, DANGER)])
def test_s24_what_is_kept_back_never_leaves_the_store_nor_is_its_number_told_exactly(
    commented, instruments, state, reason
):
    decide(commented, waiting(commented)[0], Decision(state, reason))
    assert shown(commented, instruments) == []
    with reading(commented) as session:
        assert moderation.kept_back(session, instruments) == {"": 0}
        assert moderation.count(session, MODERATOR) == {"": 0, PUBLIC: 0, INTERNAL: 0, WITHHELD: 0, SAFETY: 0} | {
            state: 1
        }
    assert_whole(commented, instruments)


def test_p12_how_many_are_kept_back_and_why_is_told_in_steps_of_five(institution, instruments, said):
    save_all(institution, *(said(keep=f"Text {number}") for number in range(12)))
    read_all(institution, instruments)
    publish_all(institution, instruments)
    for number, seen in enumerate(waiting(institution)):
        kind = (
            Decision(WITHHELD, "insult") if number < 6 else Decision(WITHHELD, "legal" if number < 9 else "off_topic")
        )
        decide(institution, seen, Decision(SAFETY, DANGER) if number == 11 else kind)
    with reading(institution) as session:
        assert moderation.kept_back(session, instruments) == {"": 10, "insult": 5}
        assert moderation.kept_back(session, instruments, credential="sql-course") == {"": 0}
        assert moderation.kept_back(session, instruments, audience="learner") == {"": 10, "insult": 5}
        assert moderation.kept_back(session, instruments, credentials=[]) == {"": 0}


def test_topics_lie_where_they_did_and_those_that_were_blackened_are_gone():
    tags = [
        {"topic": "a", "start": 0, "end": 3, "polarity": ""},
        {"topic": "b", "start": 13, "end": 17, "polarity": ""},
    ]
    text, kept = blackened("Ana explains labs", tags, [[0, 3]])
    assert text == f"{MASK} explains labs"
    assert [(tag["topic"], text[tag["start"] : tag["end"]]) for tag in kept] == [("b", "labs")]


@given(st.text(max_size=40), st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=4))
def test_a_mask_cuts_no_sign_in_two_and_hides_at_least_what_was_chosen(text, chosen):
    places = [(min(a, b), max(a, b)) for a, b in chosen if min(a, b) < max(a, b) <= len(text)]
    found = whole(text, places)
    hidden = {at for start, end in found for at in range(start, end)}
    assert hidden >= {at for start, end in places for at in range(start, end)}
    assert all(before[1] < after[0] for before, after in pairwise(found))
    said, _ = blackened(text, [], found)
    assert said.count(MASK) == len(found) + text.count(MASK) - "".join(text[a:b] for a, b in found).count(MASK)
    assert whole(text, found) == found


def test_a_mask_takes_accents_emoji_and_what_the_program_masked_as_a_whole():
    assert whole("Andre\u0301 was", [(0, 5)]) == ((0, 6),)
    assert whole("Andre\u0301 was", [(5, 6)]) == ((4, 6),)
    assert whole("by \U0001f469\U0001f3fd\u200d\U0001f3eb yes", [(3, 4)]) == ((3, 7),)
    assert whole("so [name] said", [(5, 7)]) == ((3, 9),)
    assert whole("عَلي هنا", [(0, 1)]) == ((0, 2),)
    with pytest.raises(ValueError, match="does not lie"):
        whole("short", [(2, 9)])


def test_a_decision_is_refused_with_all_that_is_wrong_with_it(commented):
    (seen,) = waiting(commented)
    wrong = Decision("publc", "insultt", "x" * (LONGEST_NOTE + 1), ((0, 999),))
    with pytest.raises(Refused) as refused:
        decide(commented, seen, wrong)
    assert [problem.where for problem in refused.value.problems] == ["state", "reason", "note", "masks"]
    assert 'Did you mean "public"' in str(refused.value)
    for state, reason in ((WITHHELD, "fine"), (SAFETY, "insult"), (PUBLIC, DANGER)):
        with pytest.raises(Refused):
            decide(commented, seen, Decision(state, reason))
    assert waiting(commented) == [seen]


def test_of_two_moderators_at_once_the_second_is_told_and_nothing_is_lost(commented):
    (seen,) = waiting(commented)
    after = decide(commented, seen, ANA)
    with pytest.raises(Changed, match="Somebody else"):
        decide(commented, seen, Decision(WITHHELD, "insult"), OTHER)
    with reading(commented) as session:
        assert moderation.read_comment(session, OTHER, seen.place) == after
    decide(commented, after, Decision(WITHHELD, "insult"), OTHER)
    with pytest.raises(Changed):
        decide(commented, after, None)


def test_a_decision_is_undone_to_what_was_before(commented, instruments):
    (seen,) = waiting(commented)
    first = decide(commented, seen, ANA)
    second = decide(commented, first, Decision(WITHHELD, "insult"))
    assert decide(commented, second, first.decision) == first
    assert decide(commented, first, None) == seen
    assert rows_of(commented)["moderations"] == []
    assert shown(commented, instruments) == [("Ana explains LABS", "")]


def test_every_decision_shows_at_once_and_changes_the_marks_by_which_findings_are_kept(commented, instruments):
    def state():
        with reading(commented) as session:
            return comment_marks(session, instruments)["mark"].tolist(), data_version(session)

    seen, kept = waiting(commented)[0], [state()]
    for decision in (
        ANA,
        replace(ANA, masks=((4, 8),)),
        replace(ANA, state=INTERNAL),
        Decision(WITHHELD, "legal"),
        None,
    ):
        seen = decide(commented, seen, decision)
        kept.append(state())
    marks = [str(mark) for mark, _ in kept]
    assert len(set(marks[:-1])) == 5
    assert marks[-1] == marks[0]
    assert [version for _, version in kept] == sorted({version for _, version in kept})


def test_who_decided_what_is_recorded_without_a_word_of_the_comment(commented):
    seen = decide(commented, waiting(commented)[0], replace(ANA, note="her real name"))
    decide(commented, seen, None)
    with reading(commented) as session:
        last, first = audit.read_events(session, action=audit.MODERATED)
    assert (first.actor, first.about) == (MODERATOR.id, "credential:data-badge")
    assert first.details == {
        "which": seen.place.mark, "was": "unreviewed", "state": PUBLIC, "reason": "names_somebody", "masks": 1,
    }  # fmt: skip
    assert last.details["was"] == PUBLIC
    told = str(rows_of(commented)["audit_events"])
    assert not any(word in told for word in ("Ana", "LABS", "real name", seen.place.response))


def test_the_original_is_shown_to_moderators_only_and_whoever_looks_is_recorded(institution, instruments, said):
    save_all(institution, said(keep="Smith explains"))
    read_all(institution, instruments)
    publish_all(institution, instruments)
    (seen,) = waiting(institution)
    assert seen.text == "[name] explains"
    with transaction(institution) as session:
        assert moderation.original(session, instruments, MODERATOR, seen) == "Smith explains"
        (event,) = audit.read_events(session, action=audit.SHOWED_ORIGINAL)
    assert "Smith" not in str(event)
    for role in ("lead", "owner", "committee", "reviewer", "administrator", "auditor"):
        with pytest.raises(Forbidden), transaction(institution) as session:
            moderation.original(session, instruments, with_role(role), seen)
    with reading(institution) as session:
        assert len(audit.read_events(session, action=audit.SHOWED_ORIGINAL)) == 1


def test_an_answer_about_several_credentials_shows_the_original_of_each(institution, instruments, employer_said):
    save_all(institution, employer_said(change={"data-badge": "Newer", "sql-course": "Shorter"}))
    read_all(institution, instruments)
    publish_all(institution, instruments)
    with transaction(institution) as session:
        said = {
            (each.place.credential, moderation.original(session, instruments, MODERATOR, each))
            for each in moderation.draw(session, MODERATOR)
        }
    assert said == {("data-badge", "Newer"), ("sql-course", "Shorter")}


@pytest.mark.parametrize("role", ["lead", "owner", "committee", "reviewer", "administrator", "auditor"])
def test_only_moderators_see_the_queue_and_decide(commented, role):
    (seen,) = waiting(commented)
    for work in (
        lambda session: moderation.draw(session, with_role(role)),
        lambda session: moderation.count(session, with_role(role)),
        lambda session: moderation.read_comment(session, with_role(role), seen.place),
        lambda session: moderation.decide(session, with_role(role), seen, ANA),
    ):
        with pytest.raises(Forbidden), transaction(commented) as session:
            work(session)
    assert rows_of(commented)["moderations"] == []


@pytest.mark.parametrize(
    ("scope", "sees"), [("", 2), ("programme:data", 2), ("credential:sql-course", 1), ("programme:other", 0)]
)
def test_s42_a_moderator_sees_and_decides_within_the_scope_only(institution, instruments, employer_said, scope, sees):
    save_all(institution, employer_said(change={"data-badge": "Newer", "sql-course": "Shorter"}))
    read_all(institution, instruments)
    publish_all(institution, instruments)
    someone = with_role("moderator", scope)
    assert len(waiting(institution, someone)) == sees
    with reading(institution) as session:
        assert moderation.count(session, someone)[""] == sees
    badge = next(each for each in waiting(institution) if each.place.credential == "data-badge")
    if sees < 2:
        with pytest.raises(Forbidden):
            decide(institution, badge, ANA, someone)


def test_comments_of_danger_are_for_moderators_and_administrators_and_who_looks_is_recorded(commented):
    decide(commented, waiting(commented)[0], Decision(SAFETY, DANGER))
    for role in ("moderator", "administrator"):
        with transaction(commented) as session:
            assert [each.text for each in moderation.alarms(session, with_role(role))] == ["Ana explains LABS"]
    for role in ("lead", "owner", "committee", "reviewer", "auditor"):
        with pytest.raises(Forbidden), transaction(commented) as session:
            moderation.alarms(session, with_role(role))
    with reading(commented) as session:
        assert len(audit.read_events(session, action=audit.SAW_ALARMS)) == 2


def test_what_is_to_be_read_first_leads_whatever_the_chance(institution, instruments, said):
    save_all(institution, *(said(keep=f"Text {number}") for number in range(30)), said(keep="I feel unsafe"))
    read_all(institution, instruments)
    publish_all(institution, instruments)
    orders = []
    for seed in range(3):
        found = waiting(institution, first=lambda text: "unsafe" in text, most=10, chance=Random(seed))
        assert len(found) == 10
        assert found[0].text == "I feel unsafe"
        orders.append([each.text for each in found])
    assert orders[0] != orders[1]


def test_what_no_release_has_taken_waits_unless_somebody_may_be_in_danger(institution, instruments, said):
    save_all(institution, said(keep="Fine"), said(keep="I feel unsafe"))
    read_all(institution, instruments)
    assert waiting(institution) == []
    (seen,) = waiting(institution, first=lambda text: "unsafe" in text)
    assert not seen.published
    decide(institution, seen, Decision(SAFETY, DANGER))
    publish_all(institution, instruments)
    assert shown(institution, instruments) == [("Fine", "")]


def test_the_queue_is_chosen_by_language_and_credential(commented):
    assert len(waiting(commented, credential="data-badge", language="en")) == 1
    assert waiting(commented, credential="sql-course") == waiting(commented, language="de") == []
    assert waiting(commented, credential="") == []


@pytest.mark.parametrize("state", [PUBLIC, INTERNAL])
def test_a_comment_that_is_masked_otherwise_by_a_new_reading_is_hidden_until_it_is_decided_again(
    commented, instruments, state
):
    seen = decide(commented, waiting(commented)[0], replace(ANA, state=state, note="kept"))
    read_again(commented, instruments, {"Ana explains LABS": "Truly Ana explains [name]"})
    assert shown(commented, instruments) == []
    (again,) = waiting(commented)
    assert again.text == "Truly Ana explains [name]"
    assert again.decision == Decision(AGAIN, "names_somebody", "kept", ((6, 9),))
    with pytest.raises(Changed, match="read anew"):
        decide(commented, seen, Decision(PUBLIC))
    decide(commented, again, Decision(PUBLIC, "names_somebody", masks=again.decision.masks))
    assert shown(commented, instruments) == [(f"Truly {MASK} explains [name]", PUBLIC)]


def test_a_comment_that_reads_the_same_keeps_its_decision_and_one_kept_back_stays_so(institution, instruments, said):
    save_all(institution, said(keep="Same"), said(keep="Other"))
    read_all(institution, instruments)
    publish_all(institution, instruments)
    for seen in waiting(institution):
        decide(institution, seen, Decision(INTERNAL) if seen.text == "Same" else Decision(WITHHELD, "legal"))
    read_again(institution, instruments, {"Other": "Another"})
    assert shown(institution, instruments) == [("Same", INTERNAL)]
    assert waiting(institution) == []
    assert waiting(institution, state=WITHHELD)[0].text == "Another"


def test_masks_are_carried_to_wherever_their_words_stand():
    assert carried("Ana ran", [[0, 3]], "So Ana, Ana") == [[3, 6], [8, 11]]
    assert carried("Ana ran", [[0, 3]], "[name] ran") == []


def test_s53_what_was_decided_goes_with_the_comment_and_cannot_be_decided_afterwards(institution, instruments, said):
    code, _ = save_all(institution, said(keep="Ana explains"), said(keep="Stays"))
    read_all(institution, instruments)
    publish_all(institution, instruments)
    seen = next(each for each in waiting(institution) if each.text == "Ana explains")
    decide(institution, seen, ANA)
    with transaction(institution) as session:
        erase(session, instruments, code, count_voices)
    assert rows_of(institution)["moderations"] == []
    for work in (
        lambda session: moderation.decide(session, MODERATOR, seen, ANA),
        lambda session: moderation.original(session, instruments, MODERATOR, seen),
    ):
        with pytest.raises(Changed, match="no more"), transaction(institution) as session:
            work(session)
    assert [each.text for each in waiting(institution)] == ["Stays"]


def test_what_was_decided_stays_when_answers_are_mixed(institution, instruments, said):
    save_all(institution, said(keep="I feel unsafe"))
    read_all(institution, instruments)
    (seen,) = waiting(institution, first=lambda text: True)
    decide(institution, seen, ANA)
    before = rows_of(institution)["moderations"]
    assert shuffle(institution) > 0
    assert rows_of(institution)["moderations"] == before != []
