"""Which series are small, and which intermittent: the members made for counts speak for these."""

import numpy as np

from forecast.arrays import BoolArray, FloatArray
from forecast.regimes import BUSY, INTERMITTENT

RECENT = 120  # days


def intermittent(counts: FloatArray) -> BoolArray:
    """Series with many zeros on recent open days of counts [series, day]: [series]."""
    recent = counts[:, -RECENT:]
    known = np.maximum(1, np.isfinite(recent).sum(axis=1))
    return np.asarray((recent == 0).sum(axis=1) / known > INTERMITTENT)


def small(counts: FloatArray) -> BoolArray:
    """Series of few people a day on recent open days of counts [series, day]: [series]."""
    recent = counts[:, -RECENT:]
    known = np.maximum(1, np.isfinite(recent).sum(axis=1))
    return np.asarray(np.nansum(recent, axis=1) / known < BUSY)
