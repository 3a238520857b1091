"""Every field of everything the catalogue knows says what it is, and survives being written and read."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feedback.catalogue import values
from feedback.catalogue.contents import ENTITIES, called, entity_of
from feedback.catalogue.hints import SHAPES, Hint, hints
from feedback.catalogue.reading import read_values
from feedback.catalogue.rows import cells, table
from feedback.catalogue.values import PURPOSE, Credential, Value, completeness, unusual_weeks
from feedback.settings import project_folder
from tests.catalogue.made_values import SLUGS, WHOLE, any_value

EVERY = list(ENTITIES.values())
FIELDS = [(entity, name) for entity in EVERY for name in entity.value.model_fields]
KNOWN = {
    name: tuple(entity.value.model_construct(**{"slug": slug, entity.names: slug}) for slug in SLUGS)
    for name, entity in ENTITIES.items()
}


def test_every_class_of_values_is_an_entity():
    classes = {each for each in vars(values).values() if isinstance(each, type) and issubclass(each, Value)}
    assert classes - {Value, values.CredentialFields} == {entity.value for entity in EVERY}
    assert entity_of(Value) is None


@pytest.mark.parametrize("entity", EVERY, ids=lambda entity: entity.name)
def test_an_entity_can_be_told_about(entity):
    assert entity_of(entity.value) is entity
    assert entity.meaning.endswith(".")
    assert {*entity.identity, entity.names} <= set(entity.columns)
    assert {hint.refers for hint in hints(entity.value).values() if hint.refers} <= set(ENTITIES)


@pytest.mark.parametrize(("entity", "name"), FIELDS, ids=lambda each: getattr(each, "name", each))
def test_every_field_has_a_title_a_description_a_shape_and_a_column(entity, name):
    hint = hints(entity.value)[name]
    assert hint.title[0].isupper()
    assert hint.description.endswith((".", ")"))
    assert hint.shape in {*SHAPES.values(), "texts", "counts"}
    assert name in entity.columns
    assert not (hint.choices and hint.refers)
    assert hint.needed or hint.default in (None, "", [], {}, True, False) or hint.default in hint.choices


def guide_row(hint: Hint) -> str:
    """What the guide says of a field."""
    allowed = {"yes or no": "yes, no", "day": "a day", "text": "", "list": "a list"}.get(hint.shape, hint.shape)
    if hint.refers:
        allowed = f"{'a list of ' if hint.shape == 'list' else 'one of the '}{hint.refers}"
        allowed += ", new ones are made" if hint.makes else ""
    elif hint.choices:
        allowed = f"{'a list of: ' if hint.shape == 'list' else ''}{', '.join(hint.choices)}"
    elif hint.shape in ("texts", "counts"):
        allowed = "name: text, as a list" if hint.shape == "texts" else "band: people, as a list"
    needed = " **needed**" if hint.needed and hint.name != "slug" else ""
    return f"| `{hint.name}` | {hint.description}{needed} | {allowed} |"


def test_the_guide_has_a_row_for_every_field_of_everything():
    guide = (project_folder() / "docs" / "guide" / "catalogue.md").read_text(encoding="utf-8")
    for entity in EVERY:
        section = guide.split(f"## {entity.many}\n")[1].split("\n## ")[0]
        assert f"`{entity.name}`" in section
        assert [row for hint in hints(entity.value).values() if (row := guide_row(hint)) not in section] == []


def test_what_refers_stands_after_what_it_refers_to():
    names = list(ENTITIES)
    for entity in EVERY:
        referred = {hint.refers for hint in hints(entity.value).values() if hint.refers}
        assert all(names.index(name) < names.index(entity.name) for name in referred)


def test_the_whole_values_of_these_tests_leave_no_field_out():
    for entity in EVERY:
        whole = next(value for value in WHOLE if type(value) is entity.value)
        bare = {name: hint.default for name, hint in hints(entity.value).items()}
        same = [name for name, default in bare.items() if getattr(whole, name) == default and name != "target_kind"]
        assert same == [], entity.name


def read(entity, rows, known):
    slips = []
    named = ((line, dict(zip(entity.columns, row, strict=True))) for line, row in enumerate(rows, start=2))
    return read_values(entity, named, known, lambda *slip: slips.append(slip)), slips


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(EVERY).flatmap(lambda entity: st.tuples(st.just(entity), any_value(entity))))
def test_any_value_written_as_a_row_is_read_as_the_same_value(drawn):
    entity, value = drawn
    columns, rows = table(entity, [value])
    assert columns == entity.columns
    batch, slips = read(entity, rows, KNOWN)
    assert slips == []
    assert batch.values == (value,)
    assert batch.made == {}
    # It reads the same whether or not it is known already.
    again, _ = read(entity, rows, KNOWN | {entity.name: (*KNOWN[entity.name], value)})
    assert again.values == (value,)


def test_a_row_of_nothing_but_a_slug_leaves_a_value_as_it_is_and_an_empty_row_clears_it():
    whole = next(value for value in WHOLE if isinstance(value, Credential))
    known = {"credentials": (whole,)}
    entity = ENTITIES["credentials"]
    batch = read_values(entity, [(2, {"slug": whole.slug})], known, lambda *slip: None)
    assert batch.values == (whole,)
    bare = dict.fromkeys(entity.columns, "") | {"slug": "c", "title": "C", "kind": "one", "programme": "one"}
    batch = read_values(entity, [(2, bare)], KNOWN, lambda *slip: None)
    assert batch.values == (Credential(slug="c", title="C", kind="one", programme="one"),)


def test_cells_are_written_plainly():
    written = {name: cell for value in WHOLE for name, cell in cells(value).items() if type(value) is Credential}
    whole = cells(next(value for value in WHOLE if isinstance(value, Credential)))
    assert written.keys() == whole.keys()
    assert (whole["planned_weeks"], whole["hours"], whole["market_driven"]) == ("16.5", "120", "no")
    assert (whole["review_due"], whole["languages"], whole["skills"]) == ("2026-03-01", "en|pt-BR", "sql")
    run = cells(next(value for value in WHOLE if type(value) is values.Run))
    assert run["test_results"] == "0-49: 2|50-100: 18"
    assert called(ENTITIES["runs"], next(value for value in WHOLE if type(value) is values.Run)) == "Spring"


def test_a_purpose_sheet_is_complete_when_its_five_fields_say_something():
    whole = next(value for value in WHOLE if isinstance(value, Credential))
    assert completeness(whole, PURPOSE) == values.Completeness(1.0, ())
    without = whole.model_copy(update={"stakeholders": [], "specialisation": None})
    assert completeness(without, PURPOSE) == values.Completeness(0.6, ("specialisation", "stakeholders"))
    assert completeness(whole).missing == ()


def test_a_reason_for_the_weeks_is_missed_only_where_they_are_unusual():
    def missing(**more):
        return completeness(Credential(slug="c", title="C", kind="badge", programme="p", **more)).missing

    assert "weeks_reason" not in missing(planned_weeks=10)
    assert "weeks_reason" not in missing()
    assert "weeks_reason" in missing(planned_weeks=9.5)
    assert "currency" not in missing(fee=0)
    assert [unusual_weeks(weeks) for weeks in (9.9, 10, 12, 12.1)] == [True, False, False, True]
