"""What a credential is, apart from what people say of it: its purpose, what it teaches, how it ran, what is open."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from html import escape
from types import MappingProxyType

import streamlit as st

from feedback.catalogue.contents import ENTITIES
from feedback.catalogue.hints import Hint, hints
from feedback.catalogue.values import (
    PURPOSE,
    Alignment,
    Credential,
    MarketEvidence,
    Pathway,
    Run,
    Stack,
    completeness,
    unusual_weeks,
)
from feedback.ui import fields, held, page, panel, shell

DASH = "–"
FEW = "too few to show"
PARTS: Mapping[str, str] = MappingProxyType(
    {
        "employer_scales": "Trust and need",
        "hiring": "Hiring and pay",
        "worth": "Worth the time",
        "priorities": "What should change",
        "learner_scales": "What learners rate",
        "runs": "Run by run",
        "changed": "Since last time",
        "effects": "What actions brought",
        "witnesses": "Where witnesses disagree",
        "skills": "Skills",
        "experts": "Experts",
        "topics": "Comments",
    }
)
"""What stands far down the page of a credential, by its finding."""


def what_it_is(slug: str) -> None:
    """Everything the catalogue knows of a credential, folded away; for the page that shows what people say of it."""
    one = _credential(slug)
    if one is None:
        return
    with st.expander("What it is: purpose, skills, runs and rules"):
        standing(slug)
        for title, _, asked in fields.sections_of(ENTITIES["credentials"]):
            facts = [(each.title, _words(each, getattr(one, each.name))) for each in asked if each.name != "slug"]
            if any(said for _, said in facts):
                page.heading(title)
                _facts(facts)
        relations(slug)
        st.page_link(held.PAGE, label="Edit this credential", query_params={"entity": "credentials", "slug": slug})


def ways_down() -> None:
    """Links to what people say of a credential, part by part."""
    page.jumps({panel.place(finding): words for finding, words in PARTS.items()})


def standing(slug: str) -> None:
    """How complete it is, and what is open: each in a line."""
    one = _credential(slug)
    if one is None:
        return
    answered = len(PURPOSE) - len(completeness(one, PURPOSE).missing)
    dots = "".join(f'<i class="{"on" if number < answered else "off"}"></i>' for number in range(len(PURPOSE)))
    said = f"Purpose sheet: {answered} of {len(PURPOSE)} answered."
    lines = "".join(f"<li>{escape(line)}</li>" for line in open_points(one, _today()))
    st.html(
        f'<div class="standing"><p><span class="dots" aria-hidden="true">{dots}</span>{escape(said)}</p>'
        f"{f'<ul>{lines}</ul>' if lines else '<p class=quiet>Nothing is open.</p>'}</div>"
    )


def open_points(one: Credential, today: date) -> list[str]:
    """What is missing, overdue or unusual about a credential; hints, not errors."""
    titles = {name: hint.title for name, hint in hints(Credential).items()}
    points = []
    missing = completeness(one, PURPOSE).missing
    if missing:
        named = ", ".join(titles[name].removeprefix("Purpose: ") for name in missing)
        points.append(f"The purpose sheet does not say yet: {named}.")
    if one.review_due and one.review_due < today:
        points.append(f"Its review was due on {fields.day(one.review_due)}: overdue.")
    if unusual_weeks(one.planned_weeks) and not one.weeks_reason:
        points.append(f"{one.planned_weeks:g} weeks are planned; 10 to 12 are usual. Say why, if there is a reason.")
    if not one.skills:
        points.append("No skill is named, so employers cannot be asked about any.")
    return points


def relations(slug: str) -> None:
    """What stands around a credential: skills and modules, stacks, pathways, runs, what the market says."""
    one = _credential(slug)
    if one is None:
        return
    _matrix(one)
    _stacks(one)
    _pathways(one)
    _runs(one)
    _market(one)


# --- skills and modules -----------------------------------------------------------------------------------------------


def _matrix(one: Credential) -> None:
    """Skills by modules: where each is taught, where assessed, and which is assessed nowhere."""
    page.heading("Its skills, and where they are taught and assessed")
    if not one.skills:
        page.quiet("None are named yet: choose them above.")
        return
    aligned = [
        each for each in held.entries("alignments") if isinstance(each, Alignment) and each.credential == one.slug
    ]
    modules = [slug for slug in held.titles("modules") if slug in {each.module for each in aligned}]
    unassessed = [skill for skill in one.skills if not any(each.assesses for each in aligned if each.skill == skill)]
    titles = held.titles("skills")
    if not aligned:
        page.quiet("No module is told to teach or assess them yet.")
    elif unassessed:
        named = ", ".join(titles.get(skill, skill) for skill in unassessed)
        page.block("p", f"Assessed nowhere: {named}.", "hint")
    rows = []
    for skill in one.skills:
        cells = [_cell(aligned, skill, module) for module in modules]
        if modules:
            cells.append('<td class="warn">nowhere</td>' if skill in unassessed else "<td>yes</td>")
        rows.append(f'<tr><th scope="row">{_skill(skill, titles)}</th>{"".join(cells)}</tr>')
    heads = [
        *(held.link("modules", slug, held.titles("modules")[slug]) for slug in modules),
        *(["Assessed"] if modules else []),
    ]
    _table(["Skill", *heads], rows, "Skills of this credential by module")
    _add("alignments", "Say where a skill is taught or assessed", credential=one.slug)


def _skill(slug: str, titles: Mapping[str, str]) -> str:
    """A skill with the way to its entry, and to the same skill in a public list."""
    uri = next((getattr(each, "uri", None) for each in held.entries("skills") if held.slug_of(each) == slug), None)
    return held.link("skills", slug, titles.get(slug, slug)) + _outside(uri, "public list")


def _cell(aligned: Iterable[Alignment], skill: str, module: str) -> str:
    found = next((each for each in aligned if each.skill == skill and each.module == module), None)
    if found is None:
        return f'<td class="none">{DASH}</td>'
    said = " and ".join(word for word, so in (("teaches", found.teaches), ("assesses", found.assesses)) if so)
    return f"<td>{held.link('alignments', found.slug, said or 'neither')}</td>"


# --- what it counts towards -------------------------------------------------------------------------------------------


def _stacks(one: Credential) -> None:
    stacks = [each for each in held.entries("stacks") if isinstance(each, Stack)]
    onwards = [each for each in stacks if each.credential == one.slug]
    inwards = [each for each in stacks if each.target_kind == "credential" and each.target == one.slug]
    titles = held.titles("credentials")
    page.heading("What it counts towards")
    if not onwards and not inwards:
        page.quiet("It is not stacked on anything yet.")
    items = [
        f"<li>Counts towards {held.link('stacks', each.slug, titles.get(each.target, each.target))} "
        f"({escape('a degree' if each.target_kind == 'degree' else 'a credential')}){_note(each.note)}</li>"
        for each in onwards
    ] + [
        f"<li>{held.link('stacks', each.slug, titles.get(each.credential, each.credential))} counts towards it"
        f"{_note(each.note)}</li>"
        for each in inwards
    ]
    _list(items)
    _add("stacks", "Say what it counts towards", credential=one.slug)


def _note(note: str | None) -> str:
    return f': <span class="quiet">{escape(note)}</span>' if note else ""


def _pathways(one: Credential) -> None:
    paths = [each for each in held.entries("pathways") if isinstance(each, Pathway) and one.slug in each.steps]
    page.heading("Pathways it is a step of")
    if not paths:
        page.quiet("None yet.")
    titles = held.titles("credentials")
    for path in paths:
        steps = "".join(_step(step, titles.get(step, step), here=step == one.slug) for step in path.steps)
        head = held.link("pathways", path.slug, path.title)
        st.html(f'<p class="path-title">{head}</p><ol class="path">{steps}</ol>')
    _add("pathways", "Put it on a pathway", steps=one.slug)


def _step(slug: str, title: str, *, here: bool) -> str:
    """A step of a pathway; the credential whose page it is leads nowhere else."""
    return (
        f'<li aria-current="step">{escape(title)}</li>' if here else f"<li>{held.link('credentials', slug, title)}</li>"
    )


# --- how it ran, and what the market says -----------------------------------------------------------------------------


def _runs(one: Credential) -> None:
    runs = [each for each in held.entries("runs") if isinstance(each, Run) and each.credential == one.slug]
    runs.sort(key=lambda run: (run.starts is not None, run.starts), reverse=True)
    page.heading("Its runs")
    if not runs:
        page.quiet("None are known yet.")
    else:
        heads = ["Run", "Starts", "Delivery", "Weeks", "Views", "Enrolled", "Completed", "Passed", "Results"]
        _table(heads, [_run(run) for run in runs], "Runs of this credential", numbers=range(3, 8))
        unusual = [
            run.label for run in runs if unusual_weeks(run.actual_weeks) and not (run.weeks_reason or one.weeks_reason)
        ]
        if unusual:
            said = f"Took fewer than 10 weeks or more than 12, and no reason is told: {', '.join(unusual)}."
            page.block("p", said, "hint")
    _add("runs", "Add a run", credential=one.slug)


def _run(run: Run) -> str:
    planned = f"planned {run.planned_weeks:g}" if run.planned_weeks else ""
    weeks = f"{run.actual_weeks:g}{f' ({planned})' if planned else ''}" if run.actual_weeks else planned
    mark = ' <span class="tag">beta</span>' if run.beta else ""
    least = shell.limits().minimum_group
    cells = [
        f'<th scope="row">{held.link("runs", run.slug, run.label)}{mark}</th>',
        f"<td>{escape(run.starts.isoformat()) if run.starts else DASH}</td>",
        f"<td>{escape(run.delivery)}</td>",
        f'<td class="number{" warn" if unusual_weeks(run.actual_weeks) else ""}">{escape(weeks) or DASH}</td>',
        f'<td class="number">{DASH if run.views is None else f"{run.views:,}"}</td>',
        f'<td class="number">{_share(run.enrolled, None, least)}</td>',
        f'<td class="number">{_share(run.completed, run.enrolled, least)}</td>',
        f'<td class="number">{_share(run.passed, run.completed, least)}</td>',
        f"<td>{escape(_bands(run.test_results, least)) or DASH}</td>",
    ]
    return f"<tr>{''.join(cells)}</tr>"


def _share(some: int | None, of: int | None, least: int) -> str:
    """A count, with its share of those it is part of; in words where these, or it, are too few to tell of."""
    if some is None:
        return DASH
    if some < least or (of is not None and of < least):
        return FEW
    return f"{some:,} ({some / of:.0%})" if of else f"{some:,}"


def _bands(results: Mapping[str, int], least: int) -> str:
    """How many reached which band; nothing where one band holds too few to tell of and could be told from the rest."""
    if any(0 < people < least for people in results.values()):
        return FEW
    return ", ".join(f"{band}: {people:,}" for band, people in results.items())


def _market(one: Credential) -> None:
    told = [
        each
        for each in held.entries("market-evidence")
        if isinstance(each, MarketEvidence) and (each.skill in one.skills or each.topic in one.topics)
    ]
    told.sort(key=lambda each: each.on, reverse=True)
    page.heading("What the market says of its skills and subjects")
    if not told:
        page.quiet("Nothing is known yet.")
    else:
        rows = [_figure(each) for each in told]
        _table(["About", "Tells of", "Figure", "Unit", "Day", "Source"], rows, "Market evidence", numbers=[2])
    _add("market-evidence", "Add a figure", **({"skill": one.skills[0]} if one.skills else {}))


def _figure(one: MarketEvidence) -> str:
    cells = [
        f'<th scope="row">{held.link("market-evidence", one.slug, held.title_of(one))}</th>',
        f"<td>{escape(one.measure)}</td>",
        f'<td class="number">{one.value:,.12g}</td>',
        f"<td>{escape(one.unit or '')}</td>",
        f"<td>{escape(one.on.isoformat())}</td>",
        f"<td>{escape(one.source)}{_outside(one.url, 'read it')}</td>",
    ]
    return f"<tr>{''.join(cells)}</tr>"


def _outside(address: str | None, words: str) -> str:
    """A link that leaves, where there is a web address to go to."""
    if not address or not address.startswith(("http://", "https://")):
        return ""
    return f' <a class="outside" href="{escape(address)}" rel="noopener noreferrer" target="_blank">{escape(words)}</a>'


# --- pieces -----------------------------------------------------------------------------------------------------------


def _credential(slug: str) -> Credential | None:
    return next(
        (each for each in held.entries("credentials") if isinstance(each, Credential) and each.slug == slug), None
    )


def _today() -> date:
    return datetime.now(UTC).date()


def _words(hint: Hint, value: object) -> str:
    return fields.said(hint, value, held.titles(hint.refers))


def _facts(facts: Iterable[tuple[str, str]]) -> None:
    rows = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(said)}</dd></div>" for name, said in facts if said)
    st.html(f'<dl class="facts">{rows}</dl>')


def _table(heads: Sequence[str], rows: Sequence[str], words: str, numbers: Iterable[int] = ()) -> None:
    """A table that scrolls inside itself. heads, rows: elements whose texts are escaped already."""
    right = set(numbers)
    head = "".join(
        f'<th scope="col"{" class=number" if place in right else ""}>{each}</th>' for place, each in enumerate(heads)
    )
    st.html(
        f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(words)}"><table class="plain">'
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


def _list(items: Sequence[str]) -> None:
    if items:
        st.html(f'<ul class="plain-list">{"".join(items)}</ul>')


def _add(entity: str, words: str, **known: str) -> None:
    with st.container(key=f"add-{entity}"):
        st.page_link(held.PAGE, label=f"+ {words}", query_params={"entity": entity, "new": "1", **known})
