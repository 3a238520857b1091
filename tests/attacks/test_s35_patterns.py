"""S35: no pattern of ours takes much longer for a text made to be hard than for its length."""

import ast
import importlib
import pkgutil
import re
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

import feedback
from feedback.analysis.comments.redaction import mask
from feedback.analysis.comments.sentences import clauses
from feedback.catalogue.values.base import is_mail_address
from feedback.survey.text import clean_text
from feedback.ui.forms import literal

SOURCE = Path(feedback.__file__).parent
SEEDS = (
    "a", "A", "1", " ", "\t", "\n", "-", "_", ".", ",", "@", "'", "’", "+", "(", "[", "\\", "=", ":", "/", "é", "ع",
    "a ", "a@", "a.", "1 ", "1.", "1-", "a-", "a'", "a@a.", "@a", "Dr ", "dr. a", "mr a ", "www.", "http://", "a.com/",
    "[a", "a,b and ", "\\\\", "\\u0000", "\r", " \n", "00 ", "+1 ", "1/1/2000 ", "2000-", "sqlite:///", " or ", "!?",
    " -", "- ", "a b-", "'=", "''", "<->", "~=", "&a", "&#1", ":a", ":a-",
)  # fmt: skip
"""Pieces of which every pattern of ours is made; repeated, each is what some pattern has to look at again and again."""
ENDS = ("", "\x00", "!", "@")
SHORT, LONG = 500, 4_000
FLOOR = 0.01
"""Processor seconds below which a time is nobody's trouble, and mostly chance."""
GROWTH = 20
"""At most so many times as long for eight times the text: in step with it is 8, with its square 64."""
METHODS = ("search", "match", "fullmatch", "sub", "split", "findall", "finditer")
CALLED = re.compile(rf"[.]\s*(?:{'|'.join(METHODS)})\s*[(]")


def modules() -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages([str(SOURCE)], "feedback."):
        if ".migrations" not in found.name and not found.name.endswith("__main__"):
            yield importlib.import_module(found.name)


def patterns_in(value: object) -> Iterator[re.Pattern[str]]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from patterns_in(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from patterns_in(inner)


def calls_in(path: Path) -> list[ast.Call]:
    """Where a file calls a method of patterns; most files are not worth taking apart for that."""
    text = path.read_text(encoding="utf-8")
    if CALLED.search(text) is None:
        return []
    return [
        node
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in METHODS
    ]


def used_in(calls: list[ast.Call]) -> dict[str, set[str]]:
    """By the name of a pattern (or "re.…" with its text), the methods it is called with."""
    found: dict[str, set[str]] = {}
    for node in calls:
        for name in ast.walk(node.func.value):
            if isinstance(name, ast.Name):
                found.setdefault(name.id, set()).add(node.func.attr)
            elif isinstance(name, ast.Attribute):
                found.setdefault(name.attr, set()).add(node.func.attr)
    return found


def inline(calls: list[ast.Call]) -> Iterator[tuple[str, str]]:
    """Patterns written where they are used: method and text."""
    for node in calls:
        if (
            isinstance(node.func.value, ast.Name)
            and node.func.value.id == "re"
            and isinstance(node.args[0], ast.Constant)
        ):
            yield node.func.attr, str(node.args[0].value)


def every_pattern() -> dict[tuple[str, int], tuple[re.Pattern[str], set[str]]]:
    """Every pattern of the program, with the methods it is called with (all, where that cannot be told)."""
    uses: dict[str, set[str]] = {}
    found: dict[tuple[str, int], tuple[re.Pattern[str], set[str]]] = {}

    def add(pattern: re.Pattern[str], methods: set[str]) -> None:
        known = found.get((pattern.pattern, pattern.flags), (pattern, set()))[1]
        found[pattern.pattern, pattern.flags] = pattern, known | methods

    for path in sorted(SOURCE.rglob("*.py")):
        calls = calls_in(path)
        for name, methods in used_in(calls).items():
            uses.setdefault(name, set()).update(methods)
        for method, text in inline(calls):
            add(re.compile(text), {method})
    for module in modules():
        for name, value in vars(module).items():
            for pattern in patterns_in(value):
                add(pattern, uses.get(name, set(METHODS)))
    return found


def spent(call, text: str) -> float:
    """Processor seconds of a call; of two tries, if the first is long, the better one."""
    best = float("inf")
    for _ in range(2):
        began = time.process_time()
        call(text)
        best = min(best, time.process_time() - began)
        if best < FLOOR:
            break
    return best


def texts(length: int) -> Iterator[tuple[str, str]]:
    for seed in SEEDS:
        body = seed * (length // len(seed))
        for end in ENDS:
            yield f"{seed!r} … {end!r}", body + end


def grows_badly(call) -> list[str]:
    """What makes it slow out of step with its length."""
    long = dict(texts(LONG))
    return [
        what
        for what, short in texts(SHORT)
        if (took := spent(call, long[what])) > FLOOR and took > GROWTH * max(spent(call, short), FLOOR / LONG * SHORT)
    ]


def calls(pattern: re.Pattern[str], methods: set[str]) -> Iterator:
    """The ways it is used: what replaces, splits and finds all looks for it as often as finditer."""
    if methods & {"sub", "split", "findall", "finditer", "search"}:
        yield lambda text: [None for _ in pattern.finditer(text)]
    if methods & {"match"}:
        yield pattern.match
    if methods & {"fullmatch"}:
        yield pattern.fullmatch


def in_clauses(text: str) -> object:
    """The parts of a comment that are read one by one."""
    return clauses(text, "en")


PATTERNS = every_pattern()


def test_s35_the_patterns_were_found():
    assert len(PATTERNS) > 30


@pytest.mark.parametrize("key", PATTERNS, ids=lambda key: ascii(key[0])[:40])
def test_s35_no_pattern_grows_faster_than_its_text(key):
    pattern, methods = PATTERNS[key]
    for call in calls(pattern, methods):
        assert grows_badly(call) == []


@pytest.mark.parametrize(
    "call",
    [mask, clean_text, literal, is_mail_address, pytest.param(in_clauses, marks=pytest.mark.soak)],
    ids=lambda call: call.__name__,
)
def test_s35_what_reads_strangers_texts_grows_in_step_with_them(call):
    assert grows_badly(call) == []
