"""Means and medians of what is known, as numpy has them where something is."""

import numpy as np
import pytest

from forecast.arrays import known_mean, known_median

VALUES = np.random.default_rng(1).normal(size=(5, 6, 7))
VALUES[VALUES > 0.8] = np.nan


@pytest.mark.parametrize(("own", "oracle"), [(known_mean, np.nanmean), (known_median, np.nanmedian)])
@pytest.mark.parametrize("axis", [0, 1, 2])
def test_they_are_those_of_the_finite_values(own, oracle, axis):
    np.testing.assert_allclose(own(VALUES, axis=axis), oracle(VALUES, axis=axis), rtol=1e-12)


@pytest.mark.parametrize("own", [known_mean, known_median])
def test_of_nothing_known_nothing_is_told_and_nobody_warns(own):
    nothing = np.array([[np.nan, np.nan], [3.0, np.nan]])
    np.testing.assert_array_equal(own(nothing, axis=1), [np.nan, 3.0])
