"""Quantiles of a method that only gives medians: its medians, and the errors it made until then."""

import numpy as np
import pytest

from forecast.members.residuals import quantiles_of
from forecast.quantiles import QUANTILE_LEVELS
from forecast.smoothing import ROOT, bell
from forecast.smoothing.memory import TRIMMED

MEDIAN = QUANTILE_LEVELS.index(0.5)
DAYS, HORIZON = 400, 4
COUNTS = np.random.default_rng(1).negative_binomial(20, 20 / 420, (1, DAYS)).astype(float)


def medians_of(days, value=400.0):
    return np.full((len(days), 1, HORIZON), value)


def test_quantiles_lie_about_the_median_as_the_exact_quantiles_of_past_errors_within_a_few_percent():
    days = list(range(DAYS))
    made = quantiles_of(medians_of(days), days, COUNTS, [DAYS - 1])[0, 0]
    errors = np.sqrt(COUNTS[0, 1:]) - 20.0
    weights = 0.5 ** ((DAYS - 1 - np.arange(1, DAYS)) / 90)
    order = np.argsort(errors)
    upto = np.cumsum(weights[order]) / weights.sum()
    found = errors[order][np.searchsorted(upto, QUANTILE_LEVELS)]
    expected = (20.0 + found - found[TRIMMED:-TRIMMED].mean()) ** 2
    np.testing.assert_allclose(made[0], expected, rtol=0.06)


def test_nothing_after_a_cutoff_is_used():
    days = list(range(0, DAYS, 7))
    wild = COUNTS.copy()
    wild[:, 301:] = 1e6
    first, second = (quantiles_of(medians_of(days), days, counts, [280, 294]) for counts in (COUNTS, wild))
    np.testing.assert_array_equal(first, second)


def test_a_cutoff_beside_others_gets_what_it_gets_alone():
    days = list(range(0, DAYS, 7))
    both = quantiles_of(medians_of(days), days, COUNTS, [140, 294])
    np.testing.assert_array_equal(quantiles_of(medians_of(days), days, COUNTS, [294])[0], both[1])


def test_without_a_median_at_a_cutoff_there_are_no_quantiles():
    days = [100, 107]
    medians = medians_of(days)
    medians[1] = np.nan
    made = quantiles_of(medians, days, COUNTS, [100, 103, 107])
    assert np.isfinite(made[0]).all()
    assert np.isnan(made[1:]).all()


def test_without_errors_of_its_own_a_method_is_as_wide_as_the_other():
    like = np.sort(np.random.default_rng(2).gamma(9, 50, (1, 1, HORIZON, len(QUANTILE_LEVELS))), axis=3)
    made = quantiles_of(medians_of([50], 900.0), [50], COUNTS, [50], like=like)[0, 0]
    offsets = np.sqrt(like[0, 0]) - np.sqrt(like[0, 0, :, MEDIAN : MEDIAN + 1])
    np.testing.assert_allclose(made, np.maximum(30.0 + offsets, 0.0) ** 2, rtol=1e-9)


def test_an_unknown_other_leaves_the_bare_median():
    like = np.full((1, 1, HORIZON, len(QUANTILE_LEVELS)), np.nan)
    made = quantiles_of(medians_of([50]), [50], COUNTS, [50], like=like)
    np.testing.assert_allclose(made, 400.0)


def test_without_any_errors_the_spread_is_a_share_of_what_was_counted():
    made = quantiles_of(medians_of([99]), [99], COUNTS, [99])[0, 0]
    level = np.sqrt(COUNTS[:, 10:100].mean(axis=1))
    expected = np.maximum(20.0 + bell(0.35 * ROOT.unit(level), HORIZON)[0], 0.0) ** 2
    np.testing.assert_allclose(made, expected, rtol=1e-9)


def test_missing_days_say_nothing_of_a_methods_errors():
    days = list(range(DAYS))
    holed = COUNTS.copy()
    holed[0, np.random.default_rng(3).random(DAYS) < 0.4] = np.nan
    whole, part = (quantiles_of(medians_of(days), days, counts, [399])[0, 0] for counts in (COUNTS, holed))
    np.testing.assert_allclose(part, whole, rtol=0.2)


@pytest.mark.parametrize("median", [0.0, 0.01, 1e7])
def test_quantiles_ascend_and_are_never_negative(median):
    days = list(range(0, DAYS, 5))
    made = quantiles_of(medians_of(days, median), days, COUNTS, days)
    assert np.isfinite(made).all()
    assert (made >= 0).all()
    assert (np.diff(made, axis=3) >= 0).all()
