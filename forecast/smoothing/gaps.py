"""Stretches of days without counts: short ones are bridged, after long ones a level begins anew."""

import numpy as np
import numpy.typing as npt

from forecast.arrays import BoolArray, FloatArray

LONG_GAP = 14  # days


def long_gaps(values: FloatArray) -> BoolArray:
    """Days on which a series has been without a value for `LONG_GAP` days or has not begun: [series, day].

    A gap's first days are not told to be those of a long one, since on them nobody knew.
    """
    missing = ~np.isfinite(values)
    day = np.arange(values.shape[1])
    last_known = np.maximum.accumulate(np.where(missing, -1, day), axis=1)
    return np.asarray(missing & ((day - last_known >= LONG_GAP) | (last_known < 0)))


def beginnings(away: BoolArray) -> BoolArray:
    """First days after long gaps, and the first day of all: [series, day]."""
    before = np.pad(away, ((0, 0), (1, 0)), constant_values=True)[:, :-1]
    return np.asarray(before & ~away)


def groups(away: BoolArray) -> tuple[npt.NDArray[np.intp], BoolArray]:
    """Which series have the same long gaps: a number for each [series], and those gaps [group, day]."""
    packed = np.packbits(away, axis=1)
    _, first, group = np.unique(packed, axis=0, return_index=True, return_inverse=True)
    return group.reshape(-1), away[first]
