"""Joint sample paths of counts: integers, so that totals are exact sums."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from forecast.arrays import BoolArray, FloatArray
from forecast.quantiles import QUANTILE_LEVELS, QuantileForecast


@dataclass(frozen=True, slots=True, eq=False)
class Paths:
    """Equally likely futures of many series together: `values` [path, series, horizon], counts."""

    ids: tuple[str, ...]
    cutoff: date
    values: npt.NDArray[np.integer[Any]]

    def __post_init__(self) -> None:
        if self.values.ndim != 3 or self.values.shape[1] != len(self.ids):
            raise ValueError(f"values must be [path, {len(self.ids)}, horizon], not {self.values.shape}")
        if not np.issubdtype(self.values.dtype, np.integer) or self.values.min(initial=0) < 0:
            raise ValueError("paths must be non-negative integers")
        self.values.setflags(write=False)

    def totals(self, ids: Sequence[str], summing: BoolArray) -> "Paths":
        """The paths of sums over series; `summing` [total, series] says which make which."""
        summed = np.einsum("psh,ts->pth", self.values, summing.astype(np.int64))
        return Paths(tuple(ids), self.cutoff, summed)

    def joined(self, other: "Paths") -> "Paths":
        """These paths and another set's, path by path, as one set of series."""
        return Paths(self.ids + other.ids, self.cutoff, np.concatenate([self.values, other.values], axis=1))

    def quantiles(self, levels: tuple[float, ...] = QUANTILE_LEVELS) -> QuantileForecast:
        """Read quantiles off the paths (Hazen's plotting positions, which invert stratified sampling)."""
        last, series = len(self.values) - 1, np.moveaxis(self.values, 0, 2)
        place = np.clip(np.asarray(levels) * (last + 1) - 0.5, 0, last)
        low = np.floor(place).astype(np.intp)
        read = np.empty((*series.shape[:2], len(levels)))
        for row, paths in enumerate(series):
            ordered = np.sort(paths, axis=1)
            below, above = (ordered[:, at].astype(float) for at in (low, np.minimum(low + 1, last)))
            read[row] = below + (place - low) * (above - below)
        read = np.maximum.accumulate(read, axis=2)
        return QuantileForecast(self.ids, self.cutoff, read, levels)

    def exceedance(self, threshold: float) -> FloatArray:
        """P(count > threshold) by day: [series, horizon]."""
        return np.asarray((self.values > threshold).mean(axis=0), dtype=float)

    def exceedance_within(self, threshold: float) -> FloatArray:
        """P(count > threshold on at least one of the first n days), n = 1..horizon: [series, horizon]."""
        within = np.logical_or.accumulate(self.values > threshold, axis=2)
        return np.asarray(within.mean(axis=0), dtype=float)
