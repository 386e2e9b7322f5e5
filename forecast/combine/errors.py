"""Quantiles of a member's own past errors, near horizons pooled, recent ones weighing more."""

from dataclasses import dataclass

import numpy as np
from scipy.stats import t as student

from forecast.members import FloatArray
from forecast.quantiles import QUANTILE_LEVELS

HALF_LIFE = 90.0  # days
NEIGHBOURS = 2  # horizons to each side that are pooled
PRIOR_CUTOFFS = 6.0  # weight of the prior's shape, in independent cutoffs
DEFAULT_SPREAD = 0.4  # one-step, log units, of a series about which nothing is known
_PRIOR_SHAPE = student.ppf(QUANTILE_LEVELS, 5) / student.ppf(0.75, 5) * 0.6745


@dataclass(frozen=True, slots=True, eq=False)
class PastErrors:
    """Errors of past forecasts [cutoff, series, horizon], NaN where unknown, and each cutoff's age in days."""

    errors: FloatArray
    age: FloatArray

    def weights(self, half_life: float = HALF_LIFE) -> FloatArray:
        """How much each cutoff counts: [cutoff]."""
        return 0.5 ** (self.age / half_life)


def past_errors(medians: FloatArray, counts: FloatArray, cutoffs: tuple[int, ...]) -> PastErrors:
    """Outcome less forecast on the error scale; medians [cutoff, series, horizon], counts [series, day]."""
    days = counts.shape[1]
    targets = np.asarray(cutoffs)[:, None] + np.arange(1, medians.shape[2] + 1)
    outcomes = np.where(targets < days, counts[:, np.minimum(targets, days - 1)], np.nan)
    age = days - 1.0 - np.asarray(cutoffs)
    return PastErrors(np.moveaxis(outcomes, 0, 1) - medians, age)


def error_quantiles(past: PastErrors, *, default: FloatArray, half_life: float = HALF_LIFE) -> FloatArray:
    """Quantiles of errors to come, on the error scale: [series, horizon, level].

    `default` [series] is the one-step spread of a series without past errors.
    """
    cutoffs, series, horizon = past.errors.shape
    weights = past.weights(half_life)
    found = np.full((series, horizon, len(QUANTILE_LEVELS)), np.nan)
    amount = np.zeros((series, horizon))
    for ahead in range(horizon):
        near = slice(max(0, ahead - NEIGHBOURS), ahead + NEIGHBOURS + 1)
        pooled = past.errors[:, :, near]
        width = pooled.shape[2]
        flat = np.moveaxis(pooled, 1, 0).reshape(series, cutoffs * width)
        found[:, ahead] = weighted_quantiles(flat, np.repeat(weights, width))
        amount[:, ahead] = (np.isfinite(pooled).mean(axis=2) * weights[:, None]).sum(axis=0)
    return _with_prior(found, amount, default)


def _with_prior(found: FloatArray, amount: FloatArray, default: FloatArray) -> FloatArray:
    """Blend what was found with a heavy-tailed shape of the same spread, the more the less was found."""
    spread = _spread(found, amount, default)
    prior = spread[:, :, None] * _PRIOR_SHAPE
    share = (amount / (amount + PRIOR_CUTOFFS))[:, :, None]
    widened = np.nan_to_num(found) * (1 + 1 / np.maximum(1.0, amount))[:, :, None]
    return share * widened + (1 - share) * prior


def _spread(found: FloatArray, amount: FloatArray, default: FloatArray) -> FloatArray:
    """A robust standard deviation by horizon; unseen horizons grow from the last seen one by the square root."""
    outer = (found[:, :, -4] - found[:, :, 3]) / (2 * 1.2816)
    inner = (found[:, :, 16] - found[:, :, 6]) / (2 * 0.6745)
    seen = np.maximum(outer, inner)
    spread = np.empty(seen.shape)
    last, since = np.asarray(default, dtype=float).copy(), np.ones(len(seen))
    for ahead in range(seen.shape[1]):
        enough = np.isfinite(seen[:, ahead]) & (amount[:, ahead] >= 2)
        last = np.where(enough, seen[:, ahead], last)
        since = np.where(enough, ahead + 1.0, since)
        spread[:, ahead] = last * np.sqrt((ahead + 1) / since)
    return spread


def weighted_quantiles(values: FloatArray, weights: FloatArray) -> FloatArray:
    """Quantiles of each row at `QUANTILE_LEVELS`, NaN for a row of NaN; values [row, n], weights [n]."""
    order = np.argsort(values, axis=1)
    ordered = np.take_along_axis(values, order, axis=1)
    mass = np.where(np.isfinite(ordered), weights[order], 0.0)
    total = mass.sum(axis=1, keepdims=True)
    position = (np.cumsum(mass, axis=1) - mass / 2) / np.where(total > 0, total, 1.0)
    known = np.isfinite(ordered).sum(axis=1)
    found = np.full((len(values), len(QUANTILE_LEVELS)), np.nan)
    for row in np.flatnonzero((known > 0) & (total[:, 0] > 0)):
        found[row] = np.interp(QUANTILE_LEVELS, position[row, : known[row]], ordered[row, : known[row]])
    return found
