"""What is asked, as the answers come in."""

from dataclasses import replace

import pytest

from feedback.settings import data_folder
from feedback.survey.instrument import read_instruments
from feedback.survey.routing import (
    all_pairs_of,
    asked,
    bundles_of,
    items_of,
    looks_at,
    options_of,
    order_for,
    pairs_of,
    progress,
    shown,
)
from feedback.survey.setting import Setting, Subject


def ids(instrument, answers, setting) -> list[tuple[str, str | None]]:
    return [(asking.question.id, asking.slug) for asking in asked(instrument, answers, setting)]


def about(instrument, answers, setting, slug: str | None) -> list[str]:
    return [question for question, subject in ids(instrument, answers, setting) if subject == slug]


def test_without_answers_only_what_depends_on_none_is_asked(employer, one):
    assert ids(employer, {}, one) == [
        ("role", None), ("known", "data"), ("weeks", None), ("benefits", None), ("order", None), ("word", None),
    ]  # fmt: skip


def test_who_never_heard_of_a_credential_gets_the_short_path(employer, two):
    answers = {"known": {"data": "never", "cloud": "heard"}}
    assert about(employer, answers, two, "data") == ["known"]
    assert about(employer, answers, two, "cloud") == ["known", "trust"]


def test_a_condition_reads_the_same_credentials_answer_and_the_unrepeated_ones(employer, two):
    answers = {"role": "recruiter", "known": {"data": "heard", "cloud": "met"}, "trust": {"data": 1, "cloud": 3}}
    assert about(employer, answers, two, "data") == ["known", "trust", "performance", "change"]
    assert about(employer, answers, two, "cloud") == ["known", "trust", "performance", "stand"]


def test_the_foil_meets_only_the_question_of_awareness(employer, two):
    answers = {"role": "recruiter", "known": {"foil:invented": "met"}}
    assert about(employer, answers, two, "foil:invented") == ["known"]
    [asking] = [each for each in asked(employer, answers, two) if each.subject and each.subject.foil]
    assert not asking.required


def test_an_answer_in_a_closed_branch_opens_nothing(employer, one):
    answers = {"known": {"data": "never"}, "trust": {"data": 3}}
    assert about(employer, answers, one, "data") == ["known"]


def test_an_aside_passes_no_bound_and_junk_counts_as_not_given(employer, one):
    for given in ("dont_know", True, "1", 99, [], {"x": 1}, float("nan")):
        answers = {"known": {"data": "heard"}, "trust": {"data": given}}
        assert about(employer, answers, one, "data") == ["known", "trust"]


@pytest.mark.parametrize("answers", [{"known": "met"}, {"known": ["data"]}, {"known": {"data": {"a": 1}}}, {1: 2}])
def test_answers_of_the_wrong_shape_are_read_as_none(employer, one, answers):
    assert ids(employer, answers, one) == ids(employer, {}, one)


def test_answered_can_be_tested_either_way(read, text, one):
    told = 'question = "known", not_in = ["never"]'
    when = read(text.replace(told, 'question = "known", answered = true'))
    unless = read(text.replace(told, 'question = "known", answered = false'))
    for answers, is_asked in (({}, False), ({"known": {"data": "never"}}, True)):
        assert ("trust" in about(when, answers, one, "data")) is is_asked
        assert ("trust" in about(unless, answers, one, "data")) is not is_asked


def test_several_ticks_hold_when_one_of_them_is_named(read, text, one):
    rule = 'construct = "order"\nshow_if = { question = "benefits", is = ["pay"] }'
    instrument = read(text.replace('construct = "order"', rule))
    assert ("order", None) in ids(instrument, {"benefits": ["network", "pay"]}, one)
    assert ("order", None) not in ids(instrument, {"benefits": ["network"]}, one)


def test_all_conditions_must_hold_and_one_outside_looks_at_any_real_credential(read, text, two):
    rule = (
        'construct = "order"\nshow_if = { all = [ { question = "known", is = ["met"] }, '
        '{ question = "role", is = ["hiring"] } ] }'
    )
    instrument = read(text.replace('construct = "order"', rule))
    met = {"role": "hiring", "known": {"data": "never", "cloud": "met"}}
    assert ("order", None) in ids(instrument, met, two)
    assert ("order", None) not in ids(instrument, met | {"role": "recruiter"}, two)
    assert ("order", None) not in ids(instrument, {"role": "hiring", "known": {"foil:invented": "met"}}, two)


def test_skills_rotate_by_the_seed_and_are_the_same_for_every_question(employer, two):
    question = employer.by_id["performance"]
    seen = set()
    for seed in range(30):
        setting = replace(two, seed=str(seed))
        rows = items_of(question, setting, two.subjects[0], "en")
        assert len(rows) == 2
        assert rows == items_of(replace(question, id="need"), setting, two.subjects[0], "en")
        seen.add(rows)
    assert len(seen) == 3


def test_a_grid_of_skills_is_not_asked_of_a_credential_without_any(employer):
    bare = Setting((Subject("bare", "Bare"),), seed="s")
    assert "performance" not in about(employer, {"role": "recruiter", "known": {"bare": "met"}}, bare, "bare")


def test_pairs_are_made_among_the_subjects_first_and_at_most_four(employer, two):
    pairs = pairs_of(two)
    assert {frozenset((left.slug, right.slug)) for left, right in pairs} == {
        frozenset(pair) for pair in (("data", "cloud"), ("data", "design"), ("cloud", "design"))
    }
    assert {left.slug for left, right in pairs[:1]} | {right.slug for left, right in pairs[:1]} == {"data", "cloud"}
    more = replace(two, others=tuple(Subject(f"o{number}", "O") for number in range(9)))
    assert len(pairs_of(more)) == 4
    rows = items_of(employer.by_id["pairs"], two, None, "en")
    assert rows[0] in (
        ("data|cloud", "Data badge / Cloud certificate"),
        ("cloud|data", "Cloud certificate / Data badge"),
    )


def test_the_left_place_of_a_pair_favours_nobody(two):
    left = sum(pairs_of(replace(two, seed=str(seed)))[0][0].slug == "data" for seed in range(200))
    assert 60 < left < 140


def test_bundles_need_two_credentials(employer, one, two):
    question = employer.by_id["bundle"]
    assert options_of(question, one, None, "en") == ()
    assert ("bundle", None) not in ids(employer, {}, one)
    assert [option for option, _ in options_of(question, two, None, "en")] == ["data", "cloud", "data+cloud"]
    assert ("bundle", None) in ids(employer, {}, two)
    three = replace(two, subjects=(*two.subjects, *two.others), others=())
    assert ["+".join(each.slug for each in bundle) for bundle in bundles_of(three)] == [
        "data+cloud", "data+design", "cloud+design", "data+cloud+design",
    ]  # fmt: skip


def test_progress_counts_what_is_asked_now(employer, one):
    assert progress(employer, {}, one) == (0, 6)
    assert progress(employer, {"role": "hiring", "known": {"data": "heard"}, "trust": {"data": 9}}, one) == (2, 7)


def test_what_is_shown_of_one_credential_is_a_part_of_what_is_asked(employer, two):
    answers = {"known": {"data": "heard"}}
    assert [asking.question.id for asking in shown(employer, answers, two, two.subjects[0])] == ["known", "trust"]
    assert shown(employer, answers, two, None)[0].question.id == "role"


# --- order by role ---------------------------------------------------------------------------------------------------


EARLY_SECTION = (
    '[[sections]]\nid = "late"\nrepeat = "subject"\nfirst_for = ["recruiter"]\ntitle = { en = "Late", de = "Spät" }\n'
    '[[questions]]\nid = "later"\nsection = "late"\nkind = "short_text"\nconstruct = "later"\n'
    'text = { en = "Later", de = "Später" }\n'
)


def in_order(instrument, answers, setting, about="data") -> list[str]:
    return [each.question.id for each in asked(instrument, answers, setting) if each.slug in (about, None)]


def with_sections(read, text, first=("recruiter",), more=""):
    """The small questionnaire with one more repeated section after "endorse", and what it says of its order."""
    section, question = EARLY_SECTION.split("[[questions]]")
    section = section.replace('first_for = ["recruiter"]', more or f"first_for = {list(first)}".replace("'", '"'))
    place = text.index('[[sections]]\nid = "together"')
    return read(text[:place] + section + text[place:] + "\n[[questions]]" + question)


def test_a_section_first_for_a_role_is_drawn_before_the_others_of_its_run(read, text, one):
    instrument = with_sections(read, text)
    known = {"known": {"data": "met"}, "trust": {"data": 3}}
    assert in_order(instrument, {"role": "hiring"} | known, one)[:6] == [
        "role", "known", "trust", "performance", "stand", "later",
    ]  # fmt: skip
    assert in_order(instrument, {"role": "recruiter"} | known, one)[:6] == [
        "role", "later", "known", "trust", "performance", "stand",
    ]  # fmt: skip


def test_it_never_passes_a_question_its_condition_looks_at(read, text, one):
    more = 'first_for = ["recruiter"]\nshow_if = { question = "known", is = ["met"] }'
    instrument = with_sections(read, text, more=more)
    answers = {"role": "recruiter", "known": {"data": "met"}, "trust": {"data": 3}}
    order = in_order(instrument, answers, one)
    assert order.index("known") < order.index("later") < order.index("stand")


def test_a_section_that_stands_among_others_of_another_kind_stays(read, text, one):
    instrument = read(text.replace('id = "together"\n', 'id = "together"\nfirst_for = ["recruiter"]\n'))
    assert [section.id for section, _ in order_for(instrument, "recruiter")] == [
        "profile", "value", "endorse", "together",
    ]  # fmt: skip


def test_a_question_moves_within_its_section_and_no_further_than_its_condition_lets_it(read, text, one):
    early = 'construct = "skill_performance"\nfirst_for = ["recruiter"]'
    instrument = read(text.replace('construct = "skill_performance"', early))
    answers = {"role": "recruiter", "known": {"data": "heard"}, "trust": {"data": 3}}
    assert in_order(instrument, answers, one)[:4] == ["role", "known", "performance", "trust"]
    assert in_order(instrument, answers | {"role": "hiring", "known": {"data": "met"}}, one)[:4] == [
        "role", "known", "trust", "performance",
    ]  # fmt: skip


def test_the_order_changes_neither_what_is_asked_nor_what_is_kept(read, text, one):
    instrument, plain = with_sections(read, text), with_sections(read, text, first=())
    answers = {"role": "recruiter", "known": {"data": "met"}, "trust": {"data": 3}, "later": {"data": "x"}}
    assert sorted(in_order(instrument, answers, one)) == sorted(in_order(plain, answers, one))
    assert in_order(instrument, answers, one) == in_order(instrument, dict(reversed(answers.items())), one)


def test_the_employers_form_is_ordered_for_recruiters_and_internship_managers():
    employer = read_instruments(data_folder() / "instruments")["employer"]
    setting = Setting((Subject("a", "A", skills=(("sql", "SQL"),)),))
    answers = {"organisation": "Mill", "awareness": {"a": "met_holder"}}
    sections = {}
    for role in ("hiring_employer", "recruiter", "internship_manager"):
        places = asked(employer, answers | {"role": role}, setting)
        repeated = [each for each in places if each.section.repeated and each.section.id != "awareness"]
        sections[role] = repeated[0].section.id, repeated[0].question.id
    assert sections["recruiter"][0] == "effect"
    assert sections["internship_manager"] == ("skills", "skill_performance")
    assert sections["hiring_employer"][0] == "value"


@pytest.mark.parametrize("name", ["employer", "learner", "expert", "employer_pairs"])
@pytest.mark.parametrize("role", [None, "hiring_employer", "recruiter", "internship_manager", "other", "stranger"])
def test_in_every_order_each_question_stands_once_and_after_what_its_condition_looks_at(name, role):
    instrument = read_instruments(data_folder() / "instruments")[name]
    seen: list[str] = []
    for section, questions in order_for(instrument, role):
        assert looks_at(section.show_if) <= set(seen)
        for question in questions:
            assert looks_at(question.show_if) <= set(seen)
            seen.append(question.id)
    assert sorted(seen) == sorted(instrument.by_id)


# --- pairs of everything ---------------------------------------------------------------------------------------------


def test_any_two_credentials_of_the_survey_make_a_pair_once(read, text, two):
    instrument = read(text.replace('options = "pairs"', 'options = "all_pairs"'))
    items = [item for item, _ in items_of(instrument.by_id["pairs"], two, None, "en")]
    assert sorted(sorted(item.split("|")) for item in items) == [
        ["cloud", "data"], ["cloud", "design"], ["data", "design"],
    ]  # fmt: skip
    assert len(all_pairs_of(two)) == 3
