"""All crossings come out, in order, whatever the size of the chunks they are combined in."""

from dataclasses import dataclass

import numpy as np
import pytest

from forecast import ensemble
from forecast.combine import caps
from forecast.ensemble import Capacities, ensemble_of
from forecast.members import MEMBERS, OneByOne, Smooth, WeeklyNaive
from forecast.pipeline import in_order
from forecast.quantiles import QUANTILE_LEVELS
from forecast.smoothing import LOG, Smoothing
from tests.forecast.panels import panel_of, weekly

LEVELS = [100.0, 5_000.0, 400.0, 2_000.0, 30.0]
PANEL = panel_of(np.stack([weekly(120, level=level, seed=row) for row, level in enumerate(LEVELS)]))
MEDIAN = QUANTILE_LEVELS.index(0.5)


@dataclass(frozen=True)
class Saying:
    """Says one number whatever was counted, give or take half of it; nothing where silent today."""

    name: str
    value: float
    silent: bool = False
    slow: bool = False
    stride: int = 7

    def hindcast(self, panel, context, cutoffs, horizon):
        shape = (len(cutoffs), len(panel.places), horizon, len(QUANTILE_LEVELS))
        made = self.value * (0.5 + np.array(QUANTILE_LEVELS)) * np.ones(shape)
        if self.silent:
            made[-1] = np.nan
        return made


@dataclass(frozen=True)
class Knowing:
    """A one-series method that knows the level, or one a third too high."""

    level: float
    name: str = "knowing"
    stride: int = 7
    least: int = 20

    def hindcast(self, series, cutoffs, horizon):
        return np.full((len(cutoffs), horizon), self.level)


def made(*names, slow_series=5, panel=PANEL):
    members = [MEMBERS[name] if isinstance(name, str) else name for name in names]
    return ensemble_of(panel, members, 7, capacities=Capacities(slow_series), run=in_order, kept={})


def test_every_series_is_forecast_at_its_own_level():
    medians = made("weekly_naive", "root", "analog").quantiles[:, :, MEDIAN].mean(axis=1)
    np.testing.assert_allclose(medians / PANEL.counts[:, -28:].mean(axis=1), 1, atol=0.35)


def test_chunks_change_nothing(monkeypatch):
    whole = made("weekly_naive", "root", "ets", slow_series=2)
    monkeypatch.setattr(ensemble, "CHUNK", 2)
    parted = made("weekly_naive", "root", "ets", slow_series=2)
    np.testing.assert_allclose(parted.quantiles, whole.quantiles, rtol=1e-7)
    for name, weights in whole.weights.items():
        np.testing.assert_allclose(parted.weights[name], weights, rtol=1e-7)
    assert sorted(row for part in parted.components for row in part.rows.tolist()) == list(range(5))
    assert parted.without == whole.without


def test_the_slow_members_take_the_largest_series_and_the_others_wait_for_them():
    combined = made("weekly_naive", "ets", slow_series=2)
    asked = [row for row, without in enumerate(combined.without) if without == {}]
    assert asked == [1, 3]
    assert all(combined.without[row] == {"ets": ""} for row in (0, 2, 4))
    assert not combined.weights["ets"][[0, 2, 4]].any()
    assert "ets" not in combined.weights_of(0)


def test_a_slow_member_has_weight_where_it_did_better_and_none_where_it_did_worse():
    panel = panel_of(np.random.default_rng(3).poisson(400.0, (1, 200)).astype(float))
    for level, earned in ((400.0, True), (530.0, False)):
        combined = made("weekly_naive", OneByOne(Knowing(level)), panel=panel)
        assert ("knowing" in combined.weights_of(0)) is earned
        assert combined.without == ({},)


def test_without_slow_members_nobody_is_waited_for():
    assert made(WeeklyNaive().name).without == ({},) * 5


def test_a_member_that_is_silent_today_has_no_weight_whatever_its_record():
    panel = panel_of([weekly(120)])
    combined = made(Saying("worse", 900.0), Saying("better", 500.0, silent=True), panel=panel)
    assert combined.weights["better"].tolist() == [0]
    assert combined.weights["worse"].tolist() == [1]
    assert combined.quantiles[0, 0, MEDIAN] == pytest.approx(900)


def test_a_member_that_says_infinity_today_has_no_weight():
    combined = made(Saying("finite", 900.0), Saying("infinite", np.inf), panel=panel_of([weekly(120)]))
    assert combined.weights["infinite"].tolist() == [0]
    assert combined.quantiles[0, 0, MEDIAN] == pytest.approx(900)


def test_the_member_that_scored_better_counts_for_more():
    panel = panel_of([weekly(120)])
    combined = made(Saying("worse", 2_000.0), Saying("better", 500.0), panel=panel)
    assert combined.weights["better"][0] > 0.7
    assert combined.standing["better"].relative[0] < combined.standing["worse"].relative[0]


def test_where_no_member_speaks_there_are_no_quantiles():
    counts = np.stack([weekly(50), np.full(50, np.nan)])
    combined = made("weekly_naive", "root", panel=panel_of(counts))
    assert np.isnan(combined.quantiles[1]).all()
    assert np.isfinite(combined.quantiles[0]).all()
    assert combined.weights_of(1) == {}


def test_no_quantile_passes_the_cap_however_high_the_members_go():
    panel = panel_of([weekly(120)])
    combined = made(Saying("wild", 1e7), Saying("wilder", 1e9), panel=panel)
    assert combined.quantiles.max() == pytest.approx(caps(panel.counts)[0])


def test_where_most_days_are_quiet_the_analog_member_counts_for_most():
    generator = np.random.default_rng(4)
    counts = np.where(generator.random(400) < 0.7, 0.0, generator.poisson(9.0, 400))
    combined = made("weekly_naive", "root", "analog", panel=panel_of([counts, weekly(400)]))
    assert combined.weights["analog"][0] > 0.5
    assert sum(weights[0] for weights in combined.weights.values()) == pytest.approx(1)
    assert combined.weights["analog"][1] < 0.5


def test_components_are_those_of_the_first_smoother():
    combined = made("weekly_naive", Smooth("first", Smoothing(LOG)), MEMBERS["root"])
    assert [part.scale.name for part in combined.components] == ["log"]
    assert made("weekly_naive").components == ()
