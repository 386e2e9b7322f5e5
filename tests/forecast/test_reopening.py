"""Closed by the register is 0, opened is what came before, and wide."""

import os
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from forecast.backtests import Vintages
from forecast.events import Event
from forecast.panel import Nowcast
from forecast.places import Place, Places
from forecast.quantiles import QUANTILE_LEVELS
from forecast.regimes import closed_at_cutoff, closed_days
from forecast.reopening import LEAST, ahead_of, as_registered, reopening_quantiles, with_announced
from tests.forecast.panels import START, panel_of, weekly

DAYS, HORIZON = 140, 10
MEDIAN, LOW, HIGH = (QUANTILE_LEVELS.index(level) for level in (0.5, 0.1, 0.9))
CUTOFF = START + timedelta(days=DAYS - 1)


def ahead(days):
    return CUTOFF + timedelta(days=days)


def closing(after, level=400.0, days=DAYS, seed=1):
    counts = weekly(days, level=level, seed=seed)
    counts[after:] = 0
    return counts


def registered(panel, *events):
    """The forecast as the register has it, of an engine that says 7 everywhere."""
    panel = replace(panel, events=events)
    closed = closed_days(panel)
    shut = closed_at_cutoff(panel, closed)
    quantiles = np.full((len(panel.places), HORIZON, len(QUANTILE_LEVELS)), 7.0)
    reopened = reopening_quantiles(panel, closed, HORIZON)
    return as_registered(quantiles, ahead_of(panel, HORIZON), shut=shut, reopened=reopened)


def test_a_closed_crossing_without_an_opening_is_forecast_to_be_empty():
    assert (registered(panel_of([closing(120)])) == 0).all()


def test_a_registered_opening_brings_back_the_level_of_before_from_its_day_on():
    made = registered(panel_of([closing(120)]), Event("y", "opening", ahead(4), place="a"))
    assert (made[0, :3] == 0).all()
    assert 250 < made[0, 3:, MEDIAN].min() < made[0, 3:, MEDIAN].max() < 900
    assert (made[0, 3:, HIGH] > 1.5 * made[0, 3:, LOW]).all()
    assert (np.diff(made, axis=2) >= 0).all()


def test_busy_weekdays_are_busy_after_the_opening_too():
    made = registered(panel_of([closing(120)]), Event("y", "opening", ahead(1), place="a"))[0, :7, MEDIAN]
    weekdays = [ahead(step + 1).weekday() for step in range(7)]
    assert weekdays[int(made.argmax())] == 5
    assert made.max() > 1.4 * made.min()


def test_the_longer_a_crossing_was_closed_the_wider_its_reopening():
    short, long = (
        registered(panel_of([closing(after, days=DAYS)]), Event("y", "opening", ahead(1), place="a"))
        for after in (130, 60)
    )
    assert long[0, 0, HIGH] / long[0, 0, LOW] > 1.2 * short[0, 0, HIGH] / short[0, 0, LOW]


def test_a_closure_ahead_is_empty_and_the_days_around_it_are_the_engine_s():
    made = registered(panel_of([weekly(DAYS)]), Event("x", "closure", ahead(3), ahead(5), "a"))
    assert made[0, :, MEDIAN].tolist() == [7, 7, 0, 0, 0, 7, 7, 7, 7, 7]


def test_a_closure_that_ends_ahead_opens_on_the_day_after():
    made = registered(panel_of([closing(130)]), Event("x", "closure", ahead(-9), ahead(2), "a"))
    assert (made[0, :2] == 0).all()
    assert (made[0, 2:, MEDIAN] > 250).all()


def test_an_opening_not_heard_of_since_holds_from_the_first_day():
    counts = closing(120)
    counts[-2:] = np.nan
    made = registered(panel_of([counts]), Event("y", "opening", ahead(-1), place="a"))
    assert (made[0, :, MEDIAN] > 250).all()
    heard = closing(120)
    still = registered(panel_of([heard]), Event("y", "opening", ahead(-5), place="a"))
    assert (still == 0).all()  # it was to open, and nobody came for six days


def test_counts_overrule_a_registered_closure_ahead_too():
    made = registered(panel_of([weekly(DAYS)]), Event("x", "closure", ahead(-20), ahead(4), "a"))
    assert (made == 7).all()


def test_people_who_come_on_a_closure_s_first_day_do_not_overrule_it():
    made = registered(panel_of([weekly(DAYS)]), Event("x", "closure", ahead(0), ahead(4), "a"))
    assert (made[0, :4] == 0).all()
    assert (made[0, 4:] == 7).all()
    longer = registered(panel_of([weekly(DAYS)]), Event("x", "closure", ahead(-1), ahead(4), "a"))
    assert (longer == 7).all()


@pytest.mark.parametrize("first", [4, -5])
def test_a_crossing_never_heard_of_opens_when_it_is_registered_to(first):
    counts = [weekly(DAYS, level=level, seed=seed) for seed, level in enumerate((100, 400, 1600))]
    panel = panel_of([*counts, np.full(DAYS, np.nan)])
    made = registered(panel, Event("y", "opening", ahead(first), place="d"))
    opened = max(first - 1, 0)
    assert (made[3, :opened] == 0).all()
    assert (made[3, opened:, MEDIAN] > 300).all()
    assert (made[:3] == 7).all()


def test_a_crossing_that_never_was_open_gets_the_sizes_of_the_others():
    counts = [weekly(DAYS, level=level, seed=seed) for seed, level in enumerate((100, 400, 1600))]
    panel = panel_of([*counts, np.zeros(DAYS)])
    panel = replace(panel, closed=np.array([[False] * DAYS] * 3 + [[True] * DAYS]))
    made = registered(panel, Event("y", "opening", ahead(1), place="d"))
    assert 300 < made[3, 0, MEDIAN] < 800
    assert made[3, 0, LOW] < 130
    assert made[3, 0, HIGH] > 1600
    alone = registered(panel.select([2, 3]), Event("y", "opening", ahead(1), place="d"))
    assert np.isnan(alone[1]).all()  # too few others to tell


def test_days_on_which_a_closed_crossing_let_a_few_through_are_no_level():
    counts = np.concatenate([weekly(60), np.zeros(20), np.full(30, 12.0), np.zeros(30)])
    made = registered(panel_of([counts]), Event("y", "opening", ahead(1), place="a"))
    assert made[0, 0, MEDIAN] > 250


def test_four_open_days_are_too_few_to_tell_a_level():
    counts = np.zeros(DAYS)
    counts[: LEAST - 1] = 400
    assert np.isnan(registered(panel_of([counts]), Event("y", "opening", ahead(1), place="a"))).all()


@pytest.mark.skipif(not os.environ.get("ARRIVALS_BENCH_DATA"), reason="needs ARRIVALS_BENCH_DATA")
@pytest.mark.parametrize("before", [1, 14])
def test_real_openings_come_within_the_interval_save_one_at_an_eighth_of_its_old_level(before):
    file = Path(os.environ["ARRIVALS_BENCH_DATA"]) / "hong_kong_arrivals.csv"
    opened = {
        date(2023, 1, 8): (
            "lok_ma_chau_spur_line", "man_kam_to", "macau_ferry_terminal", "china_ferry_terminal"
        ),
        date(2023, 1, 15): ("express_rail_link_west_kowloon",),
        date(2023, 2, 6): ("lo_wu", "lok_ma_chau", "heung_yuen_wai"),
    }  # fmt: skip
    vintages = Vintages.of(pd.read_csv(file))
    inside = {
        place: held(vintages, place, day, before=before) for day, names in opened.items() for place in names
    }
    assert 0.75 < np.mean(list(inside.values())) < 0.95
    assert inside.pop("china_ferry_terminal") < 0.5
    assert min(inside.values()) > 0.75


def held(vintages, place, opening, *, before):
    """The share of the first 28 days in the 80 % interval, forecast so many days before a crossing opened."""
    panel = vintages.panel(opening - timedelta(days=before))
    row = panel.ids.index(place)
    made = reopening_quantiles(panel, closed_days(panel), before + 27)[row, before - 1 :]
    first = (opening - vintages.whole.start).days
    came = vintages.whole.counts[vintages.whole.ids.index(place), first : first + 28]
    return np.mean((came >= made[:, LOW]) & (came <= made[:, HIGH]))


def test_a_crossing_never_heard_of_joins_a_panel_once_it_is_registered_to_open():
    panel = panel_of([weekly(DAYS), weekly(DAYS, seed=2)])
    completed = np.full((2, DAYS), np.nan)
    completed[1, -1] = 70
    panel = replace(panel, nowcast=Nowcast(completed, np.where(np.isnan(completed), 1.0, 0.5)))
    first, second = panel.places
    places = Places([first, Place("new", "New"), second, Place("idle", "Idle")])
    assert with_announced(panel, places) is panel
    event = Event("opens", "opening", ahead(3), place="new")
    found = with_announced(replace(panel, events=(event,)), places)
    assert found.ids == ("a", "b", "new")
    assert np.isnan(found.counts[2]).all()
    assert not (found.closed | found.partial)[2].any()
    assert np.array_equal(found.counts[:2], panel.counts)
    assert np.array_equal(found.nowcast.counts[:2], completed, equal_nan=True)
    assert np.isnan(found.nowcast.counts[2]).all()
    assert (found.nowcast.reliance[2] == 1).all()


def test_an_opening_everywhere_brings_no_crossing_that_never_reported():
    panel = replace(panel_of([weekly(DAYS)]), events=(Event("all", "opening", ahead(3)),))
    assert with_announced(panel, Places([*panel.places, Place("idle", "Idle")])) is panel
