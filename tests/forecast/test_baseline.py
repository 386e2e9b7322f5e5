"""The weekly naive with symmetrised differences, against a slow loop."""

import numpy as np

from forecast.baseline import baseline
from forecast.quantiles import QUANTILE_LEVELS
from tests.forecast.panels import panel_of, weekly


def slow_baseline(counts, horizon):
    values = np.zeros((horizon, len(QUANTILE_LEVELS)))
    for day in range(1, horizon + 1):
        lag = 7 * -(-day // 7)
        median = counts[len(counts) - 1 + day - lag]
        differences = [counts[t] - counts[t - lag] for t in range(lag, len(counts))][-365:]
        both = differences + [-difference for difference in differences]
        values[day - 1] = np.maximum(0, median + np.quantile(both, QUANTILE_LEVELS))
    return values


def test_it_equals_a_slow_loop():
    counts = weekly(500)
    np.testing.assert_allclose(baseline(panel_of([counts]), 28).values[0], slow_baseline(counts, 28))


def test_its_median_is_last_week():
    counts = weekly(100)
    assert baseline(panel_of([counts]), 14).at(0.5)[0].tolist() == [*counts[-7:], *counts[-7:]]


def test_missing_partial_and_unknown_days_still_give_whole_quantiles():
    counts = np.stack([weekly(40), weekly(40), np.full(40, np.nan)])
    counts[0, -1] = np.nan
    partial = np.zeros(counts.shape, dtype=bool)
    partial[1, -1] = True
    made = baseline(panel_of(counts, partial=partial), 28)
    assert made.at(0.5)[0, 6] == counts[0, -8]
    assert made.at(0.5)[1, 6] == counts[1, -8]
    assert not made.values[2].any()
