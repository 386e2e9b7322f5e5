"""The regression member against statsmodels on a hand-made design, and on series that are hard to fit."""

from datetime import date, timedelta

import numpy as np
import pytest
import statsmodels.api as sm
from scipy.optimize import minimize
from scipy.stats import gamma

from forecast.calendars import SHAPES, break_shapes
from forecast.members.glm import CountRegression, _estimate
from forecast.members.one_by_one import OneByOne, Series
from tests.forecast.panels import START, weekly


def smoothed(counts, gain):
    level, levels = 0.0, []
    for day, count in enumerate(counts, start=1):
        level += max(gain, 1 / day) * (count - level)
        levels.append(np.log(level + 0.5))
    return np.array(levels)


def test_forecasts_are_those_of_statsmodels_with_made_up_counts_for_a_prior():
    counts = weekly(200)
    levels = np.column_stack([smoothed(counts, 0.3), smoothed(counts, 0.05)])
    weekday = np.eye(7)[np.arange(228) % 7]
    weights = 0.5 ** (np.arange(198)[::-1] / 180)
    rows = np.array([[0] * 7 + pair for pair in ([1, 0], [0, 1], [-1, 0], [0, -1])])
    columns = np.concatenate([np.column_stack([weekday[2:200], levels[:198]]), rows])
    values = np.concatenate([counts[2:], np.exp([0.45, 0.45, -0.45, -0.45])])
    precision = np.full(4, 1 / (2 * 0.2**2))
    sure = np.concatenate([weights, precision])
    first = sm.GLM(values, columns, sm.families.Poisson(), var_weights=sure).fit()
    mean = first.fittedvalues[:198]
    excess = max((weights * ((counts[2:] - mean) ** 2 - mean)).sum() / (weights * mean**2).sum(), 0.02)
    family = sm.families.NegativeBinomial(alpha=excess)
    sure = np.concatenate([weights, precision * (1 + excess)])
    found = sm.GLM(values, columns, family, var_weights=sure).fit().params
    ahead = np.exp(weekday[200:] @ found[:7] + levels[-1] @ found[7:])
    expected = gamma.ppf(0.5, 1 / excess) * excess * ahead
    np.testing.assert_allclose(CountRegression().fit(Series(START, counts)).forecast(28), expected, rtol=1e-4)


def test_the_made_up_counts_pull_as_a_normal_prior_does():
    generator = np.random.default_rng(3)
    columns = np.column_stack([np.eye(7)[np.arange(60) % 7], generator.normal(0, 0.1, (60, 2))])
    counts = generator.poisson(3.0, 60).astype(float)
    found, dispersion = _estimate(counts, columns, np.zeros(60), np.ones(60))

    def loss(coefficients):
        log = columns @ coefficients
        likely = counts * log - (counts + 1 / dispersion) * np.log1p(dispersion * np.exp(log))
        return -likely.sum() + (((coefficients[7:] - 0.45) / 0.2) ** 2).sum() / 2

    exact = minimize(loss, found, tol=1e-10).x
    np.testing.assert_allclose(found, exact, atol=0.03)


def test_hindcasts_use_the_first_cutoffs_coefficients_and_each_cutoffs_levels():
    counts = np.r_[weekly(171), weekly(29, level=800.0)]
    first = next(day for day in range(165, 195) if (START.toordinal() + day) % 28 == 0)
    made = CountRegression().hindcast(Series(START, counts), [first, first + 7, first + 14], 14)
    fitted = CountRegression()._fit(Series(START, counts), first)
    np.testing.assert_allclose(made, fitted.at([first, first + 7, first + 14], 14))
    np.testing.assert_allclose(
        made[0], CountRegression().fit(Series(START, counts[: first + 1])).forecast(14)
    )


def test_after_four_weeks_it_is_fitted_anew():
    counts = weekly(260)
    first = next(day for day in range(165, 195) if (START.toordinal() + day) % 28 == 0)
    made = CountRegression().hindcast(Series(START, counts), [first, first + 28], 14)
    np.testing.assert_allclose(
        made[1], CountRegression().fit(Series(START, counts[: first + 29])).forecast(14)
    )


def test_it_follows_a_level_that_never_shifted_before():
    counts = np.r_[weekly(171), weekly(29, level=800.0)]
    before, after = CountRegression()._fit(Series(START, counts), 170).at([170, 199], 14).sum(axis=1)
    assert after > 1.5 * before


def test_nothing_after_a_cutoff_is_used():
    counts = weekly(200)
    changed = counts.copy()
    changed[181:] = 1e6
    made = CountRegression().hindcast(Series(START, counts), [170, 180, 199], 14)
    other = CountRegression().hindcast(Series(START, changed), [170, 180, 199], 14)
    np.testing.assert_array_equal(made[:2], other[:2])


def test_missing_days_are_skipped_and_not_read_as_zeros():
    counts = weekly(200)
    counts[150:157] = np.nan
    forecast = CountRegression().fit(Series(START, counts)).forecast(7)
    np.testing.assert_allclose(forecast, 400 * np.array([1.3, 1.8, 1.5, 1, 1, 1, 1.1]), rtol=0.15)


def test_a_season_is_learnt_from_two_years():
    days = np.arange(900)
    counts = np.random.default_rng(1).poisson(300 * np.exp(0.8 * np.sin(2 * np.pi * days / 365.25)))
    forecast = CountRegression().fit(Series(date(2022, 1, 1), counts[:760].astype(float))).forecast(28)
    assert forecast[21:].mean() > forecast[:7].mean()
    np.testing.assert_allclose(forecast, counts[760:788], rtol=0.3)


def test_the_breaks_of_both_sides_move_a_forecast():
    counts = weekly(1000, level=2000.0)
    shapes = break_shapes(("KZ", "RU"), START, START + timedelta(days=1027))
    inside = shapes[:, [SHAPES.index("single"), SHAPES.index("first"), len(SHAPES)]].any(axis=1)
    assert inside[1000:].any()
    counts[inside[:1000]] *= 2
    forecast = CountRegression().fit(Series(START, counts, ("KZ", "RU"))).forecast(28)
    plain = CountRegression().fit(Series(START, counts)).forecast(28)
    assert (forecast / plain)[inside[1000:]].min() > 1.1 * (forecast / plain)[~inside[1000:]].mean()


def test_no_forecast_exceeds_a_multiple_of_what_was_counted():
    counts = np.r_[np.ones(60), 2.0 ** np.arange(14)]
    assert CountRegression().fit(Series(START, counts)).forecast(28).max() <= 3 * 2**13 + 1


@pytest.mark.parametrize(
    "counts",
    [
        np.full(100, 7.0),
        np.r_[np.ones(99), 1e6],
        np.r_[np.zeros(99), 1.0],
        np.tile([0, 0, 0, 0, 0, 0, 5.0], 30),
    ],
)
def test_hard_series_give_finite_forecasts(counts):
    forecast = CountRegression().fit(Series(START, counts)).forecast(28)
    assert np.isfinite(forecast).all()
    assert (forecast >= 0).all()


def test_a_series_that_cannot_be_regressed_gives_nan_and_the_reason():
    member = OneByOne(CountRegression())
    made, reason = member.hindcast_series(Series(START, np.zeros(100)), [99], 5)
    assert np.isnan(made).all()
    assert reason == "ValueError: no arrivals to regress"
    gap = np.r_[np.ones(20), np.full(400, np.nan), np.ones(30)]
    assert member.hindcast_series(Series(START, gap), [449], 5)[1] is None
