"""Peers give quantiles of each day, and the baseline where they cannot."""

import numpy as np
import pandas as pd
import pytest

from benchmarks.peers import AUTOMATIC, PEERS, score_peer
from benchmarks.peers.automatic import Automatic
from benchmarks.peers.series import History, each, histories
from benchmarks.peers.simple import hub_random_walk, weekday_mean
from benchmarks.records import BASELINE
from benchmarks.tasks import HORIZON
from forecast.baseline import baseline
from forecast.quantiles import QUANTILE_LEVELS
from service.engine import Processes
from tests.benchmarks.small import small_set

MEDIAN = QUANTILE_LEVELS.index(0.5)
SATURDAY = 5


def history(days: int = 120, *, gaps: bool = False) -> History:
    """A hundred a day and forty more on Saturdays."""
    dates = pd.date_range("2021-01-01", periods=days)
    counts = 100 + 40.0 * (dates.dayofweek == SATURDAY) + np.random.default_rng(1).normal(0, 3, days)
    if gaps:
        counts[[30, 37, 90]] = np.nan
    return History(dates, counts, None)


def check(made: np.ndarray, dates: pd.DatetimeIndex) -> None:
    """Quantiles [horizon, level] that know Saturdays."""
    assert made.shape == (14, len(QUANTILE_LEVELS))
    saturday = (dates[-1] + pd.to_timedelta(np.arange(1, 15), "D")).dayofweek == SATURDAY
    assert made[saturday, MEDIAN].min() > made[~saturday, MEDIAN].max() + 20
    assert (made[:, -1] > made[:, 0]).all()


def test_the_weekday_mean_knows_weekdays():
    known = history()
    check(weekday_mean(known, 14), known.dates)


@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize("model", AUTOMATIC)
def test_an_automatic_model_knows_weekdays_through_gaps(model, log):
    pytest.importorskip("statsforecast")
    known = history(gaps=True)
    check(Automatic(model, log)(known, 14), known.dates)


def test_the_hub_random_walk_stays_at_the_last_count_and_widens_with_the_root_of_time():
    known = history(365)
    made = hub_random_walk(known, 28)
    np.testing.assert_allclose(made[:, MEDIAN], known.counts[-1])
    spread = made[:, -1] - made[:, 0]
    assert spread[27] / spread[6] == pytest.approx(2.0, rel=0.15)
    np.testing.assert_allclose(made[:, 0] + made[:, -1], 2 * known.counts[-1])


def test_gaps_are_filled_from_the_same_weekday_before():
    counts = np.arange(1.0, 43.0)
    counts[[20, 27]] = np.nan
    filled = History(pd.date_range("2021-01-01", periods=42), counts, None).filled
    assert filled[20] == filled[27] == counts[13]
    assert np.isfinite(filled).all()


def test_peers_see_a_series_from_its_first_count_on():
    panel = next(small_set().panels())
    counts = panel.counts.copy()
    counts[0, :10] = np.nan
    counts[1, 15:] = np.nan
    later = type(panel)("arrivals", panel.places, panel.start, counts, panel.closed, panel.partial)
    first, second = histories(later)
    assert first is not None
    assert first.dates[0] >= panel.dates[10]
    assert second is None


def test_one_failing_series_does_not_stop_the_others():
    panel = next(small_set().panels())
    calls = iter([1, 2])

    def fickle(known, horizon):
        if next(calls) == 1:
            raise ValueError("no")
        return np.ones((horizon, len(QUANTILE_LEVELS)))

    made = each(fickle, panel, 7)
    assert np.isnan(made[0]).all()
    assert (made[1] == 1).all()


def test_a_peer_that_fails_gets_the_baseline_and_is_counted(monkeypatch):
    monkeypatch.setitem(
        PEERS, "broken", lambda panel, horizon: np.full_like(baseline(panel, horizon).values, np.inf)
    )
    task_set = small_set()
    found = score_peer("broken", task_set, _InOrder())
    monkeypatch.setitem(PEERS, BASELINE, lambda panel, horizon: baseline(panel, horizon).values)
    expected = score_peer(BASELINE, task_set, _InOrder())
    assert found["fell_back"].sum() == found["days"].sum()
    pd.testing.assert_series_equal(found["wis"], expected["wis"])
    assert expected["fell_back"].sum() == 0


def test_peers_are_spread_over_processes():
    with Processes(1) as engine:
        found = score_peer("12-week mean", small_set(), engine)
    assert found.groupby("cutoff")["crossing"].nunique().tolist() == [2, 2]


def test_boosted_trees_forecast_every_series():
    pytest.importorskip("mlforecast")
    pytest.importorskip("lightgbm")
    panel = list(small_set(3).panels())[1]
    made = PEERS["LightGBM"](panel, HORIZON)
    assert made.shape == (3, HORIZON, len(QUANTILE_LEVELS))
    assert np.isfinite(made[:, :14]).all()
    means = np.nanmean(panel.counts, axis=1)
    assert (np.abs(np.log(made[:, :14, MEDIAN].mean(axis=1) / means)) < 0.5).all()


class _InOrder(Processes):
    def __init__(self):
        super().__init__(1)

    def run(self, function, tasks):
        return [function(task) for task in tasks]
