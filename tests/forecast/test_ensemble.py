"""All crossings come out, in order, whatever the size of the chunks they are combined in."""

import numpy as np

from forecast import ensemble
from forecast.ensemble import ensemble_of
from forecast.members import MEMBERS, WeeklyNaive
from forecast.pipeline import in_order
from forecast.quantiles import QUANTILE_LEVELS
from tests.forecast.panels import panel_of, weekly

LEVELS = [100.0, 5_000.0, 400.0, 2_000.0, 30.0]
PANEL = panel_of(np.stack([weekly(120, level=level, seed=row) for row, level in enumerate(LEVELS)]))


def made(*names, slow_series=5, panel=PANEL):
    members = [MEMBERS[name] for name in names]
    return ensemble_of(panel, members, 7, slow_series=slow_series, run=in_order, kept={})


def test_every_series_is_forecast_at_its_own_level_when_there_are_more_than_a_chunk_holds(monkeypatch):
    monkeypatch.setattr(ensemble, "CHUNK", 2)
    combined = made("weekly_naive", "random_walk")
    medians = combined.quantiles[:, :, QUANTILE_LEVELS.index(0.5)].mean(axis=1)
    assert combined.errors.shape[1] == len(LEVELS)
    np.testing.assert_allclose(medians / PANEL.counts[:, -28:].mean(axis=1), 1, atol=0.35)


def test_the_slow_members_take_the_largest_series_and_the_others_wait_for_them():
    combined = made("weekly_naive", "ets", slow_series=2)
    asked = [row for row, without in enumerate(combined.without) if without == {}]
    assert asked == [1, 3]
    assert all(combined.without[row] == {"ets": ""} for row in (0, 2, 4))
    assert (combined.weights["ets"] > 0).tolist() == [False, True, False, True, False]
    assert "ets" not in combined.weights_of(0)


def test_without_slow_members_nobody_is_waited_for():
    assert made(WeeklyNaive().name).without == ({},) * 5
