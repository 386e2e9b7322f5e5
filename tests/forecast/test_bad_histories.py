"""Histories that no method likes: valid quantiles or a named flag, a refusal by name, and no warning."""

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from forecast.backtests import backtest
from forecast.members import MEMBERS
from forecast.panel import Panel, PanelError
from forecast.pipeline import Configuration, issue
from tests.forecast.panels import panel_of, two_regions, weekly

pytestmark = pytest.mark.filterwarnings("error")

DAYS = 250
FAST = tuple(name for name, member in MEMBERS.items() if not member.slow)
ALL_FAST = Configuration(members=FAST, paths=60)


def with_spike(counts, day):
    spiked = counts.copy()
    spiked[day] = 1e6
    return spiked


def with_holes(counts, share):
    holed = counts.copy()
    holed[np.random.default_rng(5).random(len(counts)) < share] = np.nan
    return holed


HISTORIES = {
    "all missing": np.full(DAYS, np.nan),
    "all zero": np.zeros(DAYS),
    "constant": np.full(DAYS, 7.0),
    "one day long": np.r_[np.full(DAYS - 1, np.nan), 40.0],
    "two days long": np.r_[np.full(DAYS - 2, np.nan), 40.0, 50.0],
    "only its first day known": np.r_[40.0, np.full(DAYS - 1, np.nan)],
    "a spike of a million last month": with_spike(weekly(DAYS), DAYS - 30),
    "a spike of a million today": with_spike(weekly(DAYS), DAYS - 1),
    "a million on the first day": with_spike(weekly(DAYS), 0),
    "40 % missing": with_holes(weekly(DAYS), 0.4),
    "97 % missing": with_holes(weekly(DAYS), 0.97),
    "every other week missing": np.where(np.arange(DAYS) // 7 % 2, np.nan, weekly(DAYS)),
    "a half-year gap": np.r_[weekly(30), np.full(DAYS - 60, np.nan), 9 * weekly(30)],
    "huge": 1e9 * weekly(DAYS),
    "one person in all": with_holes(np.zeros(DAYS), 0.1) + (np.arange(DAYS) == 200),
    "zeros and then many": np.r_[np.zeros(DAYS - 3), 900.0, 1_500.0, 4_000.0],
    "many and then zeros": np.r_[weekly(DAYS - 3), np.zeros(3)],
    "growing tenfold a month": np.round(np.exp(0.075 * np.arange(DAYS))),
    "to and fro": np.where(np.arange(DAYS) % 2, 5_000.0, 0.0),
    "fractions": weekly(DAYS) / 1e4,
}


def check(forecasts, rows):
    """Every quantile is a number, in order, not negative; every path a whole number."""
    values = forecasts.quantiles.values
    assert values.shape == (rows, 28, 23)
    assert np.isfinite(values).all()
    assert (values >= 0).all()
    assert (np.diff(values, axis=2) >= 0).all()
    assert np.isfinite(forecasts.baseline.values).all()
    assert (forecasts.paths.values >= 0).all()


@pytest.fixture(scope="module")
def together():
    panel = panel_of(np.stack(list(HISTORIES.values())))
    places = two_regions(panel.ids)
    with np.errstate(all="raise", under="ignore"):
        made = issue(panel, ALL_FAST, places=places)
    return made


def test_all_of_them_in_one_panel_give_valid_forecasts_and_coherent_totals(together):
    check(together, len(HISTORIES) + 3)
    land = together.quantiles.ids.index("land")
    whole = together.paths.values.sum(axis=1)
    np.testing.assert_allclose(together.quantiles.at(0.5)[land], np.median(whole, axis=0))


@pytest.mark.parametrize("name", HISTORIES)
def test_each_is_forecast_alone_as_it_is_among_the_others(together, name):
    alone = issue(panel_of(HISTORIES[name][None]), ALL_FAST)
    check(alone, 1)
    row = list(HISTORIES).index(name)
    assert alone.status[0].flags == together.status[row].flags
    assert alone.status[0].modes == together.status[row].modes


@pytest.mark.parametrize(
    ("name", "flags"),
    [
        ("all missing", ("missing-at-cutoff", "short-history", "fallback: no counts")),
        ("two days long", ("short-history",)),
        ("all zero", ()),
        ("constant", ()),
        (
            "97 % missing",
            ("missing-at-cutoff", "stale: nothing reported since 2022-07-31", "short-history"),
        ),
    ],
)
def test_what_a_reader_must_know_is_flagged(together, name, flags):
    assert together.status[list(HISTORIES).index(name)].flags == flags


def row_of(together, name):
    return together.quantiles.values[list(HISTORIES).index(name)]


def test_a_constant_series_stays_and_one_of_zeros_stays_at_zero(together):
    np.testing.assert_allclose(row_of(together, "constant")[:, 11], 7, atol=1)
    assert row_of(together, "all zero").max() <= 1
    assert not row_of(together, "all missing").any()


def test_one_spike_of_a_million_is_forgotten_after_a_month(together):
    calm = issue(panel_of([weekly(DAYS)]), ALL_FAST).quantiles
    spiked = row_of(together, "a spike of a million last month")
    np.testing.assert_allclose(spiked[:, 11], calm.at(0.5)[0], rtol=0.2)


def test_holes_neither_lower_nor_raise_a_forecast(together):
    whole = issue(panel_of([weekly(DAYS)]), ALL_FAST).quantiles
    np.testing.assert_allclose(row_of(together, "40 % missing")[:14, 11], whole.at(0.5)[0, :14], rtol=0.2)


def test_two_days_are_enough_for_a_wide_forecast_at_their_level(together):
    low, middle, high = row_of(together, "two days long")[6, [3, 11, 19]]
    assert 25 < middle < 75
    assert low < 0.9 * middle
    assert high > 1.1 * middle


def test_huge_counts_are_forecast_at_their_size(together):
    median = row_of(together, "huge")[:, 11]
    assert ((median > 1e11) & (median < 2e12)).all()


@pytest.mark.parametrize("days", [1, 2, 3, 8, 13, 14, 15, 29])
def test_every_panel_however_short_is_forecast(days):
    panel = panel_of([weekly(days), np.zeros(days), np.full(days, np.nan)])
    check(issue(panel, ALL_FAST), 3)


def test_the_slow_members_bear_them_too():
    names = [
        "all zero",
        "constant",
        "two days long",
        "a spike of a million last month",
        "40 % missing",
        "huge",
    ]
    panel = panel_of(np.stack([HISTORIES[name][-60:] for name in names]))
    check(issue(panel, Configuration(paths=60)), len(names))


def test_a_closure_that_began_with_the_register_and_one_that_never_ends_are_forecast():
    counts = np.stack([np.r_[np.zeros(200), 30 * weekly(50)], np.r_[weekly(50), np.zeros(200)]])
    made = issue(panel_of(counts), ALL_FAST)
    check(made, 2)
    assert made.status[1].flags == ("closed",)
    assert not made.quantiles.values[1].any()


def test_infinite_counts_are_refused_by_name():
    with pytest.raises(PanelError, match="counts must not be infinite; put NaN"):
        panel_of([[3.0, np.inf, 4.0]])


def test_negative_counts_are_refused_by_name():
    with pytest.raises(PanelError, match="counts must not be negative"):
        panel_of([[3.0, -1.0, 4.0]])
    frame = pd.DataFrame({"crossing": "a", "date": ["2022-01-01", "2022-01-02"], "arrivals": [3, -1]})
    with pytest.raises(PanelError, match="column 'arrivals', row 1: -1 must be a number of at least 0"):
        Panel.from_frame(frame)
    with pytest.raises(PanelError, match=r"row 1: .* must be a number of at least 0"):
        backtest(frame, [frame["date"].iloc[0]], ALL_FAST)


@pytest.mark.parametrize("count", ["many", "inf"])
def test_what_is_no_number_is_refused_by_name(count):
    frame = pd.DataFrame({"crossing": "a", "date": ["2022-01-01"], "arrivals": [count]})
    with pytest.raises(PanelError, match=r"row 0: .* must be a number of at least 0"):
        Panel.from_frame(frame)


def test_a_panel_that_goes_on_over_missing_days_is_forecast_from_what_was_known():
    panel = panel_of([weekly(DAYS)])
    later = panel.until(panel.cutoff + timedelta(days=40))
    made = issue(later, ALL_FAST)
    check(made, 1)
    assert "missing-at-cutoff" in made.status[0].flags
    assert (made.quantiles.at(0.5) > 100).all()
