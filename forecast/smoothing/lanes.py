"""The grid of smoothers: levels, levels that revert, levels with a weekly pattern, a damped trend.

Each keeps a state a day; forecasts are linear in the states, so these are mixed first and projected once.
"""

from dataclasses import dataclass

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
STATES = 30  # numbers a day: 11 means, 2 weekly levels, 14 of their pattern, trend, slope, days


@dataclass(frozen=True, slots=True, eq=False)
class States:
    """The smoothers' states by day: `values` [day, STATES, series], of which the properties are views.

    `days` counts since the level began.
    """

    values: FloatArray

    @classmethod
    def start(cls, series: int, days: int) -> "States":
        """Nothing known, on so many days."""
        return cls(np.zeros((days, STATES, series)))

    @property
    def means(self) -> FloatArray:
        """Levels without a pattern: [day, 11, series]."""
        return self.values[:, :11]

    @property
    def weekly(self) -> FloatArray:
        """Levels with a weekly pattern: [day, 2, series]."""
        return self.values[:, 11:13]

    @property
    def season(self) -> FloatArray:
        """Their patterns: [day, 2, 7, series]."""
        days, _, series = self.values.shape
        return self.values[:, 13:27].reshape(days, len(WEEKLY), 7, series)

    @property
    def trend(self) -> FloatArray:
        """The level with a slope: [day, series]."""
        return self.values[:, 27]

    @property
    def slope(self) -> FloatArray:
        """The slope: [day, series]."""
        return self.values[:, 28]

    @property
    def days(self) -> FloatArray:
        """Days since the level began: [day, series]."""
        return self.values[:, 29]

    def at(self, days: npt.NDArray[np.intp] | slice) -> "States":
        """The states of some days, by position."""
        return States(self.values[days])


def smoothed(
    before: States, values: FloatArray, reliance: FloatArray, begins: BoolArray, weekday: npt.NDArray[np.intp]
) -> States:
    """The states of the days that follow the last of `before`; the days before are kept in front.

    `values`, `reliance` and `begins` are [series, day]: NaN where nothing was counted, the share of the usual
    gain, and the first days after long gaps, on which levels begin anew; `weekday` is [day].
    """
    kept, days = len(before.values), values.shape[1]
    grown = States(np.concatenate([before.values, np.empty((days, *before.values.shape[1:]))]))
    known = np.isfinite(values.T)
    seen = grown.days
    for day in range(days):
        seen[kept + day] = np.where(begins[:, day], 0.0, seen[kept + day - 1]) + known[day]
    gains = _Gains.of(np.where(known, values.T, 0.0), known, reliance.T, seen[kept:])
    for day in range(days):
        _advance(grown.values[kept + day - 1], grown.values[kept + day], gains, (day, int(weekday[day])))
    return grown


@dataclass(frozen=True, slots=True, eq=False)
class _Gains:
    """Some days' values [day, series], 0 where unknown, and the share by which each state follows
    them [day, state, series].
    """

    value: FloatArray
    means: FloatArray
    weekly: FloatArray
    season: FloatArray
    trend: FloatArray
    slope: FloatArray
    known: BoolArray
    begun: BoolArray
    steady: BoolArray

    @classmethod
    def of(cls, value: FloatArray, known: BoolArray, reliance: FloatArray, seen: FloatArray) -> "_Gains":
        least = 1 / np.maximum(seen, 1.0)
        reliance = np.where(known, np.where(seen > 1, reliance, 1.0), 0.0)
        level = np.maximum(WEEKLY_LEVEL[:, None], least[:, None])
        trend = np.maximum(TREND[0], least)
        return cls(
            value,
            reliance[:, None] * np.maximum(MEANS[:, None], least[:, None]),
            reliance[:, None] * level,
            reliance[:, None] * WEEKLY_SEASON[:, None] * (1 - level),
            reliance * trend,
            reliance * TREND[1] * trend,
            reliance > 0,
            seen > 1,
            seen > STEADY,
        )


def _advance(before: FloatArray, now: FloatArray, gains: _Gains, on: tuple[int, int]) -> None:
    """Fill in one day's states [STATES, series], all but the count of days, from those of the day before."""
    day, weekday = on
    value = gains.value[day]
    now[:11] = before[:11] + gains.means[day] * (value - before[:11])
    season = slice(13 + weekday, 27, 7)
    error = value - before[11:13] - before[season]
    now[11:13] = before[11:13] + gains.weekly[day] * error
    now[13:27] = before[13:27]
    now[season] += gains.season[day] * error
    trend, slope = before[27], before[28]
    # After a restart there is no slope to go on with.
    expected = np.where(gains.begun[day], trend + TREND[2] * slope, value)
    error = value - expected
    now[27] = np.where(gains.known[day], expected + gains.trend[day] * error, trend)
    moved = np.where(gains.known[day], TREND[2] * slope + gains.slope[day] * error, slope)
    now[28] = np.where(gains.steady[day], moved, 0.0)


def candidates(states: States, ahead: int, weekday: npt.NDArray[np.intp]) -> FloatArray:
    """What each smoother says of the day so many ahead of each day: [day, LANES, series].

    `weekday` [day] is that of the target.
    """
    said = np.empty((len(weekday), LANES, states.values.shape[2]))
    said[:, :5] = states.means[:, PLAIN]
    fast, slow = states.means[:, FAST], states.means[:, SLOW]
    said[:, 5:8] = slow + (REMAINS**ahead)[:, None] * (fast - slow)
    said[:, 8:10] = states.weekly + states.season[np.arange(len(weekday)), :, weekday]
    said[:, 10] = states.trend + _damped(ahead) * states.slope
    return said


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
    ahead = np.asarray(horizons)
    return np.asarray(
        steady[:, None]
        + _reverted(reverting * (fast - slow), ahead)
        + season[np.arange(len(weekday))[:, None], (weekday[:, None] + ahead) % 7]
        + np.array([_damped(step) for step in horizons])[None, :, None] * (trend * states.slope)[:, None]
    )


def _reverted(gap: FloatArray, ahead: npt.NDArray[np.intp]) -> FloatArray:
    """What remains of gaps [day, lane, series] between levels: [day, horizon, series]."""
    first, second, third = (
        (remains**ahead)[:, None] * gap[:, None, lane] for lane, remains in enumerate(REMAINS)
    )
    return np.asarray(first + second + third)


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
SEEN = 0.5  # errors, decayed, that say something
BORROWED = 150.0  # how many errors the nearer horizons' record is worth


def weighed(
    record: Record, states: States, values: FloatArray, weekday: npt.NDArray[np.intp]
) -> tuple[Record, FloatArray]:
    """The record after each of some days' counts [series, day], and the weights it gives.

    `states` hold at least 28 days before and then these days. Weights are [day, group, LANES, series].
    """
    days = values.shape[1]
    kept = len(states.values) - days
    known = np.isfinite(values.T)
    filled = np.where(known, values.T, 0.0)
    missed = np.empty((days, len(GROUPS), LANES, len(values)))
    counted = np.empty((days, len(GROUPS), len(values)))
    for group, horizons in enumerate(CHECKED):
        missed[:, group], counted[:, group] = _errors(
            states.at(slice(kept - horizons[-1], None)), filled, known, weekday, horizons
        )
    decay = 0.5 ** (1 / HALF_LIFE)
    missed[0] += decay * record.missed
    counted[0] += decay * record.counted
    for day in range(1, days):
        missed[day] += decay * missed[day - 1]
        counted[day] += decay * counted[day - 1]
    return Record(missed[-1].copy(), counted[-1].copy()), _weights(missed, counted)


def _errors(
    states: States,
    values: FloatArray,
    known: BoolArray,
    weekday: npt.NDArray[np.intp],
    horizons: tuple[int, ...],
) -> tuple[FloatArray, FloatArray]:
    """Absolute errors summed over horizons [day, LANES, series], and how many there were [day, series].

    `values` and `known` are [day, series]; `states` begin as many days before as the last horizon has.
    """
    total = np.zeros((len(values), LANES, values.shape[1]))
    count = np.zeros(values.shape)
    for ahead in horizons:
        first = horizons[-1] - ahead
        made = states.at(slice(first, first + len(values)))
        error = candidates(made, ahead, weekday)
        np.subtract(values[:, None], error, out=error)
        np.abs(error, out=error)
        used = known & (made.days > 0)
        error *= used[:, None]
        total += error
        count += used
    return total, count


def _weights(missed: FloatArray, counted: FloatArray) -> FloatArray:
    """(best error / error) to a high power; equal where little has been seen: [day, group, LANES, series]."""
    mean = np.maximum(_borrowed(missed, counted), 1e-6)
    raw = _to_the_power(mean.min(axis=2, keepdims=True) / mean)
    raw = np.where(np.logical_or.accumulate(counted > SEEN, axis=1)[:, :, None], raw, 1.0)
    total = raw[:, :, 0].copy()
    for lane in range(1, LANES):  # one by one, so that a single series is summed as many are
        total += raw[:, :, lane]
    return np.asarray(raw / total[:, :, None])


def _borrowed(missed: FloatArray, counted: FloatArray) -> FloatArray:
    """Mean errors by group, each drawn to the nearer group's: [day, group, LANES, series].

    Few far forecasts have come true, their errors overlap, and after a peak they praise what was slow before.
    """
    mean = np.empty(missed.shape)
    nearer = np.zeros(counted[:, 0].shape)
    for group in range(missed.shape[1]):
        lent = nearer[:, None] * mean[:, group - 1] if group else 0.0
        mean[:, group] = (missed[:, group] + lent) / np.maximum(counted[:, group] + nearer, 1e-9)[:, None]
        nearer = np.where((nearer > 0) | (counted[:, group] > SEEN), BORROWED, 0.0)
    return mean


def _to_the_power(ratio: FloatArray) -> FloatArray:
    """The tenth power, by squares: faster by far than a power of floats."""
    second = ratio * ratio
    fourth = second * second
    return np.asarray(fourth * fourth * second)
