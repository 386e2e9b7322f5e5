"""How the days of a week differ at a crossing, where they do."""

import numpy as np

from forecast.arrays import FloatArray

WEEKS = 40  # that the pattern is read from
LEAST_WEEKS = 4
LEAST_DAYS = 5  # of a week that must be known
CHANCE = 3.0  # times the variance by chance that a pattern must exceed to be half believed
LEAST_FACTOR = 0.05


def weekday_factors(counts: FloatArray) -> FloatArray:
    """What the first to seventh day after counts [series, day] are times an average day: [series, 7].

    One where the days' means differ no more than by chance (an empirical Bayes estimate), so that crossings
    without a weekday pattern are not given one.
    """
    weeks = min(WEEKS, counts.shape[1] // 7)
    lately = counts[:, counts.shape[1] - 7 * weeks :].reshape(len(counts), weeks, 7)
    days = np.isfinite(lately).sum(axis=2, keepdims=True)
    mean = np.nansum(lately, axis=2, keepdims=True) / np.maximum(1, days)
    used = np.isfinite(lately) & (days >= LEAST_DAYS) & (mean > 0)
    shares = np.where(used, lately, 0.0) / np.where(mean > 0, mean, 1.0)
    number = used.sum(axis=1)
    pattern = np.where(number > 0, shares.sum(axis=1) / np.maximum(1, number), 1.0)
    within = np.where(used, shares - pattern[:, None], 0.0) ** 2
    chance = (
        within.sum(axis=(1, 2)) / np.maximum(1, number.sum(axis=1) - 7) / np.maximum(1, number.mean(axis=1))
    )
    between = np.maximum(0.0, pattern.var(axis=1, ddof=1) - chance)
    belief = between / np.maximum(1e-12, between + CHANCE * chance) * (number.min(axis=1) >= LEAST_WEEKS)
    return np.asarray(np.maximum(LEAST_FACTOR, 1 + belief[:, None] * (pattern - 1)))
