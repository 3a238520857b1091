"""The guides say what the program does: commands, options, settings, maps, links. No file tells of a machine."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import typer

from feedback.catalogue.contents import ENTITIES
from feedback.cli import app
from feedback.exchange.mapping import KEYS, read_map
from feedback.settings import Settings, project_folder

ROOT = project_folder()
RUNNING, IMPORTING = (ROOT / "docs" / "guide" / f"{name}.md" for name in ("running", "importing"))
GUIDES = "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "docs" / "guide").glob("*.md")))
MAP = re.compile(r"```toml\n(# map of (\w+)\n.*?)```", re.DOTALL)
MAPS = {kind: content for content, kind in MAP.findall(IMPORTING.read_text(encoding="utf-8"))}
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
TARGET = re.compile(r"^([a-z]+):(?!=)(.*)$", re.MULTILINE)
# Put together here, so that this file does not hold what it looks for.
SOMEBODYS_FOLDER = r"(?<![\w.:/])/(?:" + "|".join(("home", "Users", "root", "work", "mnt")) + r")/\w"
PACKAGE_HOSTS = r"(?:" + "|".join(("pypi", "pythonhosted", "artifactory", "devpi", "nexus")) + r")[\w.-]*" + r"\.\w+/"
INDEX = "--(?:extra-)?" + "index-" + r"url[ =]\S"


def tracked() -> list[Path]:
    """The files git keeps; the test is skipped outside a repository."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("this is no git repository")
    return [path for name in listed.stdout.decode().split("\0") if name and (path := ROOT / name).is_file()]


def commands() -> list[tuple[str, list[str]]]:
    """Every command by its full name, with its options."""
    found = []

    def walk(command, name: str) -> None:
        for child, below in getattr(command, "commands", {}).items():
            walk(below, f"{name} {child}")
        if not getattr(command, "commands", {}):
            options = [option for each in command.params for option in each.opts if option.startswith("--")]
            found.append((name, [option for option in options if option != "--help"]))

    walk(typer.main.get_command(app), "feedback")
    return found


@pytest.mark.parametrize(("command", "options"), commands(), ids=lambda value: value if isinstance(value, str) else "")
def test_every_command_and_option_is_in_the_guides(command, options):
    assert options
    assert command in GUIDES
    assert [option for option in options if option not in GUIDES] == []


def test_every_setting_is_in_the_guide_with_its_default():
    running = RUNNING.read_text(encoding="utf-8")
    assert [name for name in Settings.model_fields if f"`FEEDBACK_{name.upper()}`" not in running] == []
    for name, setting in Settings.model_fields.items():
        assert setting.description
        if isinstance(setting.default, int):
            assert f"| `FEEDBACK_{name.upper()}` | `{setting.default}` |" in running


def test_every_make_target_says_what_it_does():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = dict(TARGET.findall(makefile))
    assert {"run", "test", "help"} <= set(targets)
    assert [name for name, line in targets.items() if "## " not in line] == []
    (declared,) = re.findall(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert set(declared.split()) == set(targets)


@pytest.mark.parametrize("kind", sorted(MAPS))
def test_a_map_in_the_guide_is_one_the_program_reads(kind, tmp_path):
    path = tmp_path / "map.toml"
    path.write_text(MAPS[kind], encoding="utf-8")
    assert read_map(path, kind).columns


def test_the_guide_names_every_kind_every_column_and_every_key_of_a_map():
    importing = IMPORTING.read_text(encoding="utf-8")
    named = set(re.findall(r"`([\w-]+)`", "".join(re.findall(r"^\|(.*?)\|", importing, re.MULTILINE))))
    assert [kind for kind in KEYS if kind not in named] == []
    catalogue = (ROOT / "docs" / "guide" / "catalogue.md").read_text(encoding="utf-8")
    for entity in ENTITIES.values():
        assert [column for column in entity.columns if f"| `{column}` |" not in catalogue] == []
    answers = ("ratings", "comments")
    shown = {name for kind in answers for name in tomllib.loads(MAPS[kind])}
    assert {key.name for kind in answers for key in KEYS[kind]} == shown


@pytest.mark.parametrize("file", sorted((ROOT / "data" / "sample").glob("*.map.toml")), ids=lambda file: file.name)
def test_a_map_of_the_sample_files_is_one_the_program_reads(file):
    kind = re.search(r"feedback import (\w+)", file.read_text(encoding="utf-8"))
    assert kind
    assert read_map(file, kind[1]).columns


def test_files_the_guides_name_are_there():
    named = set(re.findall(r"data/sample/[\w.]+\.(?:csv|toml)", GUIDES))
    assert len(named) >= 6
    assert [name for name in sorted(named) if not (ROOT / name).is_file()] == []


def test_links_between_documents_lead_somewhere():
    broken = []
    for page in (path for path in tracked() if path.suffix == ".md"):
        for link in LINK.findall(page.read_text(encoding="utf-8")):
            place = link.split("#")[0]
            if place and "://" not in link and not link.startswith("mailto:") and not (page.parent / place).exists():
                broken.append(f"{page.relative_to(ROOT)}: {link}")
    assert broken == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("see /" + "home/ann/feedback.db", True),
        ("see /" + "work/main", True),
        ("at https://files.python" + "hosted.org/x", True),
        ("pip install --index" + "-url https://example.org", True),
        ("sqlite:///path and /tmp/x and docs/home/page", False),
        ("--no-emit-index" + "-url --no-header", False),
    ],
)
def test_what_tells_of_a_machine_is_recognised(text, found):
    assert bool(telling(text)) is found


def telling(text: str) -> list[str]:
    """What in a text tells of somebody's machine or of a package host."""
    return re.findall(f"{SOMEBODYS_FOLDER}|{PACKAGE_HOSTS}|(?<!emit-)(?<!no-emit){INDEX}", text)


def test_no_file_tells_of_somebodys_machine_or_a_package_host():
    told = []
    for path in tracked():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # pictures
        told += [f"{path.relative_to(ROOT)}: {found}" for found in telling(text)]
    assert told == []
