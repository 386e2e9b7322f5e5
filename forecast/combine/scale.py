"""The root scale, on which errors of counts are about equally wide at all levels and nothing explodes."""

import numpy as np

from forecast.arrays import BoolArray, FloatArray

INTERMITTENT = 0.25  # share of zeros on recent open days
RECENT = 120
SMALL = 20.0  # people/day


def to_root(counts: FloatArray) -> FloatArray:
    """Counts on the root scale."""
    return np.asarray(np.sqrt(counts))


def from_root(values: FloatArray) -> FloatArray:
    """Counts again, never negative."""
    return np.maximum(values, 0.0) ** 2


def intermittent(counts: FloatArray) -> BoolArray:
    """Series with many zeros on recent open days of counts [series, day]: [series]."""
    recent = counts[:, -RECENT:]
    known = np.maximum(1, np.isfinite(recent).sum(axis=1))
    return np.asarray((recent == 0).sum(axis=1) / known > INTERMITTENT)


def small(counts: FloatArray) -> BoolArray:
    """Series of few people a day on recent open days of counts [series, day]: [series]."""
    recent = counts[:, -RECENT:]
    known = np.maximum(1, np.isfinite(recent).sum(axis=1))
    return np.asarray(np.nansum(recent, axis=1) / known < SMALL)
