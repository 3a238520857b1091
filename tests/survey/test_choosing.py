"""Whom to ask about what: every credential has a chance, need and fit raise it, and nobody is asked twice a year."""

from collections import Counter
from datetime import date, timedelta
from math import isclose, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as some

from feedback.survey.choosing import DAYS_APART, EVEN, Candidate, chances, choose_credentials, need

TODAY = date(2026, 3, 1)
CARE = Candidate("care", sectors=("R",))
STEEL = Candidate("steel", sectors=("C",))
OPEN = Candidate("open")
NURSING = Candidate("nursing", occupations=("nurse",))
ALL = (CARE, STEEL, OPEN, NURSING)

slugs = some.text("abcdefgh", min_size=1, max_size=3)
candidates = some.lists(
    some.builds(
        Candidate,
        slugs,
        some.lists(some.sampled_from("CRQ"), max_size=2).map(tuple),
        some.lists(some.sampled_from(["nurse", "welder"]), max_size=1).map(tuple),
    ),
    min_size=1,
    max_size=9,
    unique_by=lambda each: each.slug,
)
employers = some.fixed_dictionaries(
    {"sector": some.sampled_from([None, "C", "R", "V"]), "occupations": some.sampled_from([(), ("nurse",)])}
)
numbers = some.dictionaries(slugs, some.integers(0, 5000))


def chosen(among=ALL, *, heard=None, asked=None, seed="seed", most=3, **employer) -> tuple[str, ...]:
    return choose_credentials(
        among, heard=heard or {}, asked=asked or {}, today=TODAY, seed=seed, most=most, **employer
    )


def first_drawn(among=ALL, *, times=2000, **given) -> Counter:
    return Counter(chosen(among, seed=f"seed {number}", most=1, **given)[0] for number in range(times))


def test_the_fall_of_the_standard_error_is_what_one_answer_more_brings():
    assert isclose(need(0), 1 - 1 / sqrt(2))
    assert isclose(need(3), 1 / 2 - 1 / sqrt(5))
    assert need(-1) == need(0)


def test_the_chances_are_as_by_hand():
    # Heard alike. Of a sector alone, "nursing" says nothing: fit 4, 1, 2 and 2 of 9. A fifth is shared out evenly.
    found = chances(ALL, sector="R", heard={})
    fits = {"care": 4, "steel": 1, "open": 2, "nursing": 2}
    by_hand = {slug: 0.2 / 4 + 0.8 * fit / 9 for slug, fit in fits.items()}
    assert found == pytest.approx(by_hand)


def test_an_occupation_they_fill_fits_as_well_as_a_sector():
    found = chances(ALL, sector="R", occupations=("nurse",), heard={})
    assert found["care"] == found["nursing"] > found["open"] > found["steel"]


def test_of_an_employer_nobody_knows_everything_fits_alike():
    assert len({round(chance, 12) for chance in chances(ALL, heard={}).values()}) == 1


@given(candidates, employers, numbers)
def test_every_credential_has_a_chance(among, employer, heard):
    found = chances(among, **employer, heard=heard)
    assert sum(found.values()) == pytest.approx(1)
    assert min(found.values()) >= EVEN / len(among)


@given(candidates, employers, numbers, some.integers(0, 500), some.integers(1, 500), some.text())
def test_a_credential_heard_less_often_never_loses_by_it(among, employer, heard, fewer, more, seed):
    slug = among[0].slug
    heard, less = {**heard, slug: fewer + more}, {**heard, slug: fewer}
    assert chances(among, **employer, heard=less)[slug] >= chances(among, **employer, heard=heard)[slug] - 1e-12
    if slug in chosen(among, heard=heard, seed=seed, **employer):
        assert slug in chosen(among, heard=less, seed=seed, **employer)


@given(candidates, employers, numbers, some.text())
def test_the_same_seed_chooses_the_same_in_whatever_order_they_come(among, employer, heard, seed):
    found = chosen(among, heard=heard, seed=seed, **employer)
    assert found == chosen([*reversed(among), among[0]], heard=heard, seed=seed, **employer)
    assert len(found) == len(set(found)) == min(3, len(among))


@given(candidates, some.dictionaries(slugs, some.integers(-3, 800)), some.text())
def test_nobody_is_asked_about_the_same_within_a_year_while_there_is_another(among, days_ago, seed):
    asked = {slug: TODAY - timedelta(days) for slug, days in days_ago.items()}
    recent = {slug for slug, days in days_ago.items() if days < DAYS_APART}
    found = set(chosen(among, asked=asked, seed=seed))
    rested = {each.slug for each in among} - recent
    assert found <= rested if rested else len(found) == min(3, len(among))


def test_the_year_ends_on_its_last_day():
    for days, expected in ((364, {"steel"}), (365, {"care", "steel"})):
        asked = {"care": TODAY - timedelta(days)}
        assert set(chosen((CARE, STEEL), asked=asked)) == expected


def test_over_many_employers_each_comes_as_often_as_its_chance():
    heard = {"care": 40, "steel": 3, "open": 0, "nursing": 12}
    expected = chances(ALL, sector="R", heard=heard)
    drawn = first_drawn(sector="R", heard=heard)
    assert set(drawn) == set(expected)
    for slug, chance in expected.items():
        spread = sqrt(2000 * chance * (1 - chance))
        assert abs(drawn[slug] - 2000 * chance) < 4 * spread, slug


def test_what_was_not_heard_on_comes_first_and_what_was_is_not_forgotten():
    drawn = first_drawn(heard={"care": 500, "steel": 0, "open": 500, "nursing": 500})
    assert drawn["steel"] > 1500
    assert min(drawn.values()) > 50  # EVEN / 4 of 2,000 are 100


def test_without_a_candidate_nothing_is_chosen():
    assert chosen(()) == ()
    assert chances((), heard={}) == {}
