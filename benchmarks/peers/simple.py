"""Rules of thumb: the last value with symmetrised differences, and the mean of twelve same weekdays."""

import numpy as np
import pandas as pd

from benchmarks.peers.series import History
from forecast.arrays import FloatArray
from forecast.quantiles import QUANTILE_LEVELS

DIFFERENCES = 365
DRAWS = 2_000


def hub_random_walk(history: History, horizon: int) -> FloatArray:
    """The hubs' baseline: the last count, and sums of h past daily differences with their mirror image.

    Quantiles are of 2,000 sums, whose median is the last count: [horizon, level] (Cramer et al. 2022).
    """
    counts = history.filled
    steps = np.diff(counts)[-DIFFERENCES:]
    mirrored = np.concatenate([steps, -steps])
    drawn = np.random.default_rng(1).choice(mirrored, (DRAWS, horizon)).cumsum(axis=1)
    both = np.concatenate([drawn, -drawn])
    return np.asarray(counts[-1] + np.quantile(both, QUANTILE_LEVELS, axis=0).T)


def weekday_mean(history: History, horizon: int) -> FloatArray:
    """Mean of the weekday over 12 weeks, and its errors of a year with their mirror image: [horizon, level].

    Raises ValueError without four weeks of counts.
    """
    counts = pd.Series(history.counts, index=history.dates)
    weekday = pd.Series(history.dates.dayofweek, index=counts.index)
    means = counts.groupby(weekday).transform(lambda same: same.rolling(12, min_periods=3).mean())
    errors = (counts - means.groupby(weekday).shift(1)).dropna().to_numpy()[-365:]
    if not len(errors):
        raise ValueError("fewer than four weeks of counts")
    latest = means.groupby(weekday).last()
    ahead = (history.dates[-1].dayofweek + np.arange(1, horizon + 1)) % 7
    spread = np.quantile(np.concatenate([errors, -errors]), QUANTILE_LEVELS)
    return np.asarray(latest.reindex(ahead).to_numpy()[:, None] + spread)
