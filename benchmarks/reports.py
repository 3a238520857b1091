"""How long a committee pack takes, as every kind of file: of one credential of the sample, and of a portfolio of 500.

    python benchmarks/reports.py [--size N] [--credentials N] [--one | --all]

The portfolio is the sample's credentials again and again under other names, each with the answers of the first, until
there are so many; organisations and people are the same ones. Cold: nothing is worked out beforehand, so every finding
of the pack is. Warm: the worker has done that. Seconds by the clock, CPU seconds in brackets; a process that has drawn
before, but for the first line, which starts the program that draws. --one: only the pack of one
credential; --all: only that of the portfolio.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from functools import partial
from pathlib import Path
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from pandas import DataFrame, concat
from sqlalchemy import Engine

from feedback.exchange.reports import pictures
from feedback.exchange.reports.written import FORMATS, write
from feedback.findings.contents import FINDINGS
from feedback.findings.evidence import Choice, Evidence
from feedback.findings.finished import choice_key, document_of
from feedback.findings.work import work_out
from feedback.limits import Limits
from feedback.policy import OPERATOR
from feedback.sample import load_sample
from feedback.settings import data_folder
from feedback.store import catalogue, finished, meta
from feedback.store.database import open_database, reading, transaction
from feedback.store.migrate import migrate
from feedback.survey.instrument import Instrument, read_instruments
from feedback.worker import packing
from feedback.worker.gathering import gather, with_comments, with_roles
from feedback.worker.loop import ANSWERS, Worker

LIMITS = Limits()
ONE = "web-development"
Instruments = Mapping[str, Instrument]


def timed(what: str, work: Callable[[], Any]) -> Any:
    """Do it, and print how long it took."""
    clock, busy = time.perf_counter(), time.process_time()
    done = work()
    print(f"{what:60} {time.perf_counter() - clock:7.2f} s  ({time.process_time() - busy:.2f})", flush=True)
    return done


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--size", type=int, default=4000)
    asked.add_argument("--credentials", type=int, default=500)
    asked.add_argument("--one", action="store_true")
    asked.add_argument("--all", action="store_true")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        engine = open_database(f"sqlite:///{Path(folder) / 'feedback.db'}")
        migrate(engine)
        instruments = read_instruments(data_folder() / "instruments")
        load_sample(engine, instruments, size=given.size)
        Worker(engine, instruments, kinds=ANSWERS).tick()
        timed("the program that draws, started", lambda: pictures.draw(EMPTY, pictures.WIDE, "p"))
        if not given.all:
            measured(engine, instruments, Choice(credential=ONE), "one credential")
        if not given.one:
            many(engine, instruments, given.credentials)
            measured(engine, instruments, Choice(), f"{given.credentials} credentials")
        engine.dispose()


def measured(engine: Engine, instruments: Instruments, choice: Choice, words: str) -> None:
    """Print what a pack takes, cold and warm, and each kind of file of it."""

    def gathered() -> packing.Pack:
        return packing.gather_pack(engine, instruments, choice, OPERATOR, LIMITS, quoting=LIMITS)

    keep(engine, instruments, choice, words)
    pack = timed(f"{words}: findings and all else, warm", gathered)
    for kind in FORMATS:
        made = timed(f"{words}: {kind}", partial(write, pack, kind))
        print(f"{'':60} {len(made) / 1e6:7.2f} MB")
    drawn = sum(section.chart is not None for section in pack.sections)
    print(f"{'':60} {drawn} pictures, {sum(len(each.table.rows) for each in pack.sections if each.table)} rows")


def keep(engine: Engine, instruments: Instruments, choice: Choice, words: str) -> None:
    """Keep what the worker would have worked out, and print how long that takes, and what takes a second or more."""
    whole, busy = time.perf_counter(), time.process_time()
    with reading(engine) as session:
        version = meta.data_version(session)
        evidence = packing.gather(session, instruments)
        evidence = with_roles(session, instruments, with_comments(session, instruments, evidence, choice))
        evidence = MULTIPLIED.get("evidence", evidence)
    names = [name for _, those in packing.contents(choice) for name in those]
    for name in (*names, packing.HEARD):
        begun = time.process_time()
        document = document_of(work_out(FINDINGS[name], evidence, choice, LIMITS))
        if (took := time.process_time() - begun) >= 1:
            print(f"{words}: of that the finding {name:30} {'':9} ({took:.2f})", flush=True)
        with transaction(engine) as session:
            finished.keep(session, name, choice_key(choice, LIMITS), version, "", document)
    print(
        f"{f'{words}: findings worked out':60} {time.perf_counter() - whole:7.2f} s  ({time.process_time() - busy:.2f})"
    )


MULTIPLIED: dict[str, Evidence] = {}


def many(engine: Engine, instruments: Instruments, number: int) -> None:
    """Make the sample's credentials so many, in the catalogue and in what findings work on."""
    with transaction(engine) as session:
        there = catalogue.read_credentials(session)
        copies = {f"{one.slug}-{at}": one for at in range(1, -(-number // len(there))) for one in there}
        wanted = dict(list(copies.items())[: number - len(there)])
        values = [one.model_copy(update={"slug": slug, "title": f"{one.title} {slug}"}) for slug, one in wanted.items()]
        catalogue.write(session, values, is_sample=True)
    with reading(engine) as session:
        evidence = with_roles(session, instruments, gather(session, instruments))
        evidence = with_comments(session, instruments, evidence, Choice())
    origin = {slug: one.slug for slug, one in wanted.items()}
    held = {each.name: getattr(evidence, each.name) for each in fields(evidence)}
    tables = {
        name: _multiplied(table, origin)
        for name, table in held.items()
        if isinstance(table, DataFrame) and "credential" in table and name != "comments"
    }
    names = {
        name: held[name] | {slug: held[name][first] for slug, first in origin.items() if first in held[name]}
        for name in ("programmes", "aims", "occupations", "claims")
    }
    made = replace(evidence, **tables, **names)
    MULTIPLIED["evidence"] = made
    packing.gather = lambda *_: made
    packing.with_roles = lambda *_: made
    packing.with_comments = lambda *_: made


def _multiplied(table: DataFrame, origin: Mapping[str, str]) -> DataFrame:
    """The rows of each credential again under every name it has beside its own."""
    by_slug = {str(slug): rows for slug, rows in table.groupby(table["credential"].astype(str))}
    more = [by_slug[first].assign(credential=slug) for slug, first in origin.items() if first in by_slug]
    both = concat([table.astype({"credential": str}), *more], ignore_index=True)
    kinds = {name: kind for name, kind in table.dtypes.items() if name != "credential"}
    return both.astype(kinds).astype({"credential": "category"})


EMPTY = {"data": {"values": [{"a": 1}]}, "mark": "point", "encoding": {"x": {"field": "a", "type": "quantitative"}}}

if __name__ == "__main__":
    main()
