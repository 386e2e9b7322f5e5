"""Scored days stand beside what was forecast, and tell the mode that was known at the cutoff."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from forecast.backtests import Vintages, backtest, issues
from forecast.events import Event
from forecast.panel import Panel
from forecast.pipeline import Configuration
from forecast.scores import pit_bounds
from forecast.scoring import score, scored_days
from forecast.simulate import World, simulate

FAST = Configuration(horizon=9, paths=80, members=("weekly_naive", "root"))
WORLD = simulate(World(series=4, days=160, onset_within=40, closing=0.6, missing=0.05), seed=6)
CUTOFFS = tuple(date(2021, 5, day) for day in (1, 11, 21, 28))


@pytest.fixture(scope="module")
def made():
    return list(issues(WORLD.frame, CUTOFFS, FAST))


@pytest.fixture(scope="module")
def days():
    return scored_days(backtest(WORLD.frame, CUTOFFS, FAST), WORLD.frame)


def test_the_mode_is_the_one_that_each_issue_published(made, days):
    published = {
        (place, pd.Timestamp(one.cutoff), ahead): mode
        for one in made
        for place, status in zip(one.quantiles.ids, one.status, strict=True)
        for ahead, mode in enumerate(status.modes, start=1)
    }
    keys = zip(days["crossing"], days["cutoff"], days["horizon"], strict=True)
    assert [published[key] for key in keys] == days["mode"].tolist()
    assert len(set(days["mode"])) > 1


def test_medians_and_levels_around_a_count_are_those_of_its_quantiles(made, days):
    by_cutoff = {pd.Timestamp(one.cutoff): one.quantiles for one in made}
    for _, row in days.sample(40, random_state=1).iterrows():
        quantiles = by_cutoff[row["cutoff"]]
        values = quantiles.values[quantiles.ids.index(row["crossing"]), row["horizon"] - 1]
        assert row["median"] == values[11]
        assert (row["pit_low"], row["pit_high"]) == pit_bounds(values, np.array(row["observed"]))


def test_scores_may_be_told_by_mode(days):
    frame = WORLD.frame
    summary = score(backtest(frame, CUTOFFS, FAST), frame, by=["mode"])
    assert summary["mode"].tolist() == sorted(set(days["mode"]))
    assert summary["days"].sum() == len(days)


def test_a_panel_is_backtested_and_scored_as_the_frame_that_it_was_made_of(days):
    panel = Panel.from_frame(WORLD.frame)
    forecasts = backtest(panel, CUTOFFS, FAST)
    pd.testing.assert_frame_equal(forecasts, backtest(WORLD.frame, CUTOFFS, FAST))
    pd.testing.assert_frame_equal(scored_days(forecasts, panel), days)


def test_a_frame_with_own_names_is_backtested_by_its_vintages():
    late = simulate(World(series=2, days=150, late=0.4), seed=2).frame
    own = late.rename(
        columns={"crossing": "station", "date": "day", "arrivals": "people", "recorded_at": "told"}
    )
    vintages = Vintages.from_frame(own, place="station", date="day", value="people", recorded_at="told")
    wanted = backtest(late, CUTOFFS[:1], FAST)
    pd.testing.assert_frame_equal(backtest(vintages, CUTOFFS[:1], FAST), wanted)
    assert not wanted.equals(backtest(late.drop_duplicates(["crossing", "date"], keep="last").drop(
        columns="recorded_at"), CUTOFFS[:1], FAST))  # fmt: skip


def test_a_panels_own_events_are_known_to_its_backtest():
    closure = Event("works", "closure", date(2021, 5, 3), date(2021, 5, 6), place="s000")
    told = replace(WORLD.panel, events=(closure,))
    row = Vintages.of(told).panel(CUTOFFS[0])
    assert row.events == (closure,)
    shut = backtest(told, CUTOFFS[:1], FAST)
    own = shut[(shut["crossing"] == "s000") & (shut["horizon"].between(2, 5))]
    assert not own["arrivals"].any()
