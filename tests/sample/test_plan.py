from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback.sample.plan import NOBODY, chances, make_plan, quotas

TODAY = date(2026, 3, 5)


def same(one, other):
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in vars(one))


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.floats(0.1, 9), st.one_of(st.none(), st.integers(0, 20))), min_size=1, max_size=8),
    st.integers(0, 500),
)
def test_quotas_share_out_everything_the_limits_allow(entries, total):
    weights, limits = zip(*entries, strict=True)
    share = quotas(weights, limits, total)
    room = sum(total if limit is None else min(limit, total) for limit in limits)
    assert share.sum() == min(total, room)
    assert all(limit is None or number <= limit for number, limit in zip(share, limits, strict=True))
    assert (share >= 0).all()


@pytest.mark.parametrize("size", [0, 1, 2, 7, 100, 4000])
def test_a_plan_has_as_many_responses_as_asked_for_by_their_shares(institution, size):
    plan = make_plan(institution, size, 1, TODAY)
    assert len(plan) == size
    assert (plan.organisations != NOBODY).sum() == round(0.15 * size)
    assert (plan.about[:, 0] != NOBODY).all()


def test_keys_look_random_are_sorted_and_never_twice(institution):
    keys = make_plan(institution, 2000, 1, TODAY).keys.tolist()
    assert keys == sorted(set(keys))
    assert {len(key) for key in keys} == {32}
    assert len({key[:2] for key in keys}) > 250


def test_the_same_size_and_seed_give_the_same_plan_and_others_another(institution):
    plan = make_plan(institution, 300, 5, TODAY)
    assert same(plan, make_plan(institution, 300, 5, TODAY))
    assert not set(plan.keys.tolist()) & set(make_plan(institution, 300, 6, TODAY).keys.tolist())
    assert not set(plan.keys.tolist()) & set(make_plan(institution, 301, 5, TODAY).keys.tolist())


def test_a_seed_may_be_negative_or_huge():
    assert chances(-1, 2).random() != chances(1, 2).random() != chances(2**80, 2).random()


def test_responses_spread_over_the_twelve_months_up_to_today(institution):
    months = make_plan(institution, 4000, 1, TODAY).months
    assert sorted(set(months.tolist())) == [f"2025-{m:02}" for m in range(4, 13)] + ["2026-01", "2026-02", "2026-03"]
    assert np.unique(months, return_counts=True)[1].min() > 100


def test_who_answers_when_cannot_be_read_from_the_order(institution):
    """Keys are in order; neither organisation nor month may follow it."""
    plan = make_plan(institution, 4000, 1, TODAY)
    months = np.unique(plan.months, return_inverse=True)[1]
    place = np.arange(len(plan))
    assert abs(np.corrcoef(place, months)[0, 1]) < 0.06
    assert abs(np.corrcoef(place, plan.organisations == NOBODY)[0, 1]) < 0.06


@pytest.mark.parametrize("size", [100, 4000])
def test_limits_hold_at_every_size(institution, size):
    plan = make_plan(institution, size, 1, TODAY)
    employers = plan.organisations != NOBODY
    slugs = [credential.slug for credential in institution.credentials]
    about = {slug: (plan.about == index).any(axis=1) for index, slug in enumerate(slugs)}
    few = about["customer-service"] & employers
    assert few.sum() == 4
    assert len(set(plan.organisations[few].tolist())) == 4
    assert (about["drone-surveying"] & ~employers).sum() == 4
    two = {employer.organisation.slug: index for index, employer in enumerate(institution.employers)}
    knowing = set(plan.organisations[about["payroll-law"] & employers].tolist())
    assert knowing <= {two["tressimond-consulting"], two["yarlbeck-staffing"]}


def test_each_other_credential_is_rated_often_and_by_many_organisations(institution):
    plan = make_plan(institution, 4000, 1, TODAY)
    employers = plan.organisations != NOBODY
    for index, credential in enumerate(institution.credentials):
        here = employers & (plan.about == index).any(axis=1)
        if credential.slug == "payroll-law":
            assert here.sum() >= 12
        elif credential.slug != "customer-service":
            assert here.sum() >= 12, credential.slug
            assert len(set(plan.organisations[here].tolist())) >= 8, credential.slug


def test_nobody_is_asked_twice_about_one_credential_nor_about_more_than_three(institution):
    for about in make_plan(institution, 2000, 1, TODAY).about.tolist():
        named = [index for index in about if index != NOBODY]
        assert len(named) == len(set(named)) <= 3


def test_pieces_together_are_the_plan(institution):
    plan = make_plan(institution, 95, 1, TODAY)
    pieces = list(plan.pieces(40))
    assert [len(piece) for piece in pieces] == [40, 40, 15]
    assert np.array_equal(np.concatenate([piece.keys for piece in pieces]), plan.keys)
