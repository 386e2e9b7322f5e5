"""Looked-up quantiles and probabilities against scipy's exact ones."""

import numpy as np
import pytest
from scipy.stats import nbinom, poisson

from forecast.members.negative_binomial import log_probability, quantiles_with_zeros
from forecast.quantiles import QUANTILE_LEVELS

LEVELS = np.array(QUANTILE_LEVELS)


def test_log_probabilities_are_those_of_scipy():
    counts, mean, excess = np.arange(0.0, 50.0), 7.5, 0.6
    exact = nbinom.logpmf(counts, 1 / excess, 1 / (1 + excess * mean))
    np.testing.assert_allclose(log_probability(counts, np.array(mean), np.array(excess)), exact, rtol=1e-9)


@pytest.mark.parametrize("mean", [0.3, 4.0, 60.0, 900.0, 50_000.0])
@pytest.mark.parametrize("excess", [0.01, 0.3, 2.0])
def test_quantiles_are_near_the_exact_ones(mean, excess):
    found = quantiles_with_zeros(np.array(1.0), np.array(mean), np.array(excess))
    exact = 1 + nbinom.ppf(LEVELS, 1 / excess, 1 / (1 + excess * mean))
    np.testing.assert_allclose(found, exact, rtol=0.08, atol=1 + 0.04 * mean)


def test_quantiles_of_a_count_that_is_mostly_none():
    found = quantiles_with_zeros(np.array(0.3), np.array(10.0), np.array(1e-3))
    assert (found[LEVELS < 0.7] == 0).all()
    exact = 1 + poisson.ppf((LEVELS[LEVELS > 0.7] - 0.7) / 0.3, 10.0)
    np.testing.assert_allclose(found[LEVELS > 0.7], exact, atol=1.0)


def test_quantiles_grow_with_level_mean_and_chance():
    chance, mean = np.meshgrid([0.01, 0.2, 0.7, 1.0], [0.0, 0.1, 3.0, 3e3, 1e6], indexing="ij")
    found = quantiles_with_zeros(chance, mean, np.full(chance.shape, 0.5))
    assert np.isfinite(found).all()
    for axis in range(3):
        assert (np.diff(found, axis=axis) >= 0).all()
