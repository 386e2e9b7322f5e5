"""What planning is worth: peers beside it, and the flat roster as the target defines it."""

import numpy as np
import pandas as pd
import pytest

from benchmarks.plan_speed import PlanSpeed
from benchmarks.planning import (
    BOOTHS,
    OURS,
    Planning,
    day_profile,
    flat_week,
    judged,
    measure,
    section,
    weeks_waits,
)
from forecast.planning.rosters import roster_of


def test_the_flat_rosters_profile_has_its_peak():
    for seed in range(5):
        profile = day_profile(np.random.default_rng(seed))
        assert profile.sum() == pytest.approx(1)
        assert 24 * profile.max() == pytest.approx(1.7)


def test_the_roster_has_as_many_hours_as_the_flat_one():
    hours = flat_week(day_profile(np.random.default_rng(1)))
    load = hours.hourly(np.full((1, 7), 0.9 * 24 * BOOTHS * 50))
    roster = roster_of(load, hours, np.zeros(1))
    assert roster.staff_hours.tolist() == [[24 * BOOTHS] * 7]
    assert hours.booths.sum() == roster.booths.sum()


@pytest.mark.parametrize("seed", range(3))
def test_a_roster_cuts_the_flat_rosters_mean_wait_at_equal_staff_hours(seed):
    flat, rostered = weeks_waits(seed)
    assert rostered <= 0.82 * flat


def test_every_method_is_judged_on_the_later_years():
    rng = np.random.default_rng(3)
    index = pd.date_range("2020-11-01", "2021-01-20 23:00", freq="h")
    people = rng.poisson(300.0, len(index))
    booths = rng.integers(4, 9, len(index))
    history = pd.DataFrame({"people": people, "booths": booths, "wait": 0.3 * people / booths}, index=index)
    scored = judged(history)
    assert {"constant: the median", "fluid queue", OURS} <= set(scored)
    assert scored[OURS][0] < scored["mean of the hour of the week"][0]
    assert scored["regression on log people a booth"][0] < 0.5


def test_without_the_history_the_roster_is_told_all_the_same():
    found = measure(None, range(1))
    assert found.waits == {}
    assert "The history is not there." in section(found)


def test_the_section_tells_error_bias_and_cut():
    told = section(
        Planning({"a": (5.2, -0.31)}, np.array([10.0, 30.0]), np.array([4.0, 4.0]), PlanSpeed({"whole": 1.0}))
    )
    assert "| a | 5.20 | -0.31 |" in told
    assert "80 % less" in told
    assert "in the worst week 60 %" in told
