"""The weekly naive against a slow loop and hand-made numbers."""

import numpy as np

from forecast.members import Context, WeeklyNaive
from forecast.members.weekly_naive import PRIOR_DIFFERENCES
from forecast.quantiles import QUANTILE_LEVELS
from forecast.smoothing import FIRST_SPREAD, bell
from tests.forecast.panels import panel_of, weekly

MEDIAN = QUANTILE_LEVELS.index(0.5)


def hindcast(counts, cutoffs, horizon=10):
    panel = panel_of(counts)
    return WeeklyNaive().hindcast(panel, Context.of(panel), cutoffs, horizon)


def medians_of(counts, horizon=10):
    return hindcast([counts], [len(counts) - 1], horizon)[0, 0, :, MEDIAN].tolist()


def test_it_repeats_the_last_week():
    assert medians_of(np.arange(1.0, 22.0)) == [15, 16, 17, 18, 19, 20, 21, 15, 16, 17]


def test_a_missing_weekday_falls_back_on_an_older_week_then_on_the_last_count():
    counts = np.arange(1.0, 15.0)
    counts[13] = np.nan  # the last Sunday
    assert medians_of(counts)[6] == 7
    assert medians_of(np.array([np.nan, 5.0, 6.0]))[3] == 6


def slow_spread(counts, lag):
    """Quantiles of the last year's differences and their mirror image, and how many there were."""
    last = [(counts[day], counts[day - lag]) for day in range(max(lag, len(counts) - 365), len(counts))]
    differences = [now - before for now, before in last if np.isfinite(now - before)]
    if not differences:
        return np.zeros(len(QUANTILE_LEVELS)), 0
    sizes = np.abs(differences)
    signs = np.sign(np.array(QUANTILE_LEVELS) - 0.5)
    return signs * np.quantile(sizes, np.abs(2 * np.array(QUANTILE_LEVELS) - 1)), len(differences)


def test_quantiles_are_those_of_a_slow_loop_drawn_to_a_bell_where_differences_are_few():
    counts = np.stack([weekly(500), weekly(500, seed=2)])
    counts[0, 30:45] = counts[1, :20] = np.nan
    counts[1, 470:475] = np.nan
    cutoffs = [24, 40, 300, 499]
    made = hindcast(counts, cutoffs, 15)
    for place, cutoff in enumerate(cutoffs):
        for row in range(2):
            for ahead in range(1, 16):
                spread, known = slow_spread(counts[row, : cutoff + 1], 7 * -(-ahead // 7))
                median = made[place, row, ahead - 1, MEDIAN]
                belief = known / (known + PRIOR_DIFFERENCES)
                shape = FIRST_SPREAD * median * bell(np.ones(1), ahead)[0, -1]
                expected = np.maximum(0.0, median + belief * spread + (1 - belief) * shape)
                np.testing.assert_allclose(made[place, row, ahead - 1], expected, rtol=1e-9)


def test_a_hindcast_is_the_forecast_of_the_panel_that_ends_there():
    counts = np.stack([weekly(80), weekly(80, seed=2)])
    counts[0, 30:45] = counts[1, :20] = np.nan
    made = hindcast(counts, range(80))
    for cutoff in range(80):
        np.testing.assert_array_equal(made[cutoff], hindcast(counts[:, : cutoff + 1], [cutoff])[0])


def test_before_the_first_count_it_says_nothing():
    made = hindcast([[np.nan, np.nan, 5.0]], [1, 2])
    assert np.isnan(made[0]).all()
    assert np.isfinite(made[1]).all()
