"""Joint paths: totals are exact sums, quantiles and probabilities are read off."""

from datetime import date

import numpy as np
import pytest

from forecast.paths import Paths
from forecast.quantiles import QUANTILE_LEVELS

CUTOFF = date(2022, 9, 26)


@pytest.fixture
def paths():
    values = np.random.default_rng(1).poisson(30, (40, 3, 5))
    return Paths(("a", "b", "c"), CUTOFF, values)


def test_a_total_is_the_sum_of_its_crossings_path_by_path(paths):
    totals = paths.totals(["ab", "all"], np.array([[True, True, False], [True, True, True]]))
    assert totals.ids == ("ab", "all")
    for path in range(40):
        np.testing.assert_array_equal(totals.values[path, 0], paths.values[path, 0] + paths.values[path, 1])
        np.testing.assert_array_equal(totals.values[path, 1], paths.values[path].sum(axis=0))


def test_joined_paths_hold_both_sets(paths):
    totals = paths.totals(["all"], np.ones((1, 3), dtype=bool))
    both = paths.joined(totals)
    assert both.ids == ("a", "b", "c", "all")
    np.testing.assert_array_equal(both.values[:, :3], paths.values)


def test_quantiles_invert_stratified_sampling():
    values = np.arange(100, 600, dtype=np.int64).reshape(500, 1, 1)
    read = Paths(("a",), CUTOFF, values).quantiles().values[0, 0]
    np.testing.assert_allclose(read, 100 + 500 * np.array(QUANTILE_LEVELS) - 0.5)


def test_probabilities_are_shares_of_paths(paths):
    slow = np.zeros((3, 5))
    within = np.zeros((3, 5))
    for series in range(3):
        for day in range(5):
            slow[series, day] = np.mean([path[series, day] > 33 for path in paths.values])
            within[series, day] = np.mean([(path[series, : day + 1] > 33).any() for path in paths.values])
    np.testing.assert_allclose(paths.exceedance(33), slow)
    np.testing.assert_allclose(paths.exceedance_within(33), within)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (np.zeros((4, 2, 5), dtype=int), r"must be \[path, 3, horizon\]"),
        (np.zeros((4, 3), dtype=int), r"must be \[path, 3, horizon\]"),
        (np.full((4, 3, 5), -1), "non-negative integers"),
        (np.zeros((4, 3, 5)), "non-negative integers"),
    ],
)
def test_what_is_no_set_of_counts_is_refused(values, message):
    with pytest.raises(ValueError, match=message):
        Paths(("a", "b", "c"), CUTOFF, values)
