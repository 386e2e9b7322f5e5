"""The two naive members against slow loops and hand-made numbers."""

import numpy as np

from forecast.members import MEMBERS, Context
from tests.forecast.panels import panel_of, weekly


def test_the_weekly_naive_repeats_the_last_week():
    panel = panel_of([np.arange(1.0, 22.0)])
    fitted = MEMBERS["weekly_naive"].fit(panel, Context.of(panel))
    assert fitted.forecast(10)[0].tolist() == [15, 16, 17, 18, 19, 20, 21, 15, 16, 17]


def test_a_missing_weekday_falls_back_on_an_older_week_then_on_the_last_count():
    counts = np.arange(1.0, 15.0)
    counts[13] = np.nan  # the last Sunday
    assert forecast_of(counts)[6] == 7
    assert forecast_of(np.array([np.nan, 5.0, 6.0]))[3] == 6


def forecast_of(counts, name="weekly_naive"):
    panel = panel_of([counts])
    return MEMBERS[name].fit(panel, Context.of(panel)).forecast(7)[0]


def test_the_random_walk_repeats_the_last_whole_count():
    assert forecast_of(np.array([3.0, 8.0, np.nan]), "random_walk").tolist() == [8] * 7


def test_hindcasts_equal_fits_at_each_cutoff():
    counts = np.stack([weekly(80), weekly(80, seed=2)])
    counts[0, 30:45] = np.nan
    counts[1, :20] = np.nan
    panel = panel_of(counts)
    for name in ("weekly_naive", "random_walk"):
        made = MEMBERS[name].hindcast(panel, Context.of(panel), range(80), 10)
        for cutoff in range(80):
            past = panel.until(panel.dates[cutoff].date())
            alone = MEMBERS[name].fit(past, Context.of(past)).forecast(10)
            np.testing.assert_array_equal(made[cutoff], alone)
