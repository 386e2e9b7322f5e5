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
    order = np.argsort(np.moveaxis(_template(deviations, paths, generator), 0, 2), axis=2)
    joint = np.empty((paths, *quantiles.shape[:2]), dtype=np.int64)
    # The path that stands first in the order gets the smallest sample, and so on.
    np.put_along_axis(
        np.moveaxis(joint, 0, 2), order, np.moveaxis(stratified(quantiles, paths), 0, 2), axis=2
    )
    return joint


def past_deviations(counts: FloatArray, horizon: int, cutoffs: int) -> FloatArray:
    """How counts after past days lay beside the same weekdays of the two weeks before these days.

    `counts` [series, day] are open, whole days; on the root scale, newest last: [cutoff, series, horizon].
    """
    roots = np.sqrt(counts)
    days = counts.shape[1]
    made_on = np.arange(max(7 * WEEKS - 1, days - horizon - cutoffs), days - horizon)
    windows = np.lib.stride_tricks.sliding_window_view
    if not len(made_on):
        return np.empty((0, len(counts), horizon))
    came = windows(roots[:, made_on[0] + 1 :], horizon, axis=1)
    weeks = [
        windows(roots[:, made_on[0] - 6 - 7 * week : days - horizon - 7 * week], 7, axis=1)
        for week in range(WEEKS)
    ]
    usual = np.mean(weeks, axis=0)[:, :, np.arange(horizon) % 7]
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
