"""Forecast quantiles: ordered, non-negative; intervals and probabilities are read off."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from forecast.arrays import FloatArray

QUANTILE_LEVELS: tuple[float, ...] = (
    0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5,
    0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.975, 0.99,
)  # fmt: skip
INTERVAL_LEVELS: tuple[float, ...] = (0.5, 0.8, 0.9, 0.95)


@dataclass(frozen=True, slots=True, eq=False)
class QuantileForecast:
    """Quantiles of the counts of many places: `values` [series, horizon, level], ordered, never negative."""

    ids: tuple[str, ...]
    cutoff: date
    values: FloatArray
    levels: tuple[float, ...] = QUANTILE_LEVELS

    def __post_init__(self) -> None:
        if self.values.ndim != 3 or self.values.shape[::2] != (len(self.ids), len(self.levels)):
            raise ValueError(
                f"values must be [{len(self.ids)}, horizon, {len(self.levels)}], not {self.values.shape}"
            )
        if not np.isfinite(self.values).all():
            raise ValueError("quantiles must be finite")
        if (self.values < 0).any() or (np.diff(self.values, axis=2) < 0).any():
            raise ValueError("quantiles must be non-negative and ordered")
        self.values.setflags(write=False)

    @property
    def horizon(self) -> int:
        """The number of days ahead."""
        return int(self.values.shape[1])

    def at(self, level: float) -> FloatArray:
        """The quantile at one of the levels: [series, horizon]."""
        return self.values[:, :, self._position(level)]

    def interval(self, level: float) -> FloatArray:
        """The central interval of a level such as 0.8, both ends: [series, horizon, 2]."""
        tail = (1 - level) / 2
        return np.stack([self.at(tail), self.at(1 - tail)], axis=2)

    def joined(self, other: "QuantileForecast") -> "QuantileForecast":
        """These quantiles and another set's of the same levels, as one set of places."""
        values = np.concatenate([self.values, other.values])
        return QuantileForecast(self.ids + other.ids, self.cutoff, values, self.levels)

    def _position(self, level: float) -> int:
        found = np.flatnonzero(np.isclose(self.levels, level))
        if not len(found):
            raise KeyError(f"level {level} is none of {', '.join(map(str, self.levels))}")
        return int(found[0])
