from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback.catalogue.values import Credential, Run
from feedback.sample.cohorts import BANDS, months_before, runs_of, shared_out

TODAY = date(2026, 3, 5)
BADGE = Credential(
    slug="badge", title="Badge", kind="badge", programme="any", carriers=["badge image"], planned_weeks=8
)
USUAL = {
    "every": 5, "latest": 1, "deliveries": ["digital", "hybrid"], "enrolled": 100, "growth": 0.1, "started": 0.9,
    "completed": 0.7, "passed": 0.8, "views": 10, "enquiries": 2, "score": 74,
}  # fmt: skip


def runs(changed=None, gained=0.0, **cohorts):
    return [Run(**fields) for fields in runs_of(BADGE, USUAL | cohorts, TODAY, changed, gained)]


@pytest.mark.parametrize(("months", "first"), [(0, date(2026, 1, 1)), (1, date(2025, 12, 1)), (13, date(2024, 12, 1))])
def test_months_are_counted_back_over_the_year(months, first):
    assert months_before(date(2026, 1, 31), months) == first


def test_runs_are_as_far_apart_as_said_oldest_first_over_three_years():
    found = runs()
    assert [run.starts for run in found] == [months_before(TODAY, ago) for ago in (31, 26, 21, 16, 11, 6, 1)]
    assert [run.slug for run in found] == [f"badge-{number}" for number in range(1, 8)]
    assert [run.delivery for run in found] == ["digital"] * 4 + ["hybrid"] * 3
    assert len(runs(most=1)) == 1


def test_what_has_not_ended_says_nothing_of_its_end():
    ended, going_on = runs()[-2:]
    assert ended.completed is not None
    assert ended.actual_weeks == 8
    assert going_on.started is not None
    assert (going_on.completed, going_on.test_results, going_on.actual_weeks) == (None, {}, None)


def test_test_results_are_of_all_who_completed_and_the_upper_bands_of_those_who_passed():
    for run in runs()[:-1]:
        assert list(run.test_results) == list(BANDS)
        assert sum(run.test_results.values()) == run.completed
        assert sum(list(run.test_results.values())[2:]) == run.passed
        assert max(run.test_results, key=run.test_results.get) == "70-79"


def test_more_complete_once_a_change_has_worked():
    since = months_before(TODAY, 16)
    share = {run.starts >= since: run.completed / run.started for run in runs(changed=since, gained=0.2)[:-1]}
    assert share[True] - share[False] > 0.12


def test_a_growing_credential_enrols_more_from_run_to_run():
    enrolled = [run.enrolled for run in runs(growth=0.5)]
    assert enrolled == sorted(enrolled)


def test_the_same_day_gives_the_same_runs():
    assert runs() == runs()


@settings(deadline=None)
@given(st.integers(0, 5000), st.lists(st.floats(0.01, 10), min_size=1, max_size=6))
def test_sharing_out_loses_nobody_and_nobody_is_half_a_person_off(total, weights):
    share = shared_out(total, weights)
    assert sum(share) == total
    assert all(abs(one - total * weight / sum(weights)) < 1 for one, weight in zip(share, weights, strict=True))
