"""Long gaps and what follows them, against a slow loop."""

import numpy as np

from forecast.smoothing.gaps import LONG_GAP, beginnings, groups, long_gaps


def slow_gap(values, day):
    """Whether a day is at least the 14th without a count, or lies before the first."""
    known = [past for past in range(day + 1) if np.isfinite(values[past])]
    return not known or day - known[-1] >= LONG_GAP


def holed(seed):
    generator = np.random.default_rng(seed)
    values = np.ones(200)
    for start in generator.integers(0, 200, 8):
        values[start : start + generator.integers(1, 25)] = np.nan
    return values


def test_long_gaps_are_those_of_a_slow_loop():
    values = np.stack([holed(seed) for seed in range(20)])
    expected = [[slow_gap(row, day) for day in range(200)] for row in values]
    assert long_gaps(values).tolist() == expected


def test_a_gap_of_13_days_is_bridged_and_one_of_14_is_long():
    values = np.ones((2, 60))
    values[0, 20:33] = values[1, 20:34] = np.nan
    away = long_gaps(values)
    assert np.flatnonzero(away[1]).tolist() == [33]
    assert not away[0].any()


def test_what_is_a_long_gap_by_a_day_does_not_depend_on_the_days_after():
    values = np.stack([holed(seed) for seed in range(20)])
    whole = long_gaps(values)
    for days in (1, 40, 120, 199):
        np.testing.assert_array_equal(long_gaps(values[:, :days]), whole[:, :days])


def test_levels_begin_on_the_first_count_and_after_long_gaps():
    values = np.ones((2, 60))
    values[0, :5] = values[1, 20:40] = values[1, 50:55] = np.nan
    first, second = (np.flatnonzero(row).tolist() for row in beginnings(long_gaps(values)))
    assert first == [5]
    assert second == [0, 40]


def test_series_with_the_same_long_gaps_are_one_group():
    values = np.ones((4, 60))
    values[1, 20:40] = values[3, 20:40] = np.nan
    values[2, 7] = np.nan
    group, away = groups(long_gaps(values))
    assert group[0] == group[2] != group[1] == group[3]
    np.testing.assert_array_equal(away[group], long_gaps(values))


def test_nothing_but_missing_days_is_one_long_gap():
    away = long_gaps(np.full((1, 5), np.nan))
    assert away.all()
    assert not beginnings(away).any()
