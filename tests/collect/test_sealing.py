import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.collect.sealing import (
    LONGEST,
    Visit,
    as_bytes,
    as_text,
    cookie_of,
    key_from,
    new_key,
    own_key,
    seal,
    unseal,
    visit_in,
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", max_size=3), inner, max_size=3),
    max_leaves=8,
)
KEY = bytes(range(32))


@given(JSON.filter(lambda value: value is not None))
def test_what_was_sealed_is_opened_with_its_key_and_for_its_purpose_only(value):
    sealed = seal(KEY, "draft", value)
    assert unseal(KEY, "draft", sealed) == value
    assert unseal(KEY, "page", sealed) is None
    assert unseal(new_key(), "draft", sealed) is None


@given(st.integers(0, 60), st.integers(1, 255))
def test_a_seal_changed_in_one_place_opens_nothing(place, change):
    sealed = bytearray(seal(KEY, "draft", ["some", "answers", "of", 1, "person"]))
    sealed[place % len(sealed)] ^= change
    assert unseal(KEY, "draft", bytes(sealed)) is None


def test_the_same_sealed_twice_looks_different():
    assert seal(KEY, "draft", "the same") != seal(KEY, "draft", "the same")


@given(st.binary(max_size=200))
def test_a_seal_survives_as_letters_that_cookies_take(sealed):
    assert as_bytes(as_text(sealed)) == sealed
    assert set(as_text(sealed)) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


@pytest.mark.parametrize("text", ["", "é", "a" * (LONGEST + 1), "%%%", "AAAA", "A" * 64])
def test_letters_that_are_no_seal_open_nothing(text):
    assert unseal(KEY, "visit", as_bytes(text)) is None


def test_the_key_of_a_link_follows_from_its_token_alone_and_its_draft_from_the_key():
    assert key_from("a" * 32) == key_from("a" * 32) != key_from("b" * 32)
    one, other = (Visit("survey", None, key_from(letter * 32), 10) for letter in "ab")
    assert one.draft != other.draft
    assert one.draft != Visit("another", None, one.key, 10).draft
    assert one.key.hex() not in one.draft


def test_keys_for_two_purposes_differ():
    assert own_key(KEY, "stamp") != own_key(KEY, "stop")


def test_a_cookie_opens_its_own_survey_until_its_time():
    visit = Visit("survey", "i" * 32, new_key(), 100, "de", ("a", "b"), "contact")
    cookie = cookie_of(visit, KEY)
    assert visit_in(cookie, "survey", 99.9, KEY) == visit
    assert visit_in(cookie, "survey", 100, KEY) is None
    assert visit_in(cookie, "another", 99, KEY) is None
    assert visit_in(cookie, "survey", 99, new_key()) is None
