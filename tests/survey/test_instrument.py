"""Reading a questionnaire's file: what it becomes, and what is said of a broken one."""

import pickle
from pathlib import Path

import pytest

from feedback.errors import Refused
from feedback.settings import data_folder
from feedback.survey.instrument import (
    AnyOf,
    Condition,
    read_instrument,
    read_instrument_text,
    read_instrument_texts,
    read_instruments,
)
from tests.survey.conftest import SCALES


def problems_of(read, text: str, **more) -> list[str]:
    with pytest.raises(Refused) as refused:
        read(text, **more)
    return [str(problem) for problem in refused.value.problems]


def test_a_file_becomes_an_instrument_with_its_questions_in_drawing_order(employer):
    assert (employer.id, employer.version, employer.audience, employer.maximum_subjects) == (
        "employer",
        2,
        "employer",
        2,
    )
    assert [question.id for question in employer.questions][:6] == [
        "role", "known", "trust", "performance", "change", "stand",
    ]  # fmt: skip
    assert employer.repeated == {"known", "trust", "performance", "change", "stand"}
    assert employer.by_id["trust"].positive == (3,)
    assert employer.by_id["trust"].aside_ids == ("dont_know",)
    assert employer.by_id["performance"].aside_ids == ("not_seen",)
    assert employer.by_id["performance"].show_if == AnyOf(
        (Condition("known", is_in=("met",)), Condition("role", is_in=("recruiter",)))
    )


def test_questions_draw_by_section_whatever_their_place_in_the_file(read, text):
    first = text.index("[[questions]]")
    second = text.index("[[questions]]", first + 1)
    moved = text[:first] + text[second:] + "\n" + text[first:second]
    assert read(moved).questions[0].id == "role"


def test_an_instrument_can_be_pickled_and_two_readings_are_equal(read, text, employer):
    again = read(text)
    assert pickle.loads(pickle.dumps(again)) == again == employer
    assert hash(again) == hash(employer)


def test_an_unknown_kind_is_refused_with_a_suggestion_and_what_is_known(read, text):
    assert problems_of(read, text.replace('kind = "ranking"', 'kind = "rankng"')) == [
        'employer.toml, question "order": kind "rankng" is not known. Did you mean "ranking"? '
        "Known: best_worst, grid, long_text, number, one, pair, ranking, scale, several, short_text."
    ]


def test_every_problem_of_a_file_is_said_at_once(read, text):
    broken = (
        text.replace('kind = "ranking"', 'kind = "rankng"')
        .replace('scale = "agree3"\nconstruct = "trust"', 'scale = "agre3"\nconstruct = "trust"')
        .replace('audience = "employer"', 'audience = "employr"')
        .replace("owner_only = true", "owner_onl = true")
    )
    said = problems_of(read, broken)
    assert any('audience "employr" is not known. Did you mean "employer"?' in one for one in said)
    assert any('question "trust": scale "agre3" is not known. Did you mean "agree3"?' in one for one in said)
    assert any('question "word": key "owner_onl" is not known' in one and '"owner_only"?' in one for one in said)
    assert any('question "order": kind "rankng"' in one for one in said)


@pytest.mark.parametrize(
    ("found", "put", "said"),
    [
        ("version = 2", "", "employer.toml: version is missing."),
        ("version = 2", 'version = "2"', "employer.toml: version must be a whole number from 1 to 1000000; found '2'."),
        ("version = 2", "version = true", "found True"),
        ("maximum_subjects = 2", "", "employer.toml: maximum_subjects is missing."),
        ('title = { en = "Rating", de = "Bewertung" }', 'title = { en = "Rating" }', "title lacks de."),
        ('title = { en = "Rating", de = "Bewertung" }', 'title = "Rating"', "title must be worded by language"),
        ('title = { en = "Rating", ', 'title = { en = "Rating", fr = "Note", ', 'language "fr" is not known'),
        ('en = "Your role"', 'en = " "', 'question "role": text lacks en.'),
        ('en = "Your role"', 'en = "Your {rol}"', 'piped "{rol}" is not known'),
        ('en = "Before today, {credential}', 'en = "Before today, {credental}', 'Did you mean "{credential}"?'),
        ('id = "trust"', 'id = "known"', 'question "known": id "known" is used twice.'),
        ('id = "trust"', 'id = "Trust!"', 'id "Trust!" is not allowed.'),
        ('id = "heard", label', 'id = "never", label', 'option "never": id "never" is used twice.'),
        ('section = "profile"', 'section = "profil"', 'section "profil" is not known. Did you mean "profile"?'),
        ("maximum = 2\n", "maximum = 4\n", "maximum must be a whole number from 1 to 3; found 4."),
        ("minimum = 1\n", "minimum = 200\n", "maximum must be a number from 200 to"),
        ("minimum = 1\n", "", 'minimum is missing. Kind "number" needs minimum, maximum.'),
        ("maximum = 104", 'maximum = 104\npolarity = "negative"', 'key "polarity" is not known for kind "number".'),
        ('polarity = "negative"', 'polarity = "bad"', 'polarity "bad" is not known. Known: negative, positive.'),
        ("required = true\npositive", 'required = "yes"\npositive', "required must be true or false; found 'yes'."),
        ('positive = ["heard", "met"]', 'positive = ["herd"]', "positive must be a list of never, heard, met"),
        ('aside = ["not_seen"]', 'aside = ["unseen"]', 'aside "unseen" is not known.'),
        ('options = "pairs"', 'options = "piars"', 'options "piars" is not known. Did you mean "pairs"?'),
        ('options = "pairs"', 'options = [{ id = "a" }]', 'options of kind "pair" must be one of: pairs, all_pairs.'),
        ('items = "skills"', 'items = "skill"', 'items "skill" is not known. Did you mean "skills"?'),
        ('items = "skills"', "items = []", "items is missing. At least one is needed."),
        ('repeat = "subject"\ntitle = { en = "About', 'repeat = "each"\ntitle = { en = "About', 'repeat "each"'),
        ('{ question = "known", not_in', '{ question = "knwon", not_in', 'Did you mean "known"?'),
        ('{ question = "known", not_in', '{ question = "weeks", not_in', 'question "weeks" is drawn later.'),
        ('not_in = ["never"]', 'not_in = ["nevr"]', 'not_in: answer "nevr" is not known. Did you mean "never"?'),
        ('not_in = ["never"]', "not_in = []", "not_in must be a list of answers; found []."),
        ('not_in = ["never"]', "at_most = 2", '"at_most" cannot be tested of kind "one". Known: is, not_in, answered.'),
        ('not_in = ["never"]', 'no_in = ["never"]', 'key "no_in" is not known. Did you mean "not_in"?'),
        (', not_in = ["never"]', "", "nothing is tested."),
        ('"trust", at_most = 1', '"trust", at_most = 9', "at_most must be a number from 1 to 3; found 9."),
        ("any = [", "either = [", 'question "performance", show_if: key "either" is not known.'),
        ('record = "endorsement"', 'record = "x"\nshow = 1', 'key "show" is not known for kind "one".'),
        ('id = "together"', 'id = "alone"', 'section "alone": it has no question.'),
        ('id = "speed"', 'id = "speed", exclusive = "yes"', 'option "speed": exclusive must be true or false'),
        ('id = "hiring", label', 'id = "hiring", exclusive = true, label', 'key "exclusive" is not known'),
        ('id = "together"', 'id = "together"\nfirst_for = ["recruter"]', 'Did you mean "recruiter"?'),
        ('id = "together"', 'id = "together"\nfirst_for = "recruiter"', "first_for must be a list of te"),
        ('id = "profile"', 'id = "profile"\nfirst_for = ["hiring"]', "which must come before."),
        ('construct = "order"', 'construct = "order"\nsince = 3', "since is 3, later than the version of this file"),
        ('construct = "role"', 'construct = "rolle"\nfirst_for = ["hiring"]', "no question asks for it"),
    ],
)  # fmt: skip
def test_a_broken_file_is_refused_with_what_was_found_and_what_is_allowed(read, text, found, put, said):
    assert found in text
    assert any(said in problem for problem in problems_of(read, text.replace(found, put, 1)))


IN_BLOCKS = [("minimum = 1", 'block = "ideal"\nminimum = 1'), ("maximum = 2", 'block = "gains"\nmaximum = 2')]


@pytest.mark.parametrize(
    ("asked", "more", "said"),
    [
        ("", [], "blocks_asked must be from 1 to 1, as there are 2 blocks: say how many."),
        ("blocks_asked = 2", [], "blocks_asked must be from 1 to 1, as there are 2 blocks: say how many."),
        (
            "blocks_asked = 1",
            [('id = "known"', 'id = "known"\nblock = "gains"')],
            'question "known": it is required, so that it must be asked in every sitting.',
        ),
        (
            "blocks_asked = 1",
            [('id = "trust"', 'id = "trust"\nblock = "gains"')],
            'question "change": it is opened by "trust" of block "gains", so it must be in this block, too.',
        ),
    ],
)
def test_blocks_are_refused_where_they_cannot_be_drawn(read, text, asked, more, said):
    for found, put in [*IN_BLOCKS, ("version = 2", f"version = 2\n{asked}"), *more]:
        assert found in text
        text = text.replace(found, put, 1)
    assert any(said in problem for problem in problems_of(read, text))


def test_blocks_asked_without_any_block_is_refused(read, text):
    said = problems_of(read, text.replace("version = 2", "version = 2\nblocks_asked = 1", 1))
    assert said == ['employer.toml: blocks_asked is said, but no question has a block. Give some a block = "...".']


def test_no_title_of_a_credential_may_be_piped_where_there_are_several(read, text):
    said = problems_of(read, text.replace('en = "Ideal length"', 'en = "Ideal length of {credential}"'))
    assert said == ['employer.toml, question "weeks": text, en: piped "{credential}" is not known. Known: none.']


def test_broken_toml_is_refused_with_line_and_column(read, text):
    broken = text.replace('audience = "employer"', 'audience = "employer')
    [said] = problems_of(read, broken)
    assert said.startswith("employer.toml, line 4, column ")
    assert "(at " not in said
    assert not said.endswith((" .", ".."))


def test_a_file_that_is_not_utf8_or_not_there_is_refused(read, text, tmp_path: Path):
    read(text)
    (tmp_path / "employer.toml").write_bytes(b'id = "a"\ntitle = "caf\xe9"')
    with pytest.raises(Refused, match=r"employer\.toml, line 2: the file is not UTF-8"):
        read_instrument(tmp_path / "employer.toml")
    with pytest.raises(Refused, match=r"gone\.toml: the file could not be read"):
        read_instrument(tmp_path / "gone.toml")


BROKEN_SCALES = """
languages = ["en", "de"]

[[scales]]
id = "agree3"
kind = "unipolr"
positive = [5]
values = [
  { value = 3, label = { en = "yes", de = "ja" } },
  { value = 1, label = { en = "no" } },
]
"""


def test_a_scale_must_rise_and_count_only_its_own_values_as_positive(read, text):
    assert problems_of(read, text, scales=BROKEN_SCALES) == [
        'scales.toml, scale "agree3": kind "unipolr" is not known. Did you mean "unipolar"? '
        "Known: bipolar, ladder, unipolar.",
        'scales.toml, scale "agree3", value 2: label lacks de. Languages of this file: en, de.',
        'scales.toml, scale "agree3": values must rise, and be two or more; found [3, 1].',
        'scales.toml, scale "agree3": positive must be a list of 3, 1; found [5].',
    ]


def test_a_folder_is_read_whole_and_its_problems_are_said_together(read, text, tmp_path: Path):
    read(text)
    assert set(read_instruments(tmp_path)) == {"employer"}
    (tmp_path / "again.toml").write_text(text, encoding="utf-8")
    (tmp_path / "broken.toml").write_text("id = ", encoding="utf-8")
    with pytest.raises(Refused) as refused:
        read_instruments(tmp_path)
    said = str(refused.value)
    assert 'employer.toml: id "employer" is the id of another file.' in said
    assert "broken.toml" in said


def test_a_bipolar_scale_has_no_score_and_the_others_run_from_nought_to_one(read, text):
    scale = read(text).by_id["trust"].scale
    assert [scale.score(value) for value in (1, 2, 3, 4, None)] == [0.0, 0.5, 1.0, None, None]
    paced = read(text.replace('scale = "agree3"\nconstruct = "trust"', 'scale = "pace3"\nconstruct = "trust"'))
    assert paced.by_id["trust"].scale.score(2) is None


def test_not_every_option_can_be_chosen_alone(read, text):
    alone = text.replace('{ id = "network", ', '{ id = "network", exclusive = true, ')
    alone = alone.replace('{ id = "pay", ', '{ id = "pay", exclusive = true, ')
    assert read(alone).by_id["benefits"].exclusive_ids == ("network", "pay")
    said = problems_of(read, alone.replace('{ id = "speed", ', '{ id = "speed", exclusive = true, '))
    assert said == [
        'employer.toml, question "benefits": every option is exclusive, so that nothing can be chosen together. '
        'That is kind "one".'
    ]


def test_the_questionnaires_of_the_project_can_be_read():
    instruments = read_instruments(data_folder() / "instruments")
    asked = {"learner", "dropout", "six_months", "survey", "employer", "employer_pairs", "expert"}
    assert set(instruments) == asked | {"imported_comments", "imported_employer_comments", "imported_ratings"}
    assert [name for name, one in instruments.items() if one.pairs_question] == ["employer_pairs"]
    criteria = [each for each in instruments["expert"].questions if each.construct == "criterion"]
    assert len(criteria) == 14
    assert all(each.scale and each.scale.steps == (0, 1, 2, 3) for each in criteria)
    assert {name for name, one in instruments.items() if one.import_only} == {
        "imported_comments", "imported_employer_comments", "imported_ratings",
    }  # fmt: skip
    for instrument in instruments.values():
        assert instrument.languages == ("en", "es", "de", "ar")


def test_a_text_is_read_as_its_file_is():
    folder = data_folder() / "instruments"
    texts = read_instrument_texts(folder)
    assert {name: read for name, (read, _, _) in texts.items()} == read_instruments(folder)
    for instrument, source, scales in texts.values():
        assert read_instrument_text(source, scales, "kept") == instrument


def test_what_is_wrong_with_a_text_is_said_of_the_name_it_is_given(text):
    with pytest.raises(Refused, match=r"employer, version 2.*languages is missing"):
        read_instrument_text(text.replace('languages = ["en", "de"]\n', ""), SCALES, "employer, version 2")
    with pytest.raises(Refused, match=r"scales\.toml"):
        read_instrument_text(text, "[[scales]]", "employer, version 2")
