"""S31, S41, S43: somebody of one programme meets nothing of another, whatever address, parameter or cache they try."""

import ast
from itertools import product
from pathlib import Path

import pytest
from sqlmodel import select

from feedback.doors import PAGES
from feedback.errors import FeedbackError
from feedback.findings.contents import FINDINGS
from feedback.findings.evidence import Choice
from feedback.policy import NOBODY, READ, Forbidden, Grant, Subject, can, scopes
from feedback.store.database import reading
from feedback.store.tables import AuditEvents
from feedback.ui import held, shell
from tests.attacks.institution import MINE, SHUT, THEIRS, words_of
from tests.people import ANN, with_role

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("src/feedback/ui", "pages", "src/feedback/findings")
"""Where what somebody reads is kept for a while."""
FOREIGN = ("WELDING", "welding", "crafts")
"""Whatever names the other programme."""
OF_DATA = with_role("lead", "programme:data")
OF_SQL = with_role("owner", f"credential:{MINE}")
SAME_FOR_ALL = {
    "database.engine": "the database itself; what is read of it is asked for elsewhere",
    "shell.instruments": "questionnaires, which everybody may read",
    "shell._topics": "names of topics",
    "codebook._book": "questionnaires, which everybody may read",
    "preview._report": "checks of a questionnaire",
    "shell._institution": "names of the catalogue; `institution` hands out what the visitor may see of it",
    "shell._last_release": "the number and day of the last release",
    "shell._measures": "which ways of asking there are",
    "shell._evidence": "read by findings only, which `answer` asks for",
    "held._entries": "the catalogue; `entries` hands out what the visitor may see of it",
    "held._titles": "names of the catalogue, for what is shown anyway",
    "held._samples": "which entries are invented",
    "collecting._active_reviewers": "names reviewers choose from, handed out to those who are signed in",
    "minute._published": "which pairs show, of which a form for anybody asks the next",
    "audit._problems": "whether the chain of the audit log holds",
    "moderation._questions": "wordings of questionnaires, which everybody may read",
    "checking._questions": "wordings of questionnaires, which everybody may read",
    "checking._offered": "names of topics",
    "teaching._right": "how often the reader is right over all comments, without a word of any",
    "teaching._topics_found": "how well topics are found over all comments, without a word of any",
    "teaching._measured": "how often the reader is right over all comments, without a word of any",
    "teaching._learned_from": "from how many comments the reader has learned",
    "tables._searched": "what a search looks at, of entries it is handed",
    "page._rules": "the style sheet",
    "finished._program": "a mark of the program's own files",
}
"""Functions kept for everybody alike, and why that shows nobody more than they may see."""
SCOPED = ("chosen", "choice", "slugs", "scopes")
"""Parameters that say of what a kept thing is: the choice that was allowed, or the scope itself."""


@pytest.mark.parametrize("page", [name for name, door in PAGES.items() if door.action == READ and not door.whole])
@pytest.mark.parametrize("who", [OF_DATA, OF_SQL], ids=["lead of a programme", "owner of a credential"])
def test_s43_a_page_says_nothing_of_another_programme(page, who, visit, comes):
    comes(who)
    said = words_of(visit(page))
    assert SHUT not in said
    assert not [name for name in FOREIGN if name in said]


@pytest.mark.parametrize(
    ("page", "query"),
    [
        ("credential", {"credential": THEIRS}),
        ("answers", {"credential": THEIRS}),
        ("answers", {"about": f"credential:{THEIRS}"}),
        ("credential_value", {"programme": "crafts"}),
        ("comments", {"credential": THEIRS}),
        ("surveys", {"of": "their-learn"}),
        ("catalogue", {"entity": "credentials", "slug": THEIRS}),
        ("catalogue", {"entity": "runs", "slug": f"{THEIRS}-run"}),
        ("catalogue", {"entity": "programmes", "slug": "crafts"}),
        ("catalogue", {"history": "all"}),
    ],
)
def test_s43_a_forged_address_says_what_it_says_of_what_is_not_there(page, query, visit, comes):
    comes(OF_DATA)
    theirs = words_of(visit(page, **query))
    names = (THEIRS, "crafts", "their-learn")
    absent = {key: "absent" if value in names else value.replace(THEIRS, "absent") for key, value in query.items()}
    there_is_none = words_of(visit(page, **absent))
    for name in names:
        theirs = theirs.replace(name, "absent")
    if "history" not in query:
        assert theirs == there_is_none
    assert "WELDING" not in theirs


def test_s43_a_door_that_was_tried_is_written_down(visit, comes, two_programmes):
    comes(OF_DATA)
    assert SHUT in words_of(visit("accounts"))
    with reading(two_programmes) as session:
        tried = session.exec(select(AuditEvents.actor, AuditEvents.about).where(AuditEvents.action == "refused")).all()
    assert (OF_DATA.id, "page:accounts") in tried


def test_s43_people_are_named_only_to_those_who_ask_them(visit, comes):
    query = {"entity": "contacts"}
    comes(ANN)
    assert "Berta Brook" in words_of(visit("catalogue", **query))
    for role in ("committee", "auditor", "moderator"):
        comes(with_role(role))
        assert "Berta" not in words_of(visit("catalogue", **query)), role


@pytest.mark.parametrize("finding", list(FINDINGS))
def test_s43_no_finding_is_worked_out_for_whom_it_is_not(finding, two_programmes, comes):
    comes(OF_SQL)
    whole, theirs = Choice(), Choice(credential=THEIRS)
    for choice in (theirs, Choice(programme="crafts"), Choice(programme="data"), Choice(survey="their-learn"), whole):
        if finding in shell.OF_NOBODY:
            continue
        with pytest.raises(Forbidden):
            shell.answer(finding, choice)
    assert shell.answer(finding, Choice(credential=MINE)).question


def test_s31_two_readers_in_turn_are_never_handed_what_is_the_other_s(two_programmes, comes):
    crafts = with_role("lead", "programme:crafts")
    for turn, finding in zip(range(200), (name for _ in range(200) for name in FINDINGS), strict=False):
        who, own, other = (OF_DATA, MINE, "WELDING") if turn % 2 else (crafts, THEIRS, "SQL")
        comes(who)
        shown = shell.answer(finding, Choice(credential=own))
        told = f"{shown.sentence} {shown.table.to_csv()}"
        assert other not in told or finding in shell.OF_NOBODY
        assert {each.slug for each in shell.institution().credentials} == {own}
        assert {held.slug_of(each) for each in held.entries("runs")} == {f"{own}-run"}


def keeps(decorator):
    """Whether a decorator keeps what a function returned: Streamlit's caches, and those of functools."""
    name = decorator.func if isinstance(decorator, ast.Call) else decorator
    return ast.unparse(name).rpartition(".")[2] in ("cache_data", "cache_resource", "cache", "lru_cache")


def test_s31_whatever_is_kept_for_all_is_the_same_for_all_or_kept_by_what_was_allowed():
    kept = {}
    for path in sorted(file for room in ROOMS for file in (ROOT / room).glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and any(map(keeps, node.decorator_list)):
                kept[f"{path.stem}.{node.name}"] = {argument.arg for argument in node.args.args}
    unscoped = {name for name, arguments in kept.items() if not arguments & set(SCOPED)}
    assert unscoped == set(SAME_FOR_ALL)


def test_s41_a_page_that_lies_open_is_shut_at_the_next_turn(visit, comes):
    comes(with_role("lead"))
    page = visit("credential")
    assert "SQL" in words_of(page)
    comes(NOBODY)
    said = words_of(page.run())
    assert "Please sign in" in said
    assert "SQL" not in said


def test_s41_a_role_that_was_taken_shuts_what_it_opened(visit, comes):
    comes(with_role("administrator"))
    page = visit("accounts")
    assert SHUT not in words_of(page)
    comes(with_role("reviewer"))
    assert SHUT in words_of(page.run())


def test_s42_whoever_holds_nothing_may_do_nothing_but_answer():
    from feedback.policy import ACTIONS

    assert [action for action in ACTIONS if can(NOBODY, action)] == ["answer"]
    assert scopes(NOBODY) == frozenset()


def test_s42_an_action_there_is_not_is_an_error_and_no_leave():
    with pytest.raises(FeedbackError, match="no action"):
        can(ANN, "fly")


def test_s42_a_role_for_a_part_never_reaches_the_whole():
    from feedback.policy import ACTIONS, ANSWER, ROLES, WHOLE

    for role, action, scope in product(ROLES, ACTIONS, ("programme:data", "credential:sql")):
        who = with_role(role, scope)
        assert action == ANSWER or not can(who, action, WHOLE)
        assert action == ANSWER or not can(who, action, Subject("crafts", THEIRS))


def test_s42_a_role_there_is_not_gives_nothing():
    from feedback.policy import ACTIONS, Actor

    who = Actor("x", "X", (Grant("emperor"),))
    assert [action for action in ACTIONS if can(who, action)] == ["answer"]
