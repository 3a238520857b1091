"""The way through a form, whoever draws it: steps, what stands beside what, kept answers, slips in words."""

from feedback.settings import data_folder
from feedback.survey.instrument import read_instruments
from feedback.survey.routing import asked
from feedback.survey.setting import Setting, Subject
from feedback.survey.steps import (
    apart,
    before,
    drawn_beside,
    expected,
    first_wrong,
    grouped,
    introduced,
    keep,
    minutes_left,
    one_subject,
    progress_words,
    section_title,
    side_by_side,
    slip_lines,
    slips_here,
    unaware,
    wording_of,
)
from feedback.survey.submission import Slip
from feedback.survey.wording import slip_text

INSTRUMENTS = read_instruments(data_folder() / "instruments")
LEARNER, EMPLOYER, EXPERT = (INSTRUMENTS[name] for name in ("learner", "employer", "expert"))
TWO = Setting(
    (Subject("a", "Badge A", "House A"), Subject("b", "Badge B")), Subject("foil:f", "Foil", foil=True), (), "seed"
)
ONE = Setting((Subject("a", "Badge A", "House A"),), seed="seed")


def test_an_employer_is_asked_of_themselves_then_what_they_know_then_credential_by_credential():
    answers = {"organisation": "Mill", "awareness": {"a": "certifies", "b": "never"}}
    steps = grouped(asked(EMPLOYER, answers, TWO))
    places = [(step[0].section.id, {each.slug for each in step}) for step in steps]
    assert places[0] == ("profile", {None})
    assert places[1] == ("awareness", {"a", "b", "foil:f"})
    order = [slug for _, slugs in places[2:] for slug in slugs if slug]
    first = [slug for index, slug in enumerate(order) if index == 0 or order[index - 1] != slug]
    assert first == ["a", "b"]
    assert all(len(slugs) == 1 for _, slugs in places[2:])


def test_the_steps_expected_are_those_of_credentials_that_are_known():
    answers: dict = {}
    known = {"awareness": {"a": "certifies", "b": "certifies"}}
    now = grouped(asked(EMPLOYER, answers, TWO))
    count = expected(EMPLOYER, answers, TWO, now)
    assert count == len(grouped(asked(EMPLOYER, known, TWO)))
    assert count > len(now)
    assert answers == {}


def test_an_answer_is_kept_at_its_place_and_taken_back():
    places = {(each.question.id, each.slug): each for each in asked(EMPLOYER, {}, TWO)}
    answers: dict = {}
    whole, one, two = places["organisation", None], places["awareness", "a"], places["awareness", "b"]
    for place, given in ((whole, "Mill"), (one, "never"), (two, "name")):
        keep(answers, place, given)
        assert before(answers, place) == given
    assert answers == {"organisation": "Mill", "awareness": {"a": "never", "b": "name"}}
    for place in (one, two, whole):
        keep(answers, place, None)
        assert before(answers, place) is None
    assert answers == {}


def test_a_step_is_stopped_by_its_own_slips_and_by_the_form_as_a_whole():
    everywhere = asked(EMPLOYER, {}, TWO)
    here = [each for each in everywhere if each.section.id == "profile"]
    own, later = Slip("organisation", None, None, "missing"), Slip("awareness", "a", None, "not_an_option")
    stale, stranger = Slip("", None, None, "stale_version"), Slip("no-such", None, None, "unknown_question")
    empty = Slip("", None, None, "nothing_answered")
    assert slips_here((stale, own, later, stranger, empty), here, everywhere) == (stale, own, stranger)


def test_slips_stand_together_once_each():
    slips = (
        Slip("organisation", None, None, "missing"),
        Slip("organisation", None, None, "missing"),
        Slip("awareness", "a", None, "not_an_option"),
        Slip("", None, None, "unknown_language"),
    )
    everywhere = asked(EMPLOYER, {}, TWO)
    here = [each for each in everywhere if each.section.id == "profile"]
    lines = slip_lines(slips, here, everywhere, TWO, "en")
    first, second, third = lines
    assert [slip.question for slip in lines.values()] == ["organisation", "awareness", ""]
    assert first == EMPLOYER.by_id["organisation"].text["en"]
    assert "Badge A" in second
    assert second.endswith(slip_text(slips[2], "en"))
    assert third == slip_text(slips[3], "en")


def test_a_title_is_set_apart_in_arabic_only_and_only_for_showing():
    place = next(each for each in asked(EMPLOYER, {}, TWO) if each.slug == "a")
    assert "\u2068Badge A\u2069" in wording_of(place, TWO, "ar")
    assert "\u2068" not in wording_of(place, TWO, "en")
    assert apart("", "ar") == ""


def test_evidence_and_certainty_stand_beside_their_criterion_only():
    known = EXPERT.by_id
    assert drawn_beside(known["governed"], EXPERT) == ("governed_evidence", "governed_sure")
    assert drawn_beside(known["governed_sure"], EXPERT) == ()
    assert drawn_beside(known["verdict"], EXPERT) == ()


def test_a_criterion_and_what_stands_beside_it_are_drawn_once():
    here = [each for each in asked(EXPERT, {}, ONE) if each.section.id == "order"]
    rows = side_by_side(here, EXPERT)
    assert [place.question.id for place, _ in rows] == ["rights_licences", "governed"]
    beside = [each.question.id for _, found in rows for each in found or ()]
    assert sorted([*beside, "rights_licences", "governed"]) == sorted(each.question.id for each in here)


def test_an_introduction_names_the_credential_once_it_is_known():
    one, two = TWO.subjects
    assert introduced([one], "", "en") == {"credential": "Badge A"}
    assert introduced([one, two], "", "en") == {"credential": "…"}
    assert introduced([one, two], "b", "en") == {"credential": "Badge B"}


def test_a_step_about_one_credential_says_so_and_one_about_several_does_not():
    steps = grouped(asked(EMPLOYER, {"awareness": {"a": "certifies"}}, TWO))
    assert one_subject(steps[0]) is None
    assert one_subject(steps[1]) is None
    assert one_subject(steps[2]) == TWO.subjects[0]
    assert section_title(steps[0], "en") == EMPLOYER.sections[0].title["en"]


def test_a_pair_is_its_own_title():
    pairs = INSTRUMENTS["employer_pairs"]
    assert section_title(grouped(asked(pairs, {}, TWO))[1], "en") == ""


def test_who_goes_back_to_mend_comes_to_the_first_step_with_a_slip():
    steps = grouped(asked(EMPLOYER, {}, TWO))
    assert first_wrong([Slip("awareness", "b", None, "missing")], steps, 0) == 1
    assert first_wrong([Slip("", None, None, "stale_version")], steps, 1) == 1


def test_facts_are_told_to_who_had_not_heard_and_to_nobody_else():
    for said, told in (("never", True), ("certifies", False), (None, False)):
        assert unaware(EMPLOYER, {"awareness": {"a": said}}, "a") is told
    assert not unaware(EMPLOYER, {}, "a")


def test_progress_is_said_in_words_and_never_promises_no_minute():
    assert progress_words(LEARNER, 0, 6, "en") == "1 of 6, about 3 min left"
    assert progress_words(LEARNER, 5, 6, "en") == "6 of 6, about 1 min left"
    assert minutes_left(LEARNER, 6, 6) == 1
