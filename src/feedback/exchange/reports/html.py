"""A pack as one web page that needs nothing else: no script, no address, light and dark, telephone and printer."""

from base64 import b64encode
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from html import escape
from importlib.util import find_spec
from pathlib import Path

from feedback.exchange.reports import pictures
from feedback.exchange.reports.content import Agenda, Chart, Pack, Part, Section, Table
from feedback.exchange.reports.setting import PROOF, cut_words, single

STYLE = Path(__file__).with_name("pack.css")
POLICY = "default-src 'none'; style-src 'unsafe-inline'; font-src data:; base-uri 'none'; form-action 'none'"
FACE = "static/static/media/SourceSansVF-Upright*.woff2"
"""The app's typeface, as the package that brings the app has it."""
Advance = Callable[..., None]


def write(pack: Pack, advance: Advance = lambda done, total=None: None) -> bytes:
    """The pack as a web page in UTF-8. advance: told how many pictures are drawn. Raises Refused where the package that
    draws is missing."""
    charts = [(section.id, section.chart) for section in pack.sections if section.chart]
    drawn: dict[str, str] = {}
    for done, (name, chart) in enumerate(charts, start=1):
        drawn[name] = _picture(chart, done)
        advance(done, len(charts))
    body = "".join(
        (
            _head(pack),
            _summary(pack.first),
            *map(_agenda, pack.agenda),
            _contents(pack),
            *(_part(at, part, drawn) for at, part in enumerate(pack.shown, start=1)),
            _silent(pack.silent),
            _proof(pack),
        )
    )
    style = typeface() + STYLE.read_text(encoding="utf-8")
    return (
        f'<!doctype html>\n<html lang="{escape(pack.language)}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>{escape(pack.title)}: {escape(pack.kind)}</title><style>{style}</style></head>"
        f"<body><main>{body}</main></body></html>\n"
    ).encode()


@cache
def typeface() -> str:
    """The app's typeface as a rule of CSS that holds it, so that letters are as wide as they were measured to be, at
    most; "" where it is not found."""
    app = find_spec("streamlit")
    found = sorted(Path(app.origin).parent.glob(FACE)) if app and app.origin else []
    if not found:
        return ""
    held = b64encode(found[0].read_bytes()).decode()
    return (
        '@font-face{font-family:"Source Sans";font-weight:200 900;font-display:swap;'
        f'src:url("data:font/woff2;base64,{held}") format("woff2")}}\n'
    )


def _said(tag: str, text: str, kind: str = "") -> str:
    """An element holding text, in the text's own direction; "" for none."""
    given = f' class="{kind}"' if kind else ""
    return f'<{tag}{given} dir="auto">{escape(text)}</{tag}>' if text else ""


def _head(pack: Pack) -> str:
    return (
        f"<header>{_said('p', pack.kind, 'kind')}{_said('h1', pack.title)}{_facts(pack.facts)}</header>"
        f"{_said('p', pack.warning, 'warning')}"
    )


def _facts(pairs: Iterable[tuple[str, str]]) -> str:
    listed = "".join(f"<div>{_said('dt', name)}{_said('dd', value)}</div>" for name, value in pairs)
    return f"<dl>{listed}</dl>"


def _summary(sections: Sequence[Section]) -> str:
    lines = "".join(
        f'<li><a href="#{escape(each.id)}">{escape(each.question)}</a>{_said("p", each.sentence)}</li>'
        for each in sections
    )
    return f'<section class="short"><h2>In short</h2><ul>{lines}</ul></section>' if lines else ""


def _agenda(agenda: Agenda) -> str:
    notes = "".join(
        f"<li>{_said('h3', each.title)}{_said('p', each.words)}{_said('p', each.facts, 'quiet')}</li>"
        for each in agenda.notes
    )
    inner = f'<ul class="notes">{notes}</ul>' if notes else _said("p", agenda.empty, "quiet")
    return f"<section>{_said('h2', agenda.title)}{inner}</section>"


def _contents(pack: Pack) -> str:
    parts = "".join(
        f'<li><a href="#part-{at}">{escape(part.title)}</a><ul>'
        + "".join(f'<li><a href="#{escape(each.id)}">{escape(each.question)}</a></li>' for each in part.sections)
        + "</ul></li>"
        for at, part in enumerate(pack.shown, start=1)
    )
    return f'<nav aria-label="The evidence"><h2>The evidence</h2><ol>{parts}</ol></nav>' if parts else ""


def _part(at: int, part: Part, drawn: dict[str, str]) -> str:
    inner = "".join(_section(each, drawn.get(each.id, "")) for each in part.sections)
    return f'<section class="part" id="part-{at}">{_said("h2", part.title)}{inner}</section>'


def _section(section: Section, picture: str) -> str:
    pairs = single(section.table)
    table = _facts(pairs) if pairs else _table(section.table, section.question) if section.table else ""
    know = f'<p class="quiet"><b>How we know.</b> {escape(section.caution)}</p>' if section.caution else ""
    return (
        f'<article id="{escape(section.id)}">{_said("h3", section.question)}{_said("p", section.sentence, "said")}'
        f"{picture}{table}{know}</article>"
    )


def _picture(chart: Chart, number: int) -> str:
    """The picture at a page's width and at a telephone's: whichever fits is seen, and heard of as words."""
    both = []
    is_cut = False
    for kind, width in (("wide", pictures.WIDE), ("narrow", pictures.NARROW)):
        drawn = pictures.draw(chart.light, width, f"p{number}{kind[0]}", dark=chart.dark)
        words = f'<svg role="img" aria-label="{escape(chart.alt)}" class="{kind}" '
        both.append(drawn.svg.replace("<svg ", words, 1))
        is_cut = is_cut or drawn.is_cut
    return f"<figure>{''.join(both)}{_said('figcaption', cut_words(is_cut), 'quiet')}</figure>"


def _table(table: Table, words: str) -> str:
    right = table.right
    kinds = [' class="figure"' if at in right else "" for at in range(len(table.columns))]
    head = "".join(
        f'<th scope="col"{kind} dir="auto">{escape(name)}</th>' for name, kind in zip(table.columns, kinds, strict=True)
    )
    rows = "".join(
        f'<tr><th scope="row" dir="auto">{escape(row[0])}</th>'
        + "".join(f'<td{kind} dir="auto">{escape(cell)}</td>' for cell, kind in zip(row[1:], kinds[1:], strict=True))
        + "</tr>"
        for row in table.rows
    )
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(words)}"><table><thead><tr>{head}</tr>'
        f"</thead><tbody>{rows}</tbody></table></div>{_said('p', table.below, 'quiet')}"
    )


def _silent(sections: Sequence[Section]) -> str:
    lines = "".join(f"<li>{_said('h3', each.question)}{_said('p', each.sentence)}</li>" for each in sections)
    return (
        f'<section class="part"><h2>What cannot be said yet</h2><ul class="notes">{lines}</ul></section>'
        if lines
        else ""
    )


def _proof(pack: Pack) -> str:
    words = "".join(_said("p", each) for each in PROOF)
    return (
        f'<section class="proof"><h2>How this pack can be proven</h2>{words}<p><code>{pack.digest}</code></p></section>'
    )
