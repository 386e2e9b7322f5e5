"""The arrays that all of the library computes with, and what they are on the whole where days are missing."""

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]


def known_mean(values: FloatArray, *, axis: int) -> FloatArray:
    """The mean of what is finite along an axis, NaN where nothing is."""
    known = np.isfinite(values)
    count = known.sum(axis=axis)
    total = np.where(known, values, 0.0).sum(axis=axis)
    return np.where(count > 0, total / np.maximum(1, count), np.nan)


def known_median(values: FloatArray, *, axis: int) -> FloatArray:
    """The median of what is finite along an axis, NaN where nothing is; quicker than numpy's."""
    ordered = np.sort(values, axis=axis)  # NaN last
    count = np.isfinite(values).sum(axis=axis, keepdims=True)
    low = np.take_along_axis(ordered, np.maximum(count - 1, 0) // 2, axis=axis)
    high = np.take_along_axis(ordered, np.minimum(count // 2, values.shape[axis] - 1), axis=axis)
    return np.where(count > 0, (low + high) / 2, np.nan).squeeze(axis)
