"""The count of the same weekday last week."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from forecast.arrays import FloatArray
from forecast.members.protocol import Context
from forecast.panel import Panel

WEEKS_BACK = 4  # how long a weekday's last count stands in for missing ones


@dataclass(frozen=True, slots=True, eq=False)
class LastWeek:
    """The newest count of each of the seven weekdays that follow the cutoff: `medians` [series, 7]."""

    medians: FloatArray

    def forecast(self, horizon: int) -> FloatArray:
        """The week repeated: [series, horizon]."""
        return self.medians[:, np.arange(horizon) % 7]


@dataclass(frozen=True, slots=True)
class WeeklyNaive:
    """Every day will be as the same weekday last was; a missing week falls back on up to four."""

    name: str = "weekly_naive"
    slow: bool = False
    stride: int = 1

    def fit(self, panel: Panel, context: Context) -> LastWeek:
        """Look up the last week."""
        return LastWeek(self.hindcast(panel, context, [panel.days - 1], 7)[0])

    def hindcast(self, panel: Panel, context: Context, cutoffs: Sequence[int], horizon: int) -> FloatArray:
        """The last week as it stood at each cutoff: [cutoff, series, horizon]."""
        ahead = np.arange(1, horizon + 1)
        days = np.asarray(cutoffs)[:, None] + ahead - 7 * np.ceil(ahead / 7).astype(int)
        weekly = _filled(context.counts, step=7, times=WEEKS_BACK - 1)
        latest = carried_forward(context.counts)
        found = np.where(days >= 0, weekly[:, np.maximum(days, 0)], np.nan)
        found = np.where(np.isnan(found), latest[:, np.asarray(cutoffs)][:, :, None], found)
        return np.moveaxis(found, 0, 1)


def carried_forward(counts: FloatArray) -> FloatArray:
    """The newest count up to each day, NaN before the first: [series, day]."""
    days = np.where(np.isfinite(counts), np.arange(counts.shape[1]), -1)
    newest: npt.NDArray[np.int64] = np.maximum.accumulate(days, axis=1)
    return np.where(newest < 0, np.nan, np.take_along_axis(counts, np.maximum(newest, 0), axis=1))


def _filled(counts: FloatArray, *, step: int, times: int) -> FloatArray:
    filled = counts.copy()
    for _ in range(times):
        before = np.pad(filled, ((0, 0), (step, 0)), constant_values=np.nan)[:, : counts.shape[1]]
        filled = np.where(np.isnan(counts), before, counts)
    return filled
