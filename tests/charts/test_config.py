"""The production configuration: fast, silent to outsiders, and in the colours of the charts."""

import tomllib
from pathlib import Path

import pytest
from streamlit import config as known

from feedback.charts.theme import palette

ROOT = Path(__file__).resolve().parents[2]
CONFIG = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
STYLE = (ROOT / "src" / "feedback" / "ui" / "style.css").read_text(encoding="utf-8")


def test_every_option_is_one_streamlit_knows():
    options = known.get_config_options()
    given = [
        f"{section}.{name}"
        for section, entries in CONFIG.items()
        for name, value in entries.items()
        if not isinstance(value, dict)
    ]
    assert not [name for name in given if name not in options]


@pytest.mark.parametrize(
    ("section", "option", "value"),
    [
        ("runner", "postScriptGC", False),
        ("runner", "magicEnabled", False),
        ("client", "showErrorDetails", "none"),
        ("client", "showErrorLinks", False),
        ("client", "showSidebarNavigation", False),
        ("browser", "gatherUsageStats", False),
        ("server", "fileWatcherType", "none"),
        ("server", "enableXsrfProtection", True),
        ("server", "enableCORS", True),
        ("server", "enableAgentApi", False),
    ],
)
def test_production_is_fast_and_silent(section, option, value):
    assert CONFIG[section][option] == value


@pytest.mark.parametrize("option", ["cookieSecret", "address", "port"])
def test_what_belongs_to_one_host_is_not_in_the_file(option):
    assert option not in CONFIG["server"]


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_the_shell_has_the_colours_of_the_charts(mode):
    theme, colours = CONFIG["theme"][mode], palette(mode)
    assert theme["backgroundColor"] == colours.ground
    assert theme["textColor"] == colours.ink
    assert theme["primaryColor"] == colours.learner


def test_the_style_sheet_loads_nothing():
    assert "url(" not in STYLE
    assert "@import" not in STYLE
    assert "</style" not in STYLE.lower()
