"""Who may import whom: the map of DESIGN, held by reading the imports."""

import ast
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "feedback"

EVERYWHERE = {"errors", "settings", "limits", "policy", "doors", "web", "loading", ""}
MAY_IMPORT = {
    "errors": set(),
    "settings": {"errors"},
    "limits": {"errors"},
    "policy": {"errors"},
    "safety": set(),
    "web": set(),
    "loading": set(),
    "doors": {"policy"},
    "catalogue": {"catalogue"},
    "survey": {"survey", "catalogue"},
    "store": {"store", "survey", "catalogue"},
    "analysis": {"analysis"},
    "disclosure": set(),
    "charts": {"charts"},
    "findings": {"findings", "analysis", "disclosure", "charts"},
    "exchange": {"exchange", "store", "survey", "catalogue"},
    "sample": {"sample", "store", "survey", "catalogue"},
    "collect": {"collect", "store", "survey", "catalogue"},
    "worker": {"store", "survey", "catalogue", "analysis", "exchange", "findings", "disclosure"},
    "ui": {"ui", "findings", "charts", "survey", "store", "catalogue", "exchange", "sample", "worker", "disclosure"},
    "cli": {
        "safety",
        "store",
        "survey",
        "catalogue",
        "exchange",
        "sample",
        "worker",
        "disclosure",
        "findings",
        "analysis",
        "collect",
    },
    "pages": {"ui", "findings", "survey", "catalogue"},
    "app": {"ui", "collect"},
    "__init__": set(),
    "__main__": {"cli"},
}
STREAMLIT = {"app", "pages", "ui"}
SQL = {"store"}


def room_of(path: Path) -> str:
    """The room a file belongs to: its first folder or its own name."""
    if path.is_relative_to(SOURCE):
        return path.relative_to(SOURCE).parts[0].removesuffix(".py")
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


@cache
def imports_of(path: Path) -> set[str]:
    """Every module a file imports, dotted."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name} uses a relative import; write the room's name out"
            found |= {node.module or ""} | {f"{node.module}.{name.name}" for name in node.names}
    return found


FILES = sorted([*SOURCE.rglob("*.py"), *(ROOT / "pages").glob("*.py"), *ROOT.glob("app.py")])


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_room_imports_only_the_rooms_it_may(path):
    room = room_of(path)
    assert room in MAY_IMPORT, f"{path.name}: the room {room!r} is not on the map; add it to MAY_IMPORT on purpose"
    rooms = {name.split(".")[1] for name in imports_of(path) if name.startswith("feedback.")}
    strangers = rooms - MAY_IMPORT[room] - EVERYWHERE - {"__version__", room}
    assert not strangers, f"{path.relative_to(ROOT)} imports {sorted(strangers)}; {room} may import {MAY_IMPORT[room]}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_streamlit_and_sql_stay_in_their_rooms(path):
    tops = {name.split(".")[0] for name in imports_of(path)}
    if room_of(path) not in STREAMLIT:
        assert "streamlit" not in tops
    if room_of(path) not in SQL:
        assert "sqlalchemy" not in tops or room_of(path) in {"exchange", "sample", "worker", "cli", "ui", "collect"}
    if room_of(path) != "charts":
        assert "altair" not in tops


def test_the_map_has_no_room_that_is_not_built():
    built = {room_of(path) for path in FILES}
    assert built <= set(MAY_IMPORT)


def test_only_findings_brings_analysis_and_gate_together():
    both = {
        str(path.relative_to(ROOT))
        for path in FILES
        if any(name.startswith("feedback.analysis") for name in imports_of(path))
        and room_of(path) not in {"analysis", "worker", "cli"}
    }
    assert all(Path(path).parts[2].startswith("findings") for path in both), both
