"""Values of the catalogue: what may stand in them, and what is said when it may not."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from feedback.catalogue.values import (
    LIFECYCLE,
    SECTORS,
    SIZE_BANDS,
    Credential,
    Organisation,
    Programme,
    Run,
    Skill,
    is_slug,
    make_slug,
)
from feedback.catalogue.values.base import is_mail_address


def credential(**more):
    return Credential(**{"slug": "c", "title": "C", "kind": "badge", "programme": "p"} | more)


@given(st.text(max_size=200))
def test_a_made_slug_is_a_slug_or_nothing(name):
    slug = make_slug(name)
    assert slug == "" or (is_slug(slug) and len(slug) <= 70)
    assert is_slug(make_slug(name, otherwise="organisation"))
    assert make_slug(slug) == slug


@pytest.mark.parametrize(("slug", "allowed"), [("a", True), ("a" * 80, True), ("a" * 81, False), ("", False)])
def test_a_slug_has_1_to_80_characters(slug, allowed):
    assert is_slug(slug) is allowed
    if allowed:
        assert Programme(slug=slug, title="P").slug == slug
    else:
        with pytest.raises(ValidationError, match="not a slug"):
            Programme(slug=slug, title="P")


@pytest.mark.parametrize("slug", ["Data", "data badge", "data_badge", "datá", "../x", "a\n", "a/b", "a\x00"])
def test_a_slug_holds_nothing_but_lower_case_letters_digits_and_hyphens(slug):
    assert not is_slug(slug)


@pytest.mark.parametrize("text", ["a\x00b", "a\x1b[31m", "\ud800", "tab\x0b"])
def test_control_characters_and_lone_surrogates_are_refused(text):
    with pytest.raises(ValidationError, match="may not stand in a text"):
        Programme(slug="p", title=text)
    with pytest.raises(ValidationError, match="may not stand in a text"):
        credential(skills=[text])


@pytest.mark.parametrize("sign", "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
def test_signs_that_turn_the_direction_of_writing_round_are_refused_by_name(sign):
    said = rf"the sign U\+{ord(sign):04X}, which turns the direction of writing round, may not stand in a text"
    with pytest.raises(ValidationError, match=said):
        Programme(slug="p", title=f"Data {sign}slarutan")
    with pytest.raises(ValidationError, match=said):
        credential(skills=[f"SQL{sign}"])


@pytest.mark.parametrize("title", ["علم البيانات (SQL)", "نيم\u200cفاصله", "מדע\u200f, A", "A\u200e ب"])
def test_the_marks_that_arabic_persian_and_hebrew_are_written_with_stay(title):
    assert Programme(slug="p", title=title).title == title


@pytest.mark.parametrize(
    "text", ["", "ann", "@example.org", "ann@", "ann@example", "a@b.c, c@d.e", "Ann <ann@example.org>", "a b@c.d",
             "a@b@c.d", ".ann@example.org", "ann@-example.org", "ann@example..org", "ann@example.org\u202e",
             "ann@[127.0.0.1]", "=?utf-8?q?ann?=@example.org", "a" * 65 + "@example.org", "a@" + "b." * 130 + "org"]
)  # fmt: skip
def test_what_is_no_plain_mail_address_is_none(text):
    assert not is_mail_address(text)


@pytest.mark.parametrize(
    "text", ["ann@example.org", "o'neil+tag@mail.example.co.uk", "jörg@müller.example", "آن@مثال.إختبار"]
)
def test_a_mail_address_is_one_in_any_script(text):
    assert is_mail_address(text)


def test_texts_are_composed_and_without_outer_space():
    programme = Programme(slug="p", title="  A\u0308pfel ")
    assert programme.title == "Äpfel"
    assert credential(description="two\nlines").description == "two\nlines"


@pytest.mark.parametrize("title", ["", "   ", "x" * 301])
def test_a_title_says_something_and_not_too_much(title):
    with pytest.raises(ValidationError, match="1 to 300 characters"):
        Programme(slug="p", title=title)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"kind": "Micro credential"}, "not a slug"),
        ({"carriers": ["certificat"]}, 'carrier "certificat" is not known. Did you mean "certificate"?'),
        ({"lifecycle": "alive"}, 'Did you mean "live"?'),
        ({"sectors": ["W"]}, 'sector "W" is not known'),
        ({"languages": ["english"]}, "is not a code such as en"),
        ({"currency": "euro"}, "three capital letters"),
        ({"fee": 10}, "a fee needs its currency"),
        ({"fee": -1, "currency": "EUR"}, "greater than or equal to 0"),
        ({"planned_weeks": 0}, "greater than 0"),
        ({"planned_weeks": math.nan}, "."),
        ({"hours": math.inf}, "less than or equal"),
        ({"skills": ["SQL"]}, "is not a slug"),
        ({"colour": "red"}, "Extra inputs are not permitted"),
    ],
)
def test_a_credential_that_cannot_be_is_refused_with_what_is_allowed(wrong, said):
    with pytest.raises(ValidationError) as refused:
        credential(**wrong)
    assert said in str(refused.value)


def test_every_problem_of_a_value_is_told_at_once():
    with pytest.raises(ValidationError) as refused:
        credential(carriers=["paper"], lifecycle="alive", sectors=["?"], slug="No!")
    assert {wrong["loc"][0] for wrong in refused.value.errors()} == {"carriers", "lifecycle", "sectors", "slug"}


def test_what_is_not_said_is_not_known_and_never_zero():
    bare = credential()
    assert (bare.fee, bare.hours, bare.planned_weeks, bare.currency) == (None, None, None, None)
    assert (bare.carriers, bare.skills, bare.sectors) == ([], [], [])
    assert bare.lifecycle == "live"
    assert bare.lifecycle in LIFECYCLE
    assert credential(fee=0).fee == 0


def test_a_skill_named_twice_counts_once_in_the_first_place():
    assert credential(skills=["b", "a", "b"]).skills == ["b", "a"]


@pytest.mark.parametrize("uri", ["javascript:alert(1)", "http:", "https://a b", "//x", 'https://x"y'])
def test_a_skills_address_is_a_web_address(uri):
    with pytest.raises(ValidationError, match="is not an address"):
        Skill(slug="s", title="S", uri=uri)
    assert Skill(slug="s", title="S", uri="").uri is None
    assert Skill(slug="s", title="S", uri="https://data.example/esco/1").uri.endswith("/1")


def test_an_organisation_knows_its_sector_size_and_country_or_says_nothing():
    known = Organisation(slug="o", name="O", sector="V", size_band=SIZE_BANDS[0], country="DE")
    assert known.sector in SECTORS
    assert Organisation(slug="o", name="O", sector="", size_band="", country="").sector is None
    for wrong in ({"sector": "W"}, {"sector": "a"}, {"size_band": "10-50"}, {"country": "Germany"}):
        with pytest.raises(ValidationError):
            Organisation(slug="o", name="O", **wrong)


def test_the_sectors_are_the_22_sections_of_the_classification():
    assert "".join(SECTORS) == "ABCDEFGHIJKLMNOPQRSTUV"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"starts": "2026-03-02", "ends": "2026-03-01"}, "ends on 2026-03-01, before it starts"),
        ({"started": 10, "completed": 11}, r"completed is 11, more than started \(10\)"),
        ({"enrolled": 10, "passed": 11}, r"passed is 11, more than enrolled \(10\)"),
        ({"delivery": "online"}, "Known: digital, in person, hybrid, mixed"),
        ({"enrolled": -1}, "greater than or equal to 0"),
        ({"enrolled": 1.5}, "integer"),
    ],
)
def test_a_run_whose_numbers_contradict_each_other_is_refused(wrong, said):
    with pytest.raises(ValidationError, match=said):
        Run(slug="r", credential="c", label="R", **wrong)


@given(st.lists(st.integers(0, 1000), min_size=4, max_size=4).map(lambda counts: sorted(counts, reverse=True)))
def test_a_run_takes_any_counts_that_only_shrink(counts):
    names = ("enrolled", "started", "completed", "passed")
    run = Run(slug="r", credential="c", label="R", **dict(zip(names, counts, strict=True)))
    assert [getattr(run, name) for name in names] == counts
