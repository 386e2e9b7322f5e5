"""Smoothing week by week: calendar effects, smoothers, their mixture, and the memory of its errors."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from forecast.arrays import BoolArray, FloatArray
from forecast.smoothing.effects import Effects, Regression, Week, learn
from forecast.smoothing.gaps import beginnings, groups, long_gaps
from forecast.smoothing.lanes import GROUPS, Record, States, mixed, smoothed, weighed
from forecast.smoothing.memory import FIRST_SPREAD, Bins, Memory, bell
from forecast.smoothing.scales import Scale

REACH = 28  # days back that the smoothers' record looks
SEASONED = 7  # open days without which a forecast's error says nothing of later ones


@dataclass(frozen=True, slots=True)
class Smoothing:
    """A scale, how calendar effects are fitted, and the error believed in before any is seen."""

    scale: Scale
    regression: Regression = Regression()  # noqa: RUF009 - frozen
    spread: float = FIRST_SPREAD


@dataclass(frozen=True, slots=True, eq=False)
class Smoother:
    """Series that share a calendar: `counts` and `reliance` [series, day], `columns` [day + horizon, column].

    `prior` [column] are the effects' standard deviations in log units, `special` [day + horizon] days near a
    holiday; `weekday` [day + horizon] is 0 on Mondays.
    """

    counts: FloatArray
    reliance: FloatArray
    columns: FloatArray
    prior: FloatArray
    special: BoolArray
    weekday: npt.NDArray[np.intp]


@dataclass(slots=True, eq=False)
class Smoothed:
    """All that the days so far have left, of every row: the series on the first scale, then on the next.

    `made` [day, horizon, row] is what was forecast on the last of them, `values` [row, day] what came, both
    on the row's scale; `memories` are by scale.
    """

    day: int
    effects: Effects
    states: States
    record: Record
    made: FloatArray
    values: FloatArray
    memories: tuple[Memory, ...]

    @property
    def errors(self) -> FloatArray:
        """Errors of the last days' one-step forecasts on the scale: [day, row]."""
        return self.values.T[1:] - self.made[:-1, 0]


@dataclass(frozen=True, slots=True, eq=False)
class Inputs:
    """A smoother's days on each of some scales, one after the other as rows, with their gaps.

    The settings differ in scale and spread alone; `week_end` is the weekday on which effects are refitted.
    """

    smoother: Smoother
    settings: tuple[Smoothing, ...]
    horizon: int
    week_end: int
    values: FloatArray
    reliance: FloatArray
    begins: BoolArray
    group: npt.NDArray[np.intp]
    group_away: BoolArray
    group_begins: BoolArray

    @classmethod
    def of(
        cls, smoother: Smoother, settings: tuple[Smoothing, ...], *, horizon: int, week_end: int
    ) -> "Inputs":
        """Put counts on the scales and find their gaps."""
        if len({setting.regression for setting in settings}) > 1:
            raise ValueError("scales that are passed together must share their regression")
        away = long_gaps(smoother.counts)
        group, group_away = groups(away)
        times = len(settings)
        return cls(
            smoother,
            settings,
            horizon,
            week_end,
            np.concatenate([setting.scale.there(smoother.counts) for setting in settings]),
            np.tile(smoother.reliance, (times, 1)),
            np.tile(beginnings(away), (times, 1)),
            np.tile(group, times),
            group_away,
            beginnings(group_away),
        )

    @property
    def reach(self) -> int:
        """Days that are looked back on."""
        return max(REACH, self.horizon)

    def rows(self, place: int) -> slice:
        """The rows on one of the scales."""
        series = len(self.smoother.counts)
        return slice(place * series, (place + 1) * series)

    def unit(self, level: FloatArray) -> FloatArray:
        """What one log unit is worth at each row's level: [row]."""
        return np.concatenate(
            [setting.scale.unit(level[self.rows(place)]) for place, setting in enumerate(self.settings)]
        )


def start(inputs: Inputs) -> Smoothed:
    """Before the first day."""
    rows, horizon, reach = len(inputs.values), inputs.horizon, inputs.reach
    series = len(inputs.smoother.counts)
    bins = [Bins.of(setting.scale.finest, setting.scale.widest) for setting in inputs.settings]
    return Smoothed(
        0,
        Effects.start(inputs.group, inputs.smoother.prior),
        States.start(rows, reach),
        Record.start(rows),
        np.full((reach, horizon, rows), np.nan),
        np.full((rows, reach), np.nan),
        tuple(Memory.start(series, horizon, own) for own in bins),
    )


def advanced(now: Smoothed, inputs: Inputs, last: int) -> Smoothed:
    """The same on a later day, week by week; what came before is used up."""
    weekday = inputs.smoother.weekday
    ends = now.day + np.flatnonzero(weekday[now.day : last + 1] == inputs.week_end)
    for end in sorted({*ends.tolist(), last}):
        now = _passed(now, inputs, end)
    return now


def _passed(now: Smoothed, inputs: Inputs, last: int) -> Smoothed:
    """The same some days later; a whole week also refits the effects, for its last day's forecasts on."""
    smoother, horizon = inputs.smoother, inputs.horizon
    days = slice(now.day, last + 1)
    columns = smoother.columns[now.day : last + 1 + horizon]
    effect = _effect(columns, now.effects)
    count = last + 1 - now.day
    adjusted = inputs.values[:, days] - effect[:count].T
    weekday = smoother.weekday[days]
    states = smoothed(now.states, adjusted, inputs.reliance[:, days], inputs.begins[:, days], weekday)
    record, weights = weighed(now.record, states, adjusted, weekday)
    ahead = np.lib.stride_tricks.sliding_window_view(effect[1:], horizon, axis=0)
    ahead = np.moveaxis(ahead, 2, 1).copy()
    if smoother.weekday[last] == inputs.week_end:
        learn(now.effects, week_of(inputs, last), inputs.settings[0].regression, inputs.unit)
        ahead[-1] = _effect(columns[-horizon:], now.effects)
    made = np.concatenate([now.made, _made(states, weights, weekday, horizon) + ahead])
    _remember(now.memories, np.where((states.days >= SEASONED)[:, None], made, np.nan), inputs, now.day)
    values = np.concatenate([now.values, inputs.values[:, days]], axis=1)[:, count:]
    kept = slice(count, None)
    return Smoothed(last + 1, now.effects, states.at(kept), record, made[kept], values, now.memories)


def _effect(columns: FloatArray, effects: Effects) -> FloatArray:
    """The effects on some days: [day, row]; each row by itself, as in `learn`."""
    return np.asarray(np.matmul(columns, effects.coefficients[:, :, None])[:, :, 0].T)


def week_of(inputs: Inputs, last: int) -> Week:
    """The days of the week that ends on a day."""
    days = slice(max(0, last - 6), last + 1)
    return Week(
        inputs.values[:, days],
        inputs.reliance[:, days],
        inputs.smoother.columns[days],
        inputs.group_away[:, days],
        inputs.group_begins[:, days],
    )


def _made(states: States, weights: FloatArray, weekday: npt.NDArray[np.intp], horizon: int) -> FloatArray:
    """The mixtures' forecasts on the days that the weights [day, group, LANES, row] are for."""
    new = states.at(slice(len(states.values) - len(weights), None))
    bounds = [min(first, horizon + 1) for first, _ in GROUPS] + [horizon + 1]
    parts = [
        mixed(new, weights[:, group], weekday, range(first, bounds[group + 1]))
        for group, first in enumerate(bounds[:-1])
        if first < bounds[group + 1]
    ]
    return np.where((new.days > 0)[:, None], np.concatenate(parts, axis=1), np.nan)


def _remember(memories: Sequence[Memory], made: FloatArray, inputs: Inputs, first: int) -> None:
    """Add the errors of all that was said of the newest days, the first of which is `first`."""
    new = np.arange(len(made) - inputs.reach)
    ahead = np.arange(1, inputs.horizon + 1)
    said = made[inputs.reach + new[:, None] - ahead, ahead - 1]
    came = inputs.values[:, first : first + len(new)].T
    errors = came[:, None] - said
    for place, memory in enumerate(memories):
        special = inputs.smoother.special[first : first + len(new)]
        memory.add_days(errors[:, :, inputs.rows(place)], first, special=special)


def forecast(now: Smoothed, inputs: Inputs) -> list[FloatArray]:
    """Quantiles of the days to come by scale: [series, horizon, level] each, counts."""
    special = inputs.smoother.special[now.day : now.day + inputs.horizon]
    made = []
    for place, (setting, memory) in enumerate(zip(inputs.settings, now.memories, strict=True)):
        rows = inputs.rows(place)
        prior = bell(setting.spread * setting.scale.unit(now.effects.level[rows]), inputs.horizon)
        errors = memory.quantiles(now.day - 1, special, prior)
        made.append(np.sort(setting.scale.back(now.made[-1].T[rows, :, None] + errors), axis=2))
    return made
