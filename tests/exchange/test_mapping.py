"""A map's mistakes are named with file, key, what was found and what is allowed."""

import pytest

from feedback.catalogue.contents import ENTITIES
from feedback.errors import Refused
from feedback.exchange.mapping import KEYS, ColumnMap, bind, entity_named, read_map

RATINGS_MAP = """
item = "d"
rater = "s"
score = "y"
scale = [1, 5]
item_title = "Lecturer {value}"
create_missing = true
"""


def messages(action) -> str:
    with pytest.raises(Refused) as refused:
        action()
    return str(refused.value)


def test_a_map_names_the_columns_of_a_file(write):
    bound = bind(read_map(write("r.toml", RATINGS_MAP), "ratings"), ["s", "d", "dept", "y"], "r.csv")
    assert {name: bound.places[name] for name in ("item", "rater", "score")} == {"item": 1, "rater": 0, "score": 3}
    assert bound.unread == ("dept",)
    assert bound.text("item_title") == "Lecturer {value}"
    assert bound.map.flags == {"create_missing": True}


def test_without_a_map_the_usual_names_are_tried():
    bound = bind(read_map(None, "ratings"), ["organisation", "credential", "score"], "r.csv")
    assert bound.names == {"item": "credential", "rater": "organisation", "score": "score"}


def test_a_column_the_map_uses_is_not_taken_for_something_else_by_its_name():
    column_map = ColumnMap("comments", "c.toml", {"text": "rating"}, {"credential_default": "x"})
    assert "rating" not in bind(column_map, ["rating"], "c.csv").places


def test_every_mistake_of_a_map_is_named_at_once(write):
    path = write(
        "m.toml",
        'itm = "d"\nscore = 5\nscale = [5, 1]\ncreate_missing = "yes"\nitem_title = "Lecturer"\n'
        'credential_prefix = "A B"\nmonth_default = "May"\n',
    )
    assert messages(lambda: read_map(path, "ratings")).splitlines() == [
        'm.toml: key "itm" is not known in a map of ratings. Did you mean "item"? Known: '
        + ", ".join(sorted(key.name for key in KEYS["ratings"]))
        + ".",
        "m.toml: score must be a text; found 5.",
        "m.toml: create_missing must be true or false; found 'yes'.",
        "m.toml: scale must be the lowest and the highest score, as [1, 5]; found [5, 1].",
        'm.toml: item_title must hold {value}, as "Course {value}"; found "Lecturer".',
        'm.toml: credential_prefix is up to 30 lower-case letters, digits and hyphens; found "A B".',
        'm.toml: month_default is a month written as 2025-03; found "May".',
    ]


@pytest.mark.parametrize(
    "scale", ["[1]", "[1, 2, 3]", '["1", "5"]', "[true, 5]", "5", "[nan, 5]", "[0, inf]", "[2, 2]"]
)
def test_a_scale_is_two_numbers_that_rise(write, scale):
    path = write("m.toml", f"scale = {scale}\n")
    assert "scale must be the lowest and the highest score" in messages(lambda: read_map(path, "ratings"))


def test_a_column_the_file_lacks_is_named_with_those_it_has(write):
    column_map = read_map(write("m.toml", 'item = "lecturer"\nrater = "s"\nscore = "y"\n'), "ratings")
    assert messages(lambda: bind(column_map, ["s", "lecturers", "y"], "r.csv")) == (
        'm.toml, key "item": names the column "lecturer", which r.csv does not have. Did you mean "lecturers"? '
        "Its columns: s, lecturers, y."
    )


def test_a_needed_column_found_nowhere_says_how_to_name_it():
    message = messages(lambda: bind(read_map(None, "comments"), ["opinion", "stars"], "c.csv"))
    assert message.splitlines() == [
        'c.csv: has no column called "text" or "comment". Its columns: opinion, stars. '
        'Say in a map (--map MAP.toml) which one it is: text = "...".',
        'c.csv: has no column called "credential" or "item" or "course". Its columns: opinion, stars. '
        'Say in a map (--map MAP.toml) which one it is: credential = "...", or give one for all rows by '
        'credential_default = "...".',
    ]


def test_an_audience_may_stand_for_all_rows_or_name_a_column(write):
    everyone = read_map(write("a.toml", 'audience = "employer"\ncredential_default = "x"\n'), "comments")
    assert bind(everyone, ["text"], "c.csv").text("audience") == "employer"
    by_row = read_map(write("b.toml", 'audience = "who"\ncredential_default = "x"\n'), "comments")
    assert bind(by_row, ["text", "who"], "c.csv").places["audience"] == 1


def test_a_misspelt_column_of_the_catalogue_is_not_lost_without_a_word():
    message = messages(lambda: bind(read_map(None, "catalogue"), ["title", "langauges", "remarks"], "c.csv"))
    assert message == 'c.csv, line 1: column "langauges" is not known. Did you mean "languages"?'
    assert bind(read_map(None, "catalogue"), ["title", "remarks"], "c.csv").unread == ("remarks",)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"item = \n", "m.toml, line 1"), (b"item = '\xe9'\n", "is not UTF-8"), (b"scale = {}\n", "scale must be")],
)
def test_a_broken_map_is_refused_with_its_place(tmp_path, content, sentence):
    path = tmp_path / "m.toml"
    path.write_bytes(content)
    assert sentence in messages(lambda: read_map(path, "ratings"))


def test_a_map_that_is_not_there_is_refused(tmp_path):
    assert "could not be read" in messages(lambda: read_map(tmp_path / "none.toml", "ratings"))


@pytest.mark.parametrize("kind", ["catalogue", "market", *ENTITIES])
def test_every_entity_has_a_key_for_every_column_and_needs_what_it_is_known_by(kind):
    entity = entity_named(kind)
    assert entity is not None
    columns = {key.name: key.needed for key in KEYS[kind] if key.means == "column"}
    assert list(columns) == list(entity.columns)
    assert {name for name, needed in columns.items() if needed} == set(entity.identity)
    whole = bind(read_map(None, kind), list(entity.columns), "x.csv")
    assert whole.unread == ()
    assert bind(read_map(None, kind), ["slug"], "x.csv").places == {"slug": 0}
    message = messages(lambda: bind(read_map(None, kind), ["colour"], "x.csv"))
    assert all(f'no column called "{name}"' in message for name in entity.identity)


def test_answers_are_no_entity():
    assert entity_named("ratings") is None
