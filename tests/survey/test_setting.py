"""What one sitting is about, and how the seed decides it."""

from collections import Counter
from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feedback.survey.setting import Setting, Subject, choose_setting, drawn_blocks, pipes, rotated

CANDIDATES = [Subject(f"c{number}", f"Credential {number}", "Uni", "School") for number in range(5)]


def test_no_candidates_make_a_sitting_about_nothing_without_a_foil(employer):
    assert all(choose_setting(employer, [], str(seed), "en") == Setting((), seed=str(seed)) for seed in range(20))


def test_the_same_seed_chooses_the_same_in_whatever_order_candidates_come(employer):
    there = choose_setting(employer, CANDIDATES, "s", "en")
    assert there == choose_setting(employer, [*reversed(CANDIDATES), CANDIDATES[2]], "s", "en")
    assert len(there.subjects) == 2
    assert {each.slug for each in (*there.subjects, *there.others)} == {each.slug for each in CANDIDATES}


def test_every_credential_is_as_likely_and_every_second_sitting_has_a_foil(employer):
    sittings = [choose_setting(employer, CANDIDATES, f"seed {number}", "en") for number in range(2000)]
    times = Counter(each.slug for sitting in sittings for each in sitting.subjects)
    assert all(700 < times[each.slug] < 900 for each in CANDIDATES)  # 800 expected, deviation 22
    assert 900 < sum(sitting.foil is not None for sitting in sittings) < 1100


def test_a_sitting_may_be_given_its_credentials_and_the_seed_draws_all_else(employer):
    for seed in map(str, range(20)):
        drawn = choose_setting(employer, CANDIDATES, seed, "en")
        named = choose_setting(employer, CANDIDATES, seed, "en", about=["c4", "gone", "c1", "c4"])
        assert [each.slug for each in named.subjects] == ["c4", "c1"]
        assert {each.slug for each in named.others} == {"c0", "c2", "c3"}
        assert (named.foil, named.blocks, named.seed) == (drawn.foil, drawn.blocks, seed)


def test_credentials_that_are_all_gone_leave_the_choice_to_the_seed(employer):
    drawn = choose_setting(employer, CANDIDATES, "s", "en")
    assert choose_setting(employer, CANDIDATES, "s", "en", about=["gone"]) == drawn


def test_no_more_credentials_are_taken_than_a_sitting_has_room_for(employer):
    named = choose_setting(employer, CANDIDATES, "s", "en", about=["c3", "c0", "c1"])
    assert [each.slug for each in named.subjects] == ["c3", "c0"]
    assert len(named.others) == 3


def test_an_instrument_about_one_credential_chooses_one(employer):
    learner = replace(employer, subjects="one", maximum_subjects=1, foils=())
    chosen = choose_setting(learner, CANDIDATES, "s", "en")
    assert len(chosen.subjects) == 1
    assert chosen.foil is None


def test_a_foil_is_worded_in_the_language_and_not_given_away_by_an_empty_issuer(employer):
    foils = [choose_setting(employer, CANDIDATES, str(seed), "de").foil for seed in range(10)]
    foil = next(each for each in foils if each)
    assert (foil.slug, foil.title, foil.issuer, foil.foil) == ("foil:invented", "Erfundener Badge", "Uni", True)


def test_a_foil_stands_at_every_place_among_the_others(employer):
    subjects, foil = tuple(CANDIDATES[:2]), Subject("foil:x", "X", foil=True)
    places = Counter(Setting(subjects, foil, seed=str(seed)).in_order().index(foil) for seed in range(300))
    assert set(places) == {0, 1, 2}


def test_a_rotation_keeps_the_order_and_gives_every_value_its_turn():
    starts = Counter(rotated("abcd", str(seed), "skills", 2) for seed in range(400))
    assert set(starts) == {("a", "b"), ("b", "c"), ("c", "d"), ("d", "a")}
    assert min(starts.values()) > 60


def test_pipes_say_weeks_plainly_and_a_dash_when_not_known():
    assert pipes(Subject("a", "A", "Uni", "School", 10.0, facts="Facts.")) == {
        "credential": "A", "issuer": "Uni", "programme": "School", "weeks": "10", "facts": "Facts.",
    }  # fmt: skip
    assert pipes(Subject("a", "A"))["weeks"] == "–"
    assert pipes(None) == {}


# --- blocks ----------------------------------------------------------------------------------------------------------


def in_blocks(instrument, asked):
    """The instrument with four of its questions in a block each."""
    blocks = dict(zip(("weeks", "benefits", "word", "pairs"), "abcd", strict=True))
    questions = tuple(replace(question, block=blocks.get(question.id)) for question in instrument.questions)
    return replace(instrument, questions=questions, blocks_asked=asked)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.text(), number=st.integers(1, 3))
def test_a_sitting_draws_as_many_blocks_as_are_asked_and_the_same_on_a_reload(employer, seed, number):
    instrument = in_blocks(employer, number)
    drawn = choose_setting(instrument, CANDIDATES, seed, "en")
    assert len(drawn.blocks) == number
    assert drawn.blocks <= set("abcd")
    assert drawn == choose_setting(instrument, CANDIDATES, seed, "en")


def test_any_two_blocks_meet_as_often_as_any_others(employer):
    instrument = in_blocks(employer, 2)
    drawn = Counter(drawn_blocks(instrument, str(seed)) for seed in range(1200))
    assert len(drawn) == 6
    assert all(150 < often < 250 for often in drawn.values())  # 200 expected, deviation 13


def test_a_block_is_put_about_one_credential_of_the_sitting_each_as_likely():
    about = Counter()
    for seed in range(900):
        sitting = Setting(tuple(CANDIDATES[:3]), seed=str(seed), blocks=frozenset("a"))
        put = [each.slug for each in sitting.subjects if sitting.puts("a", each)]
        assert len(put) == 1
        about.update(put)
        assert sitting.puts("a", None)
        assert all(sitting.puts(None, each) for each in sitting.subjects)
        assert not any(sitting.puts("b", each) for each in (None, *sitting.subjects))
    assert all(250 < often < 350 for often in about.values())  # 300 expected, deviation 14


def test_where_nothing_was_drawn_everything_is_asked():
    assert all(Setting(tuple(CANDIDATES)).puts("a", each) for each in (None, *CANDIDATES))
