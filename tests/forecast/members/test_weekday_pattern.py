"""Weekday factors where there is a pattern, and none where there is chance."""

import numpy as np

from forecast.members.weekday_pattern import weekday_factors
from tests.forecast.panels import weekly


def test_factors_are_those_of_the_days_that_follow():
    pattern = np.array([1, 1, 1, 1.1, 1.3, 1.8, 1.5]) * 7 / 8.7
    np.testing.assert_allclose(weekday_factors(weekly(140)[None])[0], pattern, rtol=0.05)
    np.testing.assert_allclose(weekday_factors(weekly(142)[None])[0], np.roll(pattern, -2), rtol=0.05)


def test_chance_is_no_pattern():
    chance = np.random.default_rng(1).poisson(2.0, (200, 280)).astype(float)
    assert np.abs(weekday_factors(chance) - 1).mean() < 0.02


def test_a_burst_and_a_few_weeks_are_no_pattern():
    burst = np.zeros((1, 280))
    burst[0, 277] = 300.0
    assert weekday_factors(burst).tolist() == [[1.0] * 7]
    assert weekday_factors(weekly(21)[None]).tolist() == [[1.0] * 7]


def test_without_a_count_there_is_no_pattern():
    assert weekday_factors(np.full((2, 60), np.nan)).tolist() == [[1.0] * 7] * 2
    assert weekday_factors(np.zeros((1, 0))).tolist() == [[1.0] * 7]


def test_missing_days_do_not_change_a_factor_but_by_what_they_hid():
    counts = np.tile([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0], 30)[None]
    whole = weekday_factors(counts)
    np.testing.assert_allclose(whole[0], np.arange(1, 8) / 4)
    holed = counts.copy()
    holed[0, 70:77] = np.nan
    np.testing.assert_allclose(weekday_factors(holed), whole)
