"""There is one door: what people answered reaches a page, a file or a terminal through the gate, or not at all."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from tests.test_rooms import FILES, ROOT, imports_of, room_of

RAW = (
    "read_answers", "read_comments", "answer_parts", "count_answers", "unread_comments", "read_blocks", "Responses",
    "CommentReadings", "sent_in",
)  # fmt: skip
"""Names that hand out answers as they were given, counted or not."""
MAY_READ_RAW = {
    "src/feedback/worker/gathering.py",
    "src/feedback/worker/reading.py",
    "src/feedback/worker/comparing.py",  # copies, of which only a flag is kept
    "src/feedback/worker/merging.py",  # changes experts named and signed, of which only topic and question are kept
}
MODERATES = {"src/feedback/ui/moderation.py", "src/feedback/worker/moderating.py"}
"""Where comments are read that only a program has masked, or nobody, past the findings: by moderators."""
WORKS_OUT = {
    "src/feedback/ui/shell.py",
    "src/feedback/worker/finishing.py",
    "src/feedback/cli/exporting.py",
    "src/feedback/cli/governing.py",
    "src/feedback/worker/effects.py",  # of one action, to be kept with it
    "src/feedback/worker/packing.py",  # for a pack, where it is not finished
    "src/feedback/findings/public.py",  # what anybody may read, at the limits of public pages
    "src/feedback/findings/attacking.py",  # and solved for what was left out
}
"""Where findings are worked out: as somebody asks, beforehand, for a file, and to attack them."""
DRAWS_DATA = {
    "dataframe",
    "table",
    "download_button",
    "vega_lite_chart",
    "altair_chart",
    "data_editor",
    "json",
    "write",
}
MAY_DRAW_DATA = {
    "src/feedback/ui/panel.py",
    "src/feedback/ui/quotes.py",
    "src/feedback/ui/tables.py",  # the catalogue
    "src/feedback/ui/downloads.py",
    "src/feedback/ui/quality.py",  # jobs, imports, releases
    "src/feedback/ui/preview.py",  # a questionnaire, and what a tester sent
    "src/feedback/ui/handing.py",  # links, cards, posters: no answers
    "src/feedback/ui/committee.py",  # the calendar: names, days and states
    "src/feedback/ui/actions.py",  # what is done: titles, names, days and what was told of the effect
    "src/feedback/ui/packs.py",  # the committee pack: findings through the gate, no words of people
    "src/feedback/ui/audit.py",  # who did what: nothing of answers
    "src/feedback/ui/admitting.py",  # accounts and their roles
}
HANDS_OUT = {
    "src/feedback/ui/downloads.py": "write_table(answer.table",
    "src/feedback/ui/tables.py": "csv_bytes(",
    "src/feedback/ui/handing.py": "links_csv(",
    "src/feedback/ui/committee.py": "csv_bytes(",
    "src/feedback/ui/actions.py": "csv_bytes(",
    "src/feedback/ui/audit.py": "csv_bytes(",
    "src/feedback/ui/packs.py": "write(pack, kind",
}
"""Where files leave, and what writes them."""


@cache
def calls_of(path: Path) -> set[str]:
    """The names a file calls: of `a.b(...)` it is b."""
    called = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            called.add(node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", ""))
    return called


def named(path: Path) -> str:
    """A file by its place in the project."""
    return str(path.relative_to(ROOT))


def where(test) -> set[str]:
    """The files of which something holds."""
    return {named(path) for path in FILES if test(path)}


def test_answers_as_given_are_read_by_the_worker_only():
    readers = where(
        lambda path: (
            room_of(path) != "store"
            and any(name.rsplit(".", 1)[-1] in RAW for name in imports_of(path) if name.startswith("feedback."))
        )
    )
    assert readers <= MAY_READ_RAW


def test_s24_what_moderators_read_is_read_by_their_page_only():
    """Of what else uses the room, `kept_back` gives numbers in steps."""
    assert where(lambda path: {"draw", "read_comment", "original", "alarms"} & of_moderation(path)) == MODERATES


def of_moderation(path: Path) -> set[str]:
    """What a file takes from store.moderation, by import or by `moderation.x`."""
    source = path.read_text(encoding="utf-8")
    taken = {name.rsplit(".", 1)[-1] for name in imports_of(path) if name.startswith("feedback.store.moderation.")}
    if "feedback.store.moderation" in imports_of(path):
        taken |= set(re.findall(r"\bmoderation\.(\w+)", source))
    return taken


def test_only_the_one_door_blanks_tables_and_makes_answers():
    assert where(lambda path: "withhold" in calls_of(path)) == {"src/feedback/findings/work.py"}
    assert where(lambda path: "pass_published" in calls_of(path)) == {"src/feedback/findings/work.py"}
    assert where(lambda path: "Answer" in calls_of(path)) == {"src/feedback/findings/work.py"}
    assert where(lambda path: "Finished" in calls_of(path)) == {"src/feedback/findings/finished.py"}


def test_findings_are_worked_out_in_known_places():
    assert where(lambda path: "work_out" in calls_of(path)) <= WORKS_OUT


def test_the_shell_hands_its_evidence_to_nobody():
    source = (ROOT / "src/feedback/ui/shell.py").read_text(encoding="utf-8")
    users = {
        function.name
        for function in ast.parse(source).body
        if isinstance(function, ast.FunctionDef)
        and any(isinstance(node, ast.Name) and node.id == "_evidence" for node in ast.walk(function))
    }
    assert users == {"_answer", "_measures", "may_be_told"}
    assert where(lambda path: "shell._evidence" in path.read_text(encoding="utf-8")) == set()
    assert where(lambda path: "feedback.ui.shell._evidence" in imports_of(path)) == set()


def test_tables_pictures_and_files_are_drawn_in_known_places():
    shell = [path for path in FILES if room_of(path) in {"ui", "pages", "app"}]
    assert {named(path) for path in shell if calls_of(path) & DRAWS_DATA} <= MAY_DRAW_DATA


@pytest.mark.parametrize("path", sorted((ROOT / "pages").glob("*.py")), ids=lambda path: path.name)
def test_a_page_only_chooses_calls_and_shows(path):
    source = path.read_text(encoding="utf-8")
    rooms = {name.split(".")[1] for name in imports_of(path) if name.startswith("feedback.")}
    assert rooms <= {"ui", "findings"}
    assert len(source.splitlines()) <= 40
    loops = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.For | ast.While)]
    assert path.name == "home.py" or all(over_fixed_names(loop) for loop in loops)


def over_fixed_names(loop: ast.For | ast.While) -> bool:
    """Whether a loop goes through names written out in it, such as those of findings."""
    return isinstance(loop, ast.For) and isinstance(loop.iter, ast.Tuple)


def test_every_file_that_leaves_is_written_inert():
    """S29: whatever is downloaded is written by what guards texts, so that none becomes a formula."""
    assert where(lambda path: "download_button" in calls_of(path)) <= set(HANDS_OUT)
    for path, writer in HANDS_OUT.items():
        source = (ROOT / path).read_text(encoding="utf-8")
        assert source.count("download_button(") == source.count(writer) == 1, path
