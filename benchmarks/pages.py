"""What a page costs with a thousand responses and with a million: the same, or counting has failed its purpose.

    python benchmarks/pages.py [N]

Two SQLite files that go afterwards: the sample institution of 1,000 responses, read and published; and the same with
every response there many times under new keys, N in all (default 1,000,000). CPU milliseconds of one run of a page
that was drawn before (the median of nine), in Streamlit's own test runner, and what they are above a page with
nothing on it.
"""

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from sqlalchemy import Engine, text

from feedback.analysis.comments.voices import count_voices
from feedback.sample import load_sample
from feedback.settings import data_folder, project_folder
from feedback.store import releases
from feedback.store.database import open_database, transaction
from feedback.store.migrate import migrate
from feedback.survey.instrument import read_instruments
from feedback.worker.loop import run_once

SMALL = 1000
RUNS = 9
PAGES = {
    "nothing": {},
    "home": {},
    "credential_value": {},
    "where_valued": {},
    "skills": {},
    "what_to_change": {},
    "comments": {},
    "learners": {},
    "market": {},
    "credential": {},
    "answers": {},
    "data_quality": {},
}
EMPTY = "import streamlit as st\n\nst.title('Nothing')\n"


def main() -> None:
    """Make both files, draw every page on each, print the table."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("number", nargs="?", type=int, default=1_000_000)
    arguments.add_argument("--draw", action="store_true", help=argparse.SUPPRESS)
    given = arguments.parse_args()
    if given.draw:
        draw()
        return
    with tempfile.TemporaryDirectory() as folder:
        found = []
        for number in (SMALL, given.number):
            path = Path(folder) / f"{number}.db"
            prepare(path, number)
            found.append(drawn(path))
        report(given.number, *found)


def prepare(path: Path, number: int) -> None:
    """The sample in a new file, multiplied to as many responses, and everything worked out."""
    instruments = read_instruments(data_folder() / "instruments")
    engine = open_database(f"sqlite:///{path}")
    migrate(engine)
    load_sample(engine, instruments, size=SMALL, seed=1)
    run_once(engine, instruments)
    if number > SMALL:
        multiply(engine, number // SMALL)
        started = time.perf_counter()
        releases.rebuild(engine, instruments, count_voices, processes=os.cpu_count() or 1)
        print(f"{number:,} responses and their comments counted from scratch: {time.perf_counter() - started:.1f} s")
        run_once(engine, instruments)
    engine.dispose()


def multiply(engine: Engine, times: int) -> None:
    """Every response that is there, and what was read in its comments, so many times in all."""
    key = "printf('%08x', :copy * 2654435761 % 4294967296) || substr({}, 9)"
    responses, readings = key.format("key"), key.format("response")
    with transaction(engine) as session:
        connection = session.connection()
        connection.execute(text("CREATE TEMP TABLE r AS SELECT * FROM responses"))
        connection.execute(text("CREATE TEMP TABLE c AS SELECT * FROM comment_readings"))
        for name, column, made in (("r", "key", responses), ("c", "response", readings)):
            table = "responses" if name == "r" else "comment_readings"
            listed = [row[1] for row in connection.execute(text(f"PRAGMA table_info({table})"))]
            values = {column: made, "receipt_hash": "NULL", "order": "random() & 2147483647"}
            columns = ", ".join(f'"{each}"' for each in listed)
            filled = ", ".join(values.get(each, f'"{each}"') for each in listed)
            insert = text(f"INSERT INTO {table} ({columns}) SELECT {filled} FROM {name} ORDER BY {column}")  # noqa: S608
            for copy in range(1, times):
                connection.execute(insert, {"copy": copy})


def drawn(path: Path) -> dict[str, float]:
    """Page -> CPU milliseconds, drawn by a process of its own that knows only this file."""
    told = dict(os.environ, FEEDBACK_DATABASE_URL=f"sqlite:///{path}", FEEDBACK_WORKER="separate")
    command = [sys.executable, __file__, "--draw"]
    said = subprocess.run(command, env=told, stdout=subprocess.PIPE, text=True, check=True).stdout
    return {name: float(number) for name, number in (line.split() for line in said.splitlines())}


def draw() -> None:
    """Draw each page and print its milliseconds, and the peak memory."""
    from streamlit.testing.v1 import AppTest

    for name in PAGES:
        if name == "nothing":
            app = AppTest.from_string(EMPTY, default_timeout=600)
        else:
            app = AppTest.from_file(str(project_folder() / "app.py"), default_timeout=600)
            app.switch_page(f"pages/{name}.py")
        app.run()
        if app.exception:
            raise SystemExit(f"{name}: {app.exception[0].message}")
        app.run()
        took = []
        for _ in range(RUNS):
            started = time.process_time()
            app.run()
            took.append(1000 * (time.process_time() - started))
        print(name, f"{statistics.median(took):.1f}")
    print("memory", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def report(number: int, small: dict[str, float], large: dict[str, float]) -> None:
    """The table."""
    print(f"{'CPU ms of a warm run':<24}{SMALL:>12,}{number:>12,}{'ratio':>8}{'above nothing':>16}")
    for name in PAGES:
        ratio, above = large[name] / small[name], large[name] - large["nothing"]
        print(f"{name:<24}{small[name]:>12.0f}{large[name]:>12.0f}{ratio:>8.2f}{above:>16.0f}")
    print(f"{'peak memory, MB':<24}{small['memory']:>12.0f}{large['memory']:>12.0f}")


if __name__ == "__main__":
    main()
