"""Smoothing week by week: calendar effects, smoothers, their mixture, and the memory of its errors."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from forecast.arrays import BoolArray, FloatArray
from forecast.smoothing.effects import Effects, Regression, Week, learn
from forecast.smoothing.gaps import beginnings, groups, long_gaps
from forecast.smoothing.lanes import GROUPS, Record, States, mixed, smoothed, weighed
from forecast.smoothing.memory import Bins, Memory, bell
from forecast.smoothing.scales import Scale

REACH = 28  # days back that the smoothers' record looks
SEASONED = 7  # open days without which a forecast's error says nothing of later ones


@dataclass(frozen=True, slots=True)
class Smoothing:
    """The settings: a scale, how calendar effects are fitted, and the error believed in before any is seen."""

    scale: Scale
    regression: Regression = Regression()
    spread: float = 0.35  # log units


@dataclass(frozen=True, slots=True, eq=False)
class Smoother:
    """Series that share a calendar: `counts` and `trust` [series, day], `columns` [day + horizon, column].

    `prior` [column] are the effects' standard deviations in log units, `special` [day + horizon] days near a
    holiday; `weekday` [day + horizon] is 0 on Mondays.
    """

    counts: FloatArray
    trust: FloatArray
    columns: FloatArray
    prior: FloatArray
    special: BoolArray
    weekday: npt.NDArray[np.intp]


@dataclass(slots=True, eq=False)
class Smoothed:
    """All that the days so far have left.

    `made` [day, horizon, series] is what was forecast on the last of them, `values` [series, day] what came;
    both on the scale.
    """

    day: int
    effects: Effects
    states: States
    record: Record
    made: FloatArray
    values: FloatArray
    memory: Memory

    @property
    def errors(self) -> FloatArray:
        """Errors of the last days' one-step forecasts on the scale: [day, series]."""
        return self.values.T[1:] - self.made[:-1, 0]


@dataclass(frozen=True, slots=True, eq=False)
class _Inputs:
    """A smoother's days on its scale, with their gaps."""

    smoother: Smoother
    settings: Smoothing
    values: FloatArray
    away: BoolArray
    begins: BoolArray
    group: npt.NDArray[np.intp]
    group_away: BoolArray
    group_begins: BoolArray

    @classmethod
    def of(cls, smoother: Smoother, settings: Smoothing) -> "_Inputs":
        values = settings.scale.there(smoother.counts)
        away = long_gaps(values)
        group, group_away = groups(away)
        return cls(
            smoother, settings, values, away, beginnings(away), group, group_away, beginnings(group_away)
        )


def start(inputs: _Inputs, horizon: int) -> Smoothed:
    """Before the first day."""
    series = len(inputs.values)
    scale = inputs.settings.scale
    reach = max(REACH, horizon)
    return Smoothed(
        0,
        Effects.start(inputs.group, inputs.smoother.prior),
        States.start(series, reach),
        Record.start(series),
        np.full((reach, horizon, series), np.nan),
        np.full((series, reach), np.nan),
        Memory.start(series, horizon, Bins.of(scale.finest, scale.widest)),
    )


def run(
    smoother: Smoother, settings: Smoothing, cutoffs: Sequence[int], *, horizon: int, week_end: int
) -> Iterator[tuple[int, Smoothed, FloatArray]]:
    """Pass all days; at each cutoff hand out what was known by then and the quantiles [series, horizon, level].

    `week_end` is the weekday on which effects are refitted. Quantiles are counts, NaN before the first count.
    """
    inputs = _Inputs.of(smoother, settings)
    now = start(inputs, horizon)
    for last in _stops(smoother, cutoffs, week_end):
        now = _advanced(now, inputs, last, week_end)
        if last in cutoffs:
            yield last, now, forecast(now, inputs)


def _stops(smoother: Smoother, cutoffs: Sequence[int], week_end: int) -> list[int]:
    """The last days of the stretches that are done in one go: ends of weeks, and cutoffs."""
    ends = np.flatnonzero(smoother.weekday[: cutoffs[-1] + 1] == week_end)
    return sorted({*ends.tolist(), *cutoffs})


def _advanced(now: Smoothed, inputs: _Inputs, last: int, week_end: int) -> Smoothed:
    """The same some days later; a whole week also refits the effects, for its last day's forecasts on."""
    smoother, horizon = inputs.smoother, now.made.shape[1]
    days = slice(now.day, last + 1)
    columns = smoother.columns[now.day : last + 1 + horizon]
    effect = columns @ now.effects.coefficients.T
    count = last + 1 - now.day
    adjusted = inputs.values[:, days] - effect[:count].T
    weekday = smoother.weekday[days]
    states = smoothed(now.states, adjusted, smoother.trust[:, days], inputs.begins[:, days], weekday)
    record, weights = weighed(now.record, states, adjusted, weekday)
    ahead = np.lib.stride_tricks.sliding_window_view(effect[1:], horizon, axis=0)
    ahead = np.moveaxis(ahead, 2, 1).copy()
    if smoother.weekday[last] == week_end:
        learn(now.effects, _week(inputs, last), inputs.settings.regression, inputs.settings.scale.unit)
        ahead[-1] = columns[-horizon:] @ now.effects.coefficients.T
    made = np.concatenate([now.made, _made(states, weights, weekday, horizon) + ahead])
    seasoned = np.where((states.days >= SEASONED)[:, None], made, np.nan)
    _remember(now.memory, seasoned, inputs, now.day)
    values = np.concatenate([now.values, inputs.values[:, days]], axis=1)
    kept = slice(count, None)
    return Smoothed(last + 1, now.effects, states.at(kept), record, made[kept], values[:, kept], now.memory)


def _week(inputs: _Inputs, last: int) -> Week:
    days = slice(max(0, last - 6), last + 1)
    return Week(
        inputs.values[:, days],
        inputs.smoother.trust[:, days],
        inputs.smoother.columns[days],
        inputs.group_away[:, days],
        inputs.group_begins[:, days],
    )


def _made(states: States, weights: FloatArray, weekday: npt.NDArray[np.intp], horizon: int) -> FloatArray:
    """The mixtures' forecasts on the days that the weights [day, group, LANES, series] are for."""
    new = states.at(slice(len(states.days) - len(weights), None))
    bounds = [min(first, horizon + 1) for first, _ in GROUPS] + [horizon + 1]
    parts = [
        mixed(new, weights[:, group], weekday, range(first, bounds[group + 1]))
        for group, first in enumerate(bounds[:-1])
        if first < bounds[group + 1]
    ]
    return np.where((new.days > 0)[:, None], np.concatenate(parts, axis=1), np.nan)


def _remember(memory: Memory, made: FloatArray, inputs: _Inputs, first: int) -> None:
    """Add the errors of all that was said of the newest days, the first of which is `first`."""
    horizon = made.shape[1]
    new = len(made) - max(REACH, horizon)
    ahead = np.arange(1, horizon + 1)
    for place in range(new):
        day = first + place
        said = made[len(made) - new + place - ahead, ahead - 1]
        memory.add((inputs.values[:, day] - said).T, day, special=bool(inputs.smoother.special[day]))


def forecast(now: Smoothed, inputs: _Inputs) -> FloatArray:
    """Quantiles of the days to come: [series, horizon, level], counts."""
    horizon = now.made.shape[1]
    scale = inputs.settings.scale
    special = inputs.smoother.special[now.day : now.day + horizon]
    prior = bell(inputs.settings.spread * scale.unit(now.effects.level), horizon)
    errors = now.memory.quantiles(now.day - 1, special, prior)
    quantiles = scale.back(now.made[-1].T[:, :, None] + errors)
    return np.sort(quantiles, axis=2)
