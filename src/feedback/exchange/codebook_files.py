"""The codebook as a file: CSV with one row a question, JSON with everything, and a page that needs nothing else."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from feedback.exchange.codebook import answers_of, codebook, codebook_table, languages_of
from feedback.exchange.tables import csv_bytes, json_bytes
from feedback.survey.instrument import Instrument
from feedback.survey.text import Text, say
from feedback.survey.wording import direction, words

FORMATS = ("html", "csv", "json")


def write_codebook(instruments: Iterable[Instrument], format: str) -> bytes:
    """The codebook as a file: html, csv or json."""
    book = codebook(instruments)
    if format == "json":
        return json_bytes(book)
    return csv_bytes(codebook_table(book)) if format == "csv" else codebook_html(book).encode()


def codebook_html(book: Mapping[str, Any]) -> str:
    """The codebook as one page that needs nothing else: no script, no address; light and dark; a part a language."""
    every = book["questionnaires"]
    languages = languages_of(book)
    switch = "".join(
        f'<a href="#{code}" lang="{code}" dir="{direction(code)}">{escape(words(code).get("name", code))}</a>'
        for code in languages
    )
    parts = "".join(_part([each for each in every if code in each["languages"]], code) for code in languages)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Codebook</title><style>{STYLE}</style></head><body>"
        "<header><h1>Codebook</h1><p>Every question we ask, word for word, with the answers that can be given, how "
        "they are kept and what they count as. “Set aside” answers are missing in means and shares. What people "
        f'write is shown only masked.</p><nav aria-label="Language">{switch}</nav></header>'
        f"<main>{parts}</main></body></html>\n"
    )


def _part(every: Sequence[Mapping[str, Any]], language: str) -> str:
    """The codebook in one language: contents, then each questionnaire."""
    contents = "".join(
        f'<li><a href="#{_anchor(language, each)}">{_worded(each["title"], language)}</a> '
        f'<span class="quiet">{escape(each["instrument"])}, version {each["version"]}, '
        f"{len(each['questions'])} questions</span></li>"
        for each in every
    )
    inner = "".join(_questionnaire(each, language) for each in every)
    name = escape(words(language).get("name", language))
    return (
        f'<section class="language" id="{language}" aria-label="{name}"><ul class="contents">{contents}</ul>'
        f"{inner}</section>"
    )


def _questionnaire(each: Mapping[str, Any], language: str) -> str:
    questions = "".join(
        f'<article id="{_anchor(language, each, question)}">{question_html(question, language)}</article>'
        for question in each["questions"]
    )
    facts = f"Version {each['version']}, asked of {each['audience']}s about {each['about']}, by {each['comes_by']}."
    readers = f"<p>{_worded(each['readers'], language)}</p>" if "readers" in each else ""
    return (
        f'<section id="{_anchor(language, each)}"><h2>{_worded(each["title"], language)}</h2>'
        f'<p class="quiet">{escape(facts)}</p>{readers}{questions}</section>'
    )


def question_html(question: Mapping[str, Any], language: str) -> str:
    """One question: its wording, its facts, a table of its answers. Wordings carry their language and direction."""
    facts = {
        "Id": question["question"],
        "Measures": question["construct"],
        "Kind": f"{question['kind']}{', required' if question.get('required') else ''}",
        "Asked": "once for each credential" if question.get("asked_once_for_each_credential") else None,
        "Asked of": question.get("asked_of"),
        "Shown when": question.get("shown_when"),
        "Rows": "; ".join(f"{item['id']}: {say(item['text'], language)}" for item in question.get("items", ())) or None,
        "Made from": question.get("made_from"),
        "From … to": _range(question, language),
        "Scale": f"{question['scale']['id']} ({question['scale']['kind']})" if "scale" in question else None,
        "Asks for": {"positive": "what was good", "negative": "what should change"}.get(question.get("polarity", "")),
        "Kept as": question["kept"],
        "Wording since": f"version {question['since_version']}" if "since_version" in question else None,
        "Record": question.get("record"),
        "Read by": question["readers"],
    }
    listed = "".join(
        f'<div><dt>{escape(name)}</dt><dd dir="auto">{escape(str(said))}</dd></div>'
        for name, said in facts.items()
        if said
    )
    help_text = f'<p class="quiet">{_worded(question["help"], language)}</p>' if "help" in question else ""
    return (
        f"<h3>{_worded(question['wording'], language)}</h3>{help_text}<dl>{listed}</dl>{_answers(question, language)}"
    )


def _answers(question: Mapping[str, Any], language: str) -> str:
    """The table of answers; without the column of what they count as where none counts as anything."""
    answers = answers_of(question, language)
    if not answers:
        return ""
    counted = any(means for *_, means in answers)
    rows = "".join(
        f'<tr><th scope="row">{escape(value)}</th>'
        f'<td lang="{language}" dir="{direction(language)}">{escape(label)}</td>'
        f"{f'<td>{escape(means)}</td>' if counted else ''}</tr>"
        for value, label, means in answers
    )
    head = "".join(f'<th scope="col">{name}</th>' for name in ("Kept as", "Answer", "Counts as")[: 2 + counted])
    caption = f"Answers to {escape(question['question'])}"
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{caption}"><table><caption>{caption}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _range(question: Mapping[str, Any], language: str) -> str | None:
    if "minimum" not in question:
        return None
    return f"{question['minimum']:g} to {question['maximum']:g} {say(question.get('unit', {}), language)}".strip()


def _worded(text: Text, language: str) -> str:
    """A wording as an element of its own, in the language it is really in."""
    spoken = language if text.get(language) else "en"
    return f'<span lang="{spoken}" dir="{direction(spoken)}">{escape(say(text, language))}</span>'


def _anchor(language: str, each: Mapping[str, Any], question: Mapping[str, Any] | None = None) -> str:
    return "-".join([language, each["instrument"], *([question["question"]] if question else [])])


STYLE = """
:root { color-scheme: light dark;
  --ink: #1F2328; --quiet: #5B6470; --ground: #FBFAF7; --rule: #D9D6CE; --accent: #0B7A75; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #E8E6E1; --quiet: #A3ABB6; --ground: #15181D; --rule: #363C45; --accent: #4FC3BC; }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body { margin: 0 auto; padding: 24px 16px 64px; max-width: 52rem; background: var(--ground); color: var(--ink);
  font: 16px/1.5 "Source Sans 3", "Source Sans Pro", system-ui, sans-serif; font-variant-numeric: tabular-nums; }
h1 { font-size: 1.875rem; line-height: 1.2; margin: 0 0 8px; }
h2 { font-size: 1.375rem; line-height: 1.3; margin: 48px 0 0; }
h3 { font-size: 1.0625rem; line-height: 1.4; margin: 0; text-wrap: pretty; }
p { margin: 8px 0; max-width: 44em; }
a { color: var(--accent); text-underline-offset: 0.15em; }
a:focus-visible, .scroll:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.quiet, dt, caption { color: var(--quiet); font-size: 0.9375rem; }
nav { display: flex; flex-wrap: wrap; gap: 8px 24px; margin-top: 8px; border-bottom: 1px solid var(--rule); }
nav a { display: inline-flex; align-items: center; min-height: 44px; }
.contents { padding-inline-start: 1.25em; }
.contents li { margin: 8px 0; }
article { margin: 24px 0; padding-top: 16px; border-top: 1px solid var(--rule); }
dl { display: grid; gap: 4px 24px; margin: 8px 0; }
dl div { display: grid; grid-template-columns: 112px 1fr; gap: 8px; }
dd { margin: 0; overflow-wrap: anywhere; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
caption { text-align: start; padding: 8px 0 4px; }
th, td { border-bottom: 1px solid var(--rule); padding: 6px 16px 6px 0; text-align: start; vertical-align: top; }
thead th { font-size: 0.875rem; color: var(--quiet); font-weight: 600; }
tbody th { font-weight: 600; white-space: nowrap; }
@supports selector(:has(*)) {
  .language { display: none; }
  .language:target, .language:has(:target), main:not(:has(:target)) .language:first-child { display: block; }
}
@media (max-width: 560px) { dl div { grid-template-columns: 1fr; gap: 0; } dl { gap: 8px; } }
@media print { .language { display: block; } article { break-inside: avoid; } a { color: inherit; } }
"""
