"""The count of the same weekday last week, as wide as such forecasts were wrong over the last year."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from forecast.arrays import FloatArray
from forecast.members.protocol import Context
from forecast.panel import Panel
from forecast.quantiles import QUANTILE_LEVELS
from forecast.smoothing import FIRST_SPREAD, bell

WEEKS_BACK = 4  # how long a weekday's last count stands in for missing ones
DIFFERENCES = 365
PRIOR_DIFFERENCES = 7.0  # how many the bell is worth that is believed in before any is seen
LEVELS = np.asarray(QUANTILE_LEVELS)


@dataclass(frozen=True, slots=True)
class WeeklyNaive:
    """Every day will be as the same weekday last was; a missing week falls back on up to four."""

    name: str = "weekly_naive"
    slow: bool = False
    stride: int = 1

    def hindcast(self, panel: Panel, context: Context, cutoffs: Sequence[int], horizon: int) -> FloatArray:
        """Quantiles in counts, NaN before the first count: [cutoff, series, horizon, level]."""
        medians = weekly_medians(context.counts, cutoffs, horizon)
        week = np.arange(horizon) // 7
        lags = [7 * ahead for ahead in range(1, week[-1] + 2)]
        found = [_spreads(context.counts, cutoffs, lag) for lag in lags]
        spreads, known = (np.stack(each, axis=2)[:, :, week] for each in zip(*found, strict=True))
        share = (known / (known + PRIOR_DIFFERENCES))[..., None]
        prior = FIRST_SPREAD * medians[..., None] * bell(np.ones(1), horizon)
        return np.asarray(np.maximum(0.0, medians[..., None] + share * spreads + (1 - share) * prior))


def weekly_medians(counts: FloatArray, cutoffs: Sequence[int], horizon: int) -> FloatArray:
    """The last week as it stood at each cutoff: [cutoff, series, horizon]; counts [series, day]."""
    ahead = np.arange(1, horizon + 1)
    days = np.asarray(cutoffs)[:, None] + ahead - 7 * np.ceil(ahead / 7).astype(int)
    weekly = filled_by_weekday(counts, WEEKS_BACK - 1)
    latest = carried_forward(counts)
    found = np.where(days >= 0, weekly[:, np.maximum(days, 0)], np.nan)
    found = np.where(np.isnan(found), latest[:, np.asarray(cutoffs)][:, :, None], found)
    return np.moveaxis(found, 0, 1)


def carried_forward(counts: FloatArray) -> FloatArray:
    """The newest count up to each day, NaN before the first: [series, day]."""
    days = np.where(np.isfinite(counts), np.arange(counts.shape[1]), -1)
    newest: npt.NDArray[np.int64] = np.maximum.accumulate(days, axis=1)
    return np.where(newest < 0, np.nan, np.take_along_axis(counts, np.maximum(newest, 0), axis=1))


def filled_by_weekday(counts: FloatArray, weeks: int) -> FloatArray:
    """Counts with gaps closed by the same weekday up to so many weeks earlier: [series, day]."""
    filled = counts.copy()
    for week in range(1, weeks + 1):
        gaps = np.isnan(filled[:, 7 * week :])
        filled[:, 7 * week :][gaps] = counts[:, : -7 * week][gaps]
    return filled


def _spreads(counts: FloatArray, cutoffs: Sequence[int], lag: int) -> tuple[FloatArray, FloatArray]:
    """Quantiles of the last year's differences over a lag and their mirror image, and how many there were.

    [cutoff, series, level] and [cutoff, series]. A sample and its mirror image have at level t the sample's
    absolute value at |2 t - 1|, with the sign of t - 1/2.
    """
    # Not the baseline's spread, which takes both as one sample: what everybody is measured by stays as it is.
    sizes = np.full(counts.shape, np.nan)
    sizes[:, lag:] = np.abs(counts[:, lag:] - counts[:, :-lag])
    found = np.zeros((len(cutoffs), len(counts), len(LEVELS)))
    number = np.zeros((len(cutoffs), len(counts)))
    for place, cutoff in enumerate(cutoffs):
        last = np.sort(sizes[:, max(0, cutoff + 1 - DIFFERENCES) : cutoff + 1], axis=1)  # NaN last
        number[place] = known = np.isfinite(last).sum(axis=1)
        position = np.abs(2 * LEVELS - 1) * np.maximum(known - 1, 0)[:, None]
        low = np.floor(position).astype(int)
        high = np.minimum(low + 1, np.maximum(known - 1, 0)[:, None])
        below, above = (np.take_along_axis(last, at, axis=1) for at in (low, high))
        size = below + (position - low) * (above - below)
        found[place] = np.where(known[:, None] > 0, np.sign(LEVELS - 0.5) * size, 0.0)
    return found, number
