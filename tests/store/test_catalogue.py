"""Keeping what is rated, by slug; own values before sample ones."""

import pytest

from feedback.catalogue.contents import ENTITIES
from feedback.catalogue.values import Credential, CredentialKind, Organisation, Pathway, Programme, Run, Skill, Value
from feedback.errors import FeedbackError, Refused
from feedback.store.catalogue import (
    TABLES,
    find,
    find_organisation,
    keep_what_own_values_need,
    read,
    read_credentials,
    read_kinds,
    read_organisations,
    read_programmes,
    read_runs,
    read_skills,
    remove,
    remove_samples,
    sample_slugs,
    save,
)
from feedback.store.database import reading, transaction
from feedback.store.history import read_changes
from feedback.store.inserting import table_of
from feedback.store.meta import data_version
from tests.catalogue.made_values import WHOLE

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


def test_every_entity_has_a_table_with_a_column_for_every_field():
    assert set(TABLES) == {entity.value for entity in ENTITIES.values()}
    for value, model in TABLES.items():
        columns = set(table_of(model).c.keys())
        assert set(value.model_fields) - columns <= {"skills"}, value  # those of a credential are listed apart
        assert "is_sample" in columns


def test_every_field_of_every_entity_comes_back_as_it_was_kept(engine):
    keep(engine, *reversed(WHOLE))
    with reading(engine) as session:
        for entity in ENTITIES.values():
            whole = [value for value in WHOLE if type(value) is entity.value]
            assert [value for value in read(session, entity.name) if value in whole] == sorted(
                whole, key=lambda value: value.slug
            )
            assert find(session, entity.name, whole[0].slug) == whole[0]
        assert find(session, "credentials", "none") is None
        with pytest.raises(FeedbackError, match=r'has no "credential"\. Did you mean "credentials"\?'):
            read(session, "credential")


def test_what_is_the_same_already_changes_nothing(engine):
    keep(engine, *WHOLE)
    with reading(engine) as session:
        before = data_version(session), len(read_changes(session))
    keep(engine, *WHOLE)
    with reading(engine) as session:
        assert (data_version(session), len(read_changes(session))) == before


def test_what_nothing_refers_to_can_be_removed_and_what_is_needed_not(engine):
    keep(engine, *WHOLE)
    with transaction(engine) as session:
        with pytest.raises(Refused) as refused:
            remove(session, "credentials", "second")
        (problem,) = refused.value.problems
        assert problem.where == 'credential "second"'
        assert problem.message.startswith('is needed by stack "second-')
        assert 'pathway "path"' in problem.message
    for entity, needed_by in (("skills", 'credential "data-badge"'), ("occupations", 'credential "data-badge"')):
        slug = next(value.slug for value in WHOLE if type(value) is ENTITIES[entity].value)
        with transaction(engine) as session, pytest.raises(Refused, match=needed_by):
            remove(session, entity, slug)
    for value in reversed(WHOLE):
        entity = next(entity for entity in ENTITIES.values() if entity.value is type(value))
        with transaction(engine) as session:
            remove(session, entity.name, value.slug)
            assert find(session, entity.name, value.slug) is None
    with transaction(engine) as session, pytest.raises(FeedbackError, match='There is no credential "second"'):
        remove(session, "credentials", "second")


def test_what_was_answered_about_cannot_be_removed(institution):
    with transaction(institution) as session, pytest.raises(Refused, match=r"is needed by 2 surveys\."):
        remove(session, "credentials", "data-badge")


def test_a_value_with_a_slug_that_is_there_replaces_it(engine):
    keep(engine, DATA, *SKILLS, FULL)
    changed = Credential(**FULL.model_dump() | {"title": "New", "skills": ["charts"], "fee": None, "sectors": []})
    keep(engine, changed)
    keep(engine, changed, changed)
    with reading(engine) as session:
        assert read_credentials(session) == [changed]


def test_the_samples_values_go_whole(engine):
    keep(engine, DATA)
    keep(engine, *(value for value in WHOLE if value.slug != "data"), is_sample=True)
    with transaction(engine) as session:
        keep_what_own_values_need(session)
        gone = remove_samples(session)
        assert sum(gone.values()) == len(WHOLE) - 1
        assert {name: found for name in ENTITIES if name != "kinds" and (found := read(session, name))} == {
            "programmes": [DATA]
        }


def test_what_own_values_need_of_the_sample_becomes_ones_own_and_what_that_needs_too(engine):
    sample = [value for value in WHOLE if not isinstance(value, Pathway)]
    keep(engine, *sample, is_sample=True)
    keep(engine, next(value for value in WHOLE if isinstance(value, Pathway)))
    with transaction(engine) as session:
        keep_what_own_values_need(session)
        remove_samples(session)
        left = {name: [value.slug for value in read(session, name)] for name in ENTITIES if name != "kinds"}
    assert {name: slugs for name, slugs in left.items() if slugs} == {
        "programmes": ["data"],
        "skills": ["sql"],
        "occupations": ["analyst"],
        "credentials": ["data-badge", "second"],
        "pathways": ["path"],
    }


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


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ({"programme": "nowhere"}, 'credential "data-badge", programme: "nowhere" is not among the programmes'),
        ({"kind": "open-badges"}, 'credential "data-badge", kind: "open-badges" .* Did you mean "open-badge"?'),
        ({"skills": ["sql", "no-such-skill"]}, 'skills: "no-such-skill" is not among the skills of the catalogue'),
        ({"occupations": ["nobody"]}, 'occupations: "nobody" is not among the occupations'),
    ],
)
def test_what_refers_to_nothing_is_refused_and_nothing_is_kept(engine, broken, said):
    with pytest.raises(Refused, match=said):
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
