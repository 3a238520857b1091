"""The check at the door: what passes, and every slip at once."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from feedback.settings import data_folder
from feedback.survey.instrument import read_instruments
from feedback.survey.kinds import KINDS
from feedback.survey.routing import offered, walk
from feedback.survey.setting import Setting, Subject, choose_setting
from feedback.survey.submission import Slip, Submission, answers_of, check_answers, setting_for

BADGE = Subject("badge", "Badge")
GOOD = {
    "role": "hiring",
    "known": {"data": "met", "cloud": "never", "foil:invented": "never"},
    "trust": {"data": 3},
    "performance": {"data": {"sql": 3, "plots": "not_seen", "stats": 1}},
    "stand": {"data": "yes"},
    "weeks": 10,
    "benefits": ["pay", "network"],
    "order": ["b", "a"],
    "word": "  fine \u202e",
}


def check(instrument, raw, setting, **form):
    form = {"survey": "s", "version": instrument.version, "language": "en"} | form
    return check_answers(instrument, raw, setting=setting, **form)


def slips(instrument, raw, setting, **form) -> set[tuple]:
    found = check(instrument, raw, setting, **form)
    assert isinstance(found, tuple), found
    return {(slip.question, slip.subject, slip.item, slip.code) for slip in found}


def with_all_skills(employer):
    grid = replace(employer.by_id["performance"], maximum_items=None)
    return replace(employer, questions=tuple(grid if each.id == grid.id else each for each in employer.questions))


def test_good_answers_become_a_submission_cleaned_and_with_the_record_apart(employer, two):
    found = check(with_all_skills(employer), GOOD, two, survey="spring", language="de")
    assert isinstance(found, Submission)
    assert (found.instrument, found.version, found.survey, found.language) == ("employer", 2, "spring", "de")
    assert found.about == ("data", "cloud")
    assert found.records == {"endorsement": {"data": "yes"}}
    assert "stand" not in found.answers
    assert found.answers["word"] == "fine"
    assert found.answers["benefits"] == ["network", "pay"]
    assert found.answers["known"] == GOOD["known"]


def test_every_slip_is_found_at_once(employer, two):
    raw = {
        "unheard_of": 1,
        "known": {"data": "heard", "nowhere": "met"},
        "trust": {"data": 9, "foil:invented": 3},
        "weeks": 1000,
        "benefits": ["pay", "network", "speed"],
        "word": "x" * 201,
    }
    assert slips(employer, raw, two, version=1, language="xx") == {
        ("", None, None, "stale_version"),
        ("", None, None, "unknown_language"),
        ("unheard_of", None, None, "unknown_question"),
        ("role", None, None, "missing"),
        ("known", "nowhere", None, "unknown_subject"),
        ("known", "cloud", None, "missing"),
        ("trust", "data", None, "not_on_scale"),
        ("trust", "foil:invented", None, "unknown_subject"),
        ("weeks", None, None, "out_of_range"),
        ("benefits", None, None, "too_many"),
        ("word", None, None, "too_long"),
    }


@pytest.mark.parametrize(
    ("question", "raw", "code"),
    [
        ("trust", True, "wrong_type"),
        ("trust", 3.0, "wrong_type"),
        ("trust", "3", "not_on_scale"),
        ("trust", "5 ", "not_on_scale"),
        ("trust", 999, "not_on_scale"),
        ("trust", 10**400, "not_on_scale"),
        ("trust", [3], "wrong_type"),
        ("trust", {"a": {"b": {}}}, "wrong_type"),
        ("known", 1, "wrong_type"),
        ("known", "no such", "not_an_option"),
        ("known", ["met"], "wrong_type"),
        ("known", "\ud800", "not_an_option"),
    ],
)  # fmt: skip
def test_an_answer_about_a_credential_that_cannot_be_is_a_slip(employer, one, question, raw, code):
    answers = {"role": "hiring", "known": {"data": "heard"}, "trust": {"data": 2}} | {question: {"data": raw}}
    assert (question, "data", None, code) in slips(employer, answers, one)


@pytest.mark.parametrize(
    ("question", "raw", "code"),
    [
        ("weeks", "12", "not_a_number"),
        ("weeks", True, "not_a_number"),
        ("weeks", float("nan"), "not_a_number"),
        ("weeks", float("inf"), "not_a_number"),
        ("weeks", float("1e400"), "not_a_number"),
        ("weeks", [1], "not_a_number"),
        ("weeks", 10**400, "out_of_range"),
        ("weeks", 1e308, "out_of_range"),
        ("weeks", 0, "out_of_range"),
        ("weeks", 104.5, "out_of_range"),
        ("benefits", "pay", "wrong_type"),
        ("benefits", {"pay": True}, "wrong_type"),
        ("benefits", [["pay"]], "wrong_type"),
        ("benefits", ["pay", None], "wrong_type"),
        ("benefits", ["pay", "pay"], "twice"),
        ("benefits", ["gold"], "not_an_option"),
        ("order", ["a", "a"], "twice"),
        ("order", ["c"], "not_an_option"),
        ("word", 5, "wrong_type"),
        ("word", "nul \x00", "bad_characters"),
        ("word", "\udc00", "bad_characters"),
        ("bundle", "data", "wrong_type"),
        ("bundle", {"best": "data"}, "incomplete"),
        ("bundle", {"best": "data", "worst": "data"}, "best_is_worst"),
        ("bundle", {"best": "data", "worst": "cloud", "middle": "x"}, "unknown_item"),
        ("pairs", {"a|b": "a"}, "unknown_item"),
        ("pairs", ["data"], "wrong_type"),
        ("role", [], "missing"),
        ("role", " ", "not_an_option"),
    ],
)
def test_an_answer_that_cannot_be_is_a_slip(employer, two, question, raw, code):
    answers = {"role": "hiring", "known": {"data": "never", "cloud": "never"}} | {question: raw}
    assert slips(employer, answers, two) == {(question, None, None, code)}


def test_slips_inside_a_table_say_where(employer, two):
    [pair] = [pair for pair in offered(employer.by_id["pairs"], two, None).items if "design" not in pair]
    answers = {
        "role": "hiring",
        "known": {"data": "met", "cloud": "never"},
        "trust": {"data": 2},
        "performance": {"data": {"sql": 8, "plots": True, "stats": 1}},
        "pairs": {pair: "design"},
        "bundle": {"best": "moon", "worst": 4},
    }
    assert slips(with_all_skills(employer), answers, two) == {
        ("performance", "data", "sql", "not_on_scale"),
        ("performance", "data", "plots", "wrong_type"),
        ("pairs", None, pair, "not_an_option"),
        ("bundle", None, "best", "not_an_option"),
        ("bundle", None, "worst", "wrong_type"),
    }


def test_a_required_grid_wants_every_row_and_an_optional_one_does_not(read, text, one):
    answers = {"role": "hiring", "known": {"data": "met"}, "trust": {"data": 2}, "performance": {"data": {"sql": 3}}}
    full = text.replace("maximum_items = 2", "maximum_items = 3")
    assert isinstance(check(read(full), answers, one), Submission)
    strict = read(full.replace('construct = "skill_performance"', 'construct = "skill_performance"\nrequired = true'))
    assert slips(strict, answers, one) == {
        ("performance", "data", "plots", "missing_item"),
        ("performance", "data", "stats", "missing_item"),
    }
    del answers["performance"]
    assert slips(strict, answers, one) == {("performance", "data", None, "missing")}


def test_a_required_ranking_wants_every_place(read, text, two):
    strict = read(text.replace('construct = "order"', 'construct = "order"\nrequired = true'))
    answers = {"role": "hiring", "known": {"data": "never", "cloud": "never"}, "order": ["a"]}
    assert slips(strict, answers, two) == {("order", None, None, "incomplete")}


def test_an_answer_of_a_closed_branch_is_dropped_whatever_it_is(employer, one):
    answers = {"role": "hiring", "known": {"data": "never"}, "trust": {"data": 999}, "change": {"data": "\x00"}}
    found = check(employer, answers, one)
    assert isinstance(found, Submission)
    assert set(found.answers) == {"role", "known"}


def test_answers_of_a_repeated_section_must_be_by_credential(employer, two):
    assert slips(employer, {"role": "hiring", "known": "met"}, two) == {("known", None, None, "wrong_type")}


def test_a_blank_answer_is_none_at_all(employer, two):
    answers = {"role": "", "known": {"data": None, "cloud": ""}, "benefits": [], "word": " \u202e ", "bundle": {}}
    assert slips(employer, answers, two) == {
        ("role", None, None, "missing"),
        ("known", "data", None, "missing"),
        ("known", "cloud", None, "missing"),
    }


def test_a_form_with_nothing_in_it_is_a_slip_when_nothing_was_required(employer):
    optional = replace(employer, questions=tuple(replace(each, required=False) for each in employer.questions))
    assert slips(optional, {}, Setting(())) == {("", None, None, "nothing_answered")}
    assert slips(optional, {"word": "  "}, Setting(())) == {("", None, None, "nothing_answered")}


@pytest.mark.parametrize("raw", [None, [], "answers", 5, [["role", "hiring"]]])
def test_what_is_no_table_of_answers_is_one_slip(employer, one, raw):
    assert slips(employer, raw, one) == {("", None, None, "not_a_form")}


@pytest.mark.parametrize("version", [1, 3, True, "2", None, [2], float("nan")])
def test_any_other_version_is_stale(employer, one, version):
    answers = {"role": "hiring", "known": {"data": "never"}}
    assert slips(employer, answers, one, version=version) == {("", None, None, "stale_version")}


@pytest.mark.parametrize("language", ["fr", "EN", "", None, 5, ["en"], {}])
def test_a_language_the_form_does_not_have_is_a_slip(employer, one, language):
    answers = {"role": "hiring", "known": {"data": "never"}}
    assert slips(employer, answers, one, language=language) == {("", None, None, "unknown_language")}


@pytest.mark.parametrize(("language", "passes"), [("pt", True), ("zh-Hant", True), ("", True), ("x'; --", False)])
def test_an_imported_row_may_be_in_any_language(employer, one, language, passes):
    imported = replace(employer, import_only=True)
    found = check(imported, {"role": "hiring", "known": {"data": "never"}}, one, language=language)
    assert isinstance(found, Submission) is passes


def test_a_flood_of_strangers_is_named_in_part_and_made_fit_to_show(employer, one):
    raw = {f"q{number}": 1 for number in range(10_000)} | {"role": "hiring", "known": {"data": "never"}}
    assert len(slips(employer, raw, one)) == 20
    strange = {"\ud800\x00" + "long" * 100: 1, 7: 2, ("a", 1): 3} | {"role": "hiring", "known": {"data": "never"}}
    named = {slip[0] for slip in slips(employer, strange, one)}
    assert {"int", "tuple"} < named
    assert all(len(name.encode("utf-8")) <= 80 for name in named)


def test_about_may_be_left_to_the_seed_or_named(employer, two):
    candidates = (*two.subjects, *two.others)
    assert len(setting_for(employer, None, candidates, "s", "en").subjects) == 2
    named = setting_for(employer, ["design", "data"], candidates, "s", "en")
    assert [each.slug for each in named.subjects] == ["design", "data"]
    assert [each.slug for each in named.others] == ["cloud"]


@pytest.mark.parametrize(
    ("about", "codes"),
    [
        ("data", {"not_a_form"}),
        ([1], {"not_a_form"}),
        ([], {"no_subject"}),
        (["moon"], {"unknown_subject"}),
        (["data", "cloud", "design", "moon"], {"unknown_subject", "too_many_subjects"}),
    ],
)
def test_about_what_cannot_be_is_a_slip(employer, two, about, codes):
    found = setting_for(employer, about, (*two.subjects, *two.others), "s", "en")
    assert {slip.code for slip in found} == codes


# --- what holds of any answers ---------------------------------------------------------------------------------------

any_text = some.text(some.characters(codec=None, exclude_categories=()), max_size=20)
words = some.sampled_from(
    [
        "role",
        "known",
        "trust",
        "performance",
        "change",
        "stand",
        "pairs",
        "bundle",
        "weeks",
        "benefits",
        "order",
        "word",
        "data",
        "cloud",
        "foil:invented",
        "hiring",
        "met",
        "heard",
        "never",
        "sql",
        "plots",
        "data|cloud",
        "cloud|data",
        "best",
        "worst",
        "data+cloud",
        "a",
        "b",
        "dont_know",
        "yes",
    ]
)
scalars = (
    some.none() | some.booleans() | some.integers(-(10**400), 10**400) | some.integers(0, 4) | some.floats()
    | any_text | words
)  # fmt: skip
anything = some.recursive(
    scalars,
    lambda inner: some.lists(inner, max_size=4) | some.dictionaries(any_text | words, inner, max_size=5),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(raw=some.dictionaries(words | any_text, anything, max_size=8) | anything, version=anything, language=anything)
def test_nothing_is_raised_whatever_comes(employer, two, raw, version, language):
    found = check(employer, raw, two, version=version, language=language)
    assert isinstance(found, Submission) or (found and all(isinstance(slip, Slip) for slip in found))


def some_answers(instrument, setting, data):
    """Answers such as a respondent could give: each question asked is answered, or left out when it may be."""
    raw: dict = {}

    def settle(asking):
        if not asking.required and data.draw(some.booleans()):
            return None
        question, can = asking.question, offered(asking.question, setting, asking.subject)
        step = some.sampled_from([*question.steps, *question.aside_ids]) if question.steps else some.none()
        answer = data.draw(
            {
                "one": some.sampled_from([*can.options, *question.aside_ids]) if can.options else some.none(),
                "several": some.lists(some.sampled_from(can.options or ("",)), unique=True, max_size=2),
                "scale": step,
                "grid": some.dictionaries(some.sampled_from(can.items or ("",)), step),
                "number": some.floats(1, 104) | some.integers(1, 104),
                "ranking": some.permutations(can.options),
                "best_worst": some.permutations(can.options).map(
                    lambda all_: {"best": all_[0], "worst": all_[-1]} if all_ else {}
                ),
                "pair": some.fixed_dictionaries(
                    {pair: some.sampled_from([*pair.split("|"), "same"]) for pair in can.items}
                ),
                "short_text": some.text(max_size=60),
                "long_text": some.text(max_size=60),
            }[question.kind]
        )
        holder = raw.setdefault(question.id, {}) if asking.subject else raw
        holder[asking.slug or question.id] = answer
        return KINDS[question.kind].check(question, answer, can)[0] if answer else None

    list(walk(instrument, setting, settle))
    return raw


@settings(max_examples=60, deadline=None)
@given(data=some.data())
def test_a_checked_submission_checks_again_to_itself(employer, two, data):
    raw = some_answers(employer, two, data)
    found = check(employer, raw, two)
    if isinstance(found, Submission):
        assert check(employer, answers_of(employer, found), two) == found
    else:  # a text may hold a NUL
        assert {slip.code for slip in found} == {"bad_characters"}


# --- chosen alone, and pairs one by one ------------------------------------------------------------------------------


def test_what_is_chosen_alone_may_not_stand_beside_another(read, text, one):
    instrument = read(text.replace('{ id = "speed", label', '{ id = "none", exclusive = true, label'))
    answers = {"role": "hiring", "known": {"data": "never"}}
    assert slips(instrument, answers | {"benefits": ["none", "pay"]}, one) == {("benefits", None, None, "not_alone")}
    for alone in (["none"], ["pay", "network"]):
        found = check(instrument, answers | {"benefits": alone}, one)
        assert isinstance(found, Submission)
        assert sorted(found.answers["benefits"]) == sorted(alone)


PAIRS_ONLY = """
id = "employer"
version = 1
audience = "employer"
subjects = "several"
maximum_subjects = 2
languages = ["en"]
title = { en = "Pairs" }

[[sections]]
id = "pairs"
title = { en = "Pairs" }

[[questions]]
id = "organisation"
section = "pairs"
kind = "short_text"
construct = "organisation"
record = "profile"
text = { en = "Organisation" }

[[questions]]
id = "pairs"
section = "pairs"
kind = "pair"
options = "pairs"
maximum = 2
construct = "preference"
required = true
text = { en = "Whom?" }
"""


def test_a_form_of_nothing_but_pairs_takes_as_many_as_were_chosen_up_to_its_maximum(read, two):
    instrument = read(PAIRS_ONLY)
    assert instrument.pairs_question is not None
    pairs = offered(instrument.by_id["pairs"], two, None).items
    assert len(pairs) == 3
    chosen = {pair: pair.split("|")[0] for pair in pairs}
    one_pair = dict(list(chosen.items())[:1])
    found = check(instrument, {"organisation": "Mill", "pairs": one_pair}, two)
    assert isinstance(found, Submission)
    assert found.answers == {"pairs": one_pair}
    assert slips(instrument, {"pairs": chosen}, two) == {("pairs", None, None, "too_many")}
    assert slips(instrument, {"pairs": {pairs[0]: "design"}}, two) <= {("pairs", None, pairs[0], "not_an_option")}
    assert slips(instrument, {"pairs": {"x|y": "x"}}, two) == {("pairs", None, None, "unknown_item")}


def test_a_pair_beside_other_questions_stays_as_it_is_written(employer):
    assert employer.by_id["pairs"].options_from == "pairs"
    assert employer.pairs_question is None


def test_who_says_only_who_they_are_has_answered_nothing(read, two):
    instrument = read(PAIRS_ONLY.replace("required = true\n", ""))
    assert slips(instrument, {"organisation": "Mill"}, two) == {("", None, None, "nothing_answered")}


def test_what_the_draw_left_out_is_not_asked_not_required_and_not_kept():
    learner = read_instruments(data_folder() / "instruments")["learner"]
    answers = {"worth": 4, "proof": 5, "shown": ["cv"]}
    for number in range(30):
        setting = choose_setting(learner, [BADGE], str(number), "en")
        checked = check_answers(learner, answers, survey="s", version=1, language="en", setting=setting)
        blocks = {name: learner.by_id[name].block for name in answers}
        assert set(checked.answers) == {
            name for name in answers if blocks[name] is None or blocks[name] in setting.blocks
        }
    whole = check_answers(learner, answers, survey="s", version=1, language="en", setting=Setting((BADGE,)))
    assert whole.answers == answers
