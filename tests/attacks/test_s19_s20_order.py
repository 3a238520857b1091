"""S19, S20: the database's files in hand, nobody can tell who gave which answer, nor in which order people answered.

What is drawn at random is drawn from a seed here, so that chance alone breaks no test.
"""

import base64
import random
import secrets
from datetime import UTC, datetime
from pathlib import Path

import pytest
from scipy.stats import spearmanr
from sqlalchemy import Engine, literal_column, select, text

from feedback.analysis.comments.voices import count_voices
from feedback.catalogue.values import Credential, Programme
from feedback.store import drafts, invitations, shuffling
from feedback.store.catalogue import save
from feedback.store.clock import now
from feedback.store.database import open_database, reading, transaction
from feedback.store.invitations import Person
from feedback.store.releases import erase
from feedback.store.responses import receipt, response_key, save_submission
from feedback.store.shuffling import clear_away, shuffle
from feedback.store.surveys import Survey, open_survey
from feedback.store.tables import metadata
from feedback.survey.submission import Submission
from tests.attacks.sqlite_file import places, told_right

KEY = b"k" * 32
PEOPLE = 200
MANY = 1000
"""So many that a correlation of 0.1 is three times what chance gives, where a server takes part in drawing."""
SECRETLY = "The lecturer of room 7 shouted."


@pytest.fixture
def drawn(monkeypatch):
    """What is random otherwise, from a seed."""
    chance = random.Random(20260302)
    monkeypatch.setattr(secrets, "token_hex", lambda size: chance.randbytes(size).hex())
    monkeypatch.setattr(
        secrets, "token_urlsafe", lambda size: base64.urlsafe_b64encode(chance.randbytes(size)).decode()
    )
    monkeypatch.setattr(shuffling, "_chance", chance)
    return chance


@pytest.fixture
def sqlite_file(sqlite_template: Path, tmp_path: Path):
    """A database and its file."""
    path = tmp_path / "attacked.db"
    path.write_bytes(sqlite_template.read_bytes())
    engine = open_database(f"sqlite:///{path}")
    yield set_up(engine), path
    engine.dispose()


@pytest.fixture
def postgresql(new_postgresql, postgresql_template):
    engine = open_database(new_postgresql(postgresql_template))
    yield set_up(engine)
    engine.dispose()


def set_up(engine: Engine) -> Engine:
    with transaction(engine) as session:
        save(session, [Programme(slug="p", title="P"), Credential(slug="c", title="C", kind="badge", programme="p")])
        opens = datetime(2026, 1, 1, tzinfo=UTC)
        open_survey(session, Survey(slug="s", instrument="learner", version=1, opens=opens, credentials=["c"]))
    return engine


def answer_all(engine: Engine, chance: random.Random, people: int) -> tuple[list[str], list[str]]:
    """So many people are invited and answer one after the other. Returns keys and invitations as they arrived."""
    with transaction(engine) as session:
        made = invitations.make(session, "s", [Person(f"{number}@example.org") for number in range(people)], key=KEY)
    ids = [invitation.id for invitation, _ in made]
    chance.shuffle(ids)
    return [answer(engine, each, chance) for each in ids], ids


def answer(engine: Engine, invitation: str, chance: random.Random) -> str:
    secret = secrets.token_urlsafe(24)
    said = {"worth": chance.randint(1, 5), "keep": "word " * chance.randint(0, 80)}
    with transaction(engine) as session:
        save_submission(session, Submission("learner", 1, "s", "en", ("c",), said), secret=secret)
        assert invitations.use(session, invitation, "s", now(session).date())
    return response_key(secret)


def as_file(engine: Engine) -> None:
    """Bring everything into the file, as SQLite does by itself sooner or later."""
    connection = engine.raw_connection()
    connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    connection.close()


def correlation(numbers, places_) -> float:
    return abs(spearmanr(list(numbers), list(places_)).statistic)


# --- S19: SQLite ------------------------------------------------------------------------------------------------------


def test_s19_an_attack_by_place_sees_the_order_before_it_is_mixed(sqlite_file, drawn):
    """The attack works: without it the tests below would prove nothing."""
    engine, path = sqlite_file
    with transaction(engine) as session:
        session.connection().execute(text("CREATE TABLE counted (number INTEGER PRIMARY KEY, response TEXT)"))
    keys, _ = answer_all(engine, drawn, PEOPLE)
    with transaction(engine) as session:
        rows = [{"response": key} for key in keys]
        session.connection().execute(text("INSERT INTO counted (response) VALUES (:response)"), rows)
    as_file(engine)
    found, size = places(path, keys)
    assert told_right(found["ix_responses_survey"], size) < 0.35
    # The rows themselves lie by their random key, so that their place tells little even then: 0.45 before a row had
    # room for the version of its notice, 0.47 since; chance is 0.5.
    assert told_right(found["responses"], size) < 0.48
    counted = found["counted"]
    with reading(engine) as session:
        numbers = session.connection().execute(text("SELECT number FROM counted ORDER BY response")).scalars().all()
    assert correlation(numbers, [keys.index(key) for key in sorted(keys)]) == 1
    assert told_right(counted, size) < 0.01


def test_s19_the_file_tells_no_order_of_answering(sqlite_file, drawn):
    engine, path = sqlite_file
    keys, ids = answer_all(engine, drawn, PEOPLE)
    assert shuffle(engine) == PEOPLE
    as_file(engine)
    of_responses, size = places(path, keys)
    of_invitations, _ = places(path, ids)
    assert {"responses", "waiting", "ix_responses_survey", "sqlite_autoindex_responses_2"} <= set(of_responses)
    assert {"invitations", "invitation_links"} <= set(of_invitations)
    every = [*of_responses.values(), *of_invitations.values()]
    for found in every:
        assert len(found) == PEOPLE
        assert 0.4 < told_right(found, size) < 0.6
    assert sum(correlation(found.keys(), found.values()) for found in every) / len(every) < 0.1


def test_s19_rows_come_in_no_order_of_answering(sqlite_file, drawn):
    engine, _ = sqlite_file
    keys, ids = answer_all(engine, drawn, PEOPLE)
    shuffle(engine)
    with reading(engine) as session:
        for table, name, arrived in (("responses", "key", keys), ("invitations", "id", ids)):
            rows = session.connection().execute(select(metadata.tables[table].c[name])).scalars().all()
            assert rows == sorted(rows)
            assert correlation(range(PEOPLE), [arrived.index(row) for row in rows]) < 0.15


PEOPLE_ASKED = ("askings", "refusals", "asked_about", "kept_addresses")


def test_s19_no_table_of_people_has_row_numbers(sqlite_file):
    engine, _ = sqlite_file
    for table in ("responses", "waiting", "invitations", "invitation_links", "drafts", "response_flags", *PEOPLE_ASKED):
        with pytest.raises(Exception, match="no such column: rowid"), reading(engine) as session:
            session.connection().execute(select(literal_column("rowid")).select_from(metadata.tables[table]))


def test_s19_the_log_pairs_nobody_once_it_is_mixed(sqlite_file, drawn):
    engine, path = sqlite_file
    log = path.with_name(path.name + "-wal")
    keys, ids = answer_all(engine, drawn, 20)
    held = log.read_bytes()
    assert all(each.encode() in held for each in (*keys, *ids))  # and so it would for whoever copied it then
    shuffle(engine)
    held = log.read_bytes()
    assert not any(each.encode() in held for each in (*keys, *ids))


def test_s19_a_used_invitation_keeps_its_place(sqlite_file, drawn):
    engine, path = sqlite_file
    with transaction(engine) as session:
        made = invitations.make(session, "s", [Person(f"{n}@example.org") for n in range(PEOPLE)], key=KEY)
    ids = [invitation.id for invitation, _ in made]
    as_file(engine)
    before, _ = places(path, ids)
    for each in drawn.sample(ids, PEOPLE // 2):
        answer(engine, each, drawn)
    shuffle(engine)
    as_file(engine)
    assert places(path, ids)[0] == before


@pytest.mark.parametrize("published", [False, True])
def test_s19_what_was_erased_or_forgotten_is_in_no_file(sqlite_file, drawn, published):
    engine, path = sqlite_file
    answer_all(engine, drawn, 50)
    secret, sealed = secrets.token_urlsafe(24), b"a draft that was sealed " * 300
    said = Submission("learner", 1, "s", "en", ("c",), {"keep": f"{SECRETLY} " * 500})
    with transaction(engine) as session:
        save_submission(session, said, secret=secret)
        drafts.save(session, "d", "s", None, sealed, now(session).date())
    if published:
        shuffle(engine)
        with transaction(engine) as session:
            session.connection().execute(text("DELETE FROM waiting"))
    as_file(engine)
    marks = [SECRETLY.encode(), sealed[:24], response_key(secret).encode()]
    assert all(mark in everywhere(path) for mark in marks)
    with transaction(engine) as session:
        assert erase(session, {}, receipt(secret), count_voices)
        drafts.delete(session, "d", None)
    clear_away(engine)
    assert not any(mark in everywhere(path) for mark in marks)


def test_s19_pages_that_are_free_hold_nothing(sqlite_file, drawn):
    engine, path = sqlite_file
    keys, _ = answer_all(engine, drawn, PEOPLE)
    as_file(engine)
    with transaction(engine) as session:
        session.connection().execute(text("DELETE FROM responses"))
    clear_away(engine)
    assert places(path, keys)[0] == {}
    assert not any(key.encode() in everywhere(path) for key in keys)


def test_s19_a_reader_does_not_keep_those_who_answer_waiting(sqlite_file, drawn):
    """The log cannot be emptied while somebody reads in it: then it is the next time, and nobody waits for it."""
    engine, path = sqlite_file
    answer_all(engine, drawn, 5)
    log = path.with_name(path.name + "-wal")
    with reading(engine) as session:
        session.connection().execute(text("SELECT count(*) FROM responses")).scalar_one()
        assert shuffle(engine) == 5
        answer_all(engine, drawn, 1)
    assert log.stat().st_size > 0
    shuffle(engine)
    assert log.stat().st_size == 0


def everywhere(path: Path) -> bytes:
    return b"".join(each.read_bytes() for each in sorted(path.parent.glob(path.name + "*")))


# --- S20: PostgreSQL --------------------------------------------------------------------------------------------------

TRANSACTIONS = "SELECT {name}, xmin::text::bigint FROM {table}"
IN_ORDER_OF_THE_FILE = "SELECT {name} FROM {table} ORDER BY ctid"
TABLES = (("responses", "key"), ("waiting", "response"), ("invitations", "id"), ("invitation_links", "invitation"))


def rows_of(engine: Engine, statement: str, table: str, name: str) -> list:
    with reading(engine) as session:
        return session.connection().execute(text(statement.format(table=table, name=name))).all()


def pairs_by_transaction(engine: Engine) -> set[tuple[str, str]]:
    """Response and invitation that the same transaction wrote, and no other row of theirs."""
    by: dict[int, tuple[list, list]] = {}
    for side, (table, name) in enumerate((TABLES[0], TABLES[2])):
        for key, number in rows_of(engine, TRANSACTIONS, table, name):
            by.setdefault(number, ([], []))[side].append(key)
    return {(one[0], other[0]) for one, other in by.values() if len(one) == len(other) == 1}


def test_s20_an_attack_by_transaction_pairs_everybody_before_it_is_mixed(postgresql, drawn):
    """The attack works: without it the tests below would prove nothing."""
    keys, ids = answer_all(postgresql, drawn, PEOPLE)
    assert pairs_by_transaction(postgresql) == set(zip(keys, ids, strict=True))
    in_file = [row[0] for row in rows_of(postgresql, IN_ORDER_OF_THE_FILE, "responses", "key")]
    assert correlation(range(PEOPLE), [keys.index(key) for key in in_file]) > 0.99


def test_s20_no_transaction_and_no_place_joins_an_invitation_and_a_response(postgresql, drawn):
    keys, ids = answer_all(postgresql, drawn, MANY)
    shuffle(postgresql)
    assert pairs_by_transaction(postgresql) == set()
    numbers = {
        table: [number for _, number in rows_of(postgresql, TRANSACTIONS, table, name)] for table, name in TABLES
    }
    assert not set(numbers["responses"]) & set(numbers["invitations"])
    for table, name in TABLES:
        arrived = {key: number for number, key in enumerate(keys if table in ("responses", "waiting") else ids)}
        in_file = [arrived[row[0]] for row in rows_of(postgresql, IN_ORDER_OF_THE_FILE, table, name)]
        assert correlation(range(len(in_file)), in_file) < 0.1
        by_number = [(arrived[key], number) for key, number in rows_of(postgresql, TRANSACTIONS, table, name)]
        assert correlation(*zip(*by_number, strict=True)) < 0.1
        groups = {number: numbers[table].count(number) for number in set(numbers[table])}
        assert min(groups.values()) >= 100  # no small group that came together


def test_s20_no_old_version_of_a_row_and_no_old_place_in_an_index_is_left(postgresql, drawn):
    answer_all(postgresql, drawn, PEOPLE)
    shuffle(postgresql)
    with reading(postgresql) as session:
        session.connection().execute(text("SELECT pg_stat_force_next_flush()"))
        dead = "SELECT relname, n_dead_tup FROM pg_stat_user_tables WHERE relname = ANY(:names)"
        found = session.connection().execute(text(dead), {"names": [table for table, _ in TABLES]}).all()
    assert dict(map(tuple, found)) == dict.fromkeys((table for table, _ in TABLES), 0)


def test_s20_no_sequence_counts_what_people_leave(postgresql):
    counted = (
        "SELECT DISTINCT table_name FROM information_schema.columns WHERE table_schema = 'public' "
        "AND (column_default LIKE 'nextval%' OR is_identity = 'YES')"
    )
    with reading(postgresql) as session:
        assert session.connection().execute(text(counted)).scalars().all() == ["changes"]


def test_s20_whom_one_release_took_is_mixed_with_everybody_of_the_day(postgresql, drawn):
    """People answer while releases are made; in the end the invitations of a day cannot be told apart."""
    for _ in range(4):
        answer_all(postgresql, drawn, 50)
        assert shuffle(postgresql) >= 50
        with transaction(postgresql) as session:
            session.connection().execute(text("DELETE FROM waiting"))  # as a release does
    assert pairs_by_transaction(postgresql) == set()
    of_invitations = [number for _, number in rows_of(postgresql, TRANSACTIONS, "invitations", "id")]
    assert len(of_invitations) == 200
    assert len(set(of_invitations)) == 1
