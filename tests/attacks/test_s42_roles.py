"""S42: every door against every role, as written; a door that nobody wrote down fails a test."""

from inspect import getclosurevars
from pathlib import Path

import pytest
from typer.main import get_command

from feedback import doors
from feedback.cli import acting, app
from feedback.cli.acting import guarded
from feedback.collect import login
from feedback.collect.answering import Desk
from feedback.collect.light import PATHS
from feedback.collect.place import Place
from feedback.collect.routes import routes
from feedback.doors import COMMANDS, PAGES, ROUTES
from feedback.errors import Refused
from feedback.policy import NOBODY, ROLES
from feedback.ui import frame
from tests.attacks.institution import SHUT, words_of
from tests.collect.institution import KEY
from tests.people import with_role

ROOT = Path(__file__).resolve().parents[2]
PART, WHOLE, NOT = "yes", "whole", "no"
WRITTEN = """
                      lead   owner  committee  reviewer  moderator  administrator  auditor
page home              yes    yes    yes        no        yes        yes            yes
page credential_value  yes    yes    yes        no        yes        yes            yes
page where_valued      yes    yes    yes        no        yes        yes            yes
page skills            yes    yes    yes        no        yes        yes            yes
page what_to_change    yes    yes    yes        no        yes        yes            yes
page actions           yes    yes    yes        no        yes        yes            yes
page comments          yes    yes    yes        no        yes        yes            yes
page suggestions       yes    yes    yes        no        yes        yes            yes
page learners          yes    yes    yes        no        yes        yes            yes
page portfolio         yes    yes    yes        no        yes        yes            yes
page market            yes    yes    yes        no        yes        yes            yes
page credential        yes    yes    yes        no        yes        yes            yes
page answers           yes    yes    yes        no        yes        yes            yes
page surveys           yes    yes    no         no        no         yes            no
page form_preview      yes    yes    yes        yes       yes        yes            yes
page your_reviews      no     no     no         yes       no         no             no
page moderation        no     no     no         no        yes        no             no
page checking          yes    yes    no         no        yes        no             no
page topics            whole  whole  no         no        whole      no             no
page committee         yes    yes    yes        no        yes        yes            yes
page catalogue         yes    yes    yes        no        yes        yes            yes
page codebook          yes    yes    yes        yes       yes        yes            yes
page data_quality      whole  whole  whole      no        whole      whole          whole
page retention         whole  whole  whole      no        whole      whole          whole
page institution       whole  whole  whole      no        whole      whole          whole
page accounts          no     no     no         no        no         whole          no
page audit             no     no     no         no        no         whole          whole
command init           no     no     no         no        no         whole          no
command sample         no     no     no         no        no         whole          no
command import         whole  no     no         no        no         whole          no
command export         yes    yes    yes        no        no         yes            no
command report         yes    yes    yes        no        no         yes            no
command undo           whole  no     no         no        no         whole          no
command open           yes    yes    no         no        no         yes            no
command surveys        yes    yes    no         no        no         yes            no
command invite         yes    yes    no         no        no         yes            no
command revoke         yes    yes    no         no        no         yes            no
command extend         yes    yes    no         no        no         yes            no
command close          yes    yes    no         no        no         yes            no
command doctor         no     no     no         no        no         whole          no
command serve          no     no     no         no        no         whole          no
command collect        no     no     no         no        no         whole          no
command worker         no     no     no         no        no         whole          no
command rebuild        no     no     no         no        no         whole          no
command erase          no     no     no         no        no         whole          no
command backup         no     no     no         no        no         whole          no
command restore        no     no     no         no        no         whole          no
command account add        no     no     no         no        no         whole          no
command account list       no     no     no         no        no         whole          no
command account give       no     no     no         no        no         whole          no
command account take       no     no     no         no        no         whole          no
command account disable    no     no     no         no        no         whole          no
command account enable     no     no     no         no        no         whole          no
command account link       no     no     no         no        no         whole          no
command account sign-out   no     no     no         no        no         whole          no
command retention set      no     no     no         no        no         whole          no
command retention hold     no     no     no         no        no         whole          no
command retention lift     no     no     no         no        no         whole          no
command retention run      no     no     no         no        no         whole          no
command notice set         no     no     no         no        no         whole          no
command exposure           no     no     no         no        no         whole          no
command retention show     whole  whole  whole      no        whole      whole          whole
command notice show        whole  whole  whole      no        whole      whole          whole
command calendar           yes    yes    yes        no        yes        yes            yes
command decisions          yes    yes    yes        no        yes        yes            yes
command actions            yes    yes    yes        no        yes        yes            yes
command audit              no     no     no         no        no         whole          whole
"""
OPEN_TO_ALL = {
    "page": {"learner_survey", "employer_rating", "expert_review"},
    "route": set(ROUTES),
    "command": {"lint", "analyse comments", "analyse value", "analyse drivers"},
}
"""Doors for people without an account."""


def written() -> dict[tuple[str, str], dict[str, str]]:
    """What is written above, by kind and name of the door."""
    head, *lines = WRITTEN.strip().splitlines()
    found = {}
    for line in lines:
        kind, *rest = line.split()
        (*name,) = rest[: -len(ROLES)]
        found[kind, " ".join(name)] = dict(zip(head.split(), rest[-len(ROLES) :], strict=True))
    return found


def test_s42_the_table_of_doors_equals_the_written_one():
    made = {(kind, name): row for kind, name, row in doors.table()}
    everybody = dict.fromkeys(("nobody", *ROLES), PART)
    expected = {place: {"nobody": NOT} | row for place, row in written().items()}
    expected |= {(kind, name): everybody for kind, names in OPEN_TO_ALL.items() for name in names}
    assert made == expected


def test_s42_the_table_in_the_guide_is_the_one_the_program_makes():
    guide = (ROOT / "docs/guide/roles.md").read_text(encoding="utf-8")
    assert doors.in_markdown() in guide, "renew it: make roles"


def test_s42_every_page_has_its_door_and_every_door_its_page():
    files = {path.stem for path in (ROOT / "pages").glob("*.py")}
    framed = {name for entries in (frame.READ, frame.ASK, frame.KEEP) for name, _ in entries}
    assert files == framed == set(PAGES)


def test_s42_a_page_nobody_wrote_down_opens_to_nobody():
    assert frame.door_of("a_page_of_tomorrow") is None


def test_s42_every_plain_address_has_its_door_and_every_door_its_address(two_programmes):
    desk = Desk(Place(two_programmes, KEY, {}))
    there = {route.path for route in [*routes(desk), *login.routes(desk)]}
    assert there == set(ROUTES)
    assert all(any(path.startswith(ours.split("{")[0]) for ours in PATHS) for path in there - {"/{rest:path}"})


def test_s42_every_command_has_its_door_and_every_door_its_command():
    found = set()
    for name, command in get_command(app).commands.items():
        below = getattr(command, "commands", None)
        found |= {f"{name} {each}" for each in below} if below else {name}
    assert found == set(COMMANDS)


def registered():
    """What each command runs, by the words after `feedback`."""
    for name, command in get_command(app).commands.items():
        for below, inner in getattr(command, "commands", {"": command}).items():
            yield f"{name} {below}".strip(), inner.callback


def test_s42_every_registered_command_asks_its_own_door_and_does_nothing_before():
    for name, callback in registered():
        command = callback.__wrapped__  # typer's own wrapper is around every command
        assert command.__code__ is guarded("lint", print).__code__, f"{name} is registered without its door"
        assert getclosurevars(command).nonlocals["name"] == name
        if COMMANDS[name] != doors.OPEN:
            acting._WHO.set(NOBODY)
            try:
                with pytest.raises(Refused, match=f"may not use `feedback {name}`"):
                    callback()
            finally:
                acting.act_as("")


@pytest.mark.parametrize("name", list(COMMANDS))
def test_s42_a_command_asks_its_door_before_it_does_anything(name, sqlite_engine, monkeypatch):
    monkeypatch.setenv("FEEDBACK_DATABASE_URL", str(sqlite_engine.url))  # who looked is written down there
    command = guarded(name, lambda: "done")
    row = written().get(("command", name), {})
    for role in ROLES:
        for scope, opening in (("", (PART, WHOLE)), ("credential:sql", (PART,))):
            acting._WHO.set(with_role(role, scope))
            try:
                if row.get(role, PART) in opening:
                    assert command() == "done"
                else:
                    with pytest.raises(Refused, match=f"may not use `feedback {name}`"):
                        command()
            finally:
                acting.act_as("")


@pytest.mark.parametrize("page", [name for name in PAGES if name not in OPEN_TO_ALL["page"]])
def test_s42_a_page_opens_to_whom_it_is_written(page, visit, comes):
    comes(NOBODY)
    shown = visit(page)
    assert "Please sign in" in words_of(shown)
    row = written()["page", page]
    for role in ROLES:
        comes(with_role(role))
        assert (SHUT in words_of(shown.run())) == (row[role] == NOT), role
        comes(with_role(role, "credential:sql"))
        assert (SHUT in words_of(shown.run())) == (row[role] != PART), f"{role} of one credential"


@pytest.mark.parametrize("page", sorted(OPEN_TO_ALL["page"]))
def test_s42_forms_open_to_everybody_by_their_survey_s_address_and_list_nothing_to_nobody(page, visit, comes):
    comes(NOBODY)
    assert "Please sign in" in words_of(visit(page))
    survey = {"learner_survey": "learn", "employer_rating": "rate", "expert_review": "review"}[page]
    said = words_of(visit(page, survey=survey))
    assert "sign in" not in said
    assert SHUT not in said
