"""Own members for tests, as another package's module would define them."""

from dataclasses import dataclass

import numpy as np

from forecast.members.weekly_naive import carried_forward
from forecast.quantiles import QUANTILE_LEVELS

SPREAD = np.linspace(0.6, 1.4, len(QUANTILE_LEVELS))


@dataclass(frozen=True)
class Newest:
    """The newest count for good, times a factor."""

    name: str = "newest"
    slow: bool = False
    stride: int = 1
    factor: float = 1.0

    def hindcast(self, panel, context, cutoffs, horizon):
        newest = carried_forward(context.counts).T[list(cutoffs)]
        return newest[:, :, None, None] * self.factor * SPREAD * np.ones((horizon, 1))


@dataclass(frozen=True)
class Flat:
    """A one-series method: the mean of the last days."""

    name: str = "flat"
    stride: int = 7
    least: int = 7
    window: int = 28

    def hindcast(self, series, cutoffs, horizon):
        means = [np.nanmean(series.counts[max(0, day + 1 - self.window) : day + 1]) for day in cutoffs]
        return np.repeat(np.array(means)[:, None], horizon, axis=1)
