"""Keeping what is rated, by slug; own values before sample ones."""

import pytest
from sqlalchemy.exc import IntegrityError

from feedback.catalogue.values import Credential, CredentialKind, Organisation, Programme, Run, Skill, Value
from feedback.errors import FeedbackError
from feedback.store.catalogue import (
    find_organisation,
    read_credentials,
    read_kinds,
    read_organisations,
    read_programmes,
    read_runs,
    read_skills,
    sample_slugs,
    save,
)
from feedback.store.database import reading, transaction
from feedback.store.meta import data_version

DATA = Programme(slug="data", title="Data")
SKILLS = [Skill(slug=slug, title=slug.upper(), uri=f"https://example.org/{slug}") for slug in ("sql", "charts", "ml")]
FULL = Credential(
    slug="data-badge",
    title="Data badge „Zürich“",
    kind="open-badge",
    programme="data",
    issuer="University",
    carriers=["badge image", "transcript"],
    description="Two lines\nof text",
    level="EQF 6",
    audience="graduates",
    planned_weeks=10.5,
    hours=120,
    fee=0,
    currency="EUR",
    languages=["en", "pt-BR"],
    lifecycle="beta",
    skills=["ml", "sql"],
    sectors=["J", "K"],
)


def keep(engine, *values, **how):
    with transaction(engine) as session:
        save(session, values, **how)


def test_every_value_comes_back_as_it_was_kept(engine):
    run = Run(
        slug="r1", credential="data-badge", label="Spring", starts="2026-03-01", delivery="hybrid", beta=True, passed=3
    )
    own_kind = CredentialKind(slug="licence", name="Licence", names={"es": "Licencia"})
    firm = Organisation(slug="acme", name="Acme", sector="C", size_band="1000+", country="DE")
    keep(engine, run, FULL, firm, *SKILLS, own_kind, DATA)
    with reading(engine) as session:
        assert read_programmes(session) == [DATA]
        assert read_credentials(session) == [FULL]
        assert read_runs(session) == [run]
        assert read_organisations(session) == [firm]
        assert {skill.slug: skill for skill in read_skills(session)} == {skill.slug: skill for skill in SKILLS}
        kinds = {kind.slug: kind for kind in read_kinds(session)}
        assert len(kinds) == 9
        assert kinds["licence"] == own_kind
        assert data_version(session) == 1


def test_a_value_with_a_slug_that_is_there_replaces_it(engine):
    keep(engine, DATA, *SKILLS, FULL)
    changed = Credential(**FULL.model_dump() | {"title": "New", "skills": ["charts"], "fee": None, "sectors": []})
    keep(engine, changed)
    keep(engine, changed, changed)
    with reading(engine) as session:
        assert read_credentials(session) == [changed]


def test_of_two_values_with_one_slug_the_last_counts(engine):
    keep(engine, Programme(slug="p", title="First"), Programme(slug="p", title="Second"))
    with reading(engine) as session:
        assert [programme.title for programme in read_programmes(session)] == ["Second"]


def test_a_sample_never_replaces_ones_own_and_ones_own_takes_the_samples_place(engine):
    keep(engine, DATA, *SKILLS, FULL)
    keep(engine, DATA, Credential(slug="s", title="Sample", kind="badge", programme="data"), is_sample=True)
    keep(engine, Credential(**FULL.model_dump() | {"title": "Sample", "skills": []}), is_sample=True)
    with reading(engine) as session:
        assert {each.slug: each.title for each in read_credentials(session)} == {
            "data-badge": FULL.title,
            "s": "Sample",
        }
        assert read_credentials(session)[0].skills == ["ml", "sql"]
        assert sample_slugs(session, Credential) == {"s"}
        assert sample_slugs(session, Programme) == frozenset()
    keep(engine, Credential(slug="s", title="Mine", kind="badge", programme="data"))
    with reading(engine) as session:
        assert sample_slugs(session, Credential) == frozenset()


@pytest.mark.parametrize("broken", [{"programme": "nowhere"}, {"kind": "no-such-kind"}, {"skills": ["no-such-skill"]}])
def test_what_refers_to_nothing_is_refused_and_nothing_is_kept(engine, broken):
    with pytest.raises(IntegrityError):
        keep(engine, DATA, *SKILLS, Credential(**FULL.model_dump() | broken))
    with reading(engine) as session:
        assert read_programmes(session) == []
        assert data_version(session) == 0


def test_a_value_of_an_unknown_class_is_refused_by_name(engine):
    with pytest.raises(FeedbackError, match=r"A Value is not kept in the catalogue\. Known: Programme, CredentialKind"):
        keep(engine, Value())


def test_nothing_to_keep_changes_nothing(engine):
    keep(engine)
    with reading(engine) as session:
        assert data_version(session) == 0


def test_thousands_of_values_are_kept_in_one_go(engine):
    many = [Organisation(slug=f"o-{number}", name=f"Firm {number}") for number in range(1500)]
    keep(engine, *many)
    with reading(engine) as session:
        assert len(read_organisations(session)) == 1500


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("ACME  gmbh ", "acme"),
        ("Ａcme GmbH", "acme"),
        ("Acme", None),
        ("", None),
        ("Äpfel", "apfel"),
        ("A\u0308PFEL", "apfel"),
    ],
)
def test_an_organisation_is_found_by_name_without_regard_to_case_width_and_spacing(engine, typed, found):
    keep(engine, Organisation(slug="acme", name="Acme GmbH"), Organisation(slug="apfel", name="Äpfel"))
    with reading(engine) as session:
        organisation = find_organisation(session, typed)
    assert (organisation.slug if organisation else None) == found
