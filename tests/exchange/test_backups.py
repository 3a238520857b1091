"""A backup is one file that says what is in it, is whole or is not there, and lets nothing strange in."""

import errno
import json
import os
import shutil
import time
import zipfile
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text

from feedback.errors import FeedbackError, Refused
from feedback.exchange import backups
from feedback.exchange.backups import (
    DATABASE,
    MANIFEST,
    keep_newest,
    made_in,
    newest_good,
    place_for,
    restore_backup,
    write_backup,
)
from feedback.store import dumps
from feedback.store.database import open_database, reading, transaction
from feedback.store.migrate import NewerSchema, downgrade, schema_state

KEY, OTHER = b"k" * 32, b"o" * 32
DAY = date(2026, 3, 2)


@pytest.fixture
def engine(engine, backing_up):
    """A fresh, migrated database that can be backed up."""
    return engine


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder for backups."""
    made = tmp_path / "backups"
    made.mkdir()
    return made


@pytest.fixture
def backed_up(sqlite_engine, folder) -> Path:
    """A backup of a small database on SQLite."""
    put(sqlite_engine, "ann")
    return write_backup(sqlite_engine, folder, KEY)[0]


def put(engine, name):
    with transaction(engine) as session:
        session.connection().execute(
            text("INSERT INTO programmes (slug, title, is_sample) VALUES (:name, :name, false)"), {"name": name}
        )


def found(engine):
    with reading(engine) as session:
        return session.connection().execute(text("SELECT slug FROM programmes ORDER BY 1")).scalars().all()


@pytest.fixture
def target(tmp_path):
    """An empty database on SQLite."""
    opened = open_database(f"sqlite:///{tmp_path / 'target' / 'feedback.db'}")
    yield opened
    opened.dispose()


def changed(file: Path, **members: bytes | None) -> Path:
    """A copy of a backup with members put in place of its own; None: left out."""
    copy = file.with_name("changed.zip")
    with zipfile.ZipFile(file) as source:
        held = {name: source.read(name) for name in source.namelist()}
    named = {name.replace("manifest_json", MANIFEST): content for name, content in members.items()}
    with zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED) as sink:
        for name, content in (held | named).items():
            if content is not None:
                sink.writestr(name, content)
    return copy


def manifest_of(file: Path) -> dict:
    with zipfile.ZipFile(file) as packed:
        return json.loads(packed.read(MANIFEST))


def test_a_backup_says_what_is_in_it_and_its_day_only(engine, folder):
    put(engine, "ann")
    file, manifest = write_backup(engine, folder, KEY)
    assert file == folder / f"feedback-{manifest.made_on}.zip"
    assert file.stat().st_mode & 0o777 == 0o600
    assert list(folder.iterdir()) == [file]
    said = manifest_of(file)
    assert said["tables"]["programmes"]["rows"] == 1
    assert (said["database"], said["revision"]) == (engine.dialect.name, manifest.revision)
    assert set(said) == {"format", "program", "made_on", "database", "revision", "bytes", "digest", "tables", "seal"}
    with zipfile.ZipFile(file) as packed:
        assert {member.date_time[3:] for member in packed.infolist()} == {(0, 0, 0)}


def test_it_restores_elsewhere_and_twice_only_when_told(engine, elsewhere, folder):
    put(engine, "ann")
    file, _ = write_backup(engine, folder, KEY)
    assert restore_backup(elsewhere, file, KEY).before is None
    assert found(elsewhere) == ["ann"]
    put(elsewhere, "bob")
    with pytest.raises(Refused, match="--replace"):
        restore_backup(elsewhere, file, KEY)
    assert found(elsewhere) == ["ann", "bob"]
    done = restore_backup(elsewhere, file, KEY, replace=True)
    assert found(elsewhere) == ["ann"]
    assert done.before is not None
    assert restore_backup(elsewhere, done.before, KEY, replace=True).before != done.before
    assert found(elsewhere) == ["ann", "bob"]


def test_a_new_database_that_was_only_made_counts_as_empty(engine, folder):
    file, _ = write_backup(engine, folder, KEY)
    assert restore_backup(engine, file, KEY).before is None
    assert schema_state(engine) == "current"


def test_an_older_backup_is_brought_to_todays_tables(engine, elsewhere, folder):
    put(engine, "ann")
    downgrade(engine, "0005")
    file, manifest = write_backup(engine, folder, KEY)
    assert manifest.revision == "0005"
    assert restore_backup(elsewhere, file, KEY).loaded.older
    assert schema_state(elsewhere) == "current"
    assert found(elsewhere) == ["ann"]


def test_a_newer_database_is_neither_backed_up_nor_restored(engine, elsewhere, folder, monkeypatch):
    file, _ = write_backup(engine, folder, KEY)
    monkeypatch.setattr(backups, "knows", lambda _revision: False)
    with pytest.raises(NewerSchema, match="of a newer version"):
        restore_backup(elsewhere, file, KEY)
    assert schema_state(elsewhere) == "empty"
    with transaction(engine) as session:
        session.connection().execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(NewerSchema):
        write_backup(engine, folder, KEY)
    assert list(folder.iterdir()) == [file]


def test_nothing_to_back_up_is_said(elsewhere, folder):
    with pytest.raises(Refused, match="nothing in it"):
        write_backup(elsewhere, folder, KEY)


def test_only_the_same_kind_of_database_takes_it(backed_up, new_postgresql):
    other = open_database(new_postgresql("template0"))
    with pytest.raises(Refused, match="the backup is of sqlite; this one is postgresql"):
        restore_backup(other, backed_up, KEY)
    other.dispose()


def test_another_key_is_asked_about(backed_up, target):
    with pytest.raises(Refused, match=r"another key than ours.*--another-key"):
        restore_backup(target, backed_up, OTHER)
    assert schema_state(target) == "empty"
    restore_backup(target, backed_up, OTHER, another_key=True)
    assert found(target) == ["ann"]


def test_a_file_is_named_and_nothing_is_ever_replaced(tmp_path):
    assert place_for(tmp_path, DAY) == tmp_path / "feedback-2026-03-02.zip"
    (tmp_path / "feedback-2026-03-02.zip").touch()
    assert place_for(tmp_path, DAY) == tmp_path / "feedback-2026-03-02-2.zip"
    assert place_for(tmp_path / "own.zip", DAY) == tmp_path / "own.zip"
    (tmp_path / "link.zip").symlink_to(tmp_path / "nowhere")
    for wrong, why in (("feedback-2026-03-02.zip", "nothing is replaced"), ("link.zip", "nothing is replaced")):
        with pytest.raises(Refused, match=why):
            place_for(tmp_path / wrong, DAY)
    with pytest.raises(Refused, match="is not there"):
        place_for(tmp_path / "no" / "where.zip", DAY)


def test_f8_a_full_disk_leaves_no_half_file_and_the_next_backup_succeeds(engine, folder, monkeypatch):
    put(engine, "ann")
    full = OSError(errno.ENOSPC, "No space left on device")

    def no_room(source, sink, _size):
        sink.write(source.read(100))
        raise full

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "copyfileobj", no_room)
        with pytest.raises(Refused, match="No space left on device"):
            write_backup(engine, folder, KEY)
    assert list(folder.iterdir()) == []
    with monkeypatch.context() as patch:
        patch.setattr(backups, "dump", lambda *_: (_ for _ in ()).throw(full))
        with pytest.raises(Refused, match="No space left on device"):
            write_backup(engine, folder / "own.zip", KEY)
    assert list(folder.iterdir()) == []
    assert write_backup(engine, folder, KEY)[0].exists()
    assert found(engine) == ["ann"]


def test_a_disk_that_gives_back_something_else_leaves_no_file(engine, folder, monkeypatch):
    monkeypatch.setattr(shutil, "copyfileobj", lambda source, sink, _size: sink.write(source.read()[:-1] + b"?"))
    with pytest.raises(FeedbackError, match="the disk is not sound"):
        write_backup(engine, folder, KEY)
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("part", [0.0, 0.3, 0.5, 0.99])
def test_a_file_cut_short_is_refused(backed_up, target, part):
    whole = backed_up.read_bytes()
    backed_up.write_bytes(whole[: int(len(whole) * part)])
    with pytest.raises(Refused, match="no whole backup"):
        restore_backup(target, backed_up, KEY)
    assert schema_state(target) == "empty"


def test_a_changed_byte_anywhere_is_refused(backed_up, target):
    whole = backed_up.read_bytes()
    for place in range(40, len(whole) - 30, max(1, len(whole) // 40)):
        backed_up.write_bytes(whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :])
        try:
            restore_backup(target, backed_up, KEY)
        except Refused:
            assert schema_state(target) == "empty"
        else:
            assert found(target) == ["ann"]  # a byte that says nothing, as of an attribute
            restore_empty(target)


def restore_empty(target):
    target.dispose()
    Path(str(target.url.database)).unlink()


def test_a_manifest_that_is_not_one_of_ours_is_refused(backed_up, target):
    said = manifest_of(backed_up)
    wrong = [
        b"",
        b"[]",
        b"{" * 50_000,
        b"\xff\xfe",
        json.dumps(said | {"tables": {"programmes": {"rows": -1, "digest": "x"}}}).encode(),
        json.dumps(said | {"database": "oracle"}).encode(),
        json.dumps(said | {"format": 2}).encode(),
        json.dumps(said | {"run": "rm"}).encode(),
        json.dumps({name: value for name, value in said.items() if name != "digest"}).encode(),
    ]
    for content in wrong:
        with pytest.raises(Refused, match=r"no whole backup \(manifest\.json"):
            restore_backup(target, changed(backed_up, manifest_json=content), KEY)
    assert schema_state(target) == "empty"


def test_a_manifest_that_was_changed_is_refused_by_its_seal_and_by_the_rows(backed_up, target):
    said = manifest_of(backed_up)
    said["tables"]["programmes"]["rows"] = 2
    file = changed(backed_up, manifest_json=json.dumps(said).encode())
    with pytest.raises(Refused, match="changed since"):
        restore_backup(target, file, KEY)
    with pytest.raises(Refused, match="table programmes: it holds 1 rows; 2 were backed up"):
        restore_backup(target, file, KEY, another_key=True)
    assert schema_state(target) == "empty"


def test_s37_members_are_known_by_name_and_never_paths(backed_up, target, tmp_path):
    before = set(tmp_path.rglob("*"))
    for name in ("../../evil", "/etc/cron.d/evil", "CON", "a/b", "database/../x", "x" * 300, "datab\x00ase"):
        with pytest.raises(Refused, match="and nothing else"):
            restore_backup(target, changed(backed_up, **{name: b"x"}), KEY)
        with pytest.raises(Refused, match="and nothing else"):
            restore_backup(target, changed(backed_up, **{DATABASE: None, name: b"x"}), KEY)
    twice = backed_up.with_name("twice.zip")
    shutil.copy(backed_up, twice)
    with zipfile.ZipFile(twice, "a") as sink, pytest.warns(UserWarning, match="Duplicate"):
        sink.writestr(DATABASE, b"x")
    with pytest.raises(Refused, match="and nothing else"):
        restore_backup(target, twice, KEY)
    assert {path for path in set(tmp_path.rglob("*")) - before if path.suffix != ".zip"} == set()


def test_s36_a_backup_that_would_unpack_out_of_proportion_is_refused_before(backed_up, target, monkeypatch):
    monkeypatch.setattr(backups, "MOST_AT_LEAST", 1 << 20)
    file = changed(backed_up, **{DATABASE: bytes(50 << 20)})
    assert file.stat().st_size < 1 << 18
    with pytest.raises(Refused, match="out of proportion"):
        restore_backup(target, file, KEY)
    long = changed(backed_up, manifest_json=b" " * (backups.MOST_MANIFEST + 1))
    with pytest.raises(Refused, match="too long"):
        restore_backup(target, long, KEY)


def test_s36_a_member_longer_than_it_says_is_refused(backed_up, target):
    said = manifest_of(backed_up)
    file = changed(backed_up, **{DATABASE: bytes(said["bytes"] + 5)})
    with pytest.raises(Refused, match="were backed up"):
        restore_backup(target, file, KEY)
    other = changed(backed_up, **{DATABASE: bytes(said["bytes"])})
    with pytest.raises(Refused, match="not what was backed up"):
        restore_backup(target, other, KEY)


def test_no_room_to_unpack_is_said_before(backed_up, target, monkeypatch):
    usage = shutil.disk_usage("/")._replace(free=10)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)
    with pytest.raises(Refused, match="10 bytes free"):
        restore_backup(target, backed_up, KEY)


def test_when_a_replacement_fails_it_says_where_what_was_there_is(backed_up, sqlite_engine, monkeypatch):
    def fails(*_):
        raise FeedbackError("no luck")

    monkeypatch.setattr(backups, "load", fails)
    with pytest.raises(FeedbackError, match=r"no luck\nWhat was in the database is in .*before-restore"):
        restore_backup(sqlite_engine, backed_up, KEY, replace=True)


def test_while_the_app_has_it_open_nothing_is_replaced_nor_backed_up(engine, folder, monkeypatch):
    monkeypatch.setattr(dumps, "_ALONE", 0)
    put(engine, "ann")
    file, _ = write_backup(engine, folder, KEY)
    app = open_database(engine.url.render_as_string(hide_password=False))
    with app.connect() as connection:
        connection.execute(text("SELECT slug FROM programmes")).all()
        with pytest.raises(Refused, match="Stop them first"):
            restore_backup(engine, file, KEY, replace=True)
    app.dispose()
    assert list(folder.iterdir()) == [file]
    assert found(engine) == ["ann"]


def test_the_key_is_not_in_it(backed_up):
    with zipfile.ZipFile(backed_up) as packed:
        held = b"".join(packed.read(name) for name in packed.namelist())
    assert KEY not in held
    assert KEY.hex().encode() not in held


def test_no_file_is_no_backup(target, tmp_path):
    with pytest.raises(Refused, match="cannot be restored: No such file"):
        restore_backup(target, tmp_path / "none.zip", KEY)
    (tmp_path / "text.zip").write_text("hello")
    with pytest.raises(Refused, match="no whole backup"):
        restore_backup(target, tmp_path / "text.zip", KEY)


PASSPHRASE = "correct horse battery staple"


def test_p9_an_encrypted_backup_is_the_same_database_and_needs_no_file_in_the_clear(engine, elsewhere, folder):
    put(engine, "ann")
    file, manifest = write_backup(engine, folder, KEY, passphrase=PASSPHRASE)
    assert list(folder.iterdir()) == [file]
    assert file.name == f"feedback-{manifest.made_on}.zip.enc"
    assert not zipfile.is_zipfile(file)
    with pytest.raises(Refused, match="it is encrypted"):
        restore_backup(elsewhere, file, KEY)
    restore_backup(elsewhere, file, KEY, passphrase=PASSPHRASE)
    assert found(elsewhere) == ["ann"]


@pytest.mark.parametrize("part", [0.001, 0.3, 0.99])
def test_an_encrypted_backup_that_was_cut_or_changed_is_refused(sqlite_engine, target, folder, part):
    file, _ = write_backup(sqlite_engine, folder, KEY, passphrase=PASSPHRASE)
    whole = file.read_bytes()
    place = int(len(whole) * part)
    for wrong in (whole[:place], whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :]):
        file.write_bytes(wrong)
        with pytest.raises(Refused):
            restore_backup(target, file, KEY, passphrase=PASSPHRASE)
    assert schema_state(target) == "empty"


def test_f20_the_newest_good_backup_is_the_newest_that_is_whole(sqlite_engine, folder):
    assert newest_good(folder) is None
    assert newest_good(folder / "none") is None
    first = write_backup(sqlite_engine, folder, KEY)[0]
    old = first.rename(folder / "feedback-2020-01-01.zip")
    older = folder / "feedback-2019-01-01.zip"
    shutil.copy(old, older)
    assert newest_good(folder) == old
    new, sealed = (write_backup(sqlite_engine, folder, KEY, passphrase=each)[0] for each in ("", PASSPHRASE))
    assert newest_good(folder) == new
    assert newest_good(folder, PASSPHRASE) == sealed
    whole = new.read_bytes()
    half = len(whole) // 2
    new.write_bytes(whole[:half] + bytes([whole[half] ^ 255]) + whole[half + 1 :])
    assert newest_good(folder) == old
    old.write_bytes(b"")
    assert newest_good(folder) == older
    assert made_in(folder)[-2:] == [old, older]
    assert keep_newest(folder, 2) == [old, older]
    assert set(folder.iterdir()) == {new, sealed}


def test_what_a_killed_backup_left_is_deleted_by_the_next_and_what_is_at_work_is_not(sqlite_engine, folder):
    left, working = folder / ".feedback-backup-left", folder / ".feedback-backup-working"
    part, own = folder / ".feedback-2020-01-01.zip.0a1b2c3d.part", folder / ".own.part"
    for each in (left, working):
        each.mkdir()
        (each / DATABASE).write_text("everything")
    for each in (part, own):
        each.write_text("half")
    long_ago = time.time() - 3700
    for each in (left, left / DATABASE, working, part, own):
        os.utime(each, (long_ago, long_ago))
    write_backup(sqlite_engine, folder, KEY)
    assert not left.exists()
    assert not part.exists()
    assert working.exists()
    assert own.exists()
