"""Quantiles and probabilities of negative binomial counts, fast enough for a whole panel."""

from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln, ndtr, ndtri

from forecast.arrays import FloatArray
from forecast.quantiles import QUANTILE_LEVELS

LARGEST_MEAN = 2000.0  # people; above it quantiles grow with the mean
MEANS = np.geomspace(0.002, LARGEST_MEAN, 80)
EXCESSES = np.geomspace(1e-3, 100.0, 64)
NORMALS = np.linspace(-2.6, 2.6, 27)  # levels, as quantiles of a standard normal
LEVELS = np.array(QUANTILE_LEVELS)


def log_probability(counts: FloatArray, mean: FloatArray, excess: FloatArray) -> FloatArray:
    """Of counts whose variance is mean + excess x mean squared; arrays that broadcast."""
    size = 1 / excess
    some = np.maximum(mean, 1e-6)
    ways = gammaln(counts + size) - gammaln(size) - gammaln(counts + 1)
    return np.asarray(ways - size * np.log1p(some / size) + counts * np.log(some / (size + some)))


def quantiles_with_zeros(chance: FloatArray, mean: FloatArray, excess: FloatArray) -> FloatArray:
    """Quantiles of a count that is none but with a chance [...], and then one and a negative binomial rest of
    this mean and excess [...]: [..., level].

    Looked up and interpolated: exact to about a person or a hundredth.
    """
    within = (LEVELS - 1 + chance[..., None]) / chance[..., None]
    normals = ndtri(np.clip(within, 1e-9, 1 - 1e-9))
    rest = _looked_up(np.asarray(mean), np.asarray(excess), normals)
    return np.where(within > 0, 1 + rest, 0.0)


def _looked_up(mean: FloatArray, excess: FloatArray, normals: FloatArray) -> FloatArray:
    """Quantiles for mean and excess [...] at `normals` [..., level], linear between the table's entries.

    The nearest excess is taken, which is never more than a tenth away and seldom better known.
    """
    table, scale = _table(), np.maximum(1.0, mean / LARGEST_MEAN)
    row, down = _position(np.log(np.maximum(mean / scale, MEANS[0])), np.log(MEANS))
    column, right = _position(np.log(np.clip(excess, EXCESSES[0], EXCESSES[-1])), np.log(EXCESSES))
    layer, deep = _position(np.clip(normals, NORMALS[0], NORMALS[-1]), NORMALS)
    first = ((row * len(EXCESSES) + column + (right > 0.5)) * len(NORMALS))[..., None] + layer
    next_row = first + len(EXCESSES) * len(NORMALS)
    lower = table[first] + deep * (table[first + 1] - table[first])
    upper = table[next_row] + deep * (table[next_row + 1] - table[next_row])
    return np.asarray(np.expm1(lower + down[..., None] * (upper - lower)) * scale[..., None])


def _position(values: FloatArray, grid: FloatArray) -> tuple[npt.NDArray[np.intp], FloatArray]:
    """Where values stand in an even grid: the entry before, and the share of the way to the next."""
    place = (values - grid[0]) / (grid[1] - grid[0])
    before = np.clip(place.astype(np.intp), 0, len(grid) - 2)
    return before, np.asarray(np.minimum(place - before, 1.0))


@lru_cache(maxsize=1)
def _table() -> FloatArray:
    """The log of one more than the quantiles: [mean x excess x normal]."""
    from scipy.stats import nbinom  # half a second to import, for one table

    size = 1 / EXCESSES[:, None]
    mean = MEANS[:, None, None]
    return np.asarray(np.log1p(nbinom.ppf(ndtr(NORMALS), size, size / (size + mean)))).ravel()
