"""The forecast to beat: last week again, as wide as such forecasts were wrong over the last year."""

import numpy as np

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
    differences = counts[:, lag:] - counts[:, :-lag]
    for row, known in enumerate(np.isfinite(differences)):
        last = differences[row, known][-DIFFERENCES:]
        if len(last):
            found[row] = np.quantile(np.concatenate([last, -last]), QUANTILE_LEVELS)
    return found
