"""The forecast to beat: last week again, as wide as such forecasts were wrong over the last year."""

import numpy as np
import numpy.typing as npt

from forecast.arrays import FloatArray
from forecast.members.weekly_naive import weekly_medians
from forecast.panel import Panel
from forecast.quantiles import QUANTILE_LEVELS, QuantileForecast

DIFFERENCES = 365


def baseline(panel: Panel, horizon: int) -> QuantileForecast:
    """Median the same weekday of the last seven days; the last 365 differences over as many weeks, mirrored.

    Closed days without a count are zeros here; a weekday without a count falls back on older ones, then on 0.
    """
    counts = np.where(panel.closed & np.isnan(panel.counts), 0.0, panel.counts)
    counts = np.where(panel.partial, np.nan, counts)
    medians = np.nan_to_num(weekly_medians(counts, [panel.days - 1], horizon)[0])
    weeks = [mirrored_quantiles(counts, 7 * week) for week in range(1, -(-horizon // 7) + 1)]
    spread = np.stack([weeks[day // 7] for day in range(horizon)], axis=1)
    values = np.maximum(0.0, medians[:, :, None] + spread)
    return QuantileForecast(panel.ids, panel.cutoff, values)


def mirrored_quantiles(counts: FloatArray, lag: int) -> FloatArray:
    """Quantiles of the last differences over a lag and their mirror image: [series, level]; 0 without any."""
    found = np.zeros((len(counts), len(QUANTILE_LEVELS)))
    if counts.shape[1] <= lag:
        return found
    sizes = np.abs(counts[:, lag:] - counts[:, :-lag])
    known = np.isfinite(sizes)
    newest = known[:, ::-1].cumsum(axis=1)[:, ::-1] <= DIFFERENCES
    first = max(0, int(np.argmax((known & newest).any(axis=0))))
    ordered = np.sort(np.where(newest, sizes, np.nan)[:, first:], axis=1)  # NaN last
    number = np.isfinite(ordered).sum(axis=1)[:, None]
    position = np.asarray(QUANTILE_LEVELS) * np.maximum(2 * number - 1, 0)
    low = np.floor(position).astype(np.intp)
    below, above = (_mirrored(ordered, number, np.minimum(at, 2 * number - 1)) for at in (low, low + 1))
    return np.where(number > 0, below + (position - low) * (above - below), 0.0)


def _mirrored(sizes: FloatArray, number: npt.NDArray[np.intp], place: npt.NDArray[np.intp]) -> FloatArray:
    """Some places of the ascending order of the first `number` sizes [series, size] and their negatives."""
    place = np.maximum(place, 0)
    at = np.where(place < number, number - 1 - place, place - number)
    size = np.take_along_axis(sizes, np.maximum(at, 0), axis=1)
    return np.where(place < number, -size, size)
