"""Small and intermittent crossings: a smoothed chance of any arrival, and how many there are then."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.signal import lfilter

from forecast.arrays import BoolArray, FloatArray
from forecast.members.negative_binomial import log_probability, quantiles_with_zeros
from forecast.members.protocol import Context
from forecast.members.weekday_pattern import weekday_factors
from forecast.panel import Panel
from forecast.quantiles import QUANTILE_LEVELS

AHEAD = np.array([2, 5, 10, 21])  # days ahead at which settings are judged; others lie between
HALF_LIFE = 120.0  # days after which an error or a score counts half
EVERY = 2  # days between those on which settings are judged; runs through all weekdays
BELIEF = 0.3  # in the log score: neighbouring days are not independent
PRIOR_DAYS, PRIOR_EXCESS = 5.0, 0.2
LARGEST_STRAY = 4.0  # standard deviations, at an excess of 1, beyond which an error widens no more
EXCESS = (1e-3, 60.0)
LEAST_CHANCE = 0.002
RARE = 0.01  # the least chance by which a setting is judged
GAP = 14  # days without a count after which levels begin anew
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

    def hindcast(self, panel: Panel, context: Context, cutoffs: Sequence[int], horizon: int) -> FloatArray:
        """Quantiles in counts, NaN below `least` open days: [cutoff, series, horizon, level]."""
        made = np.full((len(cutoffs), len(panel.places), horizon, len(QUANTILE_LEVELS)), np.nan)
        days = max(cutoffs) + 1
        for first in range(0, len(panel.places), BATCH):
            rows = slice(first, first + BATCH)
            past = Past.of(context.counts[rows, :days], context.trust[rows, :days], panel.start.toordinal())
            able = np.cumsum(np.isfinite(past.counts), axis=1)[:, np.asarray(cutoffs)] >= self.least
            found = self._quantiles(past, np.asarray(cutoffs), horizon)
            made[:, rows] = np.moveaxis(np.where(able[:, :, None, None], found, np.nan), 0, 1)
        return made

    def _quantiles(self, past: "Past", cutoffs: Days, horizon: int) -> FloatArray:
        """Quantiles as of each cutoff: [series, cutoff, horizon, level]."""
        present, known = past.counts > 0, np.isfinite(past.counts)
        chance = self._smoothed(past, present.astype(float), known)
        number = self._smoothed(past, np.where(present, np.maximum(past.counts - 1, 0.0), 0.0), present)
        newest = np.maximum(np.searchsorted(past.judged, cutoffs, side="right") - 1, 0)
        likely, many, spread = [], [], []
        for ahead in AHEAD:
            weights = _weights(_chance_scores(chance, past.judged, ahead)[:, :, newest])
            likely.append((weights * chance.levels[:, :, cutoffs]).sum(axis=0))
            excess, scores = _number_scores(number, past.judged, ahead)
            weights = _weights(scores[:, :, newest])
            many.append((weights * number.levels[:, :, cutoffs]).sum(axis=0))
            spread.append(np.exp((weights * np.log(excess[:, :, newest])).sum(axis=0)))
        between = _between(horizon)
        factors = past.factors_ahead(cutoffs, horizon)
        chance_ahead = np.clip(np.stack(likely, axis=2) @ between, LEAST_CHANCE, 1.0)
        mean = chance_ahead * (1 + np.stack(many, axis=2) @ between) * factors
        of_day = np.clip(1 - (1 - chance_ahead) ** factors, LEAST_CHANCE, 1.0)
        return quantiles_with_zeros(
            of_day, np.maximum(0, mean / of_day - 1), np.stack(spread, axis=2) @ between
        )

    def _smoothed(self, past: "Past", values: FloatArray, known: BoolArray) -> "Smoothed":
        """Levels of the known days' values, begun anew on the first after each of the past's beginnings."""
        run = np.maximum.accumulate(np.where(known, np.cumsum(past.begins, axis=1), 0), axis=1)
        begins = np.diff(run, axis=1, prepend=0) > 0
        number = np.cumsum(known, axis=1)
        seen: npt.NDArray[np.int64] = number - np.maximum.accumulate(np.where(begins, number - 1, 0), axis=1)
        least = (1 / np.maximum(1, seen)).T[:, None]
        share = np.maximum(np.array(self.gains)[:, None], least) * (known * past.trust).T[:, None]
        levels = np.zeros(share.shape)  # [day, gain, series], so that a day lies together
        level = np.zeros(share.shape[1:])
        for day, value in enumerate(values.T):
            level = level + share[day] * (value - level)
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


def _chance_scores(chance: Smoothed, days: Days, ahead: int) -> FloatArray:
    """Trailing log score of each gain: [gain, series, day]."""
    present, expected, used = chance.judged(days, ahead)
    likely = np.clip(expected, RARE, 1 - RARE)
    return _decayed(np.where(used, np.log(np.where(present > 0, likely, 1 - likely)), 0.0))


def _number_scores(number: Smoothed, days: Days, ahead: int) -> tuple[FloatArray, FloatArray]:
    """Excess variance, by moments, and trailing log score of each gain: [gain, series, day] both."""
    values, expected, used = number.judged(days, ahead)
    excess = _excess(values, expected, used)
    before = np.concatenate([np.full_like(excess[:, :, :1], PRIOR_EXCESS), excess[:, :, :-1]], axis=2)
    return excess, _decayed(np.where(used, log_probability(values, expected, before), 0.0))


@dataclass(frozen=True, slots=True, eq=False)
class Past:
    """Counts [series, day] as on an average weekday, the `trust` in each, and days on which levels begin.

    `judged` are the days on which settings are judged; `patterns` [block, series, 7] are the weekday factors
    of each block, read from the days before it, of which the first began `phase` days before the first day.
    """

    counts: FloatArray
    trust: FloatArray
    begins: BoolArray
    judged: Days
    patterns: FloatArray
    phase: int

    @classmethod
    def of(cls, counts: FloatArray, trust: FloatArray, start: int) -> "Past":
        """The past of counts from a first day on, given as its ordinal number."""
        phase, days = start % BLOCK, counts.shape[1]
        starts = [max(0, first) for first in range(-phase, days + 1, BLOCK)]
        patterns = np.stack([weekday_factors(counts[:, max(0, day - MEMORY) : day]) for day in starts])
        place = phase + np.arange(days)
        factors = patterns[place // BLOCK, :, place % BLOCK % 7].T
        judged = np.arange(min(-start % EVERY, days - 1), days, EVERY)
        return cls(counts / factors, trust, _beginnings(np.isfinite(counts)), judged, patterns, phase)

    def factors_ahead(self, cutoffs: Days, horizon: int) -> FloatArray:
        """Weekday factors of the days after each cutoff, as known at it: [series, cutoff, horizon]."""
        block, into = np.divmod(self.phase + cutoffs + 1, BLOCK)
        weekday = (into[:, None] + np.arange(horizon)) % 7
        return np.moveaxis(self.patterns[block[:, None], :, weekday], 2, 0)


def _beginnings(known: BoolArray) -> BoolArray:
    """First known days of all, and after `GAP` days or more without a count: [series, day]."""
    day = np.arange(known.shape[1])
    newest = np.maximum.accumulate(np.where(known, day, -GAP - 1), axis=1)
    before = np.pad(newest, ((0, 0), (1, 0)), constant_values=-GAP - 1)[:, :-1]
    return np.asarray(known & (day - before > GAP))


def _weights(scores: FloatArray) -> FloatArray:
    """How much each gain is believed; over the first axis they sum to one."""
    weights = np.exp(BELIEF * (scores - scores.max(axis=0)))
    return np.asarray(weights / weights.sum(axis=0))


def _decayed(values: FloatArray) -> FloatArray:
    """Running sums over judged days in which older ones count less: [..., day]."""
    return np.asarray(lfilter([1.0], [1.0, -(0.5 ** (EVERY / HALF_LIFE))], values, axis=-1))


def _excess(number: FloatArray, expected: FloatArray, used: BoolArray) -> FloatArray:
    """Variance beyond the mean over the mean squared, by moments with a prior: [gain, series, day]."""
    limit = LARGEST_STRAY**2 * (expected + expected**2)
    strays = _decayed(np.where(used, np.minimum((number - expected) ** 2, limit) - expected, 0.0))
    squares = _decayed(np.where(used, expected**2, 0.0))
    typical = squares / np.maximum(1e-9, _decayed(used.astype(float)))
    total = np.maximum(0.0, strays) + PRIOR_DAYS * PRIOR_EXCESS * typical
    known = squares + PRIOR_DAYS * typical
    found = np.where(known > 0, total / np.where(known > 0, known, 1.0), PRIOR_EXCESS)
    return np.asarray(np.clip(found, *EXCESS))


def _between(horizon: int) -> FloatArray:
    """How much each of the days `AHEAD` says of each day ahead: [ahead, horizon]."""
    days = np.arange(1, horizon + 1)
    return np.array([np.interp(days, AHEAD, one) for one in np.eye(len(AHEAD))])
