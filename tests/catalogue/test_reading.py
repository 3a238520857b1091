"""Rows become values of the catalogue, or slips that name line, column, what was found and what is allowed."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.catalogue.reading import (
    CREDENTIAL_COLUMNS,
    CatalogueBatch,
    read_credentials,
    read_number,
    read_organisations,
    read_runs,
    slug_for,
)
from feedback.catalogue.values import Credential, CredentialKind, Organisation, Programme, Skill, is_slug

KINDS = (
    CredentialKind(slug="badge", name="Badge"),
    CredentialKind(slug="micro-credential", name="Micro-credential"),
    CredentialKind(slug="mooc-certificate", name="MOOC certificate"),
)
KNOWN = CatalogueBatch(
    kinds=KINDS,
    programmes=(Programme(slug="data-school", title="School of Data"),),
    skills=(Skill(slug="charts", title="Drawing charts", uri="https://example.org/charts"),),
    credentials=(
        Credential(
            slug="data-badge", title="Data badge", kind="badge", programme="data-school", issuer="Us", skills=["charts"]
        ),
    ),
    organisations=(Organisation(slug="acme", name="ACME Ltd", sector="C", country="DE"),),
)
WHOLE = {
    "slug": "welding-basics",
    "title": "Welding basics",
    "kind": "Micro Credential",
    "programme": "School of Trades",
    "issuer": "Trades College",
    "level": "entry",
    "audience": "career changers",
    "carriers": "badge image | certificate",
    "skills": "charts|Reading plans|safe-welding: Welding safely",
    "planned_weeks": "10",
    "hours": "62,5",
    "fee": "450",
    "currency": "EUR",
    "languages": "en|de",
    "lifecycle": "beta",
    "description": "First line\r\nsecond line",
    "sectors": "C|F",
}


def read(reader, *rows, known=KNOWN, **options):
    """The batch and the slips of rows that stand on lines 2, 3, ..."""
    slips = []
    numbered = enumerate(rows, start=2)
    batch = reader(numbered, known, lambda line, column, message: slips.append((line, column, message)), **options)
    return batch, slips


def test_a_whole_row_becomes_a_credential_with_all_it_names():
    batch, slips = read(read_credentials, WHOLE)
    assert slips == []
    assert batch.credentials == (
        Credential(
            slug="welding-basics",
            title="Welding basics",
            kind="micro-credential",
            programme="school-of-trades",
            issuer="Trades College",
            level="entry",
            audience="career changers",
            carriers=["badge image", "certificate"],
            skills=["charts", "reading-plans", "safe-welding"],
            planned_weeks=10,
            hours=62.5,
            fee=450,
            currency="EUR",
            languages=["en", "de"],
            lifecycle="beta",
            description="First line\nsecond line",
            sectors=["C", "F"],
        ),
    )
    assert batch.programmes == (Programme(slug="school-of-trades", title="School of Trades"),)
    assert batch.skills == (
        Skill(slug="reading-plans", title="Reading plans"),
        Skill(slug="safe-welding", title="Welding safely"),
    )
    assert set(WHOLE) == set(CREDENTIAL_COLUMNS)


def test_a_title_makes_the_slug_where_there_is_none():
    batch, slips = read(read_credentials, {"title": "Máster: Data & AI", "kind": "badge", "programme": "data-school"})
    assert slips == []
    assert batch.credentials[0].slug == "master-data-ai"


@pytest.mark.parametrize("kind", ["mooc-certificate", "MOOC certificate", " mooc  Certificate"])
def test_a_kind_is_found_by_slug_or_name(kind):
    batch, _ = read(read_credentials, {"title": "X", "kind": kind, "programme": "data-school"})
    assert batch.credentials[0].kind == "mooc-certificate"


def test_an_unknown_kind_is_a_slip_unless_new_kinds_are_welcome():
    row = {"title": "X", "kind": "Badgee", "programme": "data-school"}
    batch, slips = read(read_credentials, row)
    assert batch.credentials == ()
    assert slips == [
        (
            2,
            "kind",
            'found "Badgee", which is no kind here. Did you mean "badge"? '
            "Known: badge, micro-credential, mooc-certificate.",
        )
    ]
    batch, slips = read(read_credentials, row, row | {"title": "Y"}, new_kinds=True)
    assert slips == []
    assert batch.kinds == (CredentialKind(slug="badgee", name="Badgee"),)
    assert {credential.kind for credential in batch.credentials} == {"badgee"}


def test_every_slip_of_every_row_is_told():
    rows = (
        WHOLE | {"title": "", "slug": "", "planned_weeks": "ten"},
        WHOLE | {"slug": "Not a slug", "hours": "-3", "carriers": "certificat", "lifecycle": "alive", "sectors": "Z"},
        WHOLE | {"slug": "b", "fee": "10", "currency": ""},
        WHOLE | {"slug": "c", "kind": "", "programme": "", "languages": "English", "title": "bell\x07"},
    )
    _, slips = read(read_credentials, *rows)
    assert {(line, column) for line, column, _ in slips} == {
        (2, "planned_weeks"), (2, "title"), (3, "slug"), (3, "carriers"), (3, "hours"), (3, "lifecycle"),
        (3, "sectors"), (4, None), (5, "title"), (5, "kind"), (5, "programme"), (5, "languages"),
    }  # fmt: skip
    worded = {(line, column): message for line, column, message in slips}
    assert worded[2, "planned_weeks"] == 'found "ten"; a number is needed, such as 12.'
    assert worded[2, "title"] == "is empty; it is needed."
    assert worded[3, "hours"] == 'found "-3"; a number above 0 is needed.'
    assert worded[3, "carriers"].startswith('carrier "certificat" is not known. Did you mean "certificate"?')
    assert worded[4, None] == "a fee needs its currency, as EUR."


def test_two_rows_of_one_slug_are_a_slip():
    _, slips = read(read_credentials, WHOLE, WHOLE | {"title": "Another"})
    assert slips == [
        (3, "slug", '"welding-basics" is what line 2 is called already; give every row a slug of its own.')
    ]


def test_what_the_file_does_not_have_stays_and_what_it_empties_goes():
    batch, slips = read(read_credentials, {"slug": "data-badge", "title": "Data badge 2", "issuer": ""})
    assert slips == []
    (credential,) = batch.credentials
    assert (credential.title, credential.kind, credential.skills) == ("Data badge 2", "badge", ["charts"])
    assert credential.issuer == ""


def test_a_skill_with_a_new_title_keeps_its_address():
    batch, _ = read(read_credentials, WHOLE | {"skills": "charts: Charts that speak"})
    assert batch.skills == (Skill(slug="charts", title="Charts that speak", uri="https://example.org/charts"),)


def test_names_that_make_one_slug_stay_apart():
    batch, slips = read(read_credentials, WHOLE | {"skills": "C++|C#|c#"})
    assert slips == []
    assert [skill.title for skill in batch.skills] == ["C++", "C#"]
    assert len(set(batch.credentials[0].skills)) == 2


def test_a_run_finds_its_credential_by_slug_or_title():
    row = {"label": "Spring 2025", "starts": "2025-03-01", "ends": "2025-05-31", "beta": "yes", "enrolled": "30"}
    batch, slips = read(read_runs, row | {"credential": "Data Badge"}, row | {"credential": "data-bage", "label": "x"})
    assert slips == [(3, "credential", 'found "data-bage", which is not in the catalogue. Did you mean "data-badge"?')]
    (run,) = batch.runs
    assert (run.slug, run.credential) == ("data-badge-spring-2025", "data-badge")
    assert (run.starts, run.beta, run.enrolled) == (date(2025, 3, 1), True, 30)


@pytest.mark.parametrize(
    ("column", "cell", "sentence"),
    [
        ("starts", "31.03.2025", "a day is needed, written as 2025-03-31"),
        ("starts", "20250331", "a day is needed"),
        ("beta", "perhaps", "yes or no is needed"),
        ("enrolled", "2.5", "a whole number is needed"),
        ("enrolled", "-1", "a number of at least 0 is needed"),
        ("delivery", "digitall", 'Did you mean "digital"?'),
    ],
)
def test_a_wrong_cell_of_a_run_is_told(column, cell, sentence):
    _, slips = read(read_runs, {"credential": "data-badge", "label": "Spring", column: cell})
    assert [(line, name) for line, name, _ in slips] == [(2, column)]
    assert sentence in slips[0][2]


def test_a_run_whose_counts_cannot_be_is_told_as_a_line():
    _, slips = read(read_runs, {"credential": "data-badge", "label": "Spring", "enrolled": "3", "started": "5"})
    assert slips == [(2, None, "started is 5, more than enrolled (3).")]


def test_an_organisation_of_a_known_name_is_the_same_organisation():
    batch, slips = read(
        read_organisations, {"name": "acme  LTD", "size_band": "10-49"}, {"name": "Öko Bau", "sector": "F"}
    )
    assert slips == []
    known, new = batch.organisations
    assert (known.slug, known.sector, known.size_band, known.country) == ("acme", "C", "10-49", "DE")
    assert new.slug == "oko-bau"


@given(st.text(min_size=1))
def test_every_name_has_a_slug(name):
    assert is_slug(slug_for(name, "credential"))


@given(st.dictionaries(st.sampled_from(CREDENTIAL_COLUMNS), st.text(max_size=12)))
def test_any_row_is_read_or_has_a_slip(row):
    batch, slips = read(read_credentials, row)
    assert len(batch.credentials) == (not slips)


@given(st.text(max_size=12))
def test_a_number_is_read_or_not_there_but_never_odd(text):
    number = read_number(text)
    assert number is None or abs(number) < 1e12 + 1
