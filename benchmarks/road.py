"""What the first road costs: loading the sample, reading its answers and comments, working the findings out.

CPU seconds of one process, on a new SQLite file that goes afterwards. Absolute figures depend on the machine.
"""

import logging
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from feedback.sample import load_sample
from feedback.settings import data_folder
from feedback.store.answers import read_answers
from feedback.store.comments import read_comments
from feedback.store.database import open_database, reading
from feedback.store.migrate import migrate
from feedback.survey.instrument import read_instruments
from feedback.worker.reading import read_arrived_comments


def timed(what: str, work: Callable[[], Any]) -> Any:
    """Do it, print its CPU seconds, give back what it gave."""
    started = time.process_time()
    made = work()
    print(f"{what:<48}{time.process_time() - started:8.2f} s")
    return made


def main() -> None:
    """Print the table."""
    logging.disable(logging.CRITICAL)
    instruments = read_instruments(data_folder() / "instruments")
    with tempfile.TemporaryDirectory() as folder:
        engine = open_database(f"sqlite:///{Path(folder) / 'bench.db'}")
        timed("migrate an empty database", lambda: migrate(engine))
        timed("sample of 4,000 responses", lambda: load_sample(engine, instruments, size=4000, seed=1))
        read = timed("its comments read (libraries loaded here)", lambda: read_arrived_comments(engine, instruments))
        print(f"  {read:,} comments")
        with reading(engine) as session:
            answers = timed("answers table", lambda: read_answers(session, instruments))
            print(f"  {len(answers):,} parts")
            timed("comments table", lambda: read_comments(session, instruments))
        engine.dispose()


if __name__ == "__main__":
    main()
