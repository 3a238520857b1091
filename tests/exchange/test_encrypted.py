"""Under a passphrase a file can be read by whoever has it, and changed by nobody unnoticed."""

import io
import random
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback.errors import Refused
from feedback.exchange import encrypted
from feedback.exchange.encrypted import Changed, Decrypting, Encrypting, WrongKey, read_passphrase

KEY = "correct horse battery staple"


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Pieces of 64 bytes, and a key that is made at once."""
    monkeypatch.setattr(encrypted, "PIECE", 64)
    monkeypatch.setitem(encrypted._SCRYPT, "n", 2)


def sealed(said: bytes, *, at_once: int = 50) -> bytes:
    held = io.BytesIO()
    writing = Encrypting(held, KEY)
    for start in range(0, len(said), at_once):
        assert writing.write(said[start : start + at_once]) == len(said[start : start + at_once])
    writing.finish()
    return held.getvalue()


def opened(held: bytes, key: str = KEY) -> bytes:
    return io.BufferedReader(Decrypting(io.BytesIO(held), key, "a.zip.enc")).read()


@settings(deadline=None, max_examples=60)
@given(size=st.integers(0, 400), at_once=st.integers(1, 300), chance=st.randoms(use_true_random=False))
def test_what_was_written_is_read_wherever_one_begins(size, at_once, chance):
    said = chance.randbytes(size)
    held = sealed(said, at_once=at_once)
    assert said not in held or size < 4
    assert opened(held) == said
    reading = io.BufferedReader(Decrypting(io.BytesIO(held), KEY, "a"), 100)
    for _ in range(5):
        start = chance.randint(0, size + 20)
        assert reading.seek(start) == start
        assert reading.read(70) == said[start : start + 70]
    assert reading.seek(-min(size, 9), io.SEEK_END) == size - min(size, 9)


def test_twice_the_same_is_not_the_same_file():
    assert sealed(b"the same") != sealed(b"the same")


def test_another_key_and_none_are_told_apart_from_a_file_that_was_changed():
    held = sealed(b"x" * 300)
    with pytest.raises(WrongKey, match="another key than the one given"):
        opened(held, "another horse battery staple")
    with pytest.raises(WrongKey, match="FEEDBACK_BACKUP_KEY"):
        opened(held, "")
    with pytest.raises(Changed):
        opened(held[:-1])


def test_no_byte_can_be_changed_and_no_piece_be_moved_left_out_or_cut_off():
    said = bytes(random.Random(1).randbytes(200))
    held = sealed(said)
    header = len(held) - 200 - 4 * 16
    pieces = [held[header:][start : start + 80] for start in range(0, 3 * 80 + 1, 80)]
    wrong = [
        held[:place] + bytes([held[place] ^ 1]) + held[place + 1 :] for place in range(len(encrypted.MAGIC), len(held))
    ]
    for order in ((1, 0, 2, 3), (0, 2, 3), (0, 1, 2), (0, 0, 1, 2, 3), (0, 1, 3), (3,), ()):
        wrong.append(held[:header] + b"".join(pieces[number] for number in order))
    for each in wrong:
        with pytest.raises((Changed, WrongKey)):
            opened(each)


def test_a_zip_is_written_and_read_through_it():
    held = io.BytesIO()
    writing = Encrypting(held, KEY)
    with zipfile.ZipFile(writing, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("manifest", b"{}")
        with packed.open("database", "w", force_zip64=True) as sink:
            sink.write(b"row" * 5000)
    writing.finish()
    with zipfile.ZipFile(io.BufferedReader(Decrypting(held, KEY, "a"))) as packed:
        assert packed.testzip() is None
        assert packed.read("database") == b"row" * 5000


def test_a_passphrase_comes_from_the_setting_or_a_file_and_is_long_enough(tmp_path):
    file = tmp_path / "key"
    file.write_text(f"{KEY}\n")
    assert read_passphrase("", None) == ""
    assert read_passphrase(KEY, None) == read_passphrase("", file) == KEY
    with pytest.raises(Refused, match="it has 5 characters; it must have at least 16"):
        read_passphrase("short", None)
    file.write_text("")
    with pytest.raises(Refused, match="it has 0 characters"):
        read_passphrase(KEY, file)
    with pytest.raises(Refused, match="No such file"):
        read_passphrase("", tmp_path / "none")
