"""Medians across members, and caps."""

import numpy as np
import pytest

from forecast.combine import caps, weighted_median

RNG = np.random.default_rng


@pytest.mark.parametrize("members", [3, 4])
def test_the_weighted_median_of_equal_weights_is_the_median(members):
    quantiles = np.sort(RNG(5).normal(size=(members, 2, 4, 23)), axis=3)
    found = weighted_median(quantiles, np.ones((members, 2)))
    np.testing.assert_allclose(found, np.median(quantiles, axis=0))


def slow_median(values, weights):
    """The value at half of the weight, each in the middle of its own, interpolated."""
    pairs = sorted((value, weight) for value, weight in zip(values, weights, strict=True) if weight > 0)
    upto = np.cumsum([weight for _, weight in pairs])
    middles = (upto - np.array([weight for _, weight in pairs]) / 2) / upto[-1]
    return np.interp(0.5, middles, [value for value, _ in pairs])


def test_it_is_that_of_a_slow_loop_for_any_weights():
    quantiles, weights = RNG(6).normal(size=(5, 3, 2, 23)), RNG(7).random((5, 3))
    weights[2, 1] = 0.0
    found = weighted_median(quantiles, weights)
    for row in range(3):
        for day in range(2):
            for level in range(23):
                expected = slow_median(quantiles[:, row, day, level], weights[:, row])
                assert found[row, day, level] == pytest.approx(expected)


def test_it_ignores_members_without_weight_or_voice():
    quantiles = np.ones((3, 1, 1, 23)) * np.array([1.0, 5.0, np.nan])[:, None, None, None]
    assert (weighted_median(quantiles, np.array([[0.0], [1.0], [9.0]])) == 5).all()
    assert np.isnan(weighted_median(quantiles, np.array([[0.0], [0.0], [9.0]]))).all()


def test_caps_are_those_of_one_and_three_years():
    counts = np.zeros((3, 1500))
    counts[0, 100], counts[1, 800], counts[2, 1400] = 9999, 100, 50  # the first is older than three years
    assert caps(counts).tolist() == [10, 120, 100]


def test_a_series_silent_for_three_years_keeps_the_cap_of_what_it_had():
    counts = np.full((1, 1500), np.nan)
    counts[0, :60] = 500.0
    assert caps(counts).tolist() == [600]


def test_a_series_never_counted_has_the_least_cap():
    assert caps(np.full((1, 9), np.nan)).tolist() == [10]
