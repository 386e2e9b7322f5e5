"""The scale on which a series' forecast errors are gathered: root for intermittent ones, log for others."""

from dataclasses import dataclass

import numpy as np

from forecast.members import BoolArray, FloatArray

INTERMITTENT = 0.25  # share of zeros on recent open days
RECENT = 120


@dataclass(frozen=True, slots=True, eq=False)
class ErrorScale:
    """One choice per series: `root` [series]; arrays that pass have the series as their first axis."""

    root: BoolArray

    def forward(self, counts: FloatArray) -> FloatArray:
        """From counts."""
        return np.where(self._along(counts), np.sqrt(counts), np.log1p(counts))

    def back(self, values: FloatArray) -> FloatArray:
        """To counts, never negative."""
        values = np.maximum(values, 0.0)
        return np.where(self._along(values), values**2, np.expm1(np.minimum(values, 50.0)))

    def _along(self, values: FloatArray) -> BoolArray:
        return self.root.reshape((-1,) + (1,) * (values.ndim - 1))


def error_scale(counts: FloatArray) -> ErrorScale:
    """Choose by the zeros among the recent open days of counts [series, day]."""
    recent = counts[:, -RECENT:]
    known = np.maximum(1, np.isfinite(recent).sum(axis=1))
    return ErrorScale((recent == 0).sum(axis=1) / known > INTERMITTENT)
