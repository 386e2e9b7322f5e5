"""Jumps and changes of definition in plain arrays: what is marked, and what is ordinary life."""

import numpy as np
import pandas as pd
import pytest

from service.ingest.quality import changes, jumps

WEEK = np.array([1.0, 0.9, 0.9, 1.0, 1.3, 1.9, 1.6])


def counts(levels: np.ndarray, *, seed: int = 1, series: int = 4) -> pd.DataFrame:
    """Daily counts around levels [day] with a weekly shape and noise, [day, series]."""
    shape = np.resize(WEEK, len(levels))[:, None] * levels[:, None] * np.ones(series)
    noisy = np.random.default_rng(seed).gamma(200, 1 / 200, shape.shape) * shape
    return pd.DataFrame(np.round(noisy), index=pd.date_range("2022-01-01", periods=len(levels)))


def others(series: int) -> list[np.ndarray]:
    return [np.array([other for other in range(series) if other != one]) for one in range(series)]


@pytest.mark.parametrize("seed", range(5))
def test_weekends_and_noise_are_neither_jump_nor_change(seed: int):
    calm = counts(np.full(200, 1000.0), seed=seed)
    assert jumps(calm) == []
    assert changes(calm, others(4)) == []


def test_a_jump_is_marked_on_its_first_day_with_its_factor():
    shocked = counts(np.full(120, 1000.0))
    shocked.iloc[100:103, 2] *= 8
    (mark,) = jumps(shocked)
    assert (mark.day, mark.series) == (100, 2)
    assert 4 < mark.ratio < 16


def test_a_rise_of_small_numbers_is_no_jump():
    few = counts(np.full(120, 3.0))
    few.iloc[100, 0] = 20
    assert jumps(few) == []


@pytest.mark.parametrize("factor", [0.4, 0.6, 1.7, 2.0, 5.0])
def test_a_level_that_moves_for_good_is_marked_on_its_day(factor: float):
    moved = counts(np.full(200, 1000.0))
    moved.iloc[120:, 1] *= factor
    (mark,) = changes(moved, others(4))
    assert (mark.day, mark.series) == (120, 1)
    assert mark.ratio == pytest.approx(factor, rel=0.15)


def test_a_surge_that_passes_is_no_change():
    surging = counts(np.full(200, 1000.0))
    surging.iloc[120:128, 1] *= 5
    assert changes(surging, others(4)) == []


def test_a_slow_rise_is_no_change():
    level = np.full(200, 1000.0)
    level[100:130] *= np.linspace(1, 3, 30)
    level[130:] *= 3
    rising = counts(np.full(200, 1000.0))
    rising[0] = counts(level)[0]
    assert changes(rising, others(4)) == []


def test_an_opening_after_years_of_zeros_is_no_change():
    opened = counts(np.full(200, 1000.0))
    opened.iloc[:120, 1] = 0
    assert changes(opened, others(4)) == []


def test_a_change_is_found_where_only_working_days_are_reported():
    moved = counts(np.full(203, 1000.0))
    moved.iloc[119:, 1] *= 2
    moved[np.resize([False] * 5 + [True] * 2, 203)] = np.nan
    assert [(mark.day, mark.series) for mark in changes(moved, others(4))] == [(119, 1)]


def test_real_counts_are_marked_sparingly_and_a_doubled_series_is_found(bench_data):
    real = pd.read_csv(bench_data / "hong_kong_arrivals.csv", parse_dates=["date"])
    wide = real.pivot_table(index="date", columns="crossing", values="arrivals").asfreq("D")
    near = others(wide.shape[1])
    doubled = wide.copy()
    doubled.loc["2023-06-14":, "lo_wu"] *= 2
    assert len(changes(wide, near)) <= 6
    added = {(mark.day, mark.series) for mark in changes(doubled, near)} - {
        (mark.day, mark.series) for mark in changes(wide, near)
    }
    assert added == {(wide.index.get_loc("2023-06-14"), wide.columns.get_loc("lo_wu"))}


def test_a_burst_like_those_of_the_weeks_before_is_no_jump():
    rare = pd.DataFrame({0: np.zeros(150)}, index=pd.date_range("2022-01-01", periods=150))
    rare.iloc[[60, 71, 85, 96, 118, 125], 0] = [900, 500, 700, 300, 650, 600]
    assert [mark.day for mark in jumps(rare)] == [60]
