"""What published answers cost at any size: counting, publishing, extending, reading; and what else was thought of.

    python benchmarks/million.py [N] [--database PATH] [--only-ours]

N responses of the sample institution (default 100,000) in a new SQLite file that goes afterwards, or in the file given,
which stays and is not loaded again. Seconds by the clock, so nothing else should run; peak memory of this process, and
of the largest of those that help it.
"""

import argparse
import json
import logging
import os
import resource
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import Engine, text

from feedback.analysis.comments.voices import count_voices
from feedback.sample import load_sample
from feedback.settings import data_folder
from feedback.store import blocks, releases
from feedback.store.answers import read_answers
from feedback.store.counted import ANSWERS, TOPICS
from feedback.store.counting import Span, read_span
from feedback.store.database import open_database, reading, transaction
from feedback.store.imports import waiting_imports
from feedback.store.migrate import migrate
from feedback.store.responses import StoredResponse, save_many
from feedback.survey.instrument import read_instruments
from feedback.survey.questionnaire import Instrument

MORE = 1000
TIDY_AT_ONCE = 20_000
Instruments = Mapping[str, Instrument]


def timed(what: str, work: Callable[[], Any]) -> Any:
    """Do it, print its seconds and the most memory so far, give back what it gave."""
    clock, cpu = time.perf_counter(), busy()
    made = work()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    beside = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    seconds = time.perf_counter() - clock
    print(f"{what:<56}{seconds:9.2f} s {busy() - cpu:9.2f} s CPU {peak:8.0f} MB {beside:8.0f} MB", flush=True)
    return made


def busy() -> float:
    """Seconds of CPU of this process and of those it began that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def main() -> None:
    """Print the table."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("number", nargs="?", type=int, default=100_000)
    arguments.add_argument("--database", type=Path)
    arguments.add_argument("--only-ours", action="store_true", help="without what else was thought of")
    given = arguments.parse_args()
    logging.disable(logging.CRITICAL)
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    instruments = dict(read_instruments(data_folder() / "instruments"))
    with tempfile.TemporaryDirectory() as folder:
        path = given.database or Path(folder) / "bench.db"
        known = path.exists()
        engine = open_database(f"sqlite:///{path}")
        if not known:
            migrate(engine)
            timed("drawn and saved", lambda: load_sample(engine, instruments, size=given.number, seed=1))
        ours(engine, instruments)
        if not given.only_ours:
            others(engine, instruments, Path(folder))
        engine.dispose()


def ours(engine: Engine, instruments: Instruments) -> None:
    """Counted answers in blocks."""
    with reading(engine) as session:
        batches = waiting_imports(session)
    for batch in batches:
        timed("published", lambda batch=batch: releases.publish_batch(engine, instruments, batch, count_voices))
    for processes in (1, 2):
        forget(engine)
        say = f"made again from the responses, {processes} at once"
        timed(say, lambda processes=processes: releases.rebuild(engine, instruments, count_voices, processes=processes))
    with reading(engine) as session:
        lying = blocks.contents(session)
    brief = [len(each.data) for (_, _, name), each in lying.items() if name in (ANSWERS, TOPICS)]
    rest = [len(each.data) for (_, _, name), each in lying.items() if name not in (ANSWERS, TOPICS)]
    sizes = sum(brief) / 1e6, sum(rest) / 1e6
    print(f"  {len(brief)} blocks of all months, {sizes[0]:.1f} MB; {len(rest)} by month, {sizes[1]:.1f} MB")
    rows = a_thousand(engine)

    def save() -> None:
        with transaction(engine) as session:
            save_many(session, rows)

    def publish() -> None:
        with transaction(engine) as session:
            releases.publish(session, instruments, count_voices)

    timed(f"{MORE:,} more, saved", save)
    timed(f"{MORE:,} more, published", publish)
    for say in ("every block read", "every block read again"):
        with reading(engine) as session:
            found = timed(say, lambda session=session: blocks.read_blocks(session, ANSWERS, instruments))
    print(f"  {len(found):,} rows for {found['people'].sum():,} parts")


def forget(engine: Engine) -> None:
    """Throw the blocks away."""
    with transaction(engine) as session:
        session.connection().execute(text("DELETE FROM blocks"))


def a_thousand(engine: Engine) -> list[StoredResponse]:
    """A thousand responses of what is there, under new keys, of the last month."""
    rows, names = [], "key, survey, instrument, version, language, month, about, answers, organisation, role"
    with reading(engine) as session:
        last = session.connection().execute(text("SELECT max(month) FROM responses")).scalar_one()
        found = session.connection().execute(text(f"SELECT {names} FROM responses ORDER BY key LIMIT {MORE}"))  # noqa: S608
        for key, *rest in found:
            about, answers = (json.loads(each) for each in rest[5:7])
            rows.append(StoredResponse(f"f{key[:-1]}", *rest[:4], last, about, answers, *rest[7:]))
    return rows


def others(engine: Engine, instruments: Instruments, folder: Path) -> None:
    """What else was thought of: the counts as rows of SQL, and tidy Parquet files beside the database."""
    with reading(engine) as session:
        counted = blocks.read_counts(session, ANSWERS).frame().astype(object)
    names = ", ".join(counted.columns)
    holes = ", ".join("?" for _ in counted.columns)
    rows = counted.where(counted.notna(), None).to_numpy().tolist()
    scratch = open_database(f"sqlite:///{folder / 'rows.db'}")

    def as_rows() -> None:
        with transaction(scratch) as session:
            connection = session.connection()
            connection.exec_driver_sql(f"CREATE TABLE counted ({names})")
            connection.exec_driver_sql(f"INSERT INTO counted VALUES ({holes})", [tuple(row) for row in rows])  # noqa: S608

    def rows_back() -> int:
        with reading(scratch) as session:
            return len(session.connection().exec_driver_sql("SELECT * FROM counted").all())

    timed("the same rows of all months as rows of SQL, written", as_rows)
    timed("the same rows of all months as rows of SQL, read", rows_back)
    scratch.dispose()
    print(f"  {(folder / 'rows.db').stat().st_size / 1e6:.1f} MB")
    where = folder / "tidy.parquet"
    timed("tidy Parquet, written", lambda: as_parquet(engine, instruments, where))
    print(f"  {where.stat().st_size / 1e6:.1f} MB")
    few = ["credential", "construct", "organisation", "item", "number", "positive"]
    table = timed("tidy Parquet, six columns read", lambda: pq.read_table(where, columns=few))
    by = ["credential", "construct", "organisation", "item"]
    timed("tidy Parquet, counted by four of them", lambda: table.group_by(by).aggregate([("positive", "sum")]))


def as_parquet(engine: Engine, instruments: Instruments, where: Path) -> None:
    """Every part of every answer as a row of a file, without the words."""
    writer = None
    with reading(engine) as session:
        for rows in read_span(session, Span(), chunk=TIDY_AT_ONCE):
            tidy = read_answers(session, instruments, keys=[row[0] for row in rows]).drop(columns=["text"])
            plain = tidy.astype(dict.fromkeys(tidy.columns[tidy.dtypes == "category"], "str"))
            table = pa.Table.from_pandas(plain, preserve_index=False)
            writer = writer or pq.ParquetWriter(where, table.schema, compression="zstd")
            writer.write_table(table.cast(writer.schema))
    if writer:
        writer.close()


if __name__ == "__main__":
    main()
