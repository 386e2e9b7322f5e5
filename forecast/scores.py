"""How good forecasts were: plain functions of predicted quantiles [..., level] and observed counts [...].

A lower score is better. Where a count or a forecast is NaN so is the score: means skip the gap.
"""

from typing import NamedTuple

import numpy as np

from forecast.arrays import FloatArray
from forecast.quantiles import QUANTILE_LEVELS

Levels = tuple[float, ...]
LEAST_RATIO = 0.01


class Parts(NamedTuple):
    """The weighted interval score taken apart; the three sum to it, in the unit of the counts, [...] each."""

    dispersion: FloatArray
    overprediction: FloatArray
    underprediction: FloatArray


class Comparison(NamedTuple):
    """A test whether two methods differ: mean difference of scores, statistic, two-sided p value."""

    difference: float
    statistic: float
    p_value: float


def pinball(predicted: FloatArray, observed: FloatArray, *, levels: Levels = QUANTILE_LEVELS) -> FloatArray:
    """Quantile loss max(t (y - q), (t - 1)(y - q)), t the level: [..., level] (Koenker and Bassett 1978)."""
    miss = observed[..., None] - predicted
    level = np.asarray(levels)
    return np.maximum(level * miss, (level - 1) * miss)


def wis(predicted: FloatArray, observed: FloatArray, *, levels: Levels = QUANTILE_LEVELS) -> FloatArray:
    """Weighted interval score in the unit of the counts: [...] (Bracher et al. 2021)."""
    return np.asarray(2 * pinball(predicted, observed, levels=levels).mean(axis=-1))


def wis_log(predicted: FloatArray, observed: FloatArray, *, levels: Levels = QUANTILE_LEVELS) -> FloatArray:
    """Weighted interval score of log(1 + count), in which small crossings count: [...] (Bosse et al. 2023).

    Quantiles below 0, which some methods give, are taken as 0.
    """
    return wis(np.log1p(np.maximum(predicted, 0)), np.log1p(observed), levels=levels)


def wis_parts(predicted: FloatArray, observed: FloatArray, *, levels: Levels = QUANTILE_LEVELS) -> Parts:
    """Split the weighted interval score into too wide, too high and too low; levels must be symmetric."""
    if not np.allclose(np.add(levels, levels[::-1]), 1):
        raise ValueError("levels must be symmetric around 0.5 to be taken as intervals")
    level = np.asarray(levels)
    widths = np.where(level < 0.5, -level, 1 - level) * (level != 0.5)
    above = np.maximum(predicted - observed[..., None], 0) * (level <= 0.5)
    below = np.maximum(observed[..., None] - predicted, 0) * (level >= 0.5)
    halves = np.where(level == 0.5, 0.5, 1.0)
    return Parts(
        dispersion=2 * np.where(np.isnan(observed), np.nan, (widths * predicted).mean(axis=-1)),
        overprediction=2 * (halves * above).mean(axis=-1),
        underprediction=2 * (halves * below).mean(axis=-1),
    )


def covered(
    predicted: FloatArray, observed: FloatArray, level: float, *, levels: Levels = QUANTILE_LEVELS
) -> FloatArray:
    """1 where the central interval of a level such as 0.8 holds the count, ends included, else 0: [...]."""
    tails = ((1 - level) / 2, (1 + level) / 2)
    lower, upper = (predicted[..., _position(tail, levels)] for tail in tails)
    inside = ((lower <= observed) & (observed <= upper)).astype(float)
    return np.where(np.isnan(observed) | np.isnan(lower), np.nan, inside)


def coverage(
    predicted: FloatArray, observed: FloatArray, level: float, *, levels: Levels = QUANTILE_LEVELS
) -> float:
    """The share of counts that the central intervals of a level held; NaN if there were none."""
    return mean(covered(predicted, observed, level, levels=levels))


def bias(predicted: FloatArray, observed: FloatArray, *, levels: Levels = QUANTILE_LEVELS) -> FloatArray:
    """From -1 (all quantiles below the count) to 1 (all above), 0 at the median: [...] (Funk et al. 2019)."""
    level, count = np.asarray(levels), observed[..., None]
    median = predicted[..., _position(0.5, levels)]
    reached = np.where(predicted <= count, level, 0.0).max(axis=-1)
    passed = np.where(predicted >= count, level, 1.0).min(axis=-1)
    side = np.select([observed < median, observed > median], [1 - 2 * reached, 1 - 2 * passed], 0.0)
    return np.where(np.isnan(observed) | np.isnan(median), np.nan, side)


class Bounds(NamedTuple):
    """What is known of a probability integral transform: it lies between two levels, [...] both."""

    lower: FloatArray
    upper: FloatArray


def pit_bounds(predicted: FloatArray, observed: FloatArray, *, levels: Levels = QUANTILE_LEVELS) -> Bounds:
    """Between which levels a count lies, 0 and 1 beyond the outermost quantiles: [...] both.

    From the last level whose quantile lies below the count to the first whose quantile lies above: a count
    that is itself a quantile, as 0 often is, spans several.
    """
    count = observed[..., None]
    bounds = np.array([0.0, *levels, 1.0])
    below = (predicted < count).sum(axis=-1)
    above = len(levels) + 1 - (predicted > count).sum(axis=-1)
    unknown = np.isnan(observed) | np.isnan(predicted).any(axis=-1)
    return Bounds(*(np.where(unknown, np.nan, bounds[at]) for at in (below, above)))


def pit(
    predicted: FloatArray,
    observed: FloatArray,
    rng: np.random.Generator,
    *,
    levels: Levels = QUANTILE_LEVELS,
) -> FloatArray:
    """Randomised probability integral transform, uniform in (0, 1) if forecasts are calibrated: [...].

    Drawn between `pit_bounds` (Czado et al. 2009, for a distribution known by its quantiles).
    """
    lower, upper = pit_bounds(predicted, observed, levels=levels)
    return np.asarray(lower + rng.random(observed.shape) * (upper - lower))


def pit_shares(bounds: Bounds, edges: FloatArray) -> FloatArray:
    """The share of probability integral transforms in each bin between `edges`: [bin], in sum 1.

    Nothing is drawn: a count whose transform spans several bins gives each its part of the span (the
    non-randomised histogram of Czado, Gneiting and Held 2009). NaN are left out; all NaN without any.
    """
    known = np.isfinite(bounds.lower) & np.isfinite(bounds.upper)
    lower, upper = bounds.lower[known][:, None], bounds.upper[known][:, None]
    reached = np.clip((edges - lower) / np.maximum(upper - lower, np.finfo(float).tiny), 0, 1)
    if not known.any():
        return np.full(len(edges) - 1, np.nan)
    return np.asarray(np.diff(reached, axis=1).mean(axis=0))


def brier(probability: FloatArray, happened: FloatArray) -> FloatArray:
    """Squared error of a probability against 1 for what happened, 0 for what did not: [...] (Brier 1950)."""
    return np.asarray((probability - happened) ** 2)


def rps(probabilities: FloatArray, outcome: FloatArray) -> FloatArray:
    """Ranked probability score of ordered classes [..., class] against the class that came: [...].

    `outcome` counts the classes from 0. A class further off costs more; 0 is perfect, 1 the worst there is
    (Epstein 1969, divided by the classes less one).
    """
    classes = probabilities.shape[-1]
    reached = (np.arange(classes) >= outcome[..., None]).astype(float)
    gaps = (np.cumsum(probabilities, axis=-1) - reached)[..., :-1]
    return np.where(np.isnan(outcome), np.nan, (gaps**2).sum(axis=-1) / (classes - 1))


def relative(scores: FloatArray, baseline: FloatArray) -> float:
    """Geometric mean over series of mean score over the baseline's, from two [series, task] arrays.

    Only tasks that both have a score for count; a series on which the baseline made no error is left out,
    and a ratio below 0.01 counts as 0.01, so that one closed crossing does not decide the mean.
    """
    both = np.isnan(scores) | np.isnan(baseline)
    ours = np.array([mean(row) for row in np.where(both, np.nan, scores)])
    theirs = np.array([mean(row) for row in np.where(both, np.nan, baseline)])
    usable = theirs > 0
    if not usable.any():
        return float("nan")
    ratios = np.maximum(ours[usable] / theirs[usable], LEAST_RATIO)
    return float(np.exp(np.log(ratios).mean()))


def skill(scores: FloatArray, baseline: FloatArray) -> float:
    """1 - relative score: above 0 beats the baseline."""
    return 1 - relative(scores, baseline)


def diebold_mariano(first: FloatArray, second: FloatArray, *, lag: int = 27) -> Comparison:
    """Test whether two methods' scores by cutoff, [cutoff] each, differ; negative favours the first.

    `lag` is the number of cutoffs over which errors are correlated (27 for daily cutoffs and 28 horizons);
    the variance is Newey and West's with Bartlett weights (Diebold and Mariano 1995).
    """
    from scipy.stats import norm  # half a second to import, and few compare

    gap = (first - second)[~np.isnan(first - second)]
    if len(gap) < 3:
        raise ValueError("at least three cutoffs are needed to compare two methods")
    centred = gap - gap.mean()
    lags = np.arange(1, min(lag, len(gap) - 1) + 1)
    products = np.array([centred[k:] @ centred[:-k] for k in lags])
    variance = (centred @ centred + 2 * (1 - lags / (lag + 1)) @ products) / len(gap) ** 2
    statistic = float(gap.mean() / np.sqrt(variance)) if variance > 0 else float("nan")
    return Comparison(float(gap.mean()), statistic, float(2 * norm.sf(abs(statistic))))


def mean(scores: FloatArray) -> float:
    """The mean of the scores that are not NaN; NaN if there are none."""
    there = scores[~np.isnan(scores)]
    return float(there.mean()) if len(there) else float("nan")


def _position(level: float, levels: Levels) -> int:
    found = np.flatnonzero(np.isclose(levels, level))
    if not len(found):
        raise ValueError(f"level {level:.4g} is none of {', '.join(map(str, levels))}")
    return int(found[0])
