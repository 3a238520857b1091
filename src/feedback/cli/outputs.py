"""Files that commands write: refused before the work where they cannot be, whole or not at all in the end."""

import io
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from feedback.errors import FeedbackError, Problem, Refused


def wrong_place(output: Path, name: str = "--output") -> list[Problem]:
    """Why no file can be written there; empty where one can, as far as a look tells."""
    if output.is_dir():
        return [Problem(name, f"{output} is a folder; name a file.")]
    if output.exists() and not output.is_file():
        return [Problem(name, f"{output} is not a file.")]
    if not output.parent.is_dir():
        return [Problem(name, f"the folder {output.parent} is not there.")]
    return []


@contextmanager
def replacing(path: Path) -> Iterator[IO[bytes]]:
    """A file to write beside `path` that takes its place at the end; after an error nothing has changed.

    It is opened at once, so that a place nobody may write to is refused (Refused) before any work is done.
    """
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        file = part.open("xb")
    except OSError as error:
        raise Refused([Problem(str(path), f"cannot be written: {error.strerror or error}.")]) from error
    try:
        with file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        raise Refused([Problem(str(path), f"cannot be written: {error.strerror or error}.")]) from error
    finally:
        with suppress(FileNotFoundError):
            part.unlink()


@contextmanager
def replacing_text(path: Path) -> Iterator[IO[str]]:
    """The same for text, in UTF-8, with line ends as they are written."""
    with replacing(path) as file:
        text = io.TextIOWrapper(file, encoding="utf-8", newline="")
        yield text
        text.flush()
        text.detach()


@contextmanager
def new_files() -> Iterator[Callable[[Path, bytes], None]]:
    """Files that appear together once everything went well, for their owner alone; gives put(path, content).

    A path is taken at once, so that nothing that is there is replaced (Refused); what it is to hold is written beside
    it and takes its place at the end. After an error nothing is left of them. If only the very last step fails, it says
    where the content stands (FeedbackError).
    """
    parts: dict[Path, Path] = {}

    def put(path: Path, content: bytes) -> None:
        part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
        try:
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            parts[path] = part
            with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        except FileExistsError:
            raise Refused([Problem(str(path), "is there already; name another file, nothing is replaced.")]) from None
        except OSError as error:
            raise Refused([Problem(str(path), f"cannot be written: {error.strerror or error}.")]) from error

    try:
        yield put
    except BaseException:
        for taken in (each for pair in parts.items() for each in pair):
            taken.unlink(missing_ok=True)
        raise
    for path, part in parts.items():
        try:
            part.replace(path)
        except OSError as error:
            raise FeedbackError(f"{path} could not be put in place ({error.strerror}). It is all in {part}.") from error
