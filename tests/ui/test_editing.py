"""Every entry of the catalogue is added, mended and removed on one page, and nothing typed is lost on the way."""

import shutil
from datetime import date

import pytest
import streamlit as st
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as any_of
from streamlit.testing.v1 import AppTest

from feedback.catalogue.contents import ENTITIES
from feedback.catalogue.hints import Hint, hints
from feedback.catalogue.values import (
    Alignment,
    Contact,
    Credential,
    CredentialKind,
    MarketEvidence,
    Module,
    Occupation,
    Organisation,
    Pathway,
    Programme,
    Reviewer,
    Run,
    Skill,
    Stack,
    Value,
)
from feedback.settings import project_folder
from feedback.settings import settings as our_settings
from feedback.store import catalogue, history
from feedback.store.database import open_database, reading, transaction
from feedback.ui import about, editing, fields, tables
from feedback.ui.about import open_points
from feedback.ui.editing import control_key, place_of
from feedback.ui.history import take_back
from tests.ui.drawing import drawn, html

HELD = (
    Programme(slug="data", title="Data"),
    Programme(slug="care", title="Care"),
    CredentialKind(slug="own-kind", name="Own kind"),
    Skill(slug="sql", title="SQL"),
    Skill(slug="charts", title="Drawing charts"),
    Occupation(slug="analyst", title="Analyst"),
    Module(slug="intro", programme="data", title="Introduction"),
    Organisation(slug="mill", name="Mill & Sons"),
    Credential(slug="badge", title="Data *badge*", kind="own-kind", programme="data", skills=["sql", "charts"]),
    Credential(slug="second", title="Second badge", kind="own-kind", programme="care"),
)
SLUGS = {name: [one.slug for one in HELD if type(one) is entity.value] for name, entity in ENTITIES.items()}
NEW = {
    "kinds": {"name": "Diploma", "names": "es: Diploma\nde: Diplom"},
    "programmes": {"title": "Trades"},
    "modules": {"programme": "data", "title": "Project"},
    "skills": {"title": "Welding", "alternatives": "Joining\nBrazing", "review_due": date(2027, 1, 31)},
    "occupations": {"title": "Welder", "scheme": "own"},
    "credentials": {
        "title": "Third", "kind": "own-kind", "programme": "care", "skills": ["charts", "sql"],
        "fee": 0.0, "market_driven": "yes", "languages": "en\nes",
    },
    "runs": {"credential": "badge", "label": "Spring", "starts": date(2026, 3, 1), "enrolled": 20, "completed": 12,
             "test_results": "0-49: 3\n50-100: 9", "actual_weeks": 11.5},
    "stacks": {"credential": "badge", "target": "second"},
    "pathways": {"title": "Onwards", "programme": "data", "steps": ["second", "badge"]},
    "alignments": {"credential": "badge", "skill": "sql", "module": "intro", "assesses": "yes"},
    "market-evidence": {"skill": "sql", "measure": "demand", "value": 9.5, "on": date(2026, 5, 1), "source": "Index"},
    "organisations": {"name": "Tidewater", "sector": "K", "partner": "no"},
    "contacts": {"organisation": "mill", "name": "Ann Example", "consents": ["panel"]},
    "reviewers": {"name": "Bo Example", "fields": "Statistics"},
}  # fmt: skip
"""What somebody fills in to add one of each."""


# --- values and controls ----------------------------------------------------------------------------------------------


TEXT = any_of.text(any_of.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=30)
LINES = any_of.lists(TEXT, max_size=3).map("\n".join)


def of_shape(hint: Hint) -> any_of.SearchStrategy:
    """Values a field might hold."""
    one = any_of.sampled_from(hint.choices or SLUGS.get(hint.refers) or ["some-slug"])
    plain = one if hint.choices or hint.refers else LINES if hint.long else TEXT
    if hint.name == "slug":
        plain = any_of.from_regex("[a-z0-9-]{1,80}", fullmatch=True)
    shapes = {
        "text": plain,
        "list": any_of.lists(plain, max_size=4),
        "number": any_of.floats(0, 500, allow_nan=False, allow_subnormal=False),
        "whole number": any_of.integers(0, 10_000),
        "day": any_of.dates(date(1900, 1, 1), date(2200, 1, 1)),
        "yes or no": any_of.booleans(),
        "texts": any_of.dictionaries(any_of.sampled_from(["en", "es", "pt-BR"]), LINES, max_size=3),
        "counts": any_of.dictionaries(any_of.sampled_from(["0-49", "50-69.5", "70-100"]), any_of.integers(0, 50)),
    }
    return any_of.none() | shapes[hint.shape] if hint.optional else shapes[hint.shape]


@pytest.mark.parametrize("name", ENTITIES)
@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much], deadline=None)
@given(data=any_of.data())
def test_what_a_page_shows_and_reads_back_is_the_value(name, data):
    kept = ENTITIES[name].value
    raw = {field: data.draw(of_shape(hint), label=field) for field, hint in hints(kept).items()}
    value = fields.checked(kept, raw)
    if not isinstance(value, Value):  # take what the check refuses back to the defaults, which it takes
        raw = {field: hints(kept)[field].default if field in value else told for field, told in raw.items()}
        value = fields.checked(kept, raw)
    if isinstance(value, Value):
        held = value.model_dump()
        back = {field: fields.given(hint, fields.shown(hint, held[field])) for field, hint in hints(kept).items()}
        assert fields.checked(kept, back) == value


SIDES = any_of.fixed_dictionaries({"a": any_of.integers(0, 2), "b": any_of.integers(0, 2)})


@given(SIDES, SIDES, SIDES)
def test_of_two_peoples_changes_none_is_lost_in_silence(loaded, mine, theirs):
    both, clashes = fields.merged(loaded, mine, theirs)
    for name in loaded:
        if mine[name] != loaded[name]:
            assert both[name] == mine[name]
            assert (name in clashes) == (theirs[name] not in (loaded[name], mine[name]))
        else:
            assert both[name] == theirs[name]
            assert name not in clashes


@pytest.mark.parametrize("entity", ENTITIES.values(), ids=lambda entity: entity.name)
def test_every_field_is_asked_for_once_under_a_title_that_exists(entity):
    asked = [hint.name for _, _, part in fields.sections_of(entity) for hint in part]
    assert sorted(asked) == sorted(entity.value.model_fields)
    named = [name for _, _, names in fields.SECTIONS.get(entity.name, ()) for name in names]
    assert set(named) <= set(asked)
    assert all(hint.title and hint.description for hint in hints(entity.value).values())


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ({"fee": None}, {"fee": 0.0}, ("fee",)),
        ({"beta": False}, {"beta": None}, ("beta",)),
        ({"note": None}, {"note": ""}, ()),
        (None, {"title": "T", "skills": []}, ("title",)),
        ({"title": "T"}, None, ("title",)),
    ],
)
def test_nothing_for_nothing_is_no_change_but_zero_and_no_are_something(before, after, told):
    assert fields.changed(before, after) == told


def test_a_credential_says_what_is_open():
    bare = Credential(slug="b", title="B", kind="k", programme="p", planned_weeks=8, review_due=date(2026, 1, 31))
    said = open_points(bare, date(2026, 2, 1))
    assert [line.split()[0] for line in said] == ["The", "Its", "8", "No"]
    assert "skill, depth, proof, audience, consulted" in said[0]
    assert said[1] == "Its review was due on 31 January 2026: overdue."
    assert not any("overdue" in line for line in open_points(bare, date(2026, 1, 31)))
    excused = bare.model_copy(update={"weeks_reason": "a summer school"})
    assert not any("10 to 12" in line for line in open_points(excused, date(2026, 2, 1)))


# --- in an editor's hands ---------------------------------------------------------------------------------------------


@pytest.fixture
def engine(sqlite_template, tmp_path, monkeypatch):
    """A database of its own for the app, with a little of everything that others refer to."""
    path = tmp_path / "feedback.db"
    shutil.copy(sqlite_template, path)
    monkeypatch.setenv("FEEDBACK_DATABASE_URL", f"sqlite:///{path}")
    forget()
    opened = open_database(f"sqlite:///{path}")
    with transaction(opened) as session:
        catalogue.save(session, HELD)
    yield opened
    opened.dispose()
    forget()


def forget():
    our_settings.cache_clear()
    st.cache_resource.clear()
    st.cache_data.clear()


@pytest.fixture
def visit(engine):
    """Open the catalogue at an address."""

    def go(**address: str) -> AppTest:
        app = AppTest.from_file(str(project_folder() / "app.py"), default_timeout=60)
        app.switch_page("pages/catalogue.py")
        for name, value in address.items():
            app.query_params[name] = value
        return drawn(app.run())

    return go


def key(app: AppTest, name: str, slug: str, field: str) -> str:
    return control_key(name, slug, app.session_state[place_of(name, slug)].turn, field)


CONTROLS = {
    "line": "text_input", "area": "text_area", "lines": "text_area", "pairs": "text_area", "choice": "selectbox",
    "choices": "multiselect", "number": "number_input", "whole": "number_input", "date": "date_input",
    "yes_no": "radio",
}  # fmt: skip


def control(app: AppTest, name: str, slug: str, field: str):
    kind = CONTROLS[fields.control(hints(ENTITIES[name].value)[field])]
    if (name, field) == ("stacks", "target"):
        kind = "selectbox"
    return getattr(app, kind)(key=key(app, name, slug, field))


def fill(app: AppTest, name: str, slug: str, /, **given) -> AppTest:
    for field, value in given.items():
        control(app, name, slug, field).set_value(value)
    return app


def press(app: AppTest, label: str) -> AppTest:
    return drawn(next(each for each in app.button if each.label == label).click().run())


def find(engine, name, slug):
    with reading(engine) as session:
        return catalogue.find(session, name, slug)


@pytest.mark.parametrize("name", ENTITIES)
def test_one_of_each_is_added_and_found_again_as_it_was_given(visit, engine, name):
    entity = ENTITIES[name]
    with reading(engine) as session:
        before = {one.slug for one in catalogue.read(session, name)}
    app = visit(entity=name, new="1")
    for field in entity.value.model_fields:
        assert control(app, name, "", field) is not None, field
    press(fill(app, name, "", **NEW[name]), f"Add this {entity.one}")
    assert "is added." in html(app), html(app)
    with reading(engine) as session:
        (added,) = [one for one in catalogue.read(session, name) if one.slug not in before]
    for field, given_value in NEW[name].items():
        assert fields.shown(hints(entity.value)[field], getattr(added, field)) == given_value
    assert app.query_params["slug"] == added.slug
    press(app, "Save")
    assert "Nothing was changed." in html(app)
    with reading(engine) as session:
        assert len(history.read_changes(session, name, added.slug)) == 1


@pytest.mark.parametrize("name", ["credentials", "alignments", "market-evidence", "contacts", "kinds"])
def test_an_empty_form_is_told_what_is_missing_and_adds_nothing(visit, engine, name):
    entity = ENTITIES[name]
    with reading(engine) as session:
        before = len(catalogue.read(session, name))
    app = press(visit(entity=name, new="1"), f"Add this {entity.one}")
    assert "Nothing is saved yet" in html(app)
    assert 'class="slip"' in html(app)
    with reading(engine) as session:
        assert len(catalogue.read(session, name)) == before


def test_problems_stand_beside_their_fields_and_nothing_typed_is_lost(visit, engine):
    app = visit(entity="credentials", slug="badge")
    fill(app, "credentials", "badge", title="", languages="english", planned_weeks=900.0, issuer="A new issuer")
    press(app, "Save")
    said = html(app)
    assert "3 things to look at" in said
    assert "not a code such as en" in said
    assert "at most 520" in said
    assert control(app, "credentials", "badge", "issuer").value == "A new issuer"
    assert control(app, "credentials", "badge", "languages").value == "english"
    assert find(engine, "credentials", "badge").issuer == ""
    press(fill(app, "credentials", "badge", title="Badge", languages="en", planned_weeks=11.0), "Save")
    assert "Saved: Title, Issuer, Planned weeks, Languages." in html(app)
    assert find(engine, "credentials", "badge").title == "Badge"


def test_a_problem_of_the_whole_entry_stands_above(visit):
    app = visit(entity="credentials", slug="badge")
    press(fill(app, "credentials", "badge", fee=10.0), "Save")
    assert "A fee needs its currency, as EUR." in html(app)


def test_the_second_of_two_editors_is_told_and_loses_nothing(visit, engine):
    app = visit(entity="credentials", slug="badge")
    fill(app, "credentials", "badge", issuer="Mine", description="Mine, too")
    with transaction(engine) as session:
        theirs = catalogue.find(session, "credentials", "badge")
        catalogue.save(session, [theirs.model_copy(update={"issuer": "Theirs", "level": "EQF 5"})])
    press(app, "Save")
    said = html(app)
    assert "Somebody else changed this credential while you had it open." in said
    assert "What they made of Level is taken over below." in said
    assert "Somebody else made it “Theirs” meanwhile. Yours stands here." in said
    assert find(engine, "credentials", "badge").issuer == "Theirs"
    assert control(app, "credentials", "badge", "issuer").value == "Mine"
    assert control(app, "credentials", "badge", "level").value == "EQF 5"
    press(app, "Save")
    kept = find(engine, "credentials", "badge")
    assert (kept.issuer, kept.description, kept.level) == ("Mine", "Mine, too", "EQF 5")


def test_what_was_removed_meanwhile_is_added_anew_only_when_asked(visit, engine):
    app = visit(entity="skills", slug="sql")
    with transaction(engine) as session:
        badge = catalogue.find(session, "credentials", "badge")
        catalogue.save(session, [badge.model_copy(update={"skills": ["charts"]})])
        catalogue.remove(session, "skills", "sql")
    press(fill(app, "skills", "sql", title="SQL, again"), "Save")
    assert "Saving again adds it anew" in html(app)
    assert find(engine, "skills", "sql") is None
    press(app, "Save")
    assert find(engine, "skills", "sql").title == "SQL, again"


def test_a_new_entry_does_not_take_the_place_of_another(visit, engine):
    app = visit(entity="skills", new="1")
    press(fill(app, "skills", "", title="sql"), "Add this skill")
    assert "is another skill already" in html(app)
    assert find(engine, "skills", "sql").title == "SQL"
    press(fill(app, "skills", "", slug="sql-2"), "Add this skill")
    assert find(engine, "skills", "sql-2").title == "sql"


def test_the_address_says_what_a_new_entry_is_for(visit):
    app = visit(entity="runs", new="1", credential="second")
    assert control(app, "runs", "", "credential").value == "second"
    app = visit(entity="pathways", new="1", steps="badge")
    assert control(app, "pathways", "", "steps").value == ["badge"]
    app = visit(entity="runs", new="1", credential="<b>no such</b>")
    assert control(app, "runs", "", "credential").value is None


def test_what_others_refer_to_stays_and_the_reasons_are_told(engine):
    (reason,) = editing.remove("skills", "sql")
    assert 'is needed by credential "badge"' in reason
    assert find(engine, "skills", "sql") is not None


def test_what_nobody_refers_to_is_removed_and_its_history_stays(visit, engine):
    assert editing.remove("occupations", "analyst") == []
    assert find(engine, "occupations", "analyst") is None
    app = visit(history="all")
    assert any("Occupation “Analyst” removed" in each.label for each in app.expander), [e.label for e in app.expander]


def test_a_change_is_told_before_and_after_and_taken_back(visit, engine):
    app = visit(entity="programmes", slug="care")
    press(fill(app, "programmes", "care", title="Care & more"), "Save")
    assert "<del>Care</del> → <ins>Care &amp; more</ins>" in html(app)
    app = visit(history="all")
    assert "Programme “Care & more” changed: Title" in app.expander[0].label
    with reading(engine) as session:
        batch = history.read_changes(session, most=1)[0].batch
    assert take_back(batch) == ("Taken back: 0 entries removed, 1 as before.", [])
    assert find(engine, "programmes", "care").title == "Care"


def test_what_was_changed_since_is_not_taken_back(engine):
    with transaction(engine) as session:
        first = catalogue.save(session, [Programme(slug="care", title="Once")])
        catalogue.save(session, [Programme(slug="care", title="Twice")])
    done, reasons = take_back(first)
    assert done == ""
    assert "was changed since" in reasons[0]
    assert find(engine, "programmes", "care").title == "Twice"


def test_people_are_marked_as_such(visit):
    for name in ("contacts", "reviewers", "skills"):
        said = html(visit(entity=name, new="1")), html(visit(entity=name))
        assert all(("Whoever can open these pages sees" in each) == ENTITIES[name].personal for each in said), name


def test_texts_stay_texts(visit, engine):
    hostile = "<script>alert(1)</script> **bold** $x$ :red[y]"
    with transaction(engine) as session:
        badge = catalogue.find(session, "credentials", "badge")
        catalogue.save(
            session,
            [
                badge.model_copy(update={"title": hostile, "issuer": hostile}),
                Skill(slug="sql", title=hostile, uri="https://example.org/?a=1&b=2"),
                Module(slug="intro", programme="data", title=hostile),
                Alignment(credential="badge", skill="sql", module="intro"),
                Stack(credential="badge", target_kind="degree", target=hostile, note=hostile),
                Pathway(slug="p", title=hostile, programme="data", steps=["badge", "second"]),
                Run(slug="r", credential="badge", label=hostile, starts=date(2026, 1, 1), actual_weeks=30),
                MarketEvidence(skill="sql", measure="demand", value=1, on=date(2026, 1, 1), source=hostile),
                Contact(organisation="mill", name=hostile),
                Reviewer(name=hostile),
            ],
        )
    places = [{"entity": name} for name in ENTITIES]
    places += [{"entity": "credentials", "slug": "badge"}, {"history": "all"}, {}]
    for place in places:
        app = visit(**place)
        assert "<script>alert" not in html(app), place
        for link in app.get("page_link"):
            assert "<script>" not in link.proto.label.replace(r"\<", ""), place
            assert "**bold**" not in link.proto.label, place


@pytest.mark.parametrize("name", ENTITIES)
def test_a_list_leads_to_each_entry_and_finds_by_any_word(visit, engine, name):
    with reading(engine) as session:
        slugs = [one.slug for one in catalogue.read(session, name)]
    app = visit(entity=name)
    led = [link.proto.query_string for link in app.get("page_link")]
    assert all(any(f"slug={slug}" in each for each in led) for slug in slugs)
    if not slugs:
        assert f"feedback import {name} FILE.csv" in html(app)
        return
    drawn(app.text_input(key=f"search:{name}").set_value("no such word anywhere").run())
    assert "None of them fits" in html(app)


def test_a_list_is_narrowed_by_what_its_entries_are(visit):
    app = visit(entity="credentials")
    drawn(app.selectbox(key="narrow:credentials:programme").set_value("care").run())
    titles = [link.proto.label for link in app.get("page_link")]
    assert any("Second badge" in title for title in titles)
    assert not any("Data" in title and "badge" in title for title in titles)


def test_what_a_credential_is_can_be_folded_into_another_page(visit, engine, monkeypatch):
    monkeypatch.setattr(tables, "catalogue", lambda: about.what_it_is("badge"))
    with transaction(engine) as session:
        alignments = [
            Alignment(credential="badge", skill="sql", module="intro", assesses=True),
            Alignment(credential="badge", skill="charts", module="intro"),
        ]
        stacks = [Stack(credential="badge", target_kind="degree", target="BSc Statistics")]
        paths = [Pathway(slug="p", title="Onwards", programme="data", steps=["second", "badge"])]
        runs = [
            Run(slug="r", credential="badge", label="Spring", enrolled=20, completed=12, actual_weeks=20, beta=True)
        ]
        catalogue.save(session, [*alignments, *stacks, *paths, *runs])
    app = visit()
    assert [each.label for each in app.expander] == ["What it is: purpose, skills, runs and rules"]
    said = html(app)
    for words in (
        "Purpose sheet: 0 of 5 answered",
        "Assessed nowhere: Drawing charts.",
        "teaches and assesses",
        "BSc Statistics",
        'aria-current="step">Data *badge*',
        "12 (60%)",
        "beta",
        "no reason is told: Spring",
    ):
        assert words in said, words


@pytest.mark.parametrize("address", [{"entity": "no-such"}, {"entity": "skills", "slug": "no-such"}])
def test_an_address_of_nothing_says_so(visit, address):
    app = visit(**address)
    assert "no-such" in html(app)
    assert not app.button


def test_an_address_is_never_a_script(visit):
    assert "<script" not in html(visit(entity="</p><script>alert(2)</script>"))
