"""Small and intermittent crossings: a smoothed chance of any arrival, and how many there are then."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from forecast.arrays import BoolArray, FloatArray
from forecast.members.negative_binomial import log_probability, quantiles_with_zeros
from forecast.members.protocol import Context, Span
from forecast.members.weekday_pattern import weekday_factors
from forecast.panel import Panel
from forecast.quantiles import QUANTILE_LEVELS
from forecast.smoothing import LONG_GAP

AHEAD = np.array([2, 5, 10, 21])  # days ahead at which settings are judged; others lie between
HALF_LIFE = 120.0  # days after which an error or a score counts half
EVERY = 2  # days between those on which settings are judged; runs through all weekdays
BELIEF = 0.3  # in the log score: neighbouring days are not independent
PRIOR_DAYS, PRIOR_EXCESS = 5.0, 0.2
LARGEST_STRAY = 4.0  # standard deviations, at an excess of 1, beyond which an error widens no more
EXCESS = (1e-3, 60.0)
LEAST_CHANCE = 0.002
RARE = 0.01  # the least chance by which a setting is judged
BLOCK = 28  # days that share an estimate of the weekday pattern; blocks stand on the calendar
MEMORY = 280  # days that this estimate may look back
BATCH = 32  # series at a time: what fits a processor's cache

Days = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Count:
    """A chance of any arrival and a negative binomial number beyond the first, each by exponential smoothing.

    Each of the `gains` is judged by its trailing log score some days ahead and weighed accordingly; the
    number's variance is that of its errors as many days ahead, so that it widens with the horizon.
    """

    name: str = "count"
    slow: bool = False
    stride: int = 7
    least: int = 14
    gains: tuple[float, ...] = (0.015, 0.05, 0.15, 0.4)

    @property
    def numbers(self) -> int:
        """How many numbers a later pass needs of a series."""
        return len(self.gains) * (2 + 5 * len(AHEAD)) + len(AHEAD)

    def hindcast(self, panel: Panel, context: Context, cutoffs: Sequence[int], horizon: int) -> FloatArray:
        """Quantiles in counts, NaN below `least` open days: [cutoff, series, horizon, level]."""
        return self.passed(panel, context, Span(cutoffs, horizon))[0]

    def passed(self, panel: Panel, context: Context, span: Span) -> tuple[FloatArray, list[FloatArray]]:
        """The same over a span, and the numbers of each series that it wants kept."""
        cutoffs = np.asarray(span.cutoffs)
        made = np.full((len(cutoffs), len(panel.places), span.horizon, len(QUANTILE_LEVELS)), np.nan)
        kept: list[FloatArray] = []
        days = int(cutoffs[-1]) + 1
        for first in range(0, len(panel.places), BATCH):
            rows = slice(first, first + BATCH)
            counts, reliance = context.counts[rows, :days], context.reliance[rows, :days]
            past = Past.of(counts, reliance, panel.start.toordinal(), after=span.after)
            able = np.cumsum(np.isfinite(counts), axis=1)[:, cutoffs] >= self.least
            state = State.of(len(self.gains), len(counts), span.numbers[first : first + BATCH])
            found = self._quantiles(past, state, cutoffs, span)
            made[:, rows] = np.moveaxis(np.where(able[:, :, None, None], found, np.nan), 0, 1)
            kept += state.packed()
        return made, kept

    def _quantiles(self, past: "Past", state: "State", cutoffs: Days, span: Span) -> FloatArray:
        """Quantiles as of cutoffs: [series, cutoff, horizon, level]; moves the state to the day to keep."""
        present, known = past.counts > 0, np.isfinite(past.counts)
        above = np.where(present, np.maximum(past.counts - 1, 0.0), 0.0)
        chance = self._smoothed(past, present.astype(float), known, state.levels[0])
        number = self._smoothed(past, above, present, state.levels[1])
        newest = np.maximum(np.searchsorted(past.judged, cutoffs, side="right") - 1, 0)
        tallies = [
            _Tally.of(chance, number, past.judged, int(ahead), before)
            for ahead, before in zip(AHEAD, state.sums, strict=True)
        ]
        likely, many, spread = [], [], []
        for tally in tallies:
            weights = _weights(tally.chance[:, :, newest])
            likely.append((weights * chance.levels[:, :, cutoffs]).sum(axis=0))
            weights = _weights(tally.number[:, :, newest])
            many.append((weights * number.levels[:, :, cutoffs]).sum(axis=0))
            spread.append(np.exp((weights * np.log(tally.excess[:, :, newest])).sum(axis=0)))
        if span.keep is not None:
            state.move(span.keep, past.judged, (chance, number), tallies)
        factors = past.factors_ahead(cutoffs, span.horizon)
        chance_ahead = np.clip(_between(likely, span.horizon), LEAST_CHANCE, 1.0)
        mean = chance_ahead * (1 + _between(many, span.horizon)) * factors
        of_day = np.clip(1 - (1 - chance_ahead) ** factors, LEAST_CHANCE, 1.0)
        return quantiles_with_zeros(of_day, np.maximum(0, mean / of_day - 1), _between(spread, span.horizon))

    def _smoothed(self, past: "Past", values: FloatArray, known: BoolArray, level: FloatArray) -> "Smoothed":
        """Levels of the known days' values, begun anew on the first after each of the past's beginnings.

        `level` [gain, series] is that before the past's first day of interest.
        """
        run = np.maximum.accumulate(np.where(known, np.cumsum(past.begins, axis=1), 0), axis=1)
        begins = np.diff(run, axis=1, prepend=0) > 0
        number = np.cumsum(known, axis=1)
        seen: npt.NDArray[np.int64] = number - np.maximum.accumulate(np.where(begins, number - 1, 0), axis=1)
        least = (1 / np.maximum(1, seen)).T[:, None]
        share = np.maximum(np.array(self.gains)[:, None], least) * (known * past.reliance).T[:, None]
        levels = np.zeros(share.shape)  # [day, gain, series], so that a day lies together
        for day in range(past.first, len(share)):
            level = level + share[day] * (values[:, day] - level)
            levels[day] = level
        levels = np.ascontiguousarray(np.moveaxis(levels, 0, 2))
        return Smoothed(values, known, run, levels)


@dataclass(frozen=True, slots=True, eq=False)
class Smoothed:
    """Values on known days, the `run` of days without a long gap that they belong to [series, day] all, and
    their `levels` [gain, series, day], by gains never less than one over the known days of the run.
    """

    values: FloatArray
    known: BoolArray
    run: npt.NDArray[np.int64]
    levels: FloatArray

    def judged(self, days: Days, ahead: int) -> tuple[FloatArray, FloatArray, BoolArray]:
        """Values on some days [series, day], the levels so many days before [gain, series, day], and whether
        both are of one run [series, day].
        """
        before = np.maximum(days - ahead, 0)
        run = self.run[:, days]
        same = self.known[:, days] & (run > 0) & (run == self.run[:, before]) & (days >= ahead)
        return self.values[:, days], self.levels[:, :, before], same


@dataclass(slots=True, eq=False)
class State:
    """What the days before leave: `levels` [2, gain, series] of the chance and the number as they were before
    the days that will still be looked back on, and the last `sums` [ahead, sum, series] of each `_Tally`.
    """

    levels: FloatArray
    sums: FloatArray

    @classmethod
    def of(cls, gains: int, series: int, numbers: Sequence[FloatArray]) -> "State":
        """The state that was kept of each series, or that before the first day."""
        levels, sums = np.zeros((2, gains, series)), np.zeros((len(AHEAD), 5 * gains + 1, series))
        sums[:, 3 * gains : 4 * gains] = PRIOR_EXCESS
        if numbers:
            known = np.stack(numbers, axis=1)
            levels = known[: 2 * gains].reshape(levels.shape)
            sums = known[2 * gains :].reshape(sums.shape)
        return cls(levels, sums)

    def packed(self) -> list[FloatArray]:
        """Each series' numbers, as `of` takes them."""
        series = self.levels.shape[2]
        both = [self.levels.reshape(-1, series), self.sums.reshape(-1, series)]
        return list(np.concatenate(both).T.copy())

    def move(
        self, day: int, judged: Days, smoothed: tuple["Smoothed", "Smoothed"], tallies: Sequence["_Tally"]
    ) -> None:
        """Move on to the end of a day."""
        first, seen = _looked_back(day), int(np.searchsorted(judged, day, side="right"))
        if first:
            self.levels = np.stack([each.levels[:, :, first - 1] for each in smoothed])
        if seen:
            self.sums = np.stack([tally.at(seen - 1) for tally in tallies])


def _looked_back(day: int) -> int:
    """The first day whose level is of interest after a day."""
    return int(max(0, day + 1 - AHEAD[-1]))


@dataclass(frozen=True, slots=True, eq=False)
class _Tally:
    """Running sums over judged days, some days ahead: trailing log scores of the `chance` and the `number`,
    and what the number's `excess` variance is estimated from; all are [gain, series, day] but `used`
    [series, day].
    """

    chance: FloatArray
    strays: FloatArray
    squares: FloatArray
    excess: FloatArray
    number: FloatArray
    used: FloatArray

    @classmethod
    def of(
        cls, chance: "Smoothed", number: "Smoothed", days: Days, ahead: int, before: FloatArray
    ) -> "_Tally":
        """The sums on some days, from those `before` [sum, series]."""
        scores, strays, squares, excess, likely = np.split(before[:-1], 5)
        present, expected, used = chance.judged(days, ahead)
        share = np.clip(expected, RARE, 1 - RARE)
        scores = _decayed(np.where(used, np.log(np.where(present > 0, share, 1 - share)), 0.0), scores)
        values, expected, used = number.judged(days, ahead)
        limit = LARGEST_STRAY**2 * (expected + expected**2)
        away = np.minimum((values - expected) ** 2, limit) - expected
        strays = _decayed(np.where(used, away, 0.0), strays)
        squares = _decayed(np.where(used, expected**2, 0.0), squares)
        seen = _decayed(used.astype(float), before[-1])
        found = _excess(strays, squares, seen)
        last = np.concatenate([excess[:, :, None], found[:, :, :-1]], axis=2)
        likely = _decayed(np.where(used, log_probability(values, expected, last), 0.0), likely)
        return cls(scores, strays, squares, found, likely, seen)

    def at(self, place: int) -> FloatArray:
        """The sums on one of the days: [sum, series]."""
        own = (self.chance, self.strays, self.squares, self.excess, self.number)
        return np.concatenate([*(each[:, :, place] for each in own), self.used[None, :, place]])


@dataclass(frozen=True, slots=True, eq=False)
class Past:
    """Counts [series, day] as on an average weekday, the `reliance` in each, and days on which levels begin.

    Days before the `first` are looked at no more; `judged` are the days on which settings are judged;
    `patterns` [block, series, 7] are the weekday factors of each block, read from the days before it; the
    first block began `phase` days before the first day.
    """

    counts: FloatArray
    reliance: FloatArray
    begins: BoolArray
    judged: Days
    patterns: FloatArray
    phase: int
    first: int = 0

    @classmethod
    def of(cls, counts: FloatArray, reliance: FloatArray, start: int, *, after: int | None = None) -> "Past":
        """The past of counts from a day on, given as its ordinal number; of interest is what came `after`."""
        phase, days = start % BLOCK, counts.shape[1]
        starts = [max(0, first) for first in range(-phase, days + 1, BLOCK)]
        first = 0 if after is None else _looked_back(after)
        patterns = np.ones((len(starts), len(counts), 7))
        for block in range((phase + first) // BLOCK, len(starts)):
            day = starts[block]
            patterns[block] = weekday_factors(counts[:, max(0, day - MEMORY) : day])
        place = phase + np.arange(days)
        factors = patterns[place // BLOCK, :, place % BLOCK % 7].T
        judged = np.arange(min(-start % EVERY, days - 1), days, EVERY)
        judged = judged[judged > (-1 if after is None else after)]
        begins = _beginnings(np.isfinite(counts))
        return cls(counts / factors, reliance, begins, judged, patterns, phase, first)

    def factors_ahead(self, cutoffs: Days, horizon: int) -> FloatArray:
        """Weekday factors of the days after each cutoff, as known at it: [series, cutoff, horizon]."""
        block, into = np.divmod(self.phase + cutoffs + 1, BLOCK)
        weekday = (into[:, None] + np.arange(horizon)) % 7
        return np.moveaxis(self.patterns[block[:, None], :, weekday], 2, 0)


def _beginnings(known: BoolArray) -> BoolArray:
    """First known days of all, and after `LONG_GAP` days or more without a count: [series, day]."""
    day = np.arange(known.shape[1])
    newest = np.maximum.accumulate(np.where(known, day, -LONG_GAP - 1), axis=1)
    before = np.pad(newest, ((0, 0), (1, 0)), constant_values=-LONG_GAP - 1)[:, :-1]
    return np.asarray(known & (day - before > LONG_GAP))


def _weights(scores: FloatArray) -> FloatArray:
    """How much each gain is believed; over the first axis they sum to one."""
    weights = np.exp(BELIEF * (scores - scores.max(axis=0)))
    return np.asarray(weights / weights.sum(axis=0))


def _decayed(values: FloatArray, before: FloatArray) -> FloatArray:
    """Running sums over judged days, older ones counting less, from a sum `before` [...] on: [..., day]."""
    from scipy.signal import (
        lfilter,
    )  # brings half of scipy along: longer to import than the rest of the library

    decay = 0.5 ** (EVERY / HALF_LIFE)
    summed, _ = lfilter([1.0], [1.0, -decay], values, axis=-1, zi=decay * before[..., None])
    return np.asarray(summed)


def _excess(strays: FloatArray, squares: FloatArray, used: FloatArray) -> FloatArray:
    """Variance beyond the mean over the mean squared, from their sums with a prior: [gain, series, day]."""
    typical = squares / np.maximum(1e-9, used)
    total = np.maximum(0.0, strays) + PRIOR_DAYS * PRIOR_EXCESS * typical
    known = squares + PRIOR_DAYS * typical
    found = np.where(known > 0, total / np.where(known > 0, known, 1.0), PRIOR_EXCESS)
    return np.asarray(np.clip(found, *EXCESS))


def _between(values: Sequence[FloatArray], horizon: int) -> FloatArray:
    """Values [series, cutoff] on the days `AHEAD` drawn out to all days ahead: [series, cutoff, horizon]."""
    days = np.arange(1, horizon + 1)
    shares = (np.interp(days, AHEAD, one) for one in np.eye(len(AHEAD)))
    first, *others = (value[:, :, None] * share for value, share in zip(values, shares, strict=True))
    return np.asarray(sum(others, first))
