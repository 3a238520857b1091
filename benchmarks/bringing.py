"""What it costs to bring a lot in: ratings from a CSV file, documents of answers, and responses that are ready.

    python benchmarks/bringing.py [N]

N ratings (default 100,000) of 40 credentials by 400 organisations; a tenth as many documents of the sample institution;
and N ready responses of it, saved in the order of their keys and in none. Each in a process and a new SQLite file of
its own: seconds by the clock and of the processor, and the most memory the process held.
"""

import argparse
import json
import logging
import os
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from multiprocessing import get_context
from pathlib import Path

from sqlalchemy import Engine

from feedback.exchange.imports import import_file
from feedback.sample import load_sample
from feedback.sample.institution import read_institution
from feedback.sample.loading import draw_responses
from feedback.sample.plan import make_plan
from feedback.settings import data_folder
from feedback.store.database import open_database, transaction
from feedback.store.migrate import migrate
from feedback.store.responses import StoredResponse, save_in_order
from feedback.survey.instrument import read_instruments

DRAWN = 5000
"""So many different responses are drawn; more are these again, under other keys."""


def main() -> None:
    """Print the table."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("number", nargs="?", type=int, default=100_000)
    number = arguments.parse_args().number
    for what, work, count in (
        ("ratings imported from CSV", ratings, number),
        ("documents imported", documents, number // 10),
        ("ready responses saved, by key", by_key, number),
        ("ready responses saved, in no order", in_no_order, number),
    ):
        with get_context("spawn").Pool(1) as pool:
            pool.apply(measured, (what, work, count))


def measured(what: str, work: Callable[[Engine, Path, int], Callable[[], int]], number: int) -> None:
    """Prepare it, do it, print what it cost."""
    logging.disable(logging.CRITICAL)
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    with tempfile.TemporaryDirectory() as folder:
        engine = open_database(f"sqlite:///{Path(folder) / 'bench.db'}")
        migrate(engine)
        do = work(engine, Path(folder), number)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        clock, cpu = time.perf_counter(), time.process_time()
        new = do()
        seconds, busy = time.perf_counter() - clock, time.process_time() - cpu
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        assert new == number, new
        said = f"{number:>10,} {what:<36}{seconds:8.1f} s {busy:8.1f} s CPU"
        print(f"{said} {1e6 * busy / number:7.0f} µs each {peak:6.0f} MB (before: {before:.0f})", flush=True)
        engine.dispose()
    sys.stdout.flush()


def ratings(engine: Engine, folder: Path, number: int) -> Callable[[], int]:
    """A CSV file of ratings, everything it names made on the way."""
    drawn, instruments = random.Random(1), read_instruments(data_folder() / "instruments")
    file, mapped = folder / "ratings.csv", folder / "map.toml"
    with file.open("w", encoding="utf-8") as out:
        out.write("item,rater,score,month\n")
        for _ in range(number):
            month = f"2025-{drawn.randint(1, 12):02d}"
            out.write(f"Course {drawn.randrange(40)},Company {drawn.randrange(400)},{drawn.randint(1, 5)},{month}\n")
    mapped.write_text("create_missing = true\n")
    return lambda: import_file(engine, "ratings", file, map_path=mapped, instruments=instruments).new


def documents(engine: Engine, folder: Path, number: int) -> Callable[[], int]:
    """A file of documents, a form each."""
    file, instruments = folder / "answers.jsonl", read_instruments(data_folder() / "instruments")
    employers = read_institution(data_folder() / "sample" / "institution.toml", date.today()).employers
    names = {each.organisation.slug: each.organisation.name for each in employers}
    with file.open("w", encoding="utf-8") as out:
        for row in sampled(engine, number):
            said = {name: getattr(row, name) for name in ("survey", "language", "about", "month", "answers", "role")}
            out.write(json.dumps(said | {"organisation": names.get(row.organisation or "")}) + "\n")
    return lambda: import_file(engine, "responses", file, instruments=instruments).new


def by_key(engine: Engine, _folder: Path, number: int) -> Callable[[], int]:
    """Responses in the order of their keys."""
    rows = sampled(engine, number, in_order=True)
    return lambda: saved(engine, rows, number)


def in_no_order(engine: Engine, _folder: Path, number: int) -> Callable[[], int]:
    """The same responses in any order."""
    rows = sampled(engine, number)
    return lambda: saved(engine, rows, number)


def saved(engine: Engine, rows: Iterator[StoredResponse], number: int) -> int:
    """Save them as they come, as one import."""
    with transaction(engine) as session:
        return save_in_order(session, rows, number, batch="b" * 32)


def sampled(engine: Engine, number: int, *, in_order: bool = False) -> Iterator[StoredResponse]:
    """Responses of the sample institution, whose catalogue and surveys are loaded."""
    today, instruments = date.today(), read_instruments(data_folder() / "instruments")
    load_sample(engine, instruments, size=0, today=today)
    institution = read_institution(data_folder() / "sample" / "institution.toml", today)
    plan = make_plan(institution, min(number, DRAWN), 1)
    drawn = [row for piece, _ in draw_responses(institution, instruments, plan, 1) for row in piece]
    chance = random.Random(1)
    keys = [f"{chance.getrandbits(128):032x}" for _ in range(number)]
    ordered = sorted(keys) if in_order else keys
    return (replace(drawn[place % len(drawn)], key=key) for place, key in enumerate(ordered))


if __name__ == "__main__":
    main()
