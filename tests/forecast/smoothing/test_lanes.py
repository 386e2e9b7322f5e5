"""The smoothers of all series at once against a slow loop over one, and against statsmodels."""

import numpy as np
import pytest
from statsmodels.tsa.holtwinters import Holt, SimpleExpSmoothing

from forecast.smoothing.gaps import beginnings, long_gaps
from forecast.smoothing.lanes import (
    GROUPS,
    LANES,
    LEVELS,
    TREND,
    Record,
    States,
    candidates,
    mixed,
    smoothed,
    weighed,
)
from tests.forecast.smoothing.slow import slow_candidates, slow_weights

DAYS, KEPT = 120, 28
WEEKDAY = np.arange(DAYS) % 7


def three_series():
    """One with single days missing, one with a long gap, one that begins late; and their reliance."""
    generator = np.random.default_rng(1)
    values = 6 + 0.3 * np.sin(WEEKDAY) + generator.normal(0, 0.2, (3, DAYS)).cumsum(axis=1) / 4
    values[0, generator.random(DAYS) < 0.15] = np.nan
    values[1, 50:75] = np.nan
    values[1, 75:] += 2
    values[2, :30] = np.nan
    reliance = np.where(generator.random((3, DAYS)) < 0.1, 0.4, 1.0)
    return values, reliance


VALUES, RELIANCE = three_series()
BEGINS = beginnings(long_gaps(VALUES))


def passed(values=VALUES, reliance=RELIANCE, begins=BEGINS):
    return smoothed(States.start(len(values), KEPT), values, reliance, begins, WEEKDAY[: values.shape[1]])


@pytest.mark.parametrize("ahead", [1, 5, 28])
def test_every_smoother_is_that_of_a_slow_loop(ahead):
    made = candidates(passed().at(slice(KEPT, None)), ahead, (WEEKDAY + ahead) % 7)
    for row in range(3):
        expected = slow_candidates(VALUES[row], RELIANCE[row], BEGINS[row], WEEKDAY, ahead)
        np.testing.assert_allclose(made[:, :, row], expected, rtol=1e-12, atol=1e-12)


def test_a_level_is_that_of_statsmodels_from_where_its_gain_is_constant():
    values = three_series()[0][2:, 30:]
    states = passed(values, np.ones_like(values), beginnings(long_gaps(values)))
    for lane, gain in enumerate(LEVELS[1:], start=1):
        warm = int(np.floor(1 / gain))  # until then the level is the mean of the days seen
        model = SimpleExpSmoothing(values[0, warm:], "known", initial_level=values[0, :warm].mean())
        expected = model.fit(smoothing_level=gain, optimized=False).level
        np.testing.assert_allclose(states.means[KEPT + warm :, lane, 0], expected, rtol=1e-10)


def test_the_trend_is_that_of_statsmodels_once_its_slope_is_believed():
    values = three_series()[0][2:, 30:]
    states = passed(values, np.ones_like(values), beginnings(long_gaps(values)))
    level, slope, damping = TREND
    start = {"initial_level": states.trend[KEPT + 6, 0], "initial_trend": 0.0}
    model = Holt(values[0, 7:], damped_trend=True, initialization_method="known", **start)
    fitted = model.fit(level, slope, damping_trend=damping, optimized=False)
    np.testing.assert_allclose(states.trend[KEPT + 7 :, 0], fitted.level, rtol=1e-10)
    made = [candidates(states.at(slice(-1, None)), ahead, WEEKDAY[:1])[0, -1, 0] for ahead in (1, 2, 9)]
    np.testing.assert_allclose(made, fitted.forecast(9)[[0, 1, 8]], rtol=1e-10)


def test_after_a_long_gap_levels_are_those_of_a_series_that_begins_there():
    states = passed()
    later = passed(VALUES[1:2, 75:], RELIANCE[1:2, 75:], BEGINS[1:2, 75:])
    np.testing.assert_allclose(states.means[KEPT + 75 :, :, 1:2], later.means[KEPT:])
    np.testing.assert_allclose(states.trend[KEPT + 75 :, 1:2], later.trend[KEPT:])
    assert states.days[KEPT + 74, 1] == 50
    assert states.days[KEPT + 75, 1] == 1


def test_a_day_without_trust_moves_nothing_but_the_first_does():
    reliance = RELIANCE.copy()
    reliance[:, -1] = 0.0
    states = passed(reliance=reliance)
    np.testing.assert_array_equal(states.means[-1], states.means[-2])
    first = passed(VALUES[:, 30:31], np.full((3, 1), 0.2), np.ones((3, 1), dtype=bool))
    np.testing.assert_array_equal(first.means[-1], np.tile(VALUES[:, 30], (11, 1)))


def test_days_in_two_goes_are_the_days_in_one():
    whole = passed()
    half = passed(VALUES[:, :67], RELIANCE[:, :67], BEGINS[:, :67])
    both = smoothed(half, VALUES[:, 67:], RELIANCE[:, 67:], BEGINS[:, 67:], WEEKDAY[67:])
    for name in States.__slots__:
        np.testing.assert_array_equal(getattr(both, name), getattr(whole, name))


def test_a_mixture_of_states_is_the_weighted_sum_of_what_the_smoothers_say():
    new = passed().at(slice(KEPT, None))
    weights = np.random.default_rng(2).dirichlet(np.ones(LANES), (DAYS, 3)).transpose(0, 2, 1)
    made = mixed(new, weights, WEEKDAY, range(4, 29))
    for place, ahead in enumerate(range(4, 29)):
        said = candidates(new, ahead, (WEEKDAY + ahead) % 7)
        np.testing.assert_allclose(made[:, place], (weights * said).sum(axis=1), rtol=1e-10)


def test_weights_are_those_of_a_slow_loop_over_past_errors():
    _, weights = weighed(Record.start(3), passed(), VALUES, WEEKDAY)
    for row in range(3):
        expected = slow_weights(VALUES[row], RELIANCE[row], BEGINS[row], WEEKDAY)
        np.testing.assert_allclose(weights[-1, :, :, row], expected, rtol=1e-7, atol=1e-12)


def test_weights_in_two_goes_are_those_in_one():
    whole_record, whole = weighed(Record.start(3), passed(), VALUES, WEEKDAY)
    first = slice(None, KEPT + 67)
    record, before = weighed(Record.start(3), passed().at(first), VALUES[:, :67], WEEKDAY[:67])
    record, after = weighed(record, passed().at(slice(67, None)), VALUES[:, 67:], WEEKDAY[67:])
    np.testing.assert_allclose(np.concatenate([before, after]), whole, rtol=1e-12)
    np.testing.assert_allclose(record.missed, whole_record.missed, rtol=1e-12)


def test_without_a_record_all_smoothers_count_alike():
    _, weights = weighed(Record.start(3), passed(), VALUES, WEEKDAY)
    np.testing.assert_allclose(weights[0], 1 / LANES)
    np.testing.assert_allclose(weights[:30, :, :, 2], 1 / LANES)
    assert len(GROUPS) == weights.shape[1]


def test_the_weekly_smoothers_win_on_a_weekly_series_and_the_slow_level_on_noise():
    generator = np.random.default_rng(3)
    values = np.stack(
        [np.array([1, 1, 1, 1.1, 1.3, 1.8, 1.5])[WEEKDAY] * 5, 5 + generator.normal(0, 1, DAYS)]
    )
    states = passed(values, np.ones_like(values), beginnings(long_gaps(values)))
    _, weights = weighed(Record.start(2), states, values, WEEKDAY)
    weekly = slice(8, 10)
    assert (weights[-1, :, weekly, 0].sum(axis=1) > 0.9).all()
    assert (weights[-1, :, 0, 1] > weights[-1, :, 4, 1]).all()


def test_far_days_go_by_the_near_days_record_until_far_ones_have_come_true():
    values = np.concatenate([np.full(14, 9.0), np.full(8, 4.0)])[None]  # a fall, two weeks after the start
    weekday = np.arange(22) % 7
    begins = np.arange(22)[None] == 0
    states = smoothed(States.start(1, KEPT), values, np.ones_like(values), begins, weekday)
    _, weights = weighed(Record.start(1), states, values, weekday)
    fast = [LEVELS.index(0.7), LEVELS.index(0.4)]
    assert (weights[-1][:, fast, 0].sum(axis=1) > weights[-1][:, LEVELS.index(0.03), 0]).all()
