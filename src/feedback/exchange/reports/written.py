"""The kinds of file a pack is written as, and what each needs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from types import MappingProxyType

from feedback.errors import Problem, Refused
from feedback.exchange.reports.content import Pack

Advance = Callable[..., None]


@dataclass(frozen=True)
class Format:
    """A kind of file. needs: by package to import the package to install; without one of them it is not to be had."""

    name: str
    title: str
    mime: str
    needs: Mapping[str, str]

    @property
    def missing(self) -> list[str]:
        """What has to be installed first."""
        return [package for module, package in self.needs.items() if find_spec(module) is None]


_DRAWS, _SETS, _WORD = {"vl_convert": "vl-convert-python"}, {"typst": "typst"}, {"docx": "python-docx"}
FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        "pdf": Format("pdf", "PDF", "application/pdf", _DRAWS | _SETS),
        "docx": Format(
            "docx",
            "Word",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            _DRAWS | _SETS | _WORD,
        ),
        "html": Format("html", "web page", "text/html", _DRAWS),
        "json": Format("json", "evidence (JSON)", "application/json", {}),
    }
)
"""By name."""


def check(format: str) -> None:
    """Raise Refused, saying what to install, where a kind of file is not to be had here."""
    if missing := FORMATS[format].missing:
        said = f"needs packages that are not installed. Install them: pip install {' '.join(missing)}"
        raise Refused([Problem(f"--format {format}", f"{said} (or the extra `reports`).")])


def write(pack: Pack, format: str, advance: Advance = lambda done, total=None: None) -> bytes:
    """A pack as a file: pdf, docx, html, or json, the evidence its digest is of.

    advance: told how many pictures of how many are drawn. Raises Refused where a package is missing.
    """
    check(format)
    if format == "json":
        return pack.evidence
    writer = import_module(f"feedback.exchange.reports.{format}")
    made: bytes = writer.write(pack, advance)
    return made
