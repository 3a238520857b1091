"""The crossed model's fit: against hand-worked sums, a direct evaluation, a fine grid, and lme4 on real ratings."""

import gzip
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas import DataFrame
from scipy.stats import multivariate_normal, norm

from feedback.analysis import crossed
from feedback.analysis.crossed import Crossed
from feedback.analysis.value import fit_crossed
from tests.analysis.rated import SQUARE, simulated

PENICILLIN = {
    "sd": [1.931613792223, 0.846702510331, 0.549922682063],
    "intercept": 22.9722222222,
    "criterion": 330.860589,
    "effects": [2.187058, -1.010476, 1.937900, -0.096895, -0.013842, -3.003745],
}
"""lme4 1.1-31, lmer(diameter ~ 1 + (1 | sample) + (1 | plate)): sds of sample, plate and rest, and of the samples."""
DYESTUFF = {
    "variances": [1764.05000643, 0.0, 2451.24999861],
    "intercept": 1527.5,
    "criterion": 319.654276842,
    "effects": [-17.606851, 0.391263, 28.562226, -23.084538, 56.733188, -44.995287],
}
"""lme4 1.1-31, lmer(Yield ~ 1 + (1 | Batch)); a rater for each rating says nothing of raters."""


def file_of(shared_data: Path, name: str) -> Path:
    file = shared_data / "reference" / name
    if not file.exists():
        pytest.skip(f"{file} is not here; set FEEDBACK_TEST_DATA to the folder that holds reference/")
    return file


def effects(fit: Crossed) -> np.ndarray:
    return fit.plain().effects


def test_a_full_square_of_ratings_gives_the_sums_of_squares_worked_by_hand():
    # Item means 13/3, 10/3, 2; rater means 11/3, 11/3, 7/3; all 29/9. Squares: items 74/9, raters 32/9, all 122/9,
    # rest 16/9. Mean squares: items 37/9, raters 16/9, rest 4/9. So the variances are (37/9 - 4/9) / 3 = 11/9,
    # (16/9 - 4/9) / 3 = 4/9 and 4/9, and an effect is its deviation times 1 - (4/9) / (37/9) = 33/37.
    fit = fit_crossed(SQUARE)
    assert (*fit.variances, fit.variance_residual) == pytest.approx((11 / 9, 4 / 9, 4 / 9), 1e-5)
    assert fit.intercept == pytest.approx(29 / 9)
    assert effects(fit) == pytest.approx(np.array([10 / 9, 1 / 9, -11 / 9]) * 33 / 37, rel=1e-5)


def directly(table: DataFrame, variances: list[float], terms: tuple[str, ...] = ("item", "rater")):
    """-2 log REML likelihood, item effects and their posterior covariance from the full covariance of all scores."""
    each = [pd.get_dummies(table[name]).to_numpy(float) for name in terms]
    y, one = table["score"].to_numpy(float), np.ones(len(table))
    v = variances[-1] * np.eye(len(y))
    for variance, z in zip(variances, each, strict=False):
        v += variance * z @ z.T
    inverse = np.linalg.inv(v)
    weight = one @ inverse @ one
    project = inverse - np.outer(inverse @ one, one @ inverse) / weight
    free = len(y) - 1
    value = np.linalg.slogdet(v)[1] + np.log(weight) + y @ project @ y + free * np.log(2 * np.pi)
    cross = variances[0] * each[0].T
    return value, cross @ project @ y, variances[0] * np.eye(each[0].shape[1]) - cross @ project @ cross.T


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_criterion_effects_and_covariance_equal_a_direct_evaluation(seed: int):
    table = simulated(seed=seed)
    fit = fit_crossed(table)
    value, expected, covariance = directly(table, [*fit.variances, fit.variance_residual])
    assert fit.criterion == pytest.approx(value, abs=1e-6)
    assert effects(fit) == pytest.approx(expected, abs=1e-8)
    assert fit.plain().covariance == pytest.approx(covariance, abs=1e-8)
    assert fit.reliability == pytest.approx(1 - np.diag(covariance) / fit.variances[0], abs=1e-6)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_no_other_variances_near_by_fit_better(seed: int):
    table = simulated(seed=seed)
    fit = fit_crossed(table)
    best = np.array([*fit.variances, fit.variance_residual])
    for part in range(3):
        for factor in (0.98, 1.02):
            other = best.copy()
            other[part] *= factor
            assert directly(table, list(other))[0] > fit.criterion


def with_sector(table: DataFrame) -> tuple[DataFrame, Crossed]:
    """The table with columns sector and within, and its fit with both as further terms."""
    table = table.assign(sector=table["rater"] % 3, within=table["item"] * 3 + table["rater"] % 3)
    tied = table["sector"].map({0: 0.4, 1: 0.0, 2: -0.5}) + table["within"] % 5 / 5
    table["score"] += tied
    terms = [pd.factorize(table[name], sort=True)[0] for name in ("item", "sector", "within")]
    return table, Crossed(terms, table["rater"].to_numpy(), table["score"].to_numpy(), np.ones(len(table)))


def test_further_terms_are_fitted_by_the_same_algebra():
    table, fit = with_sector(simulated(raters=60, seed=4))
    best = [*fit.variances, fit.variance_residual]
    names = ("item", "sector", "within", "rater")
    value, expected, covariance = directly(table, best, names)
    assert fit.criterion == pytest.approx(value, abs=1e-6)
    assert effects(fit) == pytest.approx(expected, abs=1e-8)
    assert fit.plain().covariance == pytest.approx(covariance, abs=1e-8)
    for part in range(4):
        other = [value * (1.03 if place == part else 1) for place, value in enumerate(best)]
        assert directly(table, other, names)[0] > fit.criterion - 1e-9


def test_the_slope_is_that_of_the_criterion():
    for fit in (fit_crossed(simulated()), with_sector(simulated())[1]):
        for logs in (np.linspace(-1, 0.5, len(fit.logs)), np.linspace(1, -2, len(fit.logs))):
            slope = fit.slope(logs)[1]
            for part in range(len(logs)):
                step = np.eye(len(logs))[part] * 1e-5
                rise = (fit.slope(logs + step)[0] - fit.slope(logs - step)[0]) / 2e-5
                assert slope[part] == pytest.approx(rise, rel=1e-4, abs=1e-4)


def test_sums_made_anew_each_time_are_those_kept_ready(monkeypatch):
    table = simulated(items=20, raters=50)
    ready = fit_crossed(table)
    for light in (10**6, 1):
        monkeypatch.setattr(crossed, "MOST_PAIRS", 1)
        monkeypatch.setattr(crossed, "LIGHT", light)
        anew = fit_crossed(table)
        assert anew.pairs is None
        assert anew.criterion == pytest.approx(ready.criterion, abs=1e-9)
        assert effects(anew) == pytest.approx(effects(ready), abs=1e-6)


def test_the_grid_is_the_mixture_over_variance_ratios_it_says_it_is():
    table = simulated(items=6, raters=9, each=3, seed=3)
    fit = fit_crossed(table)
    logs = np.linspace(-10, 6, 17)
    total, mean, square, below = 0.0, np.zeros(6), np.zeros(6), np.zeros(6)
    belief, free = fit.integrated(), len(table) - 1
    low = belief.quantile(0.05)
    for item in logs:
        for rater in logs:
            part = _given(table, item, rater)
            share = np.exp(-part[0] / 2 + item - 2 * np.logaddexp(0, item) + rater - 2 * np.logaddexp(0, rater) + 20)
            variance = part[2] * free / (free - 2)
            total += share
            mean, square = mean + share * part[1], square + share * (variance + part[1] ** 2)
            below += share * crossed.stdtr(free, (low - part[1]) / np.sqrt(part[2]))
    mean, square = mean / total, square / total
    assert belief.effects == pytest.approx(mean, abs=0.01 * np.sqrt(square.max()))
    assert np.diag(belief.covariance) == pytest.approx(square - mean**2, rel=0.02)
    assert below / total == pytest.approx(np.full(6, 0.05), abs=0.002)


def _given(table: DataFrame, item: float, rater: float) -> tuple[float, np.ndarray, np.ndarray]:
    """The criterion, the effects and their variances at these log ratios, the residual variance at its best."""
    ratios = [np.exp(item), np.exp(rater), 1.0]
    value, expected, covariance = directly(table, ratios)
    free = len(table) - 1
    one = directly(table.assign(score=0.0), ratios)[0]
    residual = (value - one) / free
    return one + free * np.log(residual) + free, expected, np.diag(covariance) * residual


def test_quantiles_of_one_part_are_those_of_a_normal_distribution():
    belief = fit_crossed(simulated()).plain()
    sd = np.sqrt(np.diag(belief.covariance))
    for chance in (0.05, 0.25, 0.5, 0.95):
        assert belief.quantile(chance) == pytest.approx(belief.effects + norm.ppf(chance) * sd, abs=1e-6)


def test_chances_are_those_of_the_joint_posterior():
    fit = fit_crossed(simulated(items=5, seed=2))
    belief = fit.plain()
    drawn = multivariate_normal(belief.effects, belief.covariance, seed=1).rvs(40_000)
    expected = np.bincount(np.argmax(drawn, axis=1), minlength=5) / 40_000
    assert fit.chance_among(belief, top=1, draws=40_000, seed=1) == pytest.approx(expected, abs=0.012)


def test_drawing_in_pieces_gives_as_many_draws(monkeypatch):
    monkeypatch.setattr(crossed, "AT_ONCE", 100)
    fit = fit_crossed(simulated())
    for belief in (fit.plain(), fit.integrated()):
        assert fit.chance_among(belief, top=3, draws=333, seed=1).sum() == pytest.approx(3)


@settings(max_examples=20, deadline=None)
@given(st.randoms(use_true_random=False), st.floats(-50, 50), st.sampled_from([1e-9, 0.1, 3.0, 1e9]))
def test_neither_order_nor_level_nor_unit_of_the_scores_matters(chance, shift: float, unit: float):
    table = simulated(items=6, raters=10, each=3)
    order = list(range(len(table)))
    chance.shuffle(order)
    other = fit_crossed(table.iloc[order].assign(score=lambda mixed: (mixed["score"] + shift) * unit))
    same = fit_crossed(table)
    assert effects(other) / unit == pytest.approx(effects(same), abs=1e-4)
    assert other.intercept / unit == pytest.approx(same.intercept + shift, abs=1e-4)
    assert other.variances / unit**2 == pytest.approx(same.variances, rel=1e-3, abs=1e-6)
    assert other.criterion - 2 * 29 * np.log(unit) == pytest.approx(same.criterion, abs=1e-4)


@pytest.mark.parametrize("seed", [1, 2])
def test_equal_ratings_may_stand_in_one_row_with_their_number(seed: int):
    single = simulated(seed=seed).round({"score": 0})
    single = pd.concat([single, single, single.iloc[:20]], ignore_index=True)
    summed = single.assign(people=1).groupby(["item", "rater", "score"], as_index=False)["people"].sum()
    each, together = fit_crossed(single), fit_crossed(summed.sample(frac=1, random_state=seed))
    assert len(summed) < len(single)
    assert together.criterion == pytest.approx(each.criterion, abs=1e-6)
    assert effects(together) == pytest.approx(effects(each), abs=1e-5)


def test_real_ratings_of_lecturers_give_what_lme4_gives(shared_data: Path):
    with gzip.open(file_of(shared_data, "insteval.csv.gz"), "rt") as lines:
        table = pd.read_csv(lines)[["d", "s", "y"]].set_axis(["item", "rater", "score"], axis=1)
    expected = json.loads(file_of(shared_data, "insteval_reference.json").read_text())["M0"]
    blups = pd.read_csv(file_of(shared_data, "insteval_blups_lecturer_40of1128.csv")).set_index("level")
    fit = fit_crossed(table)
    found = (*fit.variances, fit.variance_residual)
    assert found == pytest.approx([expected["var"][part] for part in ("d", "s", "residual")], rel=1e-4)
    assert fit.intercept == pytest.approx(expected["fixef"]["(Intercept)"], rel=1e-6)
    assert fit.criterion == pytest.approx(expected["reml_criterion"], abs=0.01)
    names, belief = np.unique(table["item"]), fit.plain()
    place = np.searchsorted(names, blups.index)
    assert belief.effects[place] == pytest.approx(blups["blup"].to_numpy(), abs=1e-4)
    # lme4's are for a known intercept, ours add its doubt
    sd = np.sqrt(np.diag(belief.covariance))
    assert sd[place] == pytest.approx(blups["postsd"].to_numpy(), rel=0.02)


def test_penicillin_gives_what_lme4_gives(shared_data: Path):
    table = pd.read_csv(file_of(shared_data, "penicillin.csv"))
    fit = fit_crossed(table.rename(columns={"sample": "item", "plate": "rater", "diameter": "score"}))
    assert [*fit.variances, fit.variance_residual] == pytest.approx(np.square(PENICILLIN["sd"]), rel=1e-4)
    assert fit.intercept == pytest.approx(PENICILLIN["intercept"], rel=1e-6)
    assert fit.criterion == pytest.approx(PENICILLIN["criterion"], abs=1e-5)
    assert effects(fit) == pytest.approx(PENICILLIN["effects"], abs=1e-4)


def test_dyestuff_of_one_way_gives_what_lme4_gives(shared_data: Path):
    table = pd.read_csv(file_of(shared_data, "dyestuff.csv"))
    table = table.rename(columns={"Batch": "item", "Yield": "score"}).assign(rater=range(len(table)))
    fit = fit_crossed(table)
    assert [*fit.variances, fit.variance_residual] == pytest.approx(DYESTUFF["variances"], rel=1e-4)
    assert fit.intercept == pytest.approx(DYESTUFF["intercept"], rel=1e-6)
    assert fit.criterion == pytest.approx(DYESTUFF["criterion"], abs=1e-5)
    assert effects(fit) == pytest.approx(DYESTUFF["effects"], abs=5e-3)
