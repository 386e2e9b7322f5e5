"""Closed, missing, partial and zero are told apart; surges and collapses are noticed."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from forecast.events import Event
from forecast.regimes import (
    closed_at_cutoff,
    closed_days,
    days_since_closure,
    deviations,
    expected_modes,
    open_counts,
)
from tests.forecast.panels import START, panel_of, weekly


def with_zeros(first, last, *, days=200):
    counts = weekly(days)
    counts[first:last] = 0
    return panel_of([counts])


def test_five_zeros_at_a_busy_crossing_are_a_closure_and_four_are_not():
    assert np.flatnonzero(closed_days(with_zeros(100, 105))[0]).tolist() == list(range(100, 105))
    assert not closed_days(with_zeros(100, 104)).any()


def test_zeros_at_a_small_crossing_are_counts():
    counts = np.random.default_rng(1).poisson(2.0, (1, 200)).astype(float)
    counts[0, 100:120] = 0
    assert not closed_days(panel_of(counts)).any()


def test_zeros_that_happen_often_are_counts_even_where_the_mean_is_high():
    generator = np.random.default_rng(2)
    counts = np.where(generator.random((1, 400)) < 0.7, 0.0, 200.0)
    counts[0, 300:340] = 0
    assert not closed_days(panel_of(counts)).any()
    counts[0, 300:380] = 0
    assert closed_days(panel_of(counts))[0, 300:380].all()


def test_days_missing_within_a_run_of_zeros_belong_to_the_closure():
    panel = with_zeros(100, 110)
    counts = panel.counts.copy()
    counts[0, 103:105] = np.nan
    assert closed_days(panel_of(counts))[0, 100:110].all()


def test_missing_days_alone_are_no_closure():
    counts = weekly(200)
    counts[100:150] = np.nan
    assert not closed_days(panel_of([counts])).any()


def test_a_crossing_that_begins_closed_is_judged_by_its_first_open_days():
    assert closed_days(with_zeros(0, 150))[0].sum() == 150


def test_a_partial_zero_is_not_a_zero():
    partial = np.zeros((1, 200), dtype=bool)
    partial[0, 199] = True
    panel = with_zeros(195, 200)
    assert not closed_days(panel_of(panel.counts, partial=partial)).any()


def test_what_can_be_learnt_from_leaves_out_closed_partial_and_missing_but_keeps_zeros():
    counts = weekly(60)
    counts[10], counts[20] = 0, np.nan
    told, partial = (np.zeros((1, 60), dtype=bool) for _ in range(2))
    told[0, 30], partial[0, 59] = True, True
    panel = panel_of([counts], closed=told, partial=partial)
    learnt = open_counts(panel, closed_days(panel))[0]
    assert np.flatnonzero(np.isnan(learnt)).tolist() == [20, 30, 59]
    assert learnt[10] == 0


def test_a_closure_lasts_over_days_not_heard_of():
    told = np.zeros((2, 50), dtype=bool)
    told[0, 45:48] = True
    counts = np.stack([weekly(50), weekly(50)])
    counts[:, 48:] = np.nan
    panel = panel_of(counts, closed=told)
    assert closed_at_cutoff(panel, closed_days(panel)).tolist() == [True, False]


def test_days_since_a_closure_count_long_ones_only():
    closed = np.zeros((3, 100), dtype=bool)
    closed[0, 50:80] = True
    closed[1, 50:53] = True
    since = days_since_closure(closed)
    assert since[0] == 20
    assert (since[1:] > 1000).all()


@pytest.mark.parametrize(("factor", "mode"), [(6.0, "surge"), (0.1, "collapse"), (1.0, "calm")])
def test_three_days_far_from_the_ordinary_are_a_mode_as_long_as_the_median_stays_there(factor, mode):
    counts = weekly(150)[None]
    counts[0, -3:] *= factor
    standing = deviations(counts)
    usual = np.exp(standing.usual[:, np.arange(28) % 7])
    median = usual * np.where(np.arange(28) < 10, factor, 1.0)
    nowhere, never = np.zeros((1, 28), dtype=bool), np.full(1, 9999)
    modes = expected_modes(median, standing, ahead=(nowhere, nowhere), since_closure=never)[0]
    assert set(modes[:10]) == {mode}
    assert set(modes[10:]) == {"calm"}


def test_a_reopening_lasts_28_days_and_a_closure_outranks_it():
    standing = deviations(weekly(150)[None].repeat(2, axis=0))
    closed = np.array([[False], [True]]).repeat(28, axis=1)
    modes = expected_modes(
        np.full((2, 28), 400.0), standing, ahead=(closed, closed & False), since_closure=np.array([20, 20])
    )
    assert modes[0][:8] == ("reopening",) * 8
    assert modes[0][8] == "calm"
    assert set(modes[1]) == {"closed"}


def _end_of_a_summer(days=200):
    """A level that falls by a tenth a week after a peak, with a tenth of noise: [1, day]."""
    noise = np.random.default_rng(4).normal(0, 0.1, days)
    slope = -np.log(0.9) / 7 * np.maximum(0, np.arange(days) - 130)
    return np.exp(np.log(weekly(days)) - slope + noise)[None]


def test_the_slope_of_a_season_is_neither_a_surge_nor_a_collapse():
    standing = deviations(_end_of_a_summer())

    assert not standing.surging.any()
    assert not standing.collapsing.any()


def test_three_days_half_as_high_again_are_a_surge_on_the_slope_of_a_season_but_no_upheaval():
    counts = _end_of_a_summer()
    counts[:, -3:] *= 2  # about 1.6 times the mean of four weeks, in which the season fell

    standing = deviations(counts)

    assert standing.surging.all()
    assert not standing.upheaval.any()


def test_three_days_twice_as_high_are_an_upheaval():
    counts = weekly(200)[None].copy()
    counts[:, -3:] *= 2

    assert deviations(counts).upheaval.all()


def test_what_is_ordinary_is_learnt_from_the_days_before_the_last_week():
    counts = np.exp(np.random.default_rng(5).normal(6, 1.0, (1, 45)))
    counts[0, :10] = np.nan
    judged = counts.copy()
    judged[0, -7:] *= 50
    assert deviations(judged).limit == deviations(counts).limit
    assert deviations(judged).surging


def test_a_registered_closure_is_one_though_its_few_zeros_would_prove_nothing():
    counts = weekly(60)
    counts[50:53] = [0, np.nan, 3]
    event = Event("x", "closure", START + timedelta(days=50), START + timedelta(days=52), "a")
    closed = closed_days(replace(panel_of([counts]), events=(event,)))
    assert np.flatnonzero(closed[0]).tolist() == [50, 51, 52]


def test_counts_well_above_nothing_overrule_a_registered_closure():
    counts = weekly(60)
    counts[55:] = 0
    event = Event("x", "closure", START + timedelta(days=40), place="a")
    closed = closed_days(replace(panel_of([counts]), events=(event,)))
    assert np.flatnonzero(closed[0]).tolist() == [55, 56, 57, 58, 59]


def test_a_run_of_zeros_ends_on_the_day_the_crossing_was_to_open():
    counts = weekly(60)
    counts[40:54] = 0
    panel = panel_of([counts])
    assert np.flatnonzero(closed_days(panel)[0]).tolist() == list(range(40, 54))
    opened = replace(panel, events=(Event("y", "opening", START + timedelta(days=51), place="a"),))
    assert np.flatnonzero(closed_days(opened)[0]).tolist() == list(range(40, 51))


def test_a_crossing_that_was_to_open_and_stays_empty_is_closed_again():
    counts = weekly(60)
    counts[40:] = 0
    event = Event("y", "opening", START + timedelta(days=50), place="a")
    assert closed_days(replace(panel_of([counts]), events=(event,)))[0, 40:].all()
