"""`feedback analyse ...`: a CSV file in, a CSV file out; no database is touched."""

import csv
import json
import os
from collections.abc import Callable
from itertools import islice
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from feedback.cli.console import AsJson, bar, complain, report
from feedback.cli.outputs import replacing_text, wrong_place
from feedback.errors import Problem, Refused, suggest

if TYPE_CHECKING:
    from feedback.analysis.comments.names import Roster
    from feedback.exchange.csv_files import CsvTable

READ = ("language", "sentiment", "sentiment_label", "topics", "mixed", "redacted")
"""The columns `analyse comments` adds, in this order."""
RANKED = ("item", "n", "mean", "effect", "sd", "low", "high", "p_top", "tier")
"""The columns `analyse value` writes."""
BATCH = 500
STEP = 2000  # rows between two reports of progress
MOST_ITEMS = 5_000
"""The model needs memory for items times items, and time for their cube."""

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
    as_json: AsJson = False,
) -> None:
    """Add to each comment its language, sentiment, topics and a masked copy.

    Columns added: language, sentiment (-1 to 1), sentiment_label (neg, neu, pos), topics (JSON list of topic, polarity,
    start, end: code points of the text, end exclusive), mixed (true, false), redacted. Not scored is an empty cell.
    Columns of the file stay as they are; one that has the name of an added one is called given_... in the output.
    """
    from feedback.analysis.comments.names import known_people, read_names
    from feedback.exchange.csv_files import open_csv

    _check_output(output, file)
    roster = known_people(read_names(names)) if names else None
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
        while batch := [cells for _, cells in islice(rows, BATCH)]:
            read = _read([cells[place] for cells in batch], audience, roster)
            writer.writerows([*cells, *found] for cells, found in zip(batch, read, strict=True))
            done += len(batch)
            advance(done, total)
        table.problems.refuse_any()
    remarks = [f'{file.name}, column "{name}": is called "given_{name}" in {output.name}.' for name in renamed]
    report(as_json, f"Read {done:,} comments; wrote {output.name}.", comments=done, remarks=remarks)
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
        Literal["auto", "reml"], typer.Option(help="In this version both are REML, with the variances taken as known.")
    ] = "auto",
    summary: Annotated[Path | None, typer.Option(help="A JSON file for the model's variances and reliability.")] = None,
    as_json: AsJson = False,
) -> None:
    """Rank what was rated, the kindness of raters taken out, each with its 90% interval.

    Columns written, best first: item, n, mean, effect, sd, low, high, p_top, tier. The summary holds variance_item,
    variance_rater, variance_residual, intercept, criterion (-2 log REML likelihood) and reliability; what is not known
    is null. Rows without a score are left out and counted.
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

    from feedback.analysis.value import SUMMARY, rank_items

    with bar("Ranking"):
        ratings = DataFrame(columns).astype({"score": float})
        ranked = rank_items(ratings, draws=draws, seed=seed, top=top)
    facts = {name: value if isfinite(value := ranked.attrs[name]) else None for name in SUMMARY}
    with replacing_text(output) as target:
        writer = csv.writer(target, lineterminator="\n")
        writer.writerow(RANKED)
        writer.writerows(ranked[list(RANKED)].itertuples(index=False, name=None))
    if summary is not None:
        with replacing_text(summary) as target:
            json.dump(facts, target, indent=2)
            target.write("\n")
    remarks = [f"{file.name}: {left_out:,} rows have no score and were left out."] * bool(left_out)
    words = f"Ranked {len(ranked):,} items from {len(ratings):,} ratings; wrote {output.name}."
    report(as_json, words, items=len(ranked), ratings=len(ratings), **facts, remarks=remarks)
    if not as_json:
        for remark in remarks:
            complain(remark)


def _read(texts: list[str], audience: str | None, roster: "Roster | None") -> list[tuple[str, ...]]:
    """What is added to each text, as READ; cells as they are written."""
    from pandas import DataFrame

    from feedback.analysis.comments.names import NOBODY
    from feedback.analysis.comments.reading import read
    from feedback.analysis.comments.redaction import mask
    from feedback.analysis.comments.sentiment import label

    found = read(DataFrame({"text": texts, "audience": audience}, dtype=object))
    rows: list[tuple[str, ...]] = []
    for text, language, sentiment, topics in zip(
        texts, found["language"], found["sentiment"], found["topics"], strict=True
    ):
        scored = isfinite(sentiment)
        polarities = {tag["polarity"] for tag in topics}
        said = [{name: tag[name] for name in ("topic", "polarity", "start", "end")} for tag in topics]
        mixed = str({"pos", "neg"} <= polarities).lower() if scored else ""
        number = f"{sentiment:.4f}" if scored else ""
        rows.append((language, number, label(sentiment), json.dumps(said), mixed, mask(text, roster or NOBODY)))
    return rows


def _ratings(
    file: Path, item: str, rater: str, score: str, advance: Callable[..., None]
) -> tuple[dict[str, list[Any]], int]:
    """The columns item, rater and score, and how many rows have no score. Raises Refused with every wrong cell."""
    from feedback.catalogue.reading import read_number, shortened
    from feedback.exchange.csv_files import open_csv

    items, raters, scores, left_out = [], [], [], 0
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
            items.append(what)
            raters.append(who)
            scores.append(number)
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

    known = ", ".join(shortened(column) for column in table.columns[:30])
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
