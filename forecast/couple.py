"""Marginal quantiles become joint paths of integers, ordered as past counts moved together."""

import numpy as np
import numpy.typing as npt

from forecast.arrays import FloatArray
from forecast.quantiles import QUANTILE_LEVELS

PERSISTENCE = 0.6  # share of a path's standing that lasts over its horizons where no deviation is known
WEEKS = 2  # whose same weekdays a past day is compared with
MOST_KNOWN = 0.9


def stratified(quantiles: FloatArray, paths: int) -> npt.NDArray[np.int64]:
    """The quantile function at (i - 0.5) / paths, whole numbers, ascending: [path, series, horizon]."""
    levels = (np.arange(paths) + 0.5) / paths
    known = np.asarray(QUANTILE_LEVELS)
    place = np.clip(np.searchsorted(known, levels) - 1, 0, len(known) - 2)
    share = (levels - known[place]) / (known[place + 1] - known[place])
    share = np.clip(share, -0.5, 1.5)  # a little way into the tails beyond the outermost levels
    low, high = quantiles[:, :, place], quantiles[:, :, place + 1]
    sampled = np.maximum(np.rint(low + share * (high - low)), 0.0).astype(np.int64)
    return np.moveaxis(np.maximum.accumulate(sampled, axis=2), 2, 0)


def couple(
    quantiles: FloatArray, deviations: FloatArray, paths: int, generator: np.random.Generator
) -> npt.NDArray[np.int64]:
    """Joint paths [path, series, horizon] with these marginals [series, horizon, level].

    The Schaake shuffle: samples take the order that past deviations [cutoff, series, horizon] had at the
    newest cutoffs with a known outcome (Clark et al., 2004).
    """
    template = _template(deviations, paths, generator)
    ranks = np.argsort(np.argsort(template, axis=0, kind="stable"), axis=0, kind="stable")
    joint: npt.NDArray[np.int64] = np.take_along_axis(stratified(quantiles, paths), ranks, axis=0)
    return joint


def past_deviations(counts: FloatArray, horizon: int, cutoffs: int) -> FloatArray:
    """How counts after past days lay beside the same weekdays of the two weeks before these days.

    `counts` [series, day] are open, whole days; on the root scale, newest last: [cutoff, series, horizon].
    """
    roots = np.sqrt(counts)
    days = counts.shape[1]
    made_on = np.arange(max(7 * WEEKS - 1, days - horizon - cutoffs), days - horizon)
    ahead = np.arange(1, horizon + 1)
    came = roots[:, made_on[:, None] + ahead]
    before = made_on[:, None] + ahead - 7 * np.ceil(ahead / 7).astype(int)
    usual = np.mean([roots[:, before - 7 * week] for week in range(WEEKS)], axis=0)
    return np.moveaxis(came - usual, 1, 0)


def _template(deviations: FloatArray, paths: int, generator: np.random.Generator) -> FloatArray:
    """Standardised past deviations of one cutoff per path, drawn where unknown: [path, series, horizon]."""
    _, series, horizon = deviations.shape
    lasting = generator.standard_normal((paths, series, 1))
    common = generator.standard_normal((paths, 1, 1))
    daily = generator.standard_normal((paths, series, horizon))
    drawn: FloatArray = np.sqrt(PERSISTENCE) * lasting + np.sqrt(1 - PERSISTENCE) * daily
    chosen = np.flatnonzero(np.isfinite(deviations).mean(axis=2).max(axis=1, initial=0.0) > 0.9)[-paths:]
    if not len(chosen):
        return np.asarray(np.sqrt(0.5) * (drawn + common))
    known = deviations[np.resize(chosen[::-1], paths)]
    center, spread = _moments(deviations)
    standard = (known - center) / spread
    # The small draw parts cutoffs that serve twice; ties among zeros fall by chance.
    return np.where(np.isfinite(standard), standard + 0.1 * drawn, drawn)


def _moments(deviations: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Mean and standard deviation over the cutoffs with an error; 0 and 1 where there is nothing to tell."""
    known = np.isfinite(deviations)
    count = np.maximum(1, known.sum(axis=0))
    center = np.where(known, deviations, 0.0).sum(axis=0) / count
    spread = np.sqrt((np.where(known, deviations - center, 0.0) ** 2).sum(axis=0) / count)
    return center, np.where(spread > 0, spread, 1.0)
