"""Guests of one kind: who of those who came is still there, night by night, in every path."""

from dataclasses import dataclass

import numpy as np

from forecast.arrays import FloatArray
from forecast.planning.registers import IntArray

FEW = 8.0  # a binomial of a smaller variance is drawn exactly, another as a rounded normal
ROUNDING = 1 / 12  # variance that rounding adds
FADED = 2e-4  # survival at whose end a list is taken to go on as before
USUAL = 28  # days whose mean stands for the days before the first known


@dataclass(frozen=True, slots=True, eq=False)
class Guests:
    """Guests `there` at the end of each day and guests who `left` for good in the day: [path, day]."""

    there: IntArray
    left: IntArray


def thinned(people: IntArray, share: FloatArray | float, generator: np.random.Generator) -> IntArray:
    """How many of so many people remain if each does with a probability `share`; shapes broadcast.

    Binomial, and where its variance is at least `FEW` a normal rounded to whole people.
    """
    share = np.clip(share, 0.0, 1.0)
    mean = np.asarray(people * share)
    variance = mean * (1 - share)
    noise = generator.standard_normal(mean.shape, dtype=np.float32)
    noise *= np.sqrt(np.maximum(variance - ROUNDING, 0.0))
    remaining = np.clip(np.rint(mean + noise), 0, people).astype(np.int64)
    few = (variance < FEW) & (variance > 0)
    if few.any():
        those, odds = np.broadcast_to(people, mean.shape)[few], np.broadcast_to(share, mean.shape)[few]
        remaining[few] = generator.binomial(those, odds)
    return remaining


def arriving(people: IntArray, survival: FloatArray, generator: np.random.Generator) -> Guests:
    """Guests from arrivals [path, day] who stay by `survival` [night].

    Each stays or leaves for himself, and who has left stays away. Where the share that leaves is the same
    every night, as with exponential stays, cohorts need not be told apart.
    """
    going = _going(survival, people.shape[1])
    told = going[1 : len(survival)]
    if len(told) and np.ptp(told) < 1e-9 and (len(survival) >= len(going) or survival[-1] <= FADED):
        return _memoryless(people, (going[0], told[0]), generator)
    return _by_cohort(people, going, generator)


def remaining(already: IntArray, lasting: FloatArray, generator: np.random.Generator) -> Guests:
    """Guests from those already in at the cutoff [path], of whom `lasting` [day] is still there."""
    there = np.empty((len(already), len(lasting)), dtype=np.int64)
    before = already
    for day, share in enumerate(_going(lasting, len(lasting))):
        before = there[:, day] = thinned(before, share, generator)
    return Guests(there, -np.diff(there, axis=1, prepend=already[:, None]))


def _going(survival: FloatArray, nights: int) -> FloatArray:
    """Of those there a night before, the share still there, by night: [night]."""
    kept = np.zeros(nights)
    kept[: len(survival)] = survival[:nights]
    before = np.concatenate([[1.0], kept[:-1]])
    return np.asarray(np.divide(kept, before, out=np.zeros(nights), where=before > 0))


def _memoryless(people: IntArray, going: tuple[float, float], generator: np.random.Generator) -> Guests:
    there = np.zeros((len(people), people.shape[1] + 1), dtype=np.int64)
    new = thinned(people, going[0], generator)
    for day in range(people.shape[1]):
        there[:, day + 1] = thinned(there[:, day], going[1], generator) + new[:, day]
    return Guests(there[:, 1:], there[:, :-1] + people - there[:, 1:])


def _by_cohort(people: IntArray, going: FloatArray, generator: np.random.Generator) -> Guests:
    there, left = np.zeros_like(people), np.zeros_like(people)
    alive = people
    for night, share in enumerate(going):
        before = alive[:, : people.shape[1] - night]
        alive = thinned(before, share, generator)
        there[:, night:] += alive
        left[:, night:] += before - alive
        if not alive.any():
            break
    return Guests(there, left)


def whole_past(past: FloatArray, nights: int, usual: float) -> FloatArray:
    """Arrivals of the last `nights` days up to the cutoff, newest first: [age].

    A missing day lies between its known neighbours; the days before the first known are as the `USUAL` first
    known on average; without a known day above 0 all are `usual`.
    """
    days = np.flatnonzero(np.isfinite(past))
    if not len(days) or not np.nansum(past) > 0:
        return np.full(nights, max(usual, 1e-9))
    filled = np.interp(np.arange(days[0], len(past)), days, past[days])
    early = np.full(max(0, nights - len(filled)), past[days][:USUAL].mean())
    return np.asarray(np.concatenate([early, filled])[-nights:][::-1])


def still_there(past: FloatArray, survival: FloatArray, days: int) -> FloatArray:
    """Expected guests from arrivals by age [age], 0 to `days` days after the cutoff: [1 + day]."""
    ages = len(past)
    kept = np.zeros(ages + days)
    kept[: len(survival)] = survival[: ages + days]
    return np.asarray(np.lib.stride_tricks.sliding_window_view(kept, ages) @ past, dtype=float)


def unreported(
    past: FloatArray, presence: FloatArray, share: FloatArray, generator: np.random.Generator
) -> IntArray:
    """Guests in at the cutoff where none are reported: [path].

    Of the arrivals by age [age] each is there with a probability `presence` [age] times the path's `share`
    [path]; one binomial with the mean and the variance of the sum over ages.
    """
    sums, squares = float(past @ presence), float(past @ presence**2)
    if squares <= 0:
        return np.zeros(len(share), dtype=np.int64)
    trials = max(int(np.ceil(sums)), round(sums**2 / squares))
    return thinned(np.full(len(share), trials), share * sums / trials, generator)


def moments(mean: FloatArray, covariance: FloatArray, presence: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Mean and variance of occupancy [day] from those of arrivals, [day] and [day, day].

    `presence` [lag] is the share of those who came so many days ago who hold a bed, p(j) = b S(j):
    E = sum p m; Var = sum p (1 - p) m + sum sum p p Cov (thinned arrivals; Eick, Massey and Whitt, 1993).
    """
    days = len(mean)
    lags = np.arange(days)[:, None] - np.arange(days)
    known = (lags >= 0) & (lags < len(presence))
    weights = np.where(known, presence[np.clip(lags, 0, len(presence) - 1)], 0.0)
    shared = (weights @ covariance * weights).sum(axis=1)
    return np.asarray(weights @ mean), np.asarray((weights * (1 - weights)) @ mean + shared)
