"""Summed scores are the scores of the library, and their ratios those of a slow loop."""

import numpy as np
import pandas as pd
import pytest

from benchmarks.records import BASELINE, Made, by_cutoff, coverage, ratios, records, relative
from benchmarks.tasks import HORIZON, newest, observed
from forecast.baseline import baseline
from forecast.frames import long_frame
from forecast.quantiles import QuantileForecast
from forecast.scoring import score
from tests.benchmarks.small import rows, small_set


@pytest.fixture(scope="module")
def task_set():
    return small_set(3)


def wide(panel):
    """The baseline's quantiles twice as high."""
    return 2 * baseline(panel, HORIZON).values


@pytest.fixture(scope="module")
def made(task_set):
    whole, found = newest(task_set), []
    for panel in task_set.panels():
        fine = np.zeros(len(panel.ids), dtype=bool)
        for name, values in ((BASELINE, baseline(panel, HORIZON).values), ("wide", wide(panel))):
            counts = observed(whole, panel)
            found.append(records(Made(name, panel, values, fine), counts, task_set.phases_of(panel)))
    return pd.concat(found)


def test_relative_scores_and_coverage_are_those_of_the_backtest(task_set, made):
    forecasts = pd.concat(
        long_frame(QuantileForecast(panel.ids, panel.cutoff, wide(panel)), "arrivals")
        for panel in task_set.panels()
    )
    expected = score(forecasts, task_set.frame, by=(), places=task_set.places).iloc[0]
    assert relative(made, "wide") == pytest.approx((expected["relative"], expected["relative_log"]))
    assert coverage(made, "wide", 80) == pytest.approx(expected["covered_0.8"])
    assert made.loc[made["method"] == "wide", "days"].sum() == expected["days"]


def test_a_horizon_band_is_scored_apart(task_set, made):
    forecasts = pd.concat(
        long_frame(QuantileForecast(panel.ids, panel.cutoff, wide(panel)), "arrivals")
        for panel in task_set.panels()
    )
    by_band = score(forecasts, task_set.frame, places=task_set.places).set_index("band")
    for band in ("1-7", "8-14", "15-28"):
        assert relative(made[made["band"] == band], "wide")[0] == pytest.approx(by_band.loc[band, "relative"])


def test_negative_and_crossed_quantiles_are_counted_and_put_right(task_set):
    panel = next(task_set.panels())
    values = baseline(panel, HORIZON).values
    spoilt = values.copy()
    spoilt[0, 4] = spoilt[0, 4, ::-1] - 1e6
    counts = observed(newest(task_set), panel)
    fine = np.zeros(len(panel.ids), dtype=bool)
    found = records(Made("spoilt", panel, spoilt, fine), counts, task_set.phases_of(panel))
    assert found["negative"].sum() == found["crossed"].sum() == np.isfinite(counts[0, 4])
    zero = values.copy()
    zero[0, 4] = 0.0
    clipped = records(Made("spoilt", panel, zero, fine), counts, task_set.phases_of(panel))
    pd.testing.assert_series_equal(found["wis_log"], clipped["wis_log"])


def test_only_tasks_that_both_have_count():
    ours = rows("some", {"a": 1.0}, cutoffs=1)
    theirs = pd.concat([rows(BASELINE, {"a": 2.0, "b": 9.0}, cutoffs=1), rows(BASELINE, {"c": 1.0})])
    assert ratios(pd.concat([ours, theirs]), "some")["wis"].to_dict() == {"a": 0.5}


def test_a_crossing_without_errors_of_the_baseline_is_left_out():
    found = ratios(
        pd.concat([rows("some", {"a": 1.0, "b": 1.0}), rows(BASELINE, {"a": 0.0, "b": 4.0})]), "some"
    )
    assert found["wis"].to_dict() == {"b": 0.25}


def test_the_mean_over_crossings_is_geometric():
    found = pd.concat([rows("some", {"a": 1.0, "b": 1.0}), rows(BASELINE, {"a": 2.0, "b": 0.5})])
    assert relative(found, "some") == pytest.approx((1.0, 1.0))


def test_scores_by_cutoff_are_taken_over_the_crossings_mean():
    found = pd.concat([rows("some", {"a": 1.0}, cutoffs=2), rows(BASELINE, {"a": 4.0}, cutoffs=2)])
    assert by_cutoff(found, "some").tolist() == [0.25, 0.25]
