"""Colours by meaning are the ones agreed on, text can be read, and type never shrinks."""

import itertools

import pytest

from feedback.charts.theme import PALETTES, blend, config, palette, shape
from tests.charts.drawn import leaves


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast of two colours (WCAG 2.2), 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("meaning", ["ink", "quiet", "learner", "employer", "expert", "positive", "mixed", "negative"])
def test_every_colour_that_may_carry_words_is_readable_on_its_ground(mode, meaning):
    colours = palette(mode)
    assert contrast(getattr(colours, meaning), colours.ground) >= 4.5


@pytest.mark.parametrize(
    ("mode", "meaning", "colour"),
    [
        ("light", "ground", "#FBFAF7"),
        ("light", "learner", "#0B7A75"),
        ("light", "employer", "#4B4EC4"),
        ("light", "expert", "#A35200"),
        ("light", "negative", "#B2402A"),
        ("dark", "ground", "#15181D"),
        ("dark", "learner", "#4FC3BC"),
        ("dark", "positive", "#7DB3E8"),
    ],
)
def test_colours_by_meaning_are_the_agreed_ones(mode, meaning, colour):
    assert getattr(palette(mode), meaning) == colour


def test_witnesses_differ_by_mark_and_by_colour():
    witnesses = ("learner", "employer", "expert")
    for one, other in itertools.combinations(witnesses, 2):
        assert shape(one) != shape(other)
        assert all(colours.witness(one) != colours.witness(other) for colours in PALETTES.values())


def test_a_row_of_no_witness_is_a_circle_in_ink():
    assert (shape(None), palette("light").witness(None)) == ("circle", palette("light").ink)


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_no_type_is_smaller_than_twelve_pixels(mode):
    sizes = [
        value
        for part in config(mode).values()
        if isinstance(part, dict)
        for name, value in part.items()
        if name.lower().endswith("fontsize")
    ]
    assert sizes
    assert min(sizes) >= 12


def test_nothing_is_loaded_from_elsewhere():
    assert not [leaf for leaf in leaves(config("light")) if isinstance(leaf, str) and "//" in leaf]


def test_a_full_blend_is_the_colour_and_none_is_the_ground():
    assert blend("#B2402A", "#FBFAF7", 1) == "#B2402A"
    assert blend("#B2402A", "#FBFAF7", 0) == "#FBFAF7"
