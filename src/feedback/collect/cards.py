"""A credential's card: a plain label of how employers see it, as words for a page and as a picture (SVG).

Text is text in both: escaped, and read out. What it says was finished by the worker at the limits of public pages.
"""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from html import escape
from typing import Any

from feedback.collect.pages import FOLDER
from feedback.store.told import PublicPage
from feedback.survey.steps import apart
from feedback.survey.told import day_apart, decimal, percent
from feedback.survey.wording import direction, word

FEW, EARLY = "few", "early"
"""States of a card (see findings.public)."""
STEPS = 4
"""The highest step of the recognition ladder."""
WIDTH, HEIGHT, EDGE = 440, 320, 20
BAR = WIDTH - 2 * EDGE
"""Of the picture, in pixels."""
A_LINE, A_TITLE, A_FOOT, LINES = 48, 36, 60, 2
"""So many letters stand in a line of the picture, of its title and of its foot, and so many lines of each. What does
not fit is read out all the same."""
SVG_STYLE = (FOLDER / "card.css").read_text(encoding="utf-8")
SVG_STYLE_HASH = "sha256-" + b64encode(sha256(SVG_STYLE.encode()).digest()).decode()


@dataclass(frozen=True)
class Line:
    """One line of a card. said: in words. at, low, high: on the scale, 0-1; None where nothing is told."""

    name: str
    said: str
    at: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def inset(self) -> tuple[float, float, float]:
        """Where the range begins, how wide it is and where the mark stands, in percent; all 0 where nothing is told."""
        if self.at is None or self.low is None or self.high is None:
            return 0.0, 0.0, 0.0
        return round(100 * self.low, 1), round(100 * (self.high - self.low), 1), round(100 * self.at, 1)


@dataclass(frozen=True)
class Card:
    """A card in one language. lines: {} while it says nothing, and then `instead` says why. note: "" for none."""

    title: str
    heading: str
    alt: str
    lines: tuple[Line, ...] = ()
    instead: str = ""
    foot: str = ""
    note: str = ""

    @property
    def in_words(self) -> str:
        """All of it in one text, for those who do not see the picture."""
        told = [f"{line.name}: {line.said}." for line in self.lines] or [self.instead]
        return " ".join(filter(None, [*told, self.foot, self.note]))


def card_of(page: PublicPage, language: str) -> Card:
    """The card of a credential in a language."""

    def line(key: str, **values: Any) -> str:
        return word(f"public.{key}", language, **values)

    given, title = page.card, apart(page.title, language)
    heading = line("card") + (f" · {line('invented')}" if page.is_sample else "")
    card = Card(title, heading, line("alt", title=title))
    if given is None:
        return Card(card.title, card.heading, card.alt, instead=line("soon"))
    if given.get("state") == FEW:
        return Card(card.title, card.heading, card.alt, instead=line("few"))
    houses = line("houses", people=given["asked"], organisations=given["organisations"])
    return Card(
        *(card.title, card.heading, card.alt),
        lines=(_known(given, language), _counted(given, language)),
        foot=f"{houses}. {line('release', day=day_apart(given['on'], language))}",
        note=line("early") if given["state"] == EARLY else "",
    )


def _known(given: Mapping[str, Any], language: str) -> Line:
    share, low, high = (float(given[name]) for name in ("awareness", "awareness_low", "awareness_high"))
    between = word("public.between", language, low=percent(low, language), high=percent(high, language))
    said = {"percent": percent(share, language), "people": given["asked"], "between": between}
    return Line(word("public.known", language), word("public.known_line", language, **said), share, low, high)


def _counted(given: Mapping[str, Any], language: str) -> Line:
    name = word("public.counted", language)
    if "index" not in given:
        return Line(name, word("public.not_told", language))
    index, low, high = (float(given[one]) for one in ("index", "low", "high"))
    between = word("public.between", language, low=decimal(low, language), high=decimal(high, language))
    said = {"index": decimal(index, language), "people": given["n"], "between": between}
    return Line(name, word("public.counted_line", language, **said), index / STEPS, low / STEPS, high / STEPS)


# --- the picture ------------------------------------------------------------------------------------------------------


def svg_of(card: Card, language: str) -> str:
    """The card as a picture of its own: light or dark as the reader has it, without anything from elsewhere."""
    turned = direction(language) == "rtl"
    title = in_lines(card.title, A_TITLE)
    foot = in_lines(" ".join(filter(None, [card.foot, card.note])), A_FOOT)
    y = 60 + 26 * len(title)
    parts = [_texts([card.heading], 32, "quiet", turned), _texts(title, 60, "title", turned, 26)]
    if not card.lines:
        parts.append(_texts(in_lines(card.instead), y + 12, "", turned))
    parts += [_line(line, y + 10 + 92 * number, turned) for number, line in enumerate(card.lines)]
    parts.append(_texts(foot, HEIGHT - 14 - 17 * (len(foot) - 1), "foot", turned, 17))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'role="img" aria-labelledby="t d" lang="{escape(language)}" direction="{direction(language)}">'
        f'<title id="t">{escape(card.alt)}</title><desc id="d">{escape(card.in_words)}</desc>'
        f"<style>{SVG_STYLE}</style>"
        f'<rect class="paper" x=".5" y=".5" width="{WIDTH - 1}" height="{HEIGHT - 1}" rx="8"/>'
        f"{''.join(parts)}</svg>"
    )


def _line(line: Line, y: float, turned: bool) -> str:
    """A name, its bar from 0 to the end of the scale with the range and the mark, and what it says."""
    name, said = _texts([line.name], y, "name", turned), in_lines(line.said)
    if line.at is None:
        return name + _texts(said, y + 20, "", turned)
    start, width, at = (part * BAR / 100 for part in line.inset)
    left = WIDTH - EDGE - start - width if turned else EDGE + start
    mark = WIDTH - EDGE - at if turned else EDGE + at
    return (
        f'{name}<rect class="scale" x="{EDGE}" y="{y + 13:g}" width="{BAR}" height="2"/>'
        f'<rect class="range" x="{left:.1f}" y="{y + 11:g}" width="{max(width, 2):.1f}" height="6" rx="3"/>'
        f'<rect class="mark" x="{mark - 5:.1f}" y="{y + 9:g}" width="10" height="10" rx="1"/>'
        f"{_texts(said, y + 37, '', turned)}"
    )


def _texts(lines: list[str], y: float, kind: str, turned: bool, step: float = 19) -> str:
    """Lines of text, one below the other, from the edge where the language begins."""
    mark, x = f' class="{kind}"' if kind else "", WIDTH - EDGE if turned else EDGE
    return "".join(
        f'<text x="{x}" y="{y + step * number:g}"{mark}>{escape(said)}</text>' for number, said in enumerate(lines)
    )


def in_lines(text: str, width: int = A_LINE, most: int = LINES) -> list[str]:
    """A text broken into lines of so many letters, at spaces where there are any; what does not fit ends in "…".

    >>> in_lines("one two three four", width=9, most=1)
    ['one two…']
    """
    lines: list[str] = []
    rest = " ".join(text.split())
    while rest and len(lines) < most:
        if len(rest) <= width:
            return [*lines, rest]
        cut = rest.rfind(" ", 0, width + 1)
        cut = cut if cut > 0 else width
        lines.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [*lines[:-1], f"{lines[-1][: width - 1]}…"] if rest else lines
