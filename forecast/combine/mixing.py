"""One forecast of several: a weighted median quantile by quantile, capped."""

import numpy as np
import numpy.typing as npt

from forecast.arrays import FloatArray


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


def caps(counts: FloatArray) -> FloatArray:
    """What no quantile exceeds: 1.2 x the largest of three years, 2 x that of one, 10 at least: [series].

    A series that was silent for three years keeps the bound of all that it ever had.
    """
    silent = ~np.isfinite(counts[:, -1096:]).any(axis=1)
    ever, in_three, in_one = (
        np.nanmax(counts[:, -days:], axis=1, initial=0.0) for days in (counts.shape[1], 1096, 366)
    )
    return np.asarray(np.maximum(10.0, np.maximum(1.2 * np.where(silent, ever, in_three), 2.0 * in_one)))
