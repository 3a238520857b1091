"""Masking what could tell who wrote or who is meant."""

import itertools
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.analysis.comments.redaction import mask, redactions


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Write to anna.b+x@uni-x.example.org.", "Write to [e-mail]."),
        ("See https://example.org/a?b=1 or www.example.de", "See [link] or [link]"),
        ("I am linkedin.com/in/jane-doe", "I am [link]"),
        ("@jane_doe helped", "[handle] helped"),
        ("Call +44 20 7946 0000 or (030) 123-4567", "Call [phone] or [phone]"),
        ("My number is 12345678", "My number is [number]"),
        ("Prof. Smith and Professor Jane O'Neill", "Prof. [name] and Professor [name]"),
        ("Dr. J. Müller-Lüdenscheidt was good", "Dr. [name] was good"),
        ("dr. smith and mr jones were kind", "dr. [name] and mr [name] were kind"),
        ("Herr Professor Müller und Frau Weiß", "Herr Professor [name] und Frau [name]"),
        ("La profesora Ana García explicó bien", "La profesora [name] explicó bien"),
        ("كان الدكتور أحمد رائعا", "كان الدكتور [name] رائعا"),
    ],
)
def test_what_tells_a_person_is_masked(text, masked):
    assert mask(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "The professor was great. The tutor too.",
        "A good prof. The labs were fun.",
        "A kind lecturer. Really.",
        "Weeks 3 to 12 in 2023-2024, on 12/05/2024 and 2024-05-12, 24/7, 100%.",
        "We used MS Teams at 10:30.",
        "Costs 10,000; see section 3.2.1, meet @ 10",
        "So good.Really good",
        "",
    ],
)
def test_what_tells_nobody_stays(text):
    assert mask(text) == text


def test_redactions_say_where():
    text = "Mail a@b.org, thanks Dr Ito"
    assert [(text[one.start : one.end], one.put) for one in redactions(text)] == [
        ("a@b.org", "[e-mail]"),
        ("Ito", "[name]"),
    ]


@given(st.text())
def test_any_text_can_be_masked_and_masking_moves_only_what_it_masks(text):
    found = redactions(text)
    assert all(before.end <= after.start for before, after in itertools.pairwise(found))
    kept = "".join(sign for place, sign in enumerate(text) if not any(one.start <= place < one.end for one in found))
    shown = mask(text)
    for one in found:
        shown = shown.replace(one.put, "", 1)
    assert shown == kept or "[" in text


@given(st.from_regex(r"[a-z]{1,20}@[a-z]{1,20}\.[a-z]{2,6}", fullmatch=True), st.text(alphabet=" ,;a", max_size=5))
def test_no_address_survives(address, around):
    assert "@" not in mask(f"{around} {address} {around}")


@pytest.mark.parametrize(
    "unit",
    [
        "a",
        "a.",
        "1 ",
        "@",
        "a@",
        "a@a.",
        "dr ",
        "Dr A ",
        "www.",
        "http://",
        "-",
        "(1",
        "a-",
        "1.1-",
        "2019-",
        "AB12 ",
        "A1",
        "Prof van de ",
        "my id is ",
        "a (at) ",
        "a at b dot ",
        "الدكتور بن ",
        "#a",
        "12.12.",
    ],
)
def test_time_grows_with_the_length_only(unit):
    def seconds(length):
        text = (unit * length)[:length]
        best = []
        for _ in range(3):
            begin = time.thread_time()
            mask(text)
            best.append(time.thread_time() - begin)
        return min(best)

    # four times the text: four times as long; a quadratic pattern would take sixteen times
    assert seconds(100_000) < 10 * seconds(25_000) + 0.05
