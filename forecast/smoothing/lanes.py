"""The grid of smoothers: levels, levels that revert, levels with a weekly pattern, a damped trend.

Each keeps a state a day; forecasts are linear in the states, so that states are mixed first and projected once.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from forecast.arrays import BoolArray, FloatArray

LEVELS = (0.03, 0.08, 0.2, 0.4, 0.7)
REVERTING = (
    (0.3, 0.03, 0.95),
    (0.6, 0.08, 0.85),
    (0.8, 0.2, 0.7),
)  # fast gain, slow gain, what remains a day
WEEKLY = ((0.08, 0.1), (0.3, 0.1))  # gains of level and pattern
TREND = (0.3, 0.1, 0.9)  # gains of level and slope, damping
STEADY = 7  # days of history before a slope is believed

MEANS = np.array([*LEVELS, *(slow for _, slow, _ in REVERTING), *(fast for fast, _, _ in REVERTING)])
PLAIN, SLOW, FAST = slice(0, 5), slice(5, 8), slice(8, 11)
REMAINS = np.array([remains for *_, remains in REVERTING])
WEEKLY_LEVEL, WEEKLY_SEASON = (np.array(gains) for gains in zip(*WEEKLY, strict=True))
LANES = len(LEVELS) + len(REVERTING) + len(WEEKLY) + 1


@dataclass(frozen=True, slots=True, eq=False)
class States:
    """The smoothers' states by day: `means` [day, 11, series], `weekly` [day, 2, series], `season`
    [day, 2, 7, series], `trend` and `slope` [day, series]; `days` [day, series] counts since the level began.
    """

    means: FloatArray
    weekly: FloatArray
    season: FloatArray
    trend: FloatArray
    slope: FloatArray
    days: FloatArray

    @classmethod
    def start(cls, series: int, days: int) -> "States":
        """Nothing known, on so many days."""
        return cls(
            np.zeros((days, len(MEANS), series)),
            np.zeros((days, len(WEEKLY), series)),
            np.zeros((days, len(WEEKLY), 7, series)),
            np.zeros((days, series)),
            np.zeros((days, series)),
            np.zeros((days, series)),
        )

    def at(self, days: npt.NDArray[np.intp] | slice) -> "States":
        """The states of some days, by position."""
        return States(
            self.means[days],
            self.weekly[days],
            self.season[days],
            self.trend[days],
            self.slope[days],
            self.days[days],
        )


def smoothed(
    before: States, values: FloatArray, trust: FloatArray, begins: BoolArray, weekday: npt.NDArray[np.intp]
) -> States:
    """The states of the days that follow the last of `before`; the days before are kept in front.

    `values`, `trust` and `begins` are [series, day]: NaN where nothing was counted, the share of the usual gain,
    and the first days after long gaps, on which levels begin anew; `weekday` is [day].
    """
    kept, days = len(before.days), values.shape[1]
    grown = States.start(values.shape[0], kept + days)
    for name in States.__slots__:
        getattr(grown, name)[:kept] = getattr(before, name)
    for day in range(days):
        step = _Step(values[:, day], trust[:, day], begins[:, day], int(weekday[day]))
        _advance(grown, kept + day, step)
    return grown


@dataclass(frozen=True, slots=True, eq=False)
class _Step:
    value: FloatArray
    trust: FloatArray
    begins: BoolArray
    weekday: int


def _advance(states: States, day: int, step: _Step) -> None:
    """Fill in one day from the one before."""
    known = np.isfinite(step.value)
    value = np.where(known, step.value, 0.0)
    states.days[day] = np.where(step.begins, 0.0, states.days[day - 1]) + known
    least = 1 / np.maximum(states.days[day], 1.0)
    trust = np.where(known, np.where(states.days[day] > 1, step.trust, 1.0), 0.0)
    states.means[day] = states.means[day - 1]
    states.means[day] += trust * np.maximum(MEANS[:, None], least) * (value - states.means[day])
    _advance_weekly(states, day, step.weekday, value=value, trust=trust, least=least)
    _advance_trend(states, day, value=value, trust=trust, least=least)


def _advance_weekly(
    states: States, day: int, weekday: int, *, value: FloatArray, trust: FloatArray, least: FloatArray
) -> None:
    level, season = states.weekly[day - 1], states.season[day - 1]
    gain = np.maximum(WEEKLY_LEVEL[:, None], least)
    error = value - level - season[:, weekday]
    states.weekly[day] = level + trust * gain * error
    states.season[day] = season
    states.season[day, :, weekday] += trust * WEEKLY_SEASON[:, None] * (1 - gain) * error


def _advance_trend(
    states: States, day: int, *, value: FloatArray, trust: FloatArray, least: FloatArray
) -> None:
    gain_level, gain_slope, damping = TREND
    gain = np.maximum(gain_level, least)
    expected = states.trend[day - 1] + damping * states.slope[day - 1]
    # After a restart there is no slope to go on with.
    expected = np.where(states.days[day] > 1, expected, value)
    error = value - expected
    states.trend[day] = np.where(trust > 0, expected + trust * gain * error, states.trend[day - 1])
    steady = (trust > 0) & (states.days[day] > STEADY)
    moved = damping * states.slope[day - 1] + trust * gain_slope * gain * error
    states.slope[day] = np.where(
        steady, moved, np.where(states.days[day] > STEADY, states.slope[day - 1], 0.0)
    )


def candidates(states: States, ahead: int, weekday: npt.NDArray[np.intp]) -> FloatArray:
    """What each smoother says of the day so many ahead of each day: [day, LANES, series].

    `weekday` [day] is that of the target.
    """
    fast, slow = states.means[:, FAST], states.means[:, SLOW]
    reverting = slow + (REMAINS**ahead)[:, None] * (fast - slow)
    weekly = states.weekly + states.season[np.arange(len(weekday)), :, weekday]
    trend = states.trend + _damped(ahead) * states.slope
    return np.concatenate([states.means[:, PLAIN], reverting, weekly, trend[:, None]], axis=1)


def mixed(states: States, weights: FloatArray, weekday: npt.NDArray[np.intp], horizons: range) -> FloatArray:
    """The smoothers' weighted mean at some horizons: [day, horizon, series].

    `weights` [day, LANES, series] sum to one; `weekday` [day] is that of the day itself.
    """
    plain, reverting, weekly = weights[:, :5], weights[:, 5:8], weights[:, 8:10]
    trend = weights[:, 10]
    fast, slow = states.means[:, FAST], states.means[:, SLOW]
    steady = (
        (plain * states.means[:, PLAIN]).sum(axis=1)
        + (reverting * slow).sum(axis=1)
        + (weekly * states.weekly).sum(axis=1)
        + trend * states.trend
    )
    season = (weekly[:, :, None] * states.season).sum(axis=1)
    gap = reverting * (fast - slow)
    ahead = np.asarray(horizons)
    return np.asarray(
        steady[:, None]
        + np.einsum("jh,djs->dhs", REMAINS[:, None] ** ahead, gap)
        + season[np.arange(len(weekday))[:, None], (weekday[:, None] + ahead) % 7]
        + np.array([_damped(step) for step in horizons])[None, :, None] * (trend * states.slope)[:, None]
    )


def _damped(ahead: int) -> float:
    damping = TREND[2]
    return float(damping * (1 - damping**ahead) / (1 - damping))


@dataclass(frozen=True, slots=True, eq=False)
class Record:
    """How far off each smoother was lately, by group of horizons: decayed sums and counts.

    `missed` [group, LANES, series], `counted` [group, series].
    """

    missed: FloatArray
    counted: FloatArray

    @classmethod
    def start(cls, series: int) -> "Record":
        """No errors seen."""
        return cls(np.zeros((len(GROUPS), LANES, series)), np.zeros((len(GROUPS), series)))


GROUPS = ((1, 3), (4, 7), (8, 14), (15, 28))
CHECKED = ((1, 2, 3), (4, 5, 7), (8, 11, 14), (15, 21, 28))  # horizons that stand for each group
HALF_LIFE = 20.0
POWER = 10.0


def weighed(
    record: Record, states: States, values: FloatArray, weekday: npt.NDArray[np.intp]
) -> tuple[Record, FloatArray]:
    """The record after each of some days' counts [series, day], and the weights it gives.

    `states` hold at least 28 days before and then these days. Weights are [day, group, LANES, series].
    """
    days, kept = values.shape[1], len(states.days) - values.shape[1]
    weights = np.empty((days, len(GROUPS), *record.missed.shape[1:]))
    errors = [_errors(states, kept, values, weekday, horizons) for horizons in CHECKED]
    decay = 0.5 ** (1 / HALF_LIFE)
    for day in range(days):
        missed, counted = decay * record.missed, decay * record.counted
        for group, (error, known) in enumerate(errors):
            missed[group] += error[day]
            counted[group] += known[day]
        record = replace(record, missed=missed, counted=counted)
        weights[day] = _weights(record)
    return record, weights


def _errors(
    states: States, kept: int, values: FloatArray, weekday: npt.NDArray[np.intp], horizons: tuple[int, ...]
) -> tuple[FloatArray, FloatArray]:
    """Absolute errors summed over horizons [day, LANES, series], and how many there were [day, series]."""
    days = np.arange(values.shape[1])
    total = np.zeros((len(days), LANES, len(values)))
    count = np.zeros((len(days), len(values)))
    for ahead in horizons:
        made = states.at(kept + days - ahead)
        error = np.abs(values.T[:, None] - candidates(made, ahead, weekday))
        known = np.isfinite(values.T) & (made.days > 0)
        total += np.where(known[:, None], error, 0.0)
        count += known
    return total, count


def _weights(record: Record) -> FloatArray:
    """(error / best error) to a high negative power; equal where little has been seen."""
    mean = np.maximum(record.missed / np.maximum(record.counted, 1e-9)[:, None], 1e-6)
    raw = (mean / mean.min(axis=1, keepdims=True)) ** -POWER
    raw = np.where((record.counted > 0.5)[:, None], raw, 1.0)
    return np.asarray(raw / raw.sum(axis=1, keepdims=True))
