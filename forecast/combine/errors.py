"""Quantiles of a member's own past errors, near horizons pooled, recent ones weighing more."""

from dataclasses import dataclass

import numpy as np
from scipy.stats import t as student

from forecast.arrays import FloatArray
from forecast.quantiles import QUANTILE_LEVELS

HALF_LIFE = 90.0  # days
NEIGHBOURS = 2  # horizons to each side that are pooled
LEAST_SEEN = 2.0  # cutoffs, weighted, without which a horizon's spread is carried on from a nearer one
HEARD = 7  # days without a count after which a crossing counts as unheard of
LOWER, UPPER = QUANTILE_LEVELS.index(0.1), QUANTILE_LEVELS.index(0.9)
BELL = 1.2816  # the 0.9 quantile of a bell with spread 1
PRIOR_SHAPE = student.ppf(QUANTILE_LEVELS, 5) / student.ppf(0.9, 5) * BELL


@dataclass(frozen=True, slots=True, eq=False)
class PastErrors:
    """Errors of past forecasts [cutoff, series, horizon], NaN where unknown; each cutoff's age in days."""

    errors: FloatArray
    age: FloatArray

    def weights(self, half_life: float) -> FloatArray:
        """How much each cutoff counts: [cutoff]."""
        return np.asarray(0.5 ** (self.age / half_life))


@dataclass(frozen=True, slots=True, eq=False)
class Prior:
    """What is believed of a series' errors before any is seen.

    `spread` [series] is the one-step standard deviation; `cutoffs` [series] is how many past cutoffs the bell
    shape is worth.
    """

    spread: FloatArray
    cutoffs: FloatArray


def past_errors(medians: FloatArray, counts: FloatArray, cutoffs: tuple[int, ...]) -> PastErrors:
    """Outcome less forecast, both on one scale; medians [cutoff, series, horizon], counts [series, day].

    A cutoff without a count in its last week says nothing of how an open crossing is forecast.
    """
    days = counts.shape[1]
    targets = np.asarray(cutoffs)[:, None] + np.arange(1, medians.shape[2] + 1)
    outcomes = np.where(targets < days, counts[:, np.minimum(targets, days - 1)], np.nan)
    seen = np.cumsum(np.isfinite(counts), axis=1)
    before = np.pad(seen, ((0, 0), (HEARD, 0)))[:, :days]
    heard = (seen > before)[:, np.asarray(cutoffs)].T
    errors = np.where(heard[:, :, None], np.moveaxis(outcomes, 0, 1) - medians, np.nan)
    return PastErrors(errors, days - 1.0 - np.asarray(cutoffs))


def error_quantiles(past: PastErrors, prior: Prior) -> FloatArray:
    """Quantiles of the errors to come: [series, horizon, level]."""
    cutoffs, series, horizon = past.errors.shape
    weights = past.weights(HALF_LIFE)
    found = np.full((series, horizon, len(QUANTILE_LEVELS)), np.nan)
    amount = np.zeros((series, horizon))
    for ahead in range(horizon):
        pooled = past.errors[:, :, max(0, ahead - NEIGHBOURS) : ahead + NEIGHBOURS + 1]
        flat = np.moveaxis(pooled, 1, 0).reshape(series, cutoffs * pooled.shape[2])
        found[:, ahead] = weighted_quantiles(flat, np.repeat(weights, pooled.shape[2]))
        amount[:, ahead] = (np.isfinite(pooled).mean(axis=2) * weights[:, None]).sum(axis=0)
    return _with_prior(found, amount, prior)


def _with_prior(found: FloatArray, amount: FloatArray, prior: Prior) -> FloatArray:
    """Blend what was found with a heavy-tailed bell of the same spread, the more the less was found."""
    shape = _spread(found, amount, prior.spread)[:, :, None] * PRIOR_SHAPE
    share = (amount / (amount + prior.cutoffs[:, None]))[:, :, None]
    widened = np.nan_to_num(found) * (1 + 1 / np.maximum(1.0, amount))[:, :, None]
    return np.asarray(share * widened + (1 - share) * shape)


def spread_of(quantiles: FloatArray) -> FloatArray:
    """The standard deviation of a bell with the same 0.8 interval; quantiles [..., level], so [...]."""
    return np.asarray((quantiles[..., UPPER] - quantiles[..., LOWER]) / (2 * BELL))


def _spread(found: FloatArray, amount: FloatArray, unseen: FloatArray) -> FloatArray:
    """A standard deviation by horizon; where too little is seen it grows from the last by the square root."""
    seen = spread_of(found)
    spread = np.empty(seen.shape)
    last, since = unseen.astype(float), np.ones(len(seen))
    for ahead in range(seen.shape[1]):
        enough = np.isfinite(seen[:, ahead]) & (amount[:, ahead] >= LEAST_SEEN)
        last = np.where(enough, seen[:, ahead], last)
        since = np.where(enough, ahead + 1.0, since)
        spread[:, ahead] = last * np.sqrt((ahead + 1) / since)
    return spread


def weighted_quantiles(values: FloatArray, weights: FloatArray) -> FloatArray:
    """Quantiles of each row at `QUANTILE_LEVELS`, NaN for a row of NaN; values [row, n], weights [n]."""
    order = np.argsort(values, axis=1, kind="stable")
    ordered = np.take_along_axis(values, order, axis=1)
    mass = np.where(np.isfinite(ordered), weights[order], 0.0)
    total = mass.sum(axis=1, keepdims=True)
    position = (np.cumsum(mass, axis=1) - mass / 2) / np.where(total > 0, total, 1.0)
    known = np.isfinite(ordered).sum(axis=1)
    found = np.full((len(values), len(QUANTILE_LEVELS)), np.nan)
    for row in np.flatnonzero((known > 0) & (total[:, 0] > 0)):
        found[row] = np.interp(QUANTILE_LEVELS, position[row, : known[row]], ordered[row, : known[row]])
    return found
