"""The pass over all days: honest, the same in any stretches, and made of what its parts say."""

from copy import deepcopy
from dataclasses import replace

import numpy as np
import pytest

from forecast.quantiles import QUANTILE_LEVELS
from forecast.smoothing import (
    LOG,
    ROOT,
    Bins,
    Inputs,
    Regression,
    Smoother,
    Smoothing,
    advanced,
    forecast,
    start,
    stream,
)
from forecast.smoothing.gaps import beginnings, long_gaps
from tests.forecast.smoothing.slow import slow_candidates, slow_weights

DAYS, HORIZON = 150, 20
SUNDAY = 6
LOGS = Smoothing(LOG)


def smoother_of(counts, *, reliance=None, calendar=True):
    """Series with weekday contrasts and a holiday every 40 days, or with a calendar that says nothing."""
    days = counts.shape[1] + HORIZON
    weekday = np.arange(days) % 7
    special = np.arange(days) % 40 == 10
    columns = np.column_stack([*((weekday == day) - 1 / 7 for day in range(7)), special])
    return Smoother(
        counts,
        np.ones_like(counts) if reliance is None else reliance,
        columns * float(calendar),
        np.full(8, 0.3),
        special,
        weekday,
    )


def counts_of(series=2, seed=1, days=DAYS):
    """Weekly counts with a wandering level, single days missing and, in the second series, a long gap."""
    generator = np.random.default_rng(seed)
    level = 300 * np.exp(generator.normal(0, 0.05, (series, days)).cumsum(axis=1))
    counts = generator.poisson(level * np.array([1, 1, 1, 1, 1.2, 1.6, 1.4])[np.arange(days) % 7]) * 1.0
    counts[generator.random(counts.shape) < 0.05] = np.nan
    counts[1, 60:85] = np.nan
    return counts


COUNTS = counts_of()


def until(smoother, days):
    """The same pass as it could have been made on an earlier day."""
    return replace(
        smoother,
        counts=smoother.counts[:, :days],
        reliance=smoother.reliance[:, :days],
        columns=smoother.columns[: days + HORIZON],
        special=smoother.special[: days + HORIZON],
        weekday=smoother.weekday[: days + HORIZON],
    )


def passing(smoother, settings, cutoffs, *, horizon=HORIZON):
    """Pass all days; at each cutoff hand out what is known by then, and quantiles."""
    inputs = Inputs.of(smoother, (settings,), horizon=horizon, week_end=SUNDAY)
    now = start(inputs)
    for cutoff in cutoffs:
        now = advanced(now, inputs, cutoff)
        yield cutoff, now, forecast(now, inputs)[0]


def forecasts(smoother, cutoffs, settings=LOGS):
    """Quantiles at each cutoff: [cutoff, series, horizon, level]."""
    return np.stack([made for _, _, made in passing(smoother, settings, cutoffs)])


@pytest.mark.parametrize("settings", [LOGS, Smoothing(ROOT, Regression(0.02, 1000.0))])
def test_counts_after_a_cutoff_change_nothing(settings):
    wild = COUNTS.copy()
    wild[:, 101:] = 10 * np.nan_to_num(wild[:, 101:]) + 1e5
    first, second = (forecasts(smoother_of(counts), [90, 100], settings) for counts in (COUNTS, wild))
    np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize("cutoff", [3, 70, 80, 84, 97, 104, 118])
def test_a_hindcast_is_the_last_forecast_of_a_run_that_ends_there(cutoff):
    smoother = smoother_of(COUNTS)
    alone = forecasts(until(smoother, cutoff + 1), [cutoff])[0]
    several = sorted({5, 77, cutoff, 120, 149})
    beside = forecasts(smoother, several)[several.index(cutoff)]
    np.testing.assert_allclose(beside, alone, rtol=1e-9)


def test_a_series_gets_what_it_gets_alone():
    together = forecasts(smoother_of(COUNTS), [149])[0]
    for row in range(2):
        alone = forecasts(smoother_of(COUNTS[row : row + 1]), [149])[0, 0]
        np.testing.assert_allclose(together[row], alone, rtol=1e-9)


def test_quantiles_ascend_are_never_negative_and_begin_with_the_first_count():
    counts = COUNTS.copy()
    counts[0, :30] = np.nan
    counts[1, 40:] = 0.0
    made = forecasts(smoother_of(counts), [20, 29, 30, 149])
    assert np.isnan(made[:2, 0]).all()
    spoken = made[np.isfinite(made).all(axis=(2, 3))]
    assert len(spoken) == 6
    assert (spoken >= 0).all()
    assert (np.diff(spoken, axis=2) >= 0).all()


def last_state(smoother, settings=LOGS):
    ((_, now, quantiles),) = passing(smoother, settings, [smoother.counts.shape[1] - 1])
    return now, quantiles


def test_without_a_calendar_a_forecast_is_the_slow_mixture_of_slow_smoothers():
    generator = np.random.default_rng(2)
    reliance = np.where(generator.random(COUNTS.shape) < 0.1, 0.5, 1.0)
    now, _ = last_state(smoother_of(COUNTS, reliance=reliance, calendar=False))
    values, weekday = np.log1p(COUNTS), np.arange(DAYS) % 7
    begins = beginnings(long_gaps(values))
    for row in range(2):
        own = (values[row], reliance[row], begins[row], weekday)
        weights = slow_weights(*own)
        for ahead in (1, 3, 4, 7, 8, 14, 15, 20):
            group = int(np.searchsorted([4, 8, 15], ahead, side="right"))
            expected = weights[group] @ slow_candidates(*own, ahead)[-1]
            assert now.made[-1, ahead - 1, row] == pytest.approx(expected, rel=1e-6)


def test_a_forecast_adds_the_newest_effects_of_the_days_ahead():
    smoother = smoother_of(COUNTS)
    now, _ = last_state(until(smoother, 147))  # ends on a Sunday
    effect = smoother.columns[147 : 147 + HORIZON] @ now.effects.coefficients.T
    plain, _ = last_state(until(smoother_of(COUNTS, calendar=False), 147))
    assert np.abs(effect).max() > 0.1
    np.testing.assert_allclose(now.made[-1].std(axis=0) > 2 * (now.made[-1] - effect).std(axis=0), True)
    assert np.abs(now.made[-1] - plain.made[-1]).max() < 0.5


def test_effects_are_refitted_on_the_weeks_last_day_and_at_no_other():
    def coefficients(cutoff):
        return last_state(until(smoother_of(COUNTS), cutoff + 1))[0].effects.coefficients

    saturday, sunday, monday = (coefficients(day) for day in (145, 146, 147))
    assert not np.array_equal(saturday, sunday)
    np.testing.assert_array_equal(sunday, monday)


def test_the_memory_holds_the_errors_of_every_forecast_made_after_enough_open_days():
    smoother = smoother_of(COUNTS)
    said = []
    for _, now, _ in passing(smoother, LOGS, range(DAYS)):
        said.append(now.made[-1].copy())
        (memory,) = now.memories
    expected = np.zeros_like(memory.histogram)
    bins, values = Bins.of(LOG.finest, LOG.widest), np.log1p(COUNTS)
    open_days = [[slow_open_days(values[row], day) for day in range(DAYS)] for row in range(2)]
    for row in range(2):
        for day in range(DAYS):
            for ahead in range(1, HORIZON + 1):
                error = values[row, day] - said[day - ahead][ahead - 1, row] if day >= ahead else np.nan
                if np.isfinite(error) and open_days[row][day - ahead] >= stream.SEASONED:
                    kind = int(smoother.special[day])
                    expected[row, (ahead - 1) // 2, kind, bins.place(error)] += 2.0 ** (day / 90)
    np.testing.assert_allclose(memory.histogram, expected)


def slow_open_days(values, day):
    """How many counts there have been since a series last began."""
    begins = beginnings(long_gaps(values[None]))[0]
    begun = max([past for past in range(day + 1) if begins[past]], default=0)
    return int(np.isfinite(values[begun : day + 1]).sum())


def test_days_before_enough_were_seen_are_as_wide_as_was_believed():
    made = forecasts(smoother_of(COUNTS), [0])[0]
    narrow = forecasts(smoother_of(COUNTS), [0], replace(LOGS, spread=0.1))[0]
    assert (made[:, :, -1] > 1.5 * narrow[:, :, -1]).all()
    middle = QUANTILE_LEVELS.index(0.5)
    np.testing.assert_allclose(made[:, :, middle], np.tile(COUNTS[:, :1], HORIZON), rtol=1e-6)


def test_days_of_one_kind_are_as_wide_as_such_days_were():
    generator = np.random.default_rng(4)
    days = 600
    special = np.arange(days + HORIZON) % 40 == 10
    noise = generator.normal(0, np.where(special[:days], 0.6, 0.05), (1, days))
    smoother = smoother_of(1_000 * np.exp(noise), calendar=False)
    made = forecasts(smoother, [599])[0, 0]
    width = np.log(made[:, -2] / made[:, 1])
    holiday = np.flatnonzero(special[600:])[0]
    assert width[holiday] > 1.5 * np.median(width)


def test_the_last_one_step_errors_are_handed_on():
    smoother = smoother_of(COUNTS)
    said = {}
    for day, now, _ in passing(smoother, LOGS, [148, 149]):
        said[day] = deepcopy(now)
    expected = np.log1p(COUNTS[:, 149]) - said[148].made[-1, 0]
    np.testing.assert_array_equal(said[149].errors[-1], expected)


def test_a_horizon_beyond_the_record_is_forecast_all_the_same():
    smoother = smoother_of(COUNTS)
    longer = replace(
        smoother,
        columns=np.pad(smoother.columns, ((0, 70), (0, 0))),
        special=np.pad(smoother.special, (0, 70)),
        weekday=np.arange(DAYS + 90) % 7,
    )
    ((_, _, made),) = passing(longer, LOGS, [149], horizon=90)
    assert np.isfinite(made).all()
    width = made[:, :, -1] / made[:, :, 0]
    assert (width[:, 80] > width[:, 0]).all()


def test_a_smoother_follows_a_weekly_pattern_and_a_level_that_steps_up():
    counts = np.tile([100.0, 100, 100, 110, 130, 180, 150], 30)[None] * np.ones((1, 1))
    counts[:, 180:] *= 4
    made = forecasts(smoother_of(counts), [209])[0, 0]
    np.testing.assert_allclose(made[:7, QUANTILE_LEVELS.index(0.5)], counts[0, -7:], rtol=0.15)
