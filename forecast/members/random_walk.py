"""The last count stays: the baseline of forecast hubs."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from forecast.arrays import FloatArray
from forecast.members.protocol import Context
from forecast.members.weekly_naive import carried_forward
from forecast.panel import Panel


@dataclass(frozen=True, slots=True, eq=False)
class LastCount:
    """The newest count of each series: `medians` [series]."""

    medians: FloatArray

    def forecast(self, horizon: int) -> FloatArray:
        """The same count every day: [series, horizon]."""
        return np.repeat(self.medians[:, None], horizon, axis=1)


@dataclass(frozen=True, slots=True)
class RandomWalk:
    """Every day will be as the last open day was; the first member to follow a surge."""

    name: str = "random_walk"
    slow: bool = False
    stride: int = 1

    def fit(self, panel: Panel, context: Context) -> LastCount:
        """Look up the last count."""
        return LastCount(carried_forward(context.counts)[:, -1])

    def hindcast(self, panel: Panel, context: Context, cutoffs: Sequence[int], horizon: int) -> FloatArray:
        """The last count as it stood at each cutoff: [cutoff, series, horizon]."""
        latest = carried_forward(context.counts)[:, np.asarray(cutoffs)]
        return np.repeat(latest.T[:, :, None], horizon, axis=2)
