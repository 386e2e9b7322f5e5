"""The benchmark tells what it scored, also where we lose."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from benchmarks.methods import METHODS, peer, weekly_naive
from benchmarks.peers import PeerTask, forecast_peer
from benchmarks.results import report
from benchmarks.tasks import TaskSet, real_sets, simulated_sets, split
from forecast.backtest import scored_days
from forecast.simulate import World, simulate
from service.engine import Processes

CUTOFFS = (date(2021, 3, 20), date(2021, 4, 3))


@pytest.fixture(scope="module")
def small():
    return TaskSet("small", simulate(World(series=2, days=120, onset_within=20), seed=1).frame, CUTOFFS)


@pytest.fixture(scope="module")
def days(small):
    made = weekly_naive(small, Processes(1))
    return scored_days(made.forecasts, small.frame)


def test_the_baseline_scores_one_against_itself(days):
    np.testing.assert_allclose(days["wis"], days["baseline_wis"])


def test_the_page_names_where_another_method_is_better(days):
    worse = days.assign(wis=days["wis"] * 1.5)
    page = report({"small": {"ensemble": [worse], "weekly naive": [days]}}, ["Today."])
    assert "| ensemble | 1.50 | 1.00 |" in page
    assert "small, natural: 1.50, against weekly naive 1.00." in page
    assert "2 crossings, 2 cutoffs from 2021-03-20 to 2021-04-03" in page


def test_a_difference_below_three_percent_is_no_loss(days):
    page = report({"small": {"ensemble": [days.assign(wis=days["wis"] * 1.02)], "weekly naive": [days]}}, [])
    assert "Nowhere by more than 3 %." in page


def test_days_in_a_simulated_surge_are_told_apart():
    task_set = next(simulated_sets(range(3, 4), 2))
    made = weekly_naive(task_set, Processes(1))
    parts = split(task_set, scored_days(made.forecasts, task_set.frame))
    assert list(parts) == ["Simulated, calm", "Simulated, surge"]
    assert all(len(rows) for rows in parts.values())
    assert parts["Simulated, surge"]["observed"].mean() > parts["Simulated, calm"]["observed"].mean()


def test_without_real_counts_only_the_simulated_sets_run(tmp_path):
    assert list(real_sets(None)) == []
    assert list(real_sets(tmp_path)) == []


def test_closed_crossings_are_left_out_where_only_open_ones_are_asked_for(tmp_path):
    rows = [(name, day, count) for day in pd.date_range("2022-12-01", "2023-02-05")
            for name, count in (("open", day.day + 5), ("shut", 0))]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["crossing", "date", "arrivals"])
    frame.to_csv(tmp_path / "hong_kong_arrivals.csv", index=False)
    reopening = {task_set.name: task_set for task_set in real_sets(tmp_path)}["Hong Kong, reopening"]
    made = weekly_naive(reopening, Processes(1))
    parts = split(reopening, scored_days(made.forecasts, reopening.frame, places=reopening.places))
    assert set(parts["Hong Kong, reopening, open at the cutoff"]["crossing"]) == {"open"}
    assert set(parts["Hong Kong, reopening, all"]["crossing"]) == {"open", "shut"}


@pytest.mark.parametrize("name", ["weekday_mean", "ets"])
def test_a_peer_gives_quantiles_of_each_day(name):
    dates = pd.date_range("2021-01-01", periods=120)
    counts = 100 + 40.0 * (dates.dayofweek == 5) + np.random.default_rng(1).normal(0, 3, 120)
    made = forecast_peer(PeerTask(name, dates, counts, None, 14))
    assert made.shape == (14, 23)
    assert (np.diff(made, axis=1) >= 0).all()
    saturday = (dates[-1] + pd.to_timedelta(np.arange(1, 15), "D")).dayofweek == 5
    assert made[saturday, 11].min() > made[~saturday, 11].max() + 20


def test_a_peer_without_enough_history_gets_the_baseline_and_is_counted(small):
    short = TaskSet("short", small.frame[small.frame["date"] >= "2021-03-10"], CUTOFFS[:1])
    with Processes(1) as engine:
        made = peer("ets")(short, engine)
    assert made.fallbacks == 2
    assert made.forecasts["arrivals"].notna().all()


def test_the_ensemble_and_the_usual_baselines_are_compared():
    assert {"ensemble", "weekly naive", "random walk", "12-week mean", "Prophet", "ETS"} <= set(METHODS)
