"""`feedback analyse ...`: a CSV file in, a CSV file out; no database is touched."""

import csv
import json
import os
from array import array
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict
from itertools import islice
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from feedback.cli.console import AsJson, bar, complain, report
from feedback.cli.outputs import replacing_text, wrong_place
from feedback.errors import Problem, Refused, suggest

if TYPE_CHECKING:
    from feedback.exchange.csv_files import CsvTable

READ = ("language", "sentiment", "sentiment_label", "topics", "mixed", "redacted")
"""The columns `analyse comments` adds, in this order."""
MOST_JOBS = 32
"""Processes that may read comments at once; Windows allows 61."""
RANKED = ("item", "n", "mean", "effect", "sd", "low", "high", "p_top", "tier", "reliability", "component")
"""The columns `analyse value` writes."""
BATCH = 500
STEP = 2000  # rows between two reports of progress
MOST_ITEMS = 5_000
"""The model needs memory for items times items, and time for their cube."""
GOING_WITH = ("item", "n", "importance", "low", "high")
"""The columns `analyse drivers` writes."""
MOST_NUMBER = 1e100
"""Numbers beyond this are refused: their squares could not be added."""
MOST_DRIVERS = 60
"""So many items can be told apart at most; nobody reads more."""
MOST_NAMED = 5
"""As many groups of items, and items of a group, are named in a remark."""

File = Annotated[Path, typer.Argument(help="A CSV file in UTF-8; .csv.gz may be packed.")]
Output = Annotated[Path, typer.Option(help="The CSV file to write; one that is there is replaced at the end.")]


def analyse_comments(
    file: File,
    output: Output,
    text_column: Annotated[str, typer.Option(help="The column that holds the comments.")] = "text",
    audience: Annotated[
        Literal["learner", "employer"] | None, typer.Option(help="Who wrote them: only topics meant for these.")
    ] = None,
    names: Annotated[
        Path | None, typer.Option(help="A file of people to mask wherever they are named, one name a line.")
    ] = None,
    learn_from: Annotated[
        Path | None, typer.Option(help="A CSV file of comments with what people said of them, to learn from.")
    ] = None,
    label_column: Annotated[
        str, typer.Option(help="Its column of neg, neu and pos, or of ratings from 1 to 5.")
    ] = "sentiment",
    topics: Annotated[
        Path | None, typer.Option(help="A TOML file of topics, in place of those in data/topics/.")
    ] = None,
    learn_topics_from: Annotated[
        Path | None, typer.Option(help="A CSV file of comments with the topics people gave them, to learn from.")
    ] = None,
    topics_column: Annotated[
        str, typer.Option(help="Its column of topics: ids parted by semicolons, or a JSON list.")
    ] = "topics",
    jobs: Annotated[
        int,
        typer.Option(
            min=1,
            max=MOST_JOBS,
            help="So many processes read at once, with some 300 MB of memory each; at most one a processor.",
        ),
    ] = 1,
    as_json: AsJson = False,
) -> None:
    """Add to each comment its language, sentiment, topics and a masked copy.

    Columns added: language, sentiment (-1 to 1), sentiment_label (neg, neu, pos), topics (JSON list of topic, polarity,
    start, end: code points of the text, end exclusive), mixed (true, false), redacted. Not scored is an empty cell.
    Columns of the file stay as they are; one that has the name of an added one is called given_... in the output.
    What is learned is measured on comments it was not learned from, and used where it reads better.
    """
    from feedback.analysis.comments.names import NOBODY, known_people, read_names
    from feedback.analysis.comments.topics import read_taxonomy, shipped_taxonomy
    from feedback.cli import learning
    from feedback.cli.reading_files import CommentReader, read_in_turn
    from feedback.exchange.csv_files import open_csv

    _check_output(output, file)
    roster = known_people(read_names(names)) if names else NOBODY
    taxonomy = read_taxonomy(topics) if topics else shipped_taxonomy()
    models, model_remarks = (
        ({}, []) if learn_from is None else learning.sentiment(learn_from, text_column, label_column)
    )
    topic_models, topic_remarks = (
        ({}, [])
        if learn_topics_from is None
        else learning.topics(learn_topics_from, text_column, topics_column, taxonomy)
    )
    reader = CommentReader(tuple(taxonomy.topics.values()), models, topic_models, roster, audience)
    reading = min(jobs, os.cpu_count() or 1)
    with open_csv(file) as table:
        place = _place(table, text_column, "--text-column", file)
        renamed = [name for name in table.columns if name in READ]
        header = [*_kept_names(table.columns), *READ]
        total = sum(1 for _ in table.rows())
        table.problems.refuse_any()
    with bar("Reading comments") as advance, open_csv(file) as table, replacing_text(output) as target:
        writer = csv.writer(target, lineterminator="\n")
        writer.writerow(header)
        done = 0
        rows = table.rows()
        batches = iter(lambda: [cells for _, cells in islice(rows, BATCH)], [])
        with closing(read_in_turn(batches, place, reader, reading)) as in_turn:
            for batch, added in in_turn:
                writer.writerows([*cells, *found] for cells, found in zip(batch, added, strict=True))
                done += len(batch)
                advance(done, total)
        table.problems.refuse_any()
    remarks = [f'{file.name}, column "{name}": is called "given_{name}" in {output.name}.' for name in renamed]
    if reading < jobs:
        remarks.append(f"--jobs {jobs}: at most one process a processor reads, here {reading}.")
    remarks = [*model_remarks, *topic_remarks, *remarks]
    learned = {language: asdict(model.quality) for language, model in models.items()}
    learned_topics = {
        language: {topic: asdict(quality) for topic, quality in model.quality.items()}
        for language, model in topic_models.items()
    }
    said = f"Read {done:,} comments; wrote {output.name}."
    facts = {"learned": learned} if learn_from else {}
    facts |= {"learned_topics": learned_topics} if learn_topics_from else {}
    report(as_json, said, comments=done, **known_only(facts), remarks=remarks)
    if not as_json:
        for remark in remarks:
            complain(remark)


def analyse_value(
    file: File,
    item: Annotated[str, typer.Option(help="The column that says what is rated.")],
    rater: Annotated[str, typer.Option(help="The column that says who rated.")],
    score: Annotated[str, typer.Option(help="The column that holds the rating, a number.")],
    output: Output,
    top: Annotated[int, typer.Option(min=1, help="p_top is the chance of being among so many best.")] = 3,
    draws: Annotated[int, typer.Option(min=1, max=20_000, help="How many draws that chance is made of.")] = 2000,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same chances.")] = 0,
    method: Annotated[
        Literal["auto", "reml"],
        typer.Option(help="auto: under 1,000 ratings the doubt about the variances counts, too; reml: never."),
    ] = "auto",
    summary: Annotated[Path | None, typer.Option(help="A JSON file for the model's variances and reliability.")] = None,
    as_json: AsJson = False,
) -> None:
    """Rank what was rated, the kindness of raters taken out, each with its 90% interval.

    Columns written, best first: item, n, mean, effect, sd, low, high, p_top, tier, reliability (0-1: how much of the
    spread between items this one's ratings settle), component (items of different ones have no rater in common, even
    by way of others). The summary holds variance_item, variance_rater, variance_residual, intercept, criterion (-2 log
    REML likelihood) and reliability, by REML whatever the method; what is not known is null; and not_joined, the items
    of every component but the largest. Rows without a score are left out and counted; a rater's repeated ratings of an
    item all count.
    """
    _check_output(output, file)
    if summary is not None:
        _check_output(summary, file, name="--summary")
        if summary.resolve() == output.resolve():
            raise Refused([Problem("--summary", "is the same file as --output.")])
    with bar("Reading ratings") as advance:
        columns, left_out = _ratings(file, item, rater, score, advance)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # read when NumPy is imported; more threads are slower here
    from pandas import DataFrame

    from feedback.analysis.value import SUMMARY, not_joined, rank_items

    with bar("Ranking"):
        ratings = DataFrame(columns)
        ranked = rank_items(ratings, draws=draws, seed=seed, top=top, method=method)
    apart = not_joined(ranked)
    facts = {name: value if isfinite(value := ranked.attrs[name]) else None for name in SUMMARY}
    facts |= {"not_joined": apart}
    with replacing_text(output) as target:
        writer = csv.writer(target, lineterminator="\n")
        writer.writerow(RANKED)
        writer.writerows(ranked[list(RANKED)].itertuples(index=False, name=None))
    if summary is not None:
        with replacing_text(summary) as target:
            json.dump(facts, target, indent=2)
            target.write("\n")
    repeated = int(ratings.duplicated(["item", "rater"]).sum())
    told_apart = bool(ranked["tier"].max() > 1)
    remarks = [f"{file.name}: {said}" for said in _remarks(left_out, repeated, len(ranked), told_apart, apart)]
    words = f"Ranked {len(ranked):,} items from {len(ratings):,} ratings; wrote {output.name}."
    report(as_json, words, items=len(ranked), ratings=len(ratings), **facts, remarks=remarks)
    if not as_json:
        for remark in remarks:
            complain(remark)


def analyse_drivers(
    file: File,
    outcome: Annotated[str, typer.Option(help="The column of the overall answer, a number.")],
    items: Annotated[str, typer.Option(help="The columns of the questions that may go with it, parted by commas.")],
    output: Output,
    method: Annotated[
        Literal["johnson", "lmg"],
        typer.Option(help="johnson: relative weights; lmg: the mean over all orders of the items, at most 15 of them."),
    ] = "johnson",
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same intervals.")] = 0,
    summary: Annotated[Path | None, typer.Option(help="A JSON file for R squared and what was left out.")] = None,
    as_json: AsJson = False,
) -> None:
    """Tell which questions go with the overall answer, and how closely. What goes with it need not cause it.

    Columns written, in the order of --items: item, n (people), importance (its share of R squared; all of them add up
    to it), low, high (90%, by drawing people). Rows with an empty cell in one of the columns are left out and counted.
    An item to which all gave the same answer has importance 0: no difference was found. What items say twice they
    share equally. The summary holds r_squared, method, people, left_out, constant and same (sets of items of which each
    follows from the others). Put a column's name that holds a comma in double quotes.
    """
    _check_output(output, file)
    if summary is not None:
        _check_output(summary, file, name="--summary")
        if summary.resolve() == output.resolve():
            raise Refused([Problem("--summary", "is the same file as --output.")])
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # read when NumPy is imported; more threads are slower here
    wanted = _wanted(items, outcome, method)
    with bar("Reading answers") as advance:
        values, gaps = _answers(file, outcome, wanted, advance)
    import numpy as np
    from pandas import DataFrame

    from feedback.analysis.drivers import TOLD, drivers

    columns = [*wanted, outcome]
    with bar("Sharing out"):
        table = DataFrame(np.array(values).reshape(-1, len(columns)), columns=columns)
        found = drivers(table, outcome, wanted, method=method, seed=seed)
    if found.state != TOLD:
        raise Refused([_too_little(file, outcome, wanted, len(table), gaps)])
    facts = {
        **{"r_squared": found.r_squared, "method": method, "people": found.people, "left_out": gaps[""]},
        **{"constant": found.constant, "same": found.same},
    }
    with replacing_text(output) as target:
        writer = csv.writer(target, lineterminator="\n")
        writer.writerow(GOING_WITH)
        writer.writerows(found.table[list(GOING_WITH)].itertuples(index=False, name=None))
    if summary is not None:
        with replacing_text(summary) as target:
            json.dump(facts, target, indent=2, ensure_ascii=False)
            target.write("\n")
    remarks = [f"{file.name}: {said}" for said in _on_drivers(gaps[""], found.constant, found.same)]
    words = f"{len(wanted):,} items go with {found.r_squared:.0%} of the differences in {outcome}; wrote {output.name}."
    report(as_json, words, items=len(wanted), **facts, remarks=remarks)
    if not as_json:
        for remark in remarks:
            complain(remark)


def _on_drivers(left_out: int, constant: Sequence[str], same: Sequence[Sequence[str]]) -> Iterator[str]:
    """What whoever reads drivers should know of the answers, a sentence each."""
    if left_out:
        yield f"{left_out:,} rows have an empty cell in one of these columns and were left out."
    if constant:
        yield f"everybody gave the same answer to {_some(constant)}; nothing can go with that."
    for group in same:
        yield f"{_some(group)} follow from each other; what they say together is shared out among them."


def _wanted(items: str, outcome: str, method: str) -> list[str]:
    """The names in --items. Raises Refused where they cannot be worked with, whatever the file holds."""
    from feedback.analysis.drivers import MOST_BY_LMG

    names = [name.strip() for name in next(csv.reader([items], skipinitialspace=True), [])]
    problems = []
    if not names or not all(names):
        problems.append(Problem("--items", "a name is empty; name columns, parted by commas."))
    twice = [name for place, name in enumerate(names) if name and name in names[:place]]
    problems += [Problem("--items", f'"{name}" is named twice.') for name in dict.fromkeys(twice)]
    if outcome in names:
        problems.append(Problem("--items", f'"{outcome}" is the outcome; it goes with itself.'))
    most = MOST_BY_LMG if method == "lmg" else MOST_DRIVERS
    if len(names) > most:
        more = "" if method == "johnson" else " Use --method johnson for more."
        problems.append(Problem("--items", f"names {len(names)} columns; at most {most} can be shared out.{more}"))
    if problems:
        raise Refused(problems)
    return names


def _answers(
    file: Path, outcome: str, items: list[str], advance: Callable[..., None]
) -> tuple["array[float]", dict[str, int]]:
    """The complete rows, one after the other, items first; and how many cells of each column are empty, "" for how many
    rows have an empty one. Raises Refused with every wrong cell."""
    from feedback.catalogue.reading import read_number, shortened
    from feedback.exchange.csv_files import open_csv

    names, values = [*items, outcome], array("d")
    gaps = dict.fromkeys(["", *names], 0)
    with open_csv(file, row_names=True) as table:
        missing = [
            _unknown(table, name, "--outcome" if name == outcome else "--items", file)
            for name in names
            if name not in table.columns
        ]
        if missing:
            raise Refused(missing)
        places = [table.columns.index(name) for name in names]
        for count, (line, cells) in enumerate(table.rows(), start=1):
            if count % STEP == 0:
                advance(count)
            row = []
            for name, place in zip(names, places, strict=True):
                cell = cells[place].strip()
                number = read_number(cell) if cell else None
                if not cell:
                    gaps[name] += 1
                elif number is None or abs(number) > MOST_NUMBER:
                    found = f'found "{shortened(cell)}"; a number such as 4 or 4.5 is needed.'
                    table.problems.cell(line, name, found)
                else:
                    row.append(number)
            if len(row) == len(names):
                values.extend(row)
            else:
                gaps[""] += 1
        table.problems.refuse_any()
    return values, gaps


def _too_little(file: Path, outcome: str, items: list[str], rows: int, gaps: dict[str, int]) -> Problem:
    """Why nothing can be said of these answers."""
    from feedback.catalogue.reading import shortened

    worst = max([*items, outcome], key=lambda name: gaps[name])
    empty = f' Most often empty is "{shortened(worst)}", in {gaps[worst]:,} rows.' if gaps[worst] else ""
    if rows < len(items) + 2:
        needed = f"{len(items)} items need {len(items) + 2} at the least, and some hundred to say much"
        return Problem(file.name, f"holds {rows:,} rows without an empty cell; {needed}.{empty}")
    message = "everybody gave the same answer, so nothing can go with it."
    return Problem(f'{file.name}, column "{shortened(outcome)}"', message + empty)


def _remarks(left_out: int, repeated: int, items: int, told_apart: bool, apart: list[list[str]]) -> Iterator[str]:
    """What whoever reads a ranking should know of its ratings, a sentence each."""
    if left_out:
        yield f"{left_out:,} rows have no score and were left out."
    if repeated:
        yield f"{repeated:,} rows repeat a rater's rating of the same item; all of them count."
    if items == 1:
        yield "holds one item; there is nothing to compare it with."
    elif not told_apart:
        yield "these ratings cannot tell the items apart; all are of one tier."
    if apart:
        others = "; ".join(_some(group) for group in apart[:MOST_NAMED])
        more = f"; and {len(apart) - MOST_NAMED:,} more such groups" if len(apart) > MOST_NAMED else ""
        yield (
            f"no rater joins these with the other items: {others}{more}. They are compared on trust that the raters of "
            "each group are equally kind."
        )


def _some(group: Sequence[str]) -> str:
    """The first few names of a group.

    >>> _some(["a", "b"]), _some(["a", "b", "c", "d", "e", "f", "g"])
    ('"a", "b"', '"a", "b", "c", "d", "e" and 2 more')
    """
    from feedback.catalogue.reading import shortened

    more = f" and {len(group) - MOST_NAMED:,} more" if len(group) > MOST_NAMED else ""
    return ", ".join(f'"{shortened(name)}"' for name in group[:MOST_NAMED]) + more


def known_only(facts: dict[str, Any]) -> dict[str, Any]:
    """Facts as JSON can hold them: what is not known is null.

    >>> known_only({"f1": float("nan"), "by": {"en": 0.5}})
    {'f1': None, 'by': {'en': 0.5}}
    """
    return {
        name: known_only(value)
        if isinstance(value, dict)
        else None
        if isinstance(value, float) and not isfinite(value)
        else value
        for name, value in facts.items()
    }


def _ratings(file: Path, item: str, rater: str, score: str, advance: Callable[..., None]) -> tuple[dict[str, Any], int]:
    """The columns item, rater and score, and how many rows have no score. Raises Refused with every wrong cell.

    A name is kept once however often it stands there: millions of rows fit into memory.
    """
    from feedback.catalogue.reading import read_number, shortened
    from feedback.exchange.csv_files import open_csv

    items: list[str] = []
    raters: list[str] = []
    names: dict[str, str] = {}
    scores, left_out = array("d"), 0
    with open_csv(file) as table:
        wanted = {"--item": item, "--rater": rater, "--score": score}
        missing = [_unknown(table, name, option, file) for option, name in wanted.items() if name not in table.columns]
        twice = [Problem(option, f'"{name}" is named twice.') for option, name in wanted.items()]
        if missing or len(set(wanted.values())) < len(wanted):
            raise Refused(missing or [p for p in twice if list(wanted.values()).count(wanted[p.where]) > 1])
        at_item, at_rater, at_score = (table.columns.index(name) for name in wanted.values())
        for count, (line, cells) in enumerate(table.rows(), start=1):
            if count % STEP == 0:
                advance(count)
            who, what, cell = cells[at_rater].strip(), cells[at_item].strip(), cells[at_score].strip()
            if not cell:
                left_out += 1
                continue
            number = read_number(cell)
            for name, value in ((item, what), (rater, who)):
                if not value:
                    table.problems.cell(line, name, "is empty; every rating needs one.")
            if number is None:
                table.problems.cell(line, score, f'found "{shortened(cell)}"; a number such as 4 or 4.5 is needed.')
            items.append(names.setdefault(what, what))
            raters.append(names.setdefault(who, who))
            scores.append(0.0 if number is None else number)
        table.problems.refuse_any()
    if not items:
        raise Refused([Problem(file.name, "holds no rating.")])
    if (number_of_items := len(set(items))) > MOST_ITEMS:
        message = f"holds {number_of_items:,} different items; at most {MOST_ITEMS:,} can be ranked together."
        raise Refused([Problem(f'{file.name}, column "{item}"', message)])
    return {"item": items, "rater": raters, "score": scores}, left_out


def _place(table: "CsvTable", name: str, option: str, file: Path) -> int:
    """Where a column stands. Raises Refused when there is none of that name."""
    if name not in table.columns:
        raise Refused([_unknown(table, name, option, file)])
    return table.columns.index(name)


def _unknown(table: "CsvTable", name: str, option: str, file: Path) -> Problem:
    from feedback.catalogue.reading import shortened

    known = ", ".join(shortened(column) for column in table.columns[:30] if column)
    said = f'{file.name} has no column "{name}".{suggest(name, table.columns)} Its columns: {known}.'
    return Problem(option, said)


def _kept_names(columns: tuple[str, ...]) -> list[str]:
    """The file's own column names, out of the way of those that are added, and still different from each other.

    >>> _kept_names(("text", "sentiment", "given_sentiment"))
    ['text', 'given_given_sentiment', 'given_sentiment']
    """
    taken = {*READ, *columns}
    kept = []
    for column in columns:
        name = column
        while name in READ or (name != column and name in taken):
            name = f"given_{name}"
        kept.append(name)
        taken.add(name)
    return kept


def _check_output(output: Path, file: Path, name: str = "--output") -> None:
    """Refuse a place that cannot be written to before any work is done."""
    if problems := wrong_place(output, name):
        raise Refused(problems)
    if file.exists() and output.exists() and output.samefile(file):
        raise Refused([Problem(name, "is the file that is read; name another.")])
