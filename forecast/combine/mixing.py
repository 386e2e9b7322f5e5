"""One forecast of several: a weighted median quantile by quantile, widened by drift, capped."""

import numpy as np
import numpy.typing as npt

from forecast.arrays import BoolArray, FloatArray
from forecast.quantiles import QUANTILE_LEVELS

MEDIAN, LOWER, UPPER = (QUANTILE_LEVELS.index(level) for level in (0.5, 0.1, 0.9))
BELL = 1.2816  # the 0.9 quantile of a bell with spread 1
DRIFT_DAYS = 7
DRIFT_LIMIT = 2.5  # standard errors beyond which recent one-step errors are a drift
DRIFT_SHARE = 0.4  # of the drift, how much may go on each day
WIDEST = 3.0
UPHEAVAL_WIDENING = 2.0  # at least, in a surge or a collapse: what follows has few precedents in the record


def weighted_median(quantiles: FloatArray, weights: FloatArray) -> FloatArray:
    """The weighted median across members, midway where two share it; NaN where none with a weight speaks.

    `quantiles` [member, series, horizon, level], `weights` [member, series].
    """
    mass = np.where(np.isfinite(quantiles), weights[:, :, None, None], 0.0)
    order = np.argsort(np.where(mass > 0, quantiles, np.inf), axis=0, kind="stable")
    values, mass = (np.take_along_axis(array, order, axis=0) for array in (quantiles, mass))
    total = mass.sum(axis=0)
    position = (np.cumsum(mass, axis=0) - mass / 2) / np.where(total > 0, total, 1.0)
    voices = (mass > 0).sum(axis=0)
    above = np.minimum((position < 0.5).sum(axis=0, where=mass > 0), np.maximum(voices - 1, 0))
    below = np.maximum(above - 1, 0)
    (low, start), (high, end) = (_at(values, position, place) for place in (below, above))
    share = np.clip((0.5 - start) / np.where(end > start, end - start, 1.0), 0.0, 1.0)
    return np.where(voices > 0, low + share * (high - low), np.nan)


def _at(
    values: FloatArray, position: FloatArray, place: npt.NDArray[np.int64]
) -> tuple[FloatArray, FloatArray]:
    """The value and the position of one member for each series, horizon and level."""
    value, at = (np.take_along_axis(array, place[None], axis=0)[0] for array in (values, position))
    return value, at


def widened(quantiles: FloatArray, errors: FloatArray, bursty: BoolArray, upheaval: BoolArray) -> FloatArray:
    """Wider about the median by the drift of the last one-step errors, growing with the horizon.

    `quantiles` [series, horizon, level] and `errors` [day, series], newest last, are on one scale;
    `bursty` [series] are those whose errors always come in bursts, which are left alone;
    `upheaval` [series] those in a surge or a collapse.
    """
    recent = errors[-DRIFT_DAYS:]
    known = np.maximum(1, np.isfinite(recent).sum(axis=0))
    drift = np.abs(np.nansum(recent, axis=0)) / known
    spread = np.maximum(spread_of(quantiles), 1e-9)
    growth = DRIFT_SHARE * drift[:, None] * np.arange(1, quantiles.shape[1] + 1) / spread
    drifting = ~bursty & (drift > DRIFT_LIMIT * spread[:, 0] / np.sqrt(known))
    factor = np.where(drifting[:, None], np.minimum(WIDEST, np.sqrt(1 + growth**2)), 1.0)
    factor = np.where((upheaval & ~bursty)[:, None], np.maximum(UPHEAVAL_WIDENING, factor), factor)
    median = quantiles[:, :, MEDIAN : MEDIAN + 1]
    wider: FloatArray = median + (quantiles - median) * factor[:, :, None]
    return wider


def spread_of(quantiles: FloatArray) -> FloatArray:
    """The standard deviation of a bell with the same 0.8 interval; quantiles [..., level], so [...]."""
    return np.asarray((quantiles[..., UPPER] - quantiles[..., LOWER]) / (2 * BELL))


def caps(counts: FloatArray) -> FloatArray:
    """What no quantile exceeds: 1.2 x the largest of three years, 2 x that of one, 10 at least: [series].

    A series that was silent for three years keeps the bound of all that it ever had.
    """
    silent = ~np.isfinite(counts[:, -1096:]).any(axis=1)
    ever, in_three, in_one = (
        np.nanmax(counts[:, -days:], axis=1, initial=0.0) for days in (counts.shape[1], 1096, 366)
    )
    return np.asarray(np.maximum(10.0, np.maximum(1.2 * np.where(silent, ever, in_three), 2.0 * in_one)))
