"""Frames out hold what the forecasts hold, one row each, and merge on the same keys."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from forecast import frames
from forecast.backtests import backtest
from forecast.panel import Panel
from forecast.pipeline import Configuration, issue
from forecast.simulate import World, simulate
from tests.forecast.panels import two_regions

PANEL = simulate(World(series=3, days=150, closing=0.9, onset_within=30), seed=2).panel
FAST = Configuration(horizon=9, paths=80, members=("weekly_naive", "root"))
PLACES = two_regions(PANEL.ids)


@pytest.fixture(scope="module")
def forecasts():
    return issue(PANEL, FAST, places=PLACES)


def test_quantiles_are_one_row_per_place_day_and_level(forecasts):
    made = frames.quantile_frame(forecasts)
    assert list(made.columns) == [*frames.KEYS, "quantile_level", "arrivals"]
    values = made["arrivals"].to_numpy().reshape(6, 9, 23)
    np.testing.assert_array_equal(values, forecasts.quantiles.values)
    assert list(dict.fromkeys(made["crossing"])) == [*PANEL.ids, "north", "south", "land"]


def test_an_issue_in_a_frame_is_the_backtest_of_its_cutoff_to_the_last_digit():
    made = frames.quantile_frame(issue(PANEL, FAST))
    pd.testing.assert_frame_equal(made, backtest(PANEL, [PANEL.cutoff], FAST))


def test_intervals_are_numbers_in_columns(forecasts):
    made = frames.interval_frame(forecasts, (0.8,))
    assert list(made.columns) == [*frames.KEYS, "median", "low_0.8", "high_0.8"]
    day = made[(made["crossing"] == "land") & (made["horizon"] == 4)].iloc[0]
    row = forecasts.quantiles.ids.index("land")
    assert day["median"] == forecasts.quantiles.at(0.5)[row, 3]
    assert (day["low_0.8"], day["high_0.8"]) == tuple(forecasts.quantiles.interval(0.8)[row, 3])
    assert day["target_date"] == pd.Timestamp(PANEL.cutoff) + pd.Timedelta(days=4)


def test_the_status_tells_each_days_mode_and_the_flags(forecasts):
    told = frames.status_frame(forecasts)
    assert len(told) == 6 * 9
    for (place, ahead), row in told.set_index(["crossing", "horizon"]).iterrows():
        status = forecasts.status[forecasts.quantiles.ids.index(place)]
        assert row["mode"] == status.modes[ahead - 1]
        assert row["flags"] == "; ".join(status.flags)


def test_factors_are_of_the_crossings_that_can_be_explained(forecasts):
    told = frames.factor_frame(forecasts)
    explained = [one for one, why in zip(PANEL.ids, forecasts.explanations, strict=False) if why]
    assert list(dict.fromkeys(told["crossing"])) == explained
    first = forecasts.explanations[PANEL.ids.index(explained[0])]
    assert (told[told["crossing"] == explained[0]]["level"] == first.level).all()
    joined = told.merge(frames.status_frame(forecasts), on=frames.KEYS)
    assert len(joined) == len(told)


def test_chances_of_a_weeks_changes_sum_to_one(forecasts):
    told = frames.outlook_frame(forecasts)
    changes = told[told["outcome"] != "surge"].groupby(["crossing", "first"])
    np.testing.assert_allclose(changes["probability"].sum(), 1)
    assert (changes.size() == 5).all()
    for place, outlook in zip(forecasts.quantiles.ids, forecasts.outlooks, strict=True):
        surge = told[(told["crossing"] == place) & (told["outcome"] == "surge")]
        wanted = [] if outlook.chances.surge is None else [outlook.chances.surge]
        assert surge["probability"].tolist() == wanted


def test_counts_in_a_frame_make_the_same_panel_again():
    again = Panel.from_frame(frames.count_frame(PANEL), places=PANEL.places)
    days = again.days
    np.testing.assert_array_equal(again.closed, PANEL.closed[:, :days])
    open_days = ~again.closed
    np.testing.assert_array_equal(again.counts[open_days], PANEL.counts[:, :days][open_days])
    assert again.start == date(2021, 1, 1)
