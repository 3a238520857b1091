"""Rows become values of the catalogue, or slips that name line, column, what was found and what is allowed."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.catalogue.contents import ENTITIES
from feedback.catalogue.reading import read_number, read_values, slug_for
from feedback.catalogue.values import (
    Credential,
    CredentialKind,
    Module,
    Occupation,
    Organisation,
    Programme,
    Skill,
    Stack,
    is_slug,
)

KINDS = (
    CredentialKind(slug="badge", name="Badge"),
    CredentialKind(slug="micro-credential", name="Micro-credential"),
    CredentialKind(slug="mooc-certificate", name="MOOC certificate"),
)
KNOWN = {
    "kinds": KINDS,
    "programmes": (Programme(slug="data-school", title="School of Data"),),
    "skills": (Skill(slug="charts", title="Drawing charts", uri="https://example.org/charts", competency="Seeing"),),
    "credentials": (
        Credential(
            slug="data-badge", title="Data badge", kind="badge", programme="data-school", issuer="Us", skills=["charts"]
        ),
    ),
    "modules": (Module(slug="m1", programme="data-school", title="First module"),),
    "organisations": (Organisation(slug="acme", name="ACME Ltd", sector="C", country="DE"),),
}
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


def read(entity, *rows, known=KNOWN, **options):
    """The batch and the slips of rows that stand on lines 2, 3, ..."""
    slips = []
    numbered = enumerate(rows, start=2)
    tell = lambda line, column, message: slips.append((line, column, message))  # noqa: E731
    return read_values(ENTITIES[entity], numbered, known, tell, **options), slips


def test_a_whole_row_becomes_a_credential_with_all_it_names():
    batch, slips = read("credentials", WHOLE)
    assert slips == []
    assert batch.values == (
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
    assert batch.made["programmes"] == (Programme(slug="school-of-trades", title="School of Trades"),)
    assert batch.made["skills"] == (
        Skill(slug="reading-plans", title="Reading plans"),
        Skill(slug="safe-welding", title="Welding safely"),
    )
    assert set(WHOLE) <= set(ENTITIES["credentials"].columns)


def test_a_title_makes_the_slug_where_there_is_none():
    batch, slips = read("credentials", {"title": "Máster: Data & AI", "kind": "badge", "programme": "data-school"})
    assert slips == []
    assert batch.values[0].slug == "master-data-ai"


@pytest.mark.parametrize("kind", ["mooc-certificate", "MOOC certificate", " mooc  Certificate"])
def test_a_kind_is_found_by_slug_or_name(kind):
    batch, _ = read("credentials", {"title": "X", "kind": kind, "programme": "data-school"})
    assert batch.values[0].kind == "mooc-certificate"


def test_an_unknown_kind_is_a_slip_unless_new_kinds_are_welcome():
    row = {"title": "X", "kind": "Badgee", "programme": "data-school"}
    batch, slips = read("credentials", row)
    assert batch.values == ()
    assert slips == [
        (
            2,
            "kind",
            'found "Badgee", which is no kind here. Did you mean "badge"? '
            "Known: badge, micro-credential, mooc-certificate.",
        )
    ]
    batch, slips = read("credentials", row, row | {"title": "Y"}, new_kinds=True)
    assert slips == []
    assert batch.made["kinds"] == (CredentialKind(slug="badgee", name="Badgee"),)
    assert {credential.kind for credential in batch.values} == {"badgee"}


def test_every_slip_of_every_row_is_told():
    rows = (
        WHOLE | {"title": "", "slug": "", "planned_weeks": "ten"},
        WHOLE | {"slug": "Not a slug", "hours": "-3", "carriers": "certificat", "lifecycle": "alive", "sectors": "Z"},
        WHOLE | {"slug": "b", "fee": "10", "currency": ""},
        WHOLE | {"slug": "c", "kind": "", "programme": "", "languages": "English", "title": "bell\x07"},
    )
    _, slips = read("credentials", *rows)
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
    _, slips = read("credentials", WHOLE, WHOLE | {"title": "Another"})
    assert slips == [
        (3, "slug", '"welding-basics" is what line 2 is called already; give every row a slug of its own.')
    ]


def test_what_the_file_does_not_have_stays_and_what_it_empties_goes():
    batch, slips = read("credentials", {"slug": "data-badge", "title": "Data badge 2", "issuer": ""})
    assert slips == []
    (credential,) = batch.values
    assert (credential.title, credential.kind, credential.skills) == ("Data badge 2", "badge", ["charts"])
    assert credential.issuer == ""


def test_a_skill_with_a_new_title_keeps_its_address():
    batch, _ = read("credentials", WHOLE | {"skills": "charts: Charts that speak"})
    (skill,) = batch.made["skills"]
    assert (skill.title, skill.uri, skill.competency) == ("Charts that speak", "https://example.org/charts", "Seeing")


def test_names_that_make_one_slug_stay_apart():
    batch, slips = read("credentials", WHOLE | {"skills": "C++|C#|c#"})
    assert slips == []
    assert [skill.title for skill in batch.made["skills"]] == ["C++", "C#"]
    assert len(set(batch.values[0].skills)) == 2


def test_a_run_finds_its_credential_by_slug_or_title():
    row = {"label": "Spring 2025", "starts": "2025-03-01", "ends": "2025-05-31", "beta": "yes", "enrolled": "30"}
    batch, slips = read("runs", row | {"credential": "Data Badge"}, row | {"credential": "data-bage", "label": "x"})
    assert slips == [(3, "credential", 'found "data-bage", which is not in the catalogue. Did you mean "data-badge"?')]
    (run,) = batch.values
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
    _, slips = read("runs", {"credential": "data-badge", "label": "Spring", column: cell})
    assert [(line, name) for line, name, _ in slips] == [(2, column)]
    assert sentence in slips[0][2]


def test_a_run_whose_counts_cannot_be_is_told_as_a_line():
    _, slips = read("runs", {"credential": "data-badge", "label": "Spring", "enrolled": "3", "started": "5"})
    assert slips == [(2, None, "started is 5, more than enrolled (3).")]


def test_an_organisation_of_a_known_name_is_the_same_organisation():
    batch, slips = read(
        "organisations", {"name": "acme  LTD", "size_band": "10-49"}, {"name": "Öko Bau", "sector": "F"}
    )
    assert slips == []
    known, new = batch.values
    assert (known.slug, known.sector, known.size_band, known.country) == ("acme", "C", "10-49", "DE")
    assert new.slug == "oko-bau"


@pytest.mark.parametrize(
    ("column", "cell", "sentence"),
    [
        ("test_results", "0-49: 3|lots: 4", 'the band "lots" is not written as 50-59.'),
        ("test_results", "50-100: 3|0-60: 4", 'the band "0-60" does not lie above the one before it'),
        ("test_results", "0-49: few", 'found "few"; a whole number is needed'),
        ("test_results", "0-49", "each entry is a name and what it says"),
        ("test_results", "0-49: 3|0-49: 4", '"0-49" stands there twice'),
        ("weeks_reason", "x" * 10_001, "at most 10,000 are kept"),
    ],
)
def test_a_wrong_distribution_of_test_results_is_told(column, cell, sentence):
    _, slips = read("runs", {"credential": "data-badge", "label": "Spring", column: cell})
    assert [(line, name) for line, name, _ in slips] == [(2, column)]
    assert sentence in slips[0][2]


def test_a_distribution_is_read_band_by_band():
    batch, slips = read("runs", {"credential": "data-badge", "label": "Spring", "test_results": "0-49:3|50-100: 12"})
    assert slips == []
    assert batch.values[0].test_results == {"0-49": 3, "50-100": 12}


def test_a_stack_leads_to_a_credential_by_title_or_to_a_degree_by_name():
    rows = (
        {"credential": "data-badge", "target": "BSc Statistics", "target_kind": "degree"},
        {"credential": "Data Badge", "target": "data-bage"},
        {"credential": "data-badge", "target": "Data badge"},
    )
    batch, slips = read("stacks", *rows)
    assert batch.values == (Stack(credential="data-badge", target="BSc Statistics", target_kind="degree"),)
    assert slips == [
        (3, "target", 'found "data-bage", which is not in the catalogue. Did you mean "data-badge"?'),
        (4, None, "a credential does not count towards itself."),
    ]


def test_the_same_alignment_twice_is_a_slip_and_a_strange_short_name_too():
    row = {"credential": "data-badge", "skill": "Drawing charts", "module": "First module"}
    batch, slips = read("alignments", row, row | {"assesses": "yes"}, row | {"slug": "mine"})
    assert len(batch.values) == 1
    assert [(line, column) for line, column, _ in slips] == [(3, "slug"), (4, None)]
    assert "follows from its parts" in slips[1][2]


def test_a_module_or_a_pathway_makes_the_programme_it_names_and_steps_must_be_there():
    batch, slips = read("modules", {"programme": "New school", "title": "Introduction"})
    assert slips == []
    assert (batch.values[0].slug, batch.made["programmes"][0].title) == ("new-school-introduction", "New school")
    _, slips = read("pathways", {"programme": "New school", "title": "All", "steps": "Data badge|Nothing|nowhere"})
    assert [column for _, column, _ in slips] == ["steps", "steps"]


def test_a_credential_makes_the_occupations_it_names():
    batch, slips = read("credentials", WHOLE | {"occupations": "Welder|o-net-1: Fitter"})
    assert slips == []
    assert batch.made["occupations"] == (
        Occupation(slug="welder", title="Welder"),
        Occupation(slug="o-net-1", title="Fitter"),
    )


def test_an_organisation_makes_the_occupations_it_fills():
    batch, slips = read("organisations", {"name": "Mill", "occupations": "Welder"})
    assert slips == []
    assert batch.values[0].occupations == ["welder"]
    assert batch.made["occupations"] == (Occupation(slug="welder", title="Welder"),)


def test_market_evidence_is_dated_sourced_and_about_something():
    whole = {"topic": "Welding", "measure": "demand", "value": "120", "on": "2026-03-01", "source": "Labour office"}
    rows = (whole, whole | {"value": "121"}, whole | {"topic": ""}, whole | {"source": "", "on": "", "measure": "need"})
    batch, slips = read("market-evidence", *rows)
    assert len(batch.values) == 1
    assert {(line, column) for line, column, _ in slips} == {
        (3, "slug"), (4, None), (5, "source"), (5, "on"), (5, "measure"),
    }  # fmt: skip


def test_a_contact_is_the_same_by_mail_and_its_short_name_holds_no_name():
    row = {"organisation": "ACME ltd", "name": "Ann Example", "email": "ann@example.org", "consents": "panel|quoted"}
    batch, slips = read("contacts", row, row | {"email": "ben@example"}, row | {"email": "", "organisation": "nowhere"})
    (contact,) = batch.values
    assert contact.organisation == "acme"
    assert contact.slug.startswith("acme-")
    assert "ann" not in contact.slug
    assert [(line, column) for line, column, _ in slips] == [(3, "email"), (4, "organisation")]


def test_one_of_the_same_name_is_the_same_one_where_a_name_is_enough():
    known = KNOWN | {"credentials": (Credential(slug="x1", title="Data badge", kind="badge", programme="data-school"),)}
    batch, slips = read("credentials", {"title": "data BADGE", "issuer": "Them"}, known=known)
    assert slips == []
    assert [value.slug for value in batch.values] == ["x1"]


def test_a_file_of_slugs_alone_changes_what_it_names():
    batch, slips = read("credentials", {"slug": "data-badge", "review_due": "2027-01-31"})
    assert slips == []
    assert (batch.values[0].title, batch.values[0].review_due) == ("Data badge", date(2027, 1, 31))


@given(st.text(min_size=1))
def test_every_name_has_a_slug(name):
    assert is_slug(slug_for(name, "credential"))


@given(st.sampled_from(list(ENTITIES.values())), st.data())
def test_any_row_is_read_or_has_a_slip(entity, data):
    row = data.draw(st.dictionaries(st.sampled_from(entity.columns), st.text(max_size=12)))
    batch, slips = read(entity.name, row)
    assert len(batch.values) == (not slips)


@given(st.text(max_size=12))
def test_a_number_is_read_or_not_there_but_never_odd(text):
    number = read_number(text)
    assert number is None or abs(number) < 1e12 + 1
