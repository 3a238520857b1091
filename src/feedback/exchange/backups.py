"""A backup: one file with the whole database in it, and a manifest that says what must be found there.

The file is a ZIP with two members, whose names are known and never taken from it. The manifest is sealed with the key
that lies outside the database: what somebody else made or changed is not restored by accident. The key is not in it.
Under a passphrase the ZIP is encrypted as a whole, and its name ends in .zip.enc.
"""

import io
import json
import os
import re
import secrets
import shutil
import struct
import time
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from hmac import compare_digest, digest
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import IO, Annotated, Literal, cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy import Engine

from feedback import __version__
from feedback.errors import FeedbackError, Problem, Refused
from feedback.exchange.encrypted import MAGIC, Decrypting, Encrypting
from feedback.store.clock import now
from feedback.store.database import reading
from feedback.store.dumps import Contents, Loaded, Measured, dump, load, refuse_others, stands_empty
from feedback.store.migrate import NewerSchema, knows, schema_state
from feedback.store.shuffling import shuffle
from feedback.store.sound import refuse_broken

MANIFEST, DATABASE = "manifest.json", "database"
MOST_MANIFEST = 1 << 20
MOST_AT_LEAST, MOST_TIMES = 100 << 20, 100
"""What a backup may unpack to: so many bytes in any case, and beyond that so many times its own size."""
_PIECE = 1 << 20
_NAME = re.compile(r"feedback-(\d{4}-\d\d-\d\d)(-\d+)?\.zip(\.enc)?")
"""Backups made into a folder."""
_OURS_UNFINISHED = (".feedback-backup-*", ".feedback-restore-*", ".*.zip.*.part", ".*.zip.enc.*.part")
_UNTOUCHED_SECONDS = 3600
"""What nobody has written to for so long was left by a process that is no more."""
_SEALED = b"backup:"
Hex = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Whole = Annotated[int, Field(ge=0)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class TableSays(_Strict):
    """What the manifest says of a table: see dumps.Measured."""

    rows: Whole
    digest: Hex


class Manifest(_Strict):
    """What a backup says of itself. program: the version that made it; revision: of the tables; bytes, digest: of the
    database's file."""

    format: Literal[1]
    program: str = Field(max_length=40)
    made_on: str = Field(pattern=r"^\d{4}-\d\d-\d\d$")
    database: Literal["sqlite", "postgresql"]
    revision: str = Field(min_length=1, max_length=80)
    bytes: Whole
    digest: Hex
    tables: dict[str, TableSays] = Field(max_length=1000)

    @property
    def contents(self) -> Contents:
        """What must be found after restoring."""
        tables = {name: Measured(says.rows, says.digest) for name, says in self.tables.items()}
        return Contents(self.database, self.revision, tables)

    @property
    def rows(self) -> int:
        return sum(says.rows for says in self.tables.values())


@dataclass(frozen=True)
class Restored:
    """What was restored and how. before: the backup of what was there, None where nothing was."""

    manifest: Manifest
    loaded: Loaded
    before: Path | None


def place_for(where: Path, day: date, name: str = "feedback", suffix: str = ".zip") -> Path:
    """Where a backup goes: the file named, or in a folder one called after the day and not there yet.

    Raises Refused where it cannot be: nothing is ever replaced.
    """
    if where.is_dir():
        numbers = ("", *(f"-{number}" for number in range(2, 1000)))
        places = (where / f"{name}-{day.isoformat()}{number}{suffix}" for number in numbers)
        return next(place for place in places if not place.exists())
    if where.exists() or where.is_symlink():
        raise Refused([Problem(str(where), "is there already; name another file, nothing is replaced.")])
    if not where.parent.is_dir():
        raise Refused([Problem(str(where), f"the folder {where.parent} is not there.")])
    return where


def write_backup(
    engine: Engine, where: Path, key: bytes, *, name: str = "feedback", passphrase: str = ""
) -> tuple[Path, Manifest]:
    """Back the database up into a file, while others write. Returns which file, and what it holds.

    where: a file that is not there yet, or a folder. passphrase: what it is encrypted under; "": it is not. The file
    appears when it is whole and was read again, or not at all; only its owner may read it. Before, the order in which
    people answered is mixed, and what killed backups left there is deleted. An older schema is backed up as it is.
    Raises Refused, NewerSchema or FeedbackError.
    """
    refuse_broken(engine.url)
    state = schema_state(engine)
    if state == "empty":
        raise Refused([Problem("database", "there is nothing in it to back up.")])
    if state == "newer":
        raise NewerSchema("The database is of a newer version than this program: back it up with that one.")
    if state == "current":
        shuffle(engine)
    with reading(engine) as session:
        day = now(session).date()
    target = place_for(where, day, name, ".zip.enc" if passphrase else ".zip")
    _sweep(target.parent)
    try:
        with TemporaryDirectory(prefix=".feedback-backup-", dir=target.parent) as folder:
            file = Path(folder) / DATABASE
            contents = dump(engine, file)
            manifest = _manifest(contents, file, day)
            _pack(target, file, manifest, key, day, passphrase)
    except OSError as error:
        raise Refused([Problem(str(target), f"cannot be written: {error.strerror or error}.")]) from error
    return target, manifest


def restore_backup(
    engine: Engine,
    file: Path,
    key: bytes,
    *,
    replace: bool = False,
    another_key: bool = False,
    passphrase: str = "",
) -> Restored:
    """Put a backup in place of what the database holds, and bring it to today's tables.

    replace: what is there is backed up first, beside the file; without it a database that is not empty is refused.
    another_key: take a backup that was sealed with another key than ours. passphrase: what the file is encrypted under,
    and what was there then is as well. Every row is compared with what the manifest
    says. The messages that waited are held back. Raises Refused, with what to do, or NewerSchema.
    """
    with _opened(file, passphrase) as packed:
        manifest = _read_manifest(packed, file, key, another_key=another_key)
        _refuse_other(engine, manifest)
        refuse_broken(engine.url)
        empty = stands_empty(engine)
        if not empty and not replace:
            said = "there is something in it already. --replace puts the backup in its place, and backs it up first."
            raise Refused([Problem("database", said)])
        refuse_others(engine)
        before = None
        if not empty:
            before, _ = write_backup(engine, file.parent, key, name="feedback-before-restore", passphrase=passphrase)
        with _room_for(engine, manifest) as folder:
            unpacked = Path(folder) / DATABASE
            _unpack(packed, unpacked, manifest, file)
            try:
                loaded = load(engine, unpacked, manifest.contents)
            except FeedbackError as error:
                if before is None:
                    raise
                raise FeedbackError(f"{error}\nWhat was in the database is in {before}.") from error
    return Restored(manifest, loaded, before)


def made_in(folder: Path) -> list[Path]:
    """The backups that were made into a folder, the newest first."""
    held = [path for path in folder.iterdir() if _NAME.fullmatch(path.name) and path.is_file()]
    return sorted(held, key=lambda path: (path.name[9:19], path.stat().st_mtime_ns), reverse=True)


def newest_good(folder: Path, passphrase: str = "") -> Path | None:
    """The newest backup in a folder that is whole: all of it is read. None where there is none.

    One that is encrypted counts only when its passphrase is given. Whose key sealed it is not looked at.
    """
    if not folder.is_dir():
        return None
    return next((path for path in made_in(folder) if _is_whole(path, passphrase)), None)


def _is_whole(file: Path, passphrase: str) -> bool:
    try:
        with _opened(file, passphrase) as packed:
            manifest = _read_manifest(packed, file, b"", another_key=True)
            with packed.open(DATABASE) as held:
                return _digest_of(held) == manifest.digest
    except (FeedbackError, OSError):
        return False


def keep_newest(folder: Path, number: int) -> list[Path]:
    """Delete the backups of a folder but for the newest so many. Returns those that are gone."""
    gone = made_in(folder)[number:]
    for path in gone:
        path.unlink(missing_ok=True)
    return gone


def _sweep(folder: Path) -> None:
    """Delete what processes that were killed left in a folder: it holds the whole database."""
    for path in (path for pattern in _OURS_UNFINISHED for path in folder.glob(pattern)):
        with suppress(OSError):
            touched = max(each.stat().st_mtime for each in (path, *(path.iterdir() if path.is_dir() else ())))
            if path.is_symlink() or time.time() - touched < _UNTOUCHED_SECONDS:
                continue
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink()


def _manifest(contents: Contents, file: Path, day: date) -> Manifest:
    return Manifest(
        format=1,
        program=__version__,
        made_on=day.isoformat(),
        database="sqlite" if contents.kind == "sqlite" else "postgresql",
        revision=contents.revision,
        bytes=file.stat().st_size,
        digest=_digest(file),
        tables={name: TableSays(rows=each.rows, digest=each.digest) for name, each in contents.tables.items()},
    )


def _pack(target: Path, file: Path, manifest: Manifest, key: bytes, day: date, passphrase: str) -> None:
    """Write the ZIP under another name, read it again, and give it its name."""
    part = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        with open(os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as held:
            sealing = Encrypting(held, passphrase) if passphrase else None
            with zipfile.ZipFile(
                cast(IO[bytes], sealing or held), "w", zipfile.ZIP_DEFLATED, compresslevel=6
            ) as packed:
                packed.writestr(_member(MANIFEST, day), _sealed(manifest, key))
                with file.open("rb") as source, packed.open(_member(DATABASE, day), "w", force_zip64=True) as sink:
                    shutil.copyfileobj(source, sink, _PIECE)
            if sealing:
                sealing.finish()
            held.flush()
            os.fsync(held.fileno())
            with zipfile.ZipFile(_plain(held, passphrase, target)) as packed, packed.open(DATABASE) as again:
                if _digest_of(again) != manifest.digest:
                    raise FeedbackError("The backup reads otherwise than it was written: the disk is not sound.")
        part.replace(target)
    finally:
        with suppress(FileNotFoundError):
            part.unlink()


def _plain(held: IO[bytes], passphrase: str, file: Path) -> IO[bytes]:
    """What a file holds, whether it is encrypted or not."""
    held.seek(0)
    encrypted = held.read(len(MAGIC)) == MAGIC
    held.seek(0)
    return io.BufferedReader(Decrypting(held, passphrase, file.name), _PIECE) if encrypted else held


def _member(name: str, day: date) -> zipfile.ZipInfo:
    """A member that tells its day, and no time."""
    member = zipfile.ZipInfo(name, (day.year, day.month, day.day, 0, 0, 0))
    member.compress_type = zipfile.ZIP_DEFLATED
    member.external_attr = 0o600 << 16
    return member


def _sealed(manifest: Manifest, key: bytes) -> str:
    said = manifest.model_dump()
    return json.dumps(said | {"seal": _seal(said, key)}, indent=1, ensure_ascii=False)


def _seal(said: dict[str, object], key: bytes) -> str:
    return digest(key, _SEALED + json.dumps(said, sort_keys=True).encode(), "sha256").hex()


@contextmanager
def _opened(file: Path, passphrase: str) -> Iterator[zipfile.ZipFile]:
    try:
        with file.open("rb") as held, zipfile.ZipFile(_plain(held, passphrase, file)) as packed:
            yield packed
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, RuntimeError) as error:
        raise _damaged(file, str(error)) from error
    except OSError as error:
        raise Refused([Problem(str(file), f"cannot be restored: {error.strerror or error}.")]) from error


def _damaged(file: Path, reason: str) -> Refused:
    return Refused([Problem(file.name, f"this is no whole backup ({reason}). Take another one.")])


def _read_manifest(packed: zipfile.ZipFile, file: Path, key: bytes, *, another_key: bool) -> Manifest:
    """The manifest, after all that can be told without unpacking the database. Raises Refused, NewerSchema."""
    members = packed.infolist()
    if sorted(member.filename for member in members) != [DATABASE, MANIFEST]:
        raise _damaged(file, f"it must hold {MANIFEST} and {DATABASE}, and nothing else")
    if any(member.compress_type != zipfile.ZIP_DEFLATED for member in members):
        raise _damaged(file, "it is packed in another way than ours")
    sizes = {member.filename: member.file_size for member in members}
    if sizes[MANIFEST] > MOST_MANIFEST:
        raise _damaged(file, f"{MANIFEST} is too long")
    if sizes[DATABASE] > max(MOST_AT_LEAST, MOST_TIMES * file.stat().st_size):
        raise _damaged(file, f"it would unpack to {sizes[DATABASE]:,} bytes, which is out of proportion")
    try:
        with packed.open(MANIFEST) as held:
            said = json.loads(held.read(MOST_MANIFEST + 1))
        seal = str(said.pop("seal", ""))
        manifest = Manifest.model_validate(said)
    except ValidationError as error:
        raise _damaged(
            file, f"{MANIFEST}: {'.'.join(map(str, error.errors()[0]['loc']))} is not as it must be"
        ) from None
    except (ValueError, TypeError, AttributeError, RecursionError):
        raise _damaged(file, f"{MANIFEST} cannot be read") from None
    if not another_key and not compare_digest(seal.encode(), _seal(manifest.model_dump(), key).encode()):
        said_of_key = (
            "it was made with another key than ours, or changed since. Put the key file back (or FEEDBACK_SECRET) that "
            "belongs to it; without it no link sent and no form begun can be opened. If it is lost, and you know where "
            "this backup is from: --another-key."
        )
        raise Refused([Problem(file.name, said_of_key)])
    if sizes[DATABASE] != manifest.bytes:
        raise _damaged(file, f"{DATABASE} has {sizes[DATABASE]:,} bytes; {manifest.bytes:,} were backed up")
    return manifest


def _refuse_other(engine: Engine, manifest: Manifest) -> None:
    if manifest.database != engine.dialect.name:
        said = f"the backup is of {manifest.database}; this one is {engine.dialect.name}. Only the same kind takes it."
        raise Refused([Problem("database", said)])
    if not all(knows(revision) for revision in manifest.revision.split(",")):
        raise NewerSchema(
            f"The backup is of a newer version ({manifest.revision}, made by {manifest.program}) than this program "
            f"({__version__}). Restore it with the newer program."
        )


@contextmanager
def _room_for(engine: Engine, manifest: Manifest) -> Iterator[str]:
    """A folder with room to unpack into: of SQLite beside the database, else the system's (TMPDIR)."""
    path = engine.url.database or ""
    beside = Path(path).parent if manifest.database == "sqlite" and not path.startswith("file:") else None
    _sweep(beside or Path(gettempdir()))
    with TemporaryDirectory(prefix=".feedback-restore-", dir=beside) as folder:
        free = shutil.disk_usage(folder).free
        if free < 2 * manifest.bytes:
            raise Refused([Problem(folder, f"there are {free:,} bytes free; {2 * manifest.bytes:,} are needed.")])
        yield folder


def _unpack(packed: zipfile.ZipFile, to: Path, manifest: Manifest, file: Path) -> None:
    left, hashed = manifest.bytes, sha256()
    with packed.open(DATABASE) as source, to.open("xb") as sink:
        while piece := source.read(_PIECE):
            left -= len(piece)
            if left < 0:
                break
            hashed.update(piece)
            sink.write(piece)
    if left or hashed.hexdigest() != manifest.digest:
        raise _damaged(file, f"{DATABASE} is not what was backed up")


def _digest(file: Path) -> str:
    with file.open("rb") as held:
        return _digest_of(held)


def _digest_of(held: IO[bytes]) -> str:
    hashed = sha256()
    while piece := held.read(_PIECE):
        hashed.update(piece)
    return hashed.hexdigest()
