"""Marginal quantiles become joint paths of integers, ordered as past counts moved together."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from forecast.arrays import FloatArray
from forecast.quantiles import QUANTILE_LEVELS

PERSISTENCE = 0.6  # share of a path's standing that lasts over its horizons where no deviation is known
WEEKS = 2  # whose same weekdays a past day is compared with
MOST_KNOWN = 0.9
CHUNK = 64  # series whose past deviations are in memory together
AT_A_TIME = 16  # paths that are drawn together

Singles = npt.NDArray[np.float32]
Deviations = Callable[[slice], FloatArray]


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
    quantiles: FloatArray, deviations: Deviations, paths: int, generator: np.random.Generator
) -> npt.NDArray[np.integer[Any]]:
    """Joint paths [path, series, horizon] with these marginals [series, horizon, level].

    The Schaake shuffle: samples take the order that past deviations had at the newest cutoffs with a known
    outcome (Clark et al., 2004). `deviations` gives those of some series: [cutoff, series, horizon].
    """
    series, horizon = quantiles.shape[:2]
    standing, common = _drawn(paths, series, horizon, generator)
    # Samples take the place of what their order came from; only counts of billions need another array.
    small = 2 * quantiles.max(initial=0.0) < np.iinfo(np.int32).max
    joint = standing.view(np.int32) if small else np.empty(standing.shape, dtype=np.int64)
    chunks = [slice(first, first + CHUNK) for first in range(0, series, CHUNK)]
    chosen = _chosen((deviations(chunk) for chunk in chunks), paths)
    for chunk in chunks:
        if len(chosen):
            template = _template(deviations(chunk), np.resize(chosen[::-1], paths), standing[chunk])
        else:
            template = np.sqrt(np.float32(0.5)) * (standing[chunk] + common)
        # The path that stands first in the order gets the smallest sample, and so on.
        samples = np.moveaxis(stratified(quantiles[chunk], paths), 0, 2)
        np.put_along_axis(joint[chunk], _order(template), samples, axis=2)
    return np.moveaxis(joint, 2, 0)


def _drawn(paths: int, series: int, horizon: int, generator: np.random.Generator) -> tuple[Singles, Singles]:
    """How high each path stands by chance [series, horizon, path], and what all series have in common [path].

    Paths in single precision, since all of a panel's are in memory together.
    """
    lasting = generator.standard_normal((paths, series, 1))
    common = generator.standard_normal(paths).astype(np.float32)
    drawn = np.empty((series, horizon, paths), dtype=np.float32)
    for first in range(0, paths, AT_A_TIME):
        own = slice(first, first + AT_A_TIME)
        daily = generator.standard_normal((len(lasting[own]), series, horizon))
        mixed = np.sqrt(PERSISTENCE) * lasting[own] + np.sqrt(1 - PERSISTENCE) * daily
        drawn[:, :, own] = np.moveaxis(mixed, 0, 2)
    return drawn, common


def _order(template: Singles) -> npt.NDArray[np.int64]:
    """The paths from the lowest to the highest, equal ones in their order: [series, horizon, path]."""
    bits = template.view(np.int32).astype(np.int64)
    ascending = np.where(bits < 0, -(bits & np.iinfo(np.int32).max), bits)
    paths = template.shape[2]
    shift = (paths - 1).bit_length()
    marked = np.sort((ascending << shift) | np.arange(paths), axis=2)
    return np.asarray(marked & ((1 << shift) - 1))


def _chosen(deviations: Iterable[FloatArray], paths: int) -> npt.NDArray[np.intp]:
    """The newest cutoffs, one a path at most, on which some series is known well: ascending."""
    known = [np.isfinite(part).mean(axis=2).max(axis=1, initial=0.0) for part in deviations]
    return np.flatnonzero(np.max(known, axis=0, initial=0.0) > MOST_KNOWN)[-paths:]


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


def _template(deviations: FloatArray, cutoffs: npt.NDArray[np.intp], drawn: Singles) -> Singles:
    """Standardised past deviations of one cutoff per path, drawn where unknown: [series, horizon, path]."""
    center, spread = _moments(deviations)
    standard = np.moveaxis(((deviations - center) / spread)[cutoffs], 0, 2)
    # The small draw parts cutoffs that serve twice; ties among zeros fall by chance.
    template = np.where(np.isfinite(standard), standard + 0.1 * drawn, drawn)
    return np.ascontiguousarray(template, dtype=np.float32)


def _moments(deviations: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Mean and standard deviation over the cutoffs with an error; 0 and 1 where there is nothing to tell."""
    known = np.isfinite(deviations)
    count = np.maximum(1, known.sum(axis=0))
    center = np.where(known, deviations, 0.0).sum(axis=0) / count
    spread = np.sqrt((np.where(known, deviations - center, 0.0) ** 2).sum(axis=0) / count)
    return center, np.where(spread > 0, spread, 1.0)
