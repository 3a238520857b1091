import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback.sample.cohorts import months_before
from feedback.sample.plan import (
    AFTER,
    EMPLOYER,
    EXPERT,
    INSTRUMENTS,
    LATER,
    LEARNER,
    LEFT,
    MINUTE,
    NOBODY,
    chances,
    make_plan,
    quotas,
)


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
    plan = make_plan(institution, size, 1)
    shares = institution.shares
    assert len(plan) == size
    assert (plan.organisations != NOBODY).sum() == len(plan.of(EMPLOYER)) + len(plan.of(MINUTE))
    assert len(plan.of(EMPLOYER)) == round(shares["employers"] * size)
    assert len(plan.of(LEFT)) == round(shares["left"] * size)
    assert len(plan.of(EXPERT)) == min(len(institution.reviews), size // 100)
    assert sum(len(plan.of(name)) for name in INSTRUMENTS) == size
    assert (plan.about[:, 0] != NOBODY).all()


def test_keys_look_random_are_sorted_and_never_twice(institution):
    keys = make_plan(institution, 2000, 1).keys.tolist()
    assert keys == sorted(set(keys))
    assert {len(key) for key in keys} == {32}
    assert len({key[:2] for key in keys}) > 250


def test_the_same_size_and_seed_give_the_same_plan_and_others_another(institution):
    plan = make_plan(institution, 300, 5)
    assert same(plan, make_plan(institution, 300, 5))
    assert not set(plan.keys.tolist()) & set(make_plan(institution, 300, 6).keys.tolist())
    assert not set(plan.keys.tolist()) & set(make_plan(institution, 301, 5).keys.tolist())


def test_a_seed_may_be_negative_or_huge():
    assert chances(-1, 2).random() != chances(1, 2).random() != chances(2**80, 2).random()


def test_responses_spread_over_the_three_years_up_to_today(institution):
    plan = make_plan(institution, 4000, 1)
    every = {f"{months_before(institution.today, ago):%Y-%m}" for ago in range(36)}
    assert set(plan.of(EMPLOYER).months.tolist()) == every
    assert set(plan.months.tolist()) == every
    assert np.unique([month[:4] for month in plan.months.tolist()], return_counts=True)[1].min() > 200


def test_learners_answer_when_their_run_has_ended_or_soon_after_and_never_later_than_today(institution):
    def months(day):
        return day.year * 12 + day.month

    plan = make_plan(institution, 4000, 1)
    for name, earliest, latest in ((LEARNER, 0, 1), (LATER, AFTER, AFTER)):
        part = plan.of(name)
        for occasion, month, about in zip(part.occasions, part.months, part.about, strict=True):
            run, answered = institution.runs[occasion], int(month[:4]) * 12 + int(month[5:])
            assert run.credential == institution.credentials[about[0]].slug
            assert run.completed is not None
            assert earliest <= answered - months(run.ends) <= latest
            assert answered <= months(institution.today)


def test_who_left_answers_between_the_first_month_of_the_run_and_its_last(institution):
    part = make_plan(institution, 4000, 1).of(LEFT)
    for occasion, month in zip(part.occasions, part.months, strict=True):
        run = institution.runs[occasion]
        assert f"{run.starts:%Y-%m}" <= month <= f"{min(run.ends, institution.today):%Y-%m}"


def test_reviews_are_those_of_the_institutions_list(institution):
    part = make_plan(institution, 4000, 1).of(EXPERT)
    assert sorted(part.occasions.tolist()) == list(range(len(institution.reviews)))
    for occasion, about in zip(part.occasions, part.about, strict=True):
        assert institution.reviews[occasion].credential == institution.credentials[about[0]].slug


def test_who_answers_when_cannot_be_read_from_the_order(institution):
    """Keys are in order; neither organisation nor month may follow it."""
    plan = make_plan(institution, 4000, 1)
    months = np.unique(plan.months, return_inverse=True)[1]
    place = np.arange(len(plan))
    assert abs(np.corrcoef(place, months)[0, 1]) < 0.06
    assert abs(np.corrcoef(place, plan.organisations == NOBODY)[0, 1]) < 0.06


@pytest.mark.parametrize("size", [100, 4000])
def test_limits_hold_at_every_size(institution, size):
    plan = make_plan(institution, size, 1)
    employers = plan.organisations != NOBODY
    slugs = [credential.slug for credential in institution.credentials]
    about = {slug: (plan.about == index).any(axis=1) for index, slug in enumerate(slugs)}
    few = about["customer-service"] & employers
    assert few.sum() == 4
    assert len(set(plan.organisations[few].tolist())) == 4
    learners = ~employers & (plan.instruments != INSTRUMENTS.index(EXPERT))
    assert (about["drone-surveying"] & learners).sum() <= 4
    two = {employer.organisation.slug: index for index, employer in enumerate(institution.employers)}
    knowing = set(plan.organisations[about["payroll-law"] & employers].tolist())
    assert knowing <= {two["tressimond-consulting"], two["yarlbeck-staffing"]}


def test_each_other_credential_is_rated_often_and_by_many_organisations(institution):
    plan = make_plan(institution, 4000, 1)
    employers = plan.organisations != NOBODY
    for index, credential in enumerate(institution.credentials):
        here = employers & (plan.about == index).any(axis=1)
        if credential.slug == "payroll-law":
            assert here.sum() >= 12
        elif credential.slug != "customer-service":
            assert here.sum() >= 12, credential.slug
            assert len(set(plan.organisations[here].tolist())) >= 8, credential.slug


def test_nobody_is_asked_twice_about_one_credential_nor_about_more_than_three(institution):
    for about in make_plan(institution, 2000, 1).about.tolist():
        named = [index for index in about if index != NOBODY]
        assert len(named) == len(set(named)) <= 3


def test_pieces_together_are_the_plan(institution):
    plan = make_plan(institution, 95, 1)
    pieces = list(plan.pieces(40))
    assert [len(piece) for piece in pieces] == [40, 40, 15]
    assert np.array_equal(np.concatenate([piece.keys for piece in pieces]), plan.keys)
