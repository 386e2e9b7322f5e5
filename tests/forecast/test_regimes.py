"""Closed, missing, partial and zero are told apart; and each day ahead has its mode."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from forecast.events import Event
from forecast.regimes import Regimes, closed_at_cutoff, closed_days, days_since_closure, open_counts
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


def modes_of(counts, *, closed=(), opened=(), near_holiday=None):
    """The modes of one series from its counts [day]; some days ahead, by position, are closed or opened."""
    regimes = Regimes.of(panel_of([counts]), near_holiday)
    ahead = np.arange(28)
    (modes,) = regimes.modes(np.isin(ahead, closed)[None], np.isin(ahead, opened)[None])
    return modes


@pytest.mark.parametrize(("factor", "mode"), [(6.0, "surge"), (0.1, "collapse"), (1.0, "calm")])
def test_three_days_far_from_the_ordinary_are_the_mode_of_all_days_ahead(factor, mode):
    counts = weekly(150)
    counts[-3:] *= factor
    assert set(modes_of(counts)) == {mode}


def test_days_that_the_register_closes_or_opens_have_their_own_mode_whatever_the_last_days_say():
    counts = weekly(150)
    counts[-3:] *= 6
    modes = modes_of(counts, closed=[2, 3], opened=[4])
    assert modes[:6] == ("surge", "surge", "closed", "closed", "reopening", "surge")


def test_a_reopening_lasts_28_days():
    counts = weekly(150)
    counts[90:130] = 0  # so that 20 open days are over
    assert modes_of(counts) == ("reopening",) * 8 + ("calm",) * 20


def test_a_holiday_is_no_surge():
    counts = weekly(150)
    counts[-3:] *= 6
    near = np.zeros((1, 157), dtype=bool)
    near[0, 148:151] = True
    assert set(modes_of(counts, near_holiday=near)) == {"calm"}
    assert set(modes_of(counts, near_holiday=near & False)) == {"surge"}


def test_some_of_the_series_are_what_they_were_among_all():
    counts = np.stack([weekly(150, seed=seed) for seed in (1, 2, 3)])
    counts[1, -3:] *= 6
    counts[2, 90:] = 0
    whole, part = Regimes.of(panel_of(counts)), Regimes.of(panel_of(counts[1:]))
    chosen = whole.select(slice(1, 3))
    nowhere = np.zeros((2, 28), dtype=bool)
    assert chosen.modes(nowhere, nowhere) == part.modes(nowhere, nowhere)
    assert chosen.shut.tolist() == part.shut.tolist() == [False, True]
    assert np.array_equal(chosen.lately.usual, part.lately.usual, equal_nan=True)


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
