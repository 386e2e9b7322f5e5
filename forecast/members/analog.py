"""What came after the days in the past that were most like today, rescaled to today's level."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from forecast.arrays import BoolArray, FloatArray
from forecast.members.protocol import Context
from forecast.members.weekday_pattern import weekday_factors
from forecast.panel import Panel
from forecast.quantiles import QUANTILE_LEVELS

WINDOWS = (2, 7, 42)  # days whose mean counts make two days alike
CLOSENESS = (1.6, 0.6, 0.8)  # differences of those means, in log units, that weigh exp(-1/2)
SEASON = 60.0  # days of the year apart that weigh as much
WEEK, SIX_WEEKS = WINDOWS.index(7), WINDOWS.index(42)
HEARD = 4  # of the last 7 days that must be known for a day to be an example
WEEKDAY = 2.0  # how much more the example of a same weekday counts
UNREST_DAYS = 120  # that say how far single days stray from their week
BURSTS = 0.7  # weight of that variance when a week's level is held against six weeks'
LARGEST_RATIO = 5.0
RECORD = 5.0  # times the largest count so far; what is beyond teaches no more
LEAST_RECORD = 10.0  # people/day
SETTLED = 120  # open days before which no count is beyond belief
UNKNOWN = 1e300
BATCH = 32  # series at a time: what fits a processor's cache
LEVELS = np.array(QUANTILE_LEVELS)

Days = npt.NDArray[np.intp]
T = TypeVar("T", bound=np.generic)


@dataclass(frozen=True, slots=True)
class Analog:
    """Weighted quantiles of what followed the `examples` past days nearest in level, trend and season.

    `pull` is the power of the ratio of levels by which an example's outcome is rescaled; `span` and
    `half_life` are in days.
    """

    name: str = "analog"
    slow: bool = False
    stride: int = 7
    least: int = 120
    examples: int = 150
    pull: float = 0.7
    span: int = 1500
    half_life: float = 730.0

    def hindcast(self, panel: Panel, context: Context, cutoffs: Sequence[int], horizon: int) -> FloatArray:
        """Quantiles in counts, NaN below `least` open days: [cutoff, series, horizon, level]."""
        made = np.full((len(cutoffs), len(panel.places), horizon, len(LEVELS)), np.nan)
        season = panel.dates.dayofyear.to_numpy()
        for first in range(0, len(panel.places), BATCH):
            rows = slice(first, first + BATCH)
            history = History.of(context.counts[rows], season)
            for place, cutoff in enumerate(cutoffs):
                able = np.flatnonzero(history.known[:, cutoff] >= self.least)
                if len(able):
                    made[place, first + able] = self._quantiles(history.select(able), cutoff, horizon)
        return made

    def _quantiles(self, history: "History", cutoff: int, horizon: int) -> FloatArray:
        """Quantiles of the rescaled outcomes, each day ahead by itself: [series, horizon, level]."""
        examples, closeness = self._nearest(history, cutoff)
        rows = np.arange(len(examples))[:, None]
        known = np.pad(history.counts[:, : cutoff + 1], ((0, 0), (0, horizon)), constant_values=np.nan)
        after = np.lib.stride_tricks.sliding_window_view(known, horizon, axis=1)
        outcomes = after[rows, examples + 1] * self._ratio(history, cutoff, examples)[:, :, None]
        factors = weekday_factors(history.counts[:, : cutoff + 1])
        ahead = np.arange(horizon)
        # By how many days an example's weekday lies off today's: what a day ahead is times the example's day.
        apart = factors[:, None, ahead % 7] / factors[:, (np.arange(7)[:, None] + ahead) % 7]
        outcomes *= apart[rows, (examples - cutoff) % 7]
        same = (cutoff - examples) % 7 == 0
        weights = closeness * np.where(same, WEEKDAY, 1.0)
        return weighted_quantiles(np.ascontiguousarray(np.moveaxis(outcomes, 1, 2)), weights)

    def _nearest(self, history: "History", cutoff: int) -> tuple[Days, FloatArray]:
        """The most alike past days and how alike they are: [series, example] both."""
        past = np.arange(max(WINDOWS[WEEK], cutoff + 1 - self.span), cutoff)
        then, now = history.levels[:, :, past], history.levels[:, :, cutoff]
        apart = np.abs(history.season[past] - history.season[cutoff])
        distance = (np.minimum(apart, 365 - apart) / SEASON) ** 2 + np.log(4) / self.half_life * (
            cutoff - past
        )
        for window, scale in enumerate(CLOSENESS):
            distance = distance + ((then[window] - now[window][:, None]) / scale) ** 2
        distance = np.where(history.heard[:, past], distance, np.inf)
        last = min(self.examples, len(past)) - 1
        # In their own order, so that equal outcomes do not depend on how a processor sorts.
        kept = np.sort(np.argpartition(distance, last, axis=1)[:, : self.examples], axis=1)
        nearest = np.take_along_axis(distance, kept, axis=1)
        with np.errstate(invalid="ignore"):
            return past[kept], np.exp(-0.5 * (nearest - nearest.min(axis=1, keepdims=True)))

    def _ratio(self, history: "History", cutoff: int, examples: Days) -> FloatArray:
        """What an example's outcome is multiplied by: [series, example]."""
        weeks, longer = np.expm1(history.levels[WEEK]), np.expm1(history.levels[SIX_WEEKS])
        unrest = _unrest(history.counts[:, : cutoff + 1], weeks[:, : cutoff + 1])[:, None]
        level = (weeks + BURSTS * unrest * longer) / (1 + BURSTS * unrest) + 0.5
        ratio = level[:, cutoff][:, None] / np.take_along_axis(level, examples, axis=1)
        return np.asarray(np.clip(ratio**self.pull, 1 / LARGEST_RATIO, LARGEST_RATIO))


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """What a day is compared by: `counts` [series, day]; `levels` [window, series, day] are the log of one
    more than the mean count of the days up to each day, `known` [series, day] how many open days those were;
    `heard` [series, day] days after a week well known; `season` [day] the day of the year.
    """

    counts: FloatArray
    levels: FloatArray
    known: Days
    heard: BoolArray
    season: Days

    @classmethod
    def of(cls, counts: FloatArray, season: Days) -> "History":
        """The history of counts [series, day], NaN on days that teach nothing."""
        open_days = np.isfinite(counts)
        known = np.cumsum(open_days, axis=1)
        counts = _believable(counts, known)
        total = np.cumsum(np.where(open_days, counts, 0.0), axis=1)
        levels = np.stack([_trailing_level(total, known, window) for window in WINDOWS])
        heard = known - _before(known, WINDOWS[WEEK]) >= HEARD
        return cls(counts, levels, known, heard, season)

    def select(self, rows: Days) -> "History":
        """The history of some series, by position."""
        return History(
            self.counts[rows], self.levels[:, rows], self.known[rows], self.heard[rows], self.season
        )


def _believable(counts: FloatArray, known: Days) -> FloatArray:
    """Counts [series, day] cut where they are many times the largest before, as by a slip of the pen.

    Later days are held against the uncut counts, so that a rise which lasts is cut on its first day alone.
    """
    highest = _before(np.maximum.accumulate(np.where(np.isfinite(counts), counts, 0.0), axis=1), 1)
    most = np.where(highest > 0, RECORD * np.maximum(LEAST_RECORD, highest), np.inf)
    return np.where(_before(known, 1) >= SETTLED, np.minimum(counts, most), counts)


def _before(sums: npt.NDArray[T], days: int) -> npt.NDArray[T]:
    """Running sums [series, day] as they stood some days earlier."""
    return np.pad(sums, ((0, 0), (days, 0)))[:, : sums.shape[1]]


def _trailing_level(total: FloatArray, known: Days, window: int) -> FloatArray:
    """The log of one more than the mean count of a window's open days, carried on over empty windows."""
    seen = known - _before(known, window)
    level = np.log1p((total - _before(total, window)) / np.maximum(1, seen))
    newest = np.maximum.accumulate(np.where(seen > 0, np.arange(seen.shape[1]), 0), axis=1)
    return np.take_along_axis(level, newest, axis=1)


def _unrest(counts: FloatArray, weeks: FloatArray) -> FloatArray:
    """Squared coefficient of variation of single days around their week's mean, lately: [series]."""
    lately = slice(max(0, counts.shape[1] - UNREST_DAYS), None)
    known = np.isfinite(counts[:, lately])
    strays = np.where(known, counts[:, lately] - weeks[:, lately], 0.0) ** 2
    means = np.where(known, weeks[:, lately], 0.0) ** 2
    return np.asarray(strays.sum(axis=1) / np.maximum(1e-9, means.sum(axis=1)))


def weighted_quantiles(values: FloatArray, weights: FloatArray) -> FloatArray:
    """Quantiles of values [series, horizon, example], NaN unknown, by weights [series, example]:
    [series, horizon, level]; NaN where nothing is known.

    A value stands in the middle of its weight, quantiles between two values are interpolated.
    """
    ordered, order = _in_order(values)
    rows = np.arange(len(values))[:, None, None]
    mass = np.where(np.isfinite(ordered), weights[rows, order], 0.0)
    upto = np.cumsum(mass, axis=2)
    with np.errstate(invalid="ignore", divide="ignore"):
        position = (upto - mass / 2) / upto[:, :, -1:]
    last = np.isfinite(ordered).sum(axis=2) - 1
    return _interpolated(ordered, position, np.maximum(last, 0))


def _in_order(values: FloatArray) -> tuple[FloatArray, Days]:
    """Non-negative values sorted along the last axis, NaN last, and where each one stood.

    Its place is written into a value's last bits: to sort numbers is ten times as fast as to order them.
    """
    bits = (values.shape[2] - 1).bit_length()
    known = np.where(np.isfinite(values), values, UNKNOWN).view(np.int64)
    marked = np.sort((known >> bits << bits) | np.arange(values.shape[2]), axis=2)
    ordered = (marked >> bits << bits).view(np.float64)
    return np.where(ordered < UNKNOWN / 2, ordered, np.nan), marked & ((1 << bits) - 1)


def _interpolated(ordered: FloatArray, position: FloatArray, last: Days) -> FloatArray:
    """Values at `LEVELS`, the smallest and largest beyond the ends; arrays [series, horizon, example]."""
    shape, examples = ordered.shape[:2], ordered.shape[2]
    flat = position.reshape(-1, examples)
    rows = np.arange(len(flat))[:, None]
    # One search for all rows: each row's positions lie in a unit of their own.
    found = np.searchsorted((flat + 2 * rows).ravel(), (LEVELS + 2 * rows).ravel()).reshape(len(flat), -1)
    above = np.clip(found - rows * examples, 0, last.reshape(-1, 1))
    below = np.maximum(above - 1, 0)
    values = ordered.reshape(-1, examples)
    low, high = np.take_along_axis(values, below, axis=1), np.take_along_axis(values, above, axis=1)
    start, end = np.take_along_axis(flat, below, axis=1), np.take_along_axis(flat, above, axis=1)
    share = np.where(
        end > start, np.clip((LEVELS - start) / np.where(end > start, end - start, 1.0), 0, 1), 1.0
    )
    return np.asarray((low + share * (high - low)).reshape(*shape, len(LEVELS)))
