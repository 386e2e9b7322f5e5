"""What a reader is told besides the numbers: flags with their reasons, weights, and what totals gather."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from forecast.ensemble import Ensemble
from forecast.events import Event
from forecast.panel import Nowcast
from forecast.quantiles import QUANTILE_LEVELS, QuantileForecast
from forecast.regimes import Regimes
from forecast.status import SeriesStatus, crossing_status, total_status
from forecast.totals import totals_of
from tests.forecast.panels import panel_of, two_regions, weekly

HORIZON = 7


def quantiles_of(panel, level=400.0):
    values = np.full((len(panel.places), HORIZON, len(QUANTILE_LEVELS)), level)
    return QuantileForecast(panel.ids, panel.cutoff, values)


def ensemble_of(weights, without):
    return Ensemble(np.empty((0, 0, 0)), weights, {}, (), tuple(without))


def statuses(panel, *, failed=(False,), weights=None, without=({},)):
    weights = {"ets": np.full(len(panel.places), 0.25)} if weights is None else weights
    return crossing_status(
        panel,
        HORIZON,
        Regimes.of(panel),
        failed=np.array(failed),
        ensemble=ensemble_of(weights, without),
    )


@pytest.mark.parametrize(
    ("failed", "without", "flags"),
    [
        (False, {}, ()),
        (False, {"prophet": "RuntimeError: no"}, ("without prophet: RuntimeError: no",)),
        (False, {"ets": "", "prophet": ""}, ("members-pending: ets, prophet",)),
        (True, {"prophet": "RuntimeError: no"}, ("fallback: prophet: RuntimeError: no",)),
        (True, {}, ("fallback: no counts",)),
    ],
)
def test_members_that_are_missing_are_named_with_their_reason(failed, without, flags):
    (status,) = statuses(panel_of([weekly(60)]), failed=(failed,), without=(without,))
    assert status.flags == flags


def test_a_series_that_got_the_baseline_has_no_weights():
    panel = panel_of([weekly(60), weekly(60, seed=2)])
    fallen, other = statuses(panel, failed=(True, False), without=({}, {}))
    assert fallen.weights == {}
    assert other.weights == {"ets": 0.25}


def test_a_closed_crossing_says_so_and_nothing_of_members():
    counts = weekly(60)
    counts[-10:] = 0
    (status,) = statuses(panel_of([counts]), without=({"prophet": "RuntimeError: no"},))
    assert status == SeriesStatus(("closed",) * HORIZON, ("closed",), {})


def test_27_open_days_are_a_short_history_and_28_are_none():
    assert statuses(panel_of([weekly(27)]))[0].flags == ("short-history",)
    assert statuses(panel_of([weekly(28)]))[0].flags == ()


def test_a_total_says_how_many_of_its_crossings_bear_each_flag():
    panel = panel_of(np.stack([weekly(60, seed=seed) for seed in range(3)]))
    totals, summing = totals_of(panel, two_regions(panel.ids))
    crossings = tuple(
        SeriesStatus(("calm",) * HORIZON, flags)
        for flags in (("fallback: no counts",), (), ("missing-at-cutoff", "fallback: ets: too short"))
    )
    north, south, land = total_status(
        totals, HORIZON, Regimes.of(totals), crossings=crossings, summing=summing
    )
    assert north.flags == ("fallback: 2 of 2 crossings", "missing-at-cutoff: 1 of 2 crossings")
    assert south.flags == ()
    assert land.flags == ("fallback: 2 of 3 crossings", "missing-at-cutoff: 1 of 3 crossings")
    assert land.weights == {}


def test_a_count_that_is_missing_or_partial_on_the_last_day_is_flagged():
    panel = panel_of([weekly(60)])
    longer = panel.until(panel.cutoff + timedelta(days=1))
    assert statuses(longer)[0].flags == ("missing-at-cutoff",)
    partial = np.zeros((1, 60), dtype=bool)
    partial[0, -1] = True
    assert statuses(panel_of([weekly(60)], partial=partial))[0].flags == ("partial-at-cutoff",)


def test_days_learnt_from_by_their_nowcast_are_named_and_stay_partial():
    counts = weekly(60)
    partial = np.zeros((1, 60), dtype=bool)
    partial[0, -1] = True
    completed, reliance = np.full((1, 60), np.nan), np.ones((1, 60))
    completed[0, -2:], reliance[0, -2:] = 500, 0.5
    panel = replace(panel_of([counts], partial=partial), nowcast=Nowcast(completed, reliance))
    (status,) = statuses(panel)
    assert status.flags == ("partial-at-cutoff", "nowcast: 2022-03-02, 2022-03-03")


def test_registered_events_show_in_the_modes_and_the_flags():
    counts = [weekly(60), weekly(60, seed=2)]
    counts[1][40:] = 0
    panel = panel_of(counts)
    first, third, fifth = (panel.cutoff + timedelta(days=day) for day in (1, 3, 5))
    events = (
        Event("past", "closure", panel.start, panel.start, "a"),
        Event("strike", "closure", first, third, "a"),
        Event("opens", "opening", fifth, place="b"),
        Event("storm", "disruption", first + timedelta(days=HORIZON)),
    )
    first, second = statuses(replace(panel, events=events), failed=(False, False), without=({}, {}))
    assert first.modes == ("closed",) * 3 + ("calm",) * 4
    assert second.modes == ("closed",) * 4 + ("reopening",) * 3
    assert "events: strike" in first.flags
    assert "events: opens" in second.flags


def test_a_closed_crossing_to_be_opened_by_the_baseline_for_want_of_a_level_says_so():
    (status,) = statuses(panel_of([np.zeros(60)], closed=np.ones((1, 60), dtype=bool)), failed=(True,))
    assert status.flags == ("closed", "fallback: no counts")


def test_a_forecast_that_rests_on_counts_older_than_a_week_names_the_last_one():
    panel = panel_of([weekly(60)])
    week, more = (statuses(panel.until(panel.cutoff + timedelta(days=days)))[0].flags for days in (7, 8))
    assert week == ("missing-at-cutoff",)
    assert more == ("missing-at-cutoff", "stale: nothing reported since 2022-03-03")
