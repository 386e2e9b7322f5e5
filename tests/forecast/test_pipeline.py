"""What every issue promises, whatever the panel."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from forecast.events import Event
from forecast.members import MEMBERS
from forecast.panel import Panel
from forecast.pipeline import Configuration, in_order, issue
from tests.forecast.panels import panel_of, two_regions, weekly

FAST = Configuration(members=("weekly_naive", "root"), paths=60)
WITH_ETS = replace(FAST, members=("weekly_naive", "root", "ets"))
ALL_FAST = replace(FAST, members=tuple(name for name, member in MEMBERS.items() if not member.slow))


@st.composite
def panels(draw) -> Panel:
    shape = (draw(st.integers(1, 4)), draw(st.integers(1, 60)))
    values = st.one_of(st.just(np.nan), st.just(0.0), st.integers(0, 100_000).map(float), st.just(3.0))
    counts = draw(arrays(float, shape, elements=values))
    closed, partial = (
        draw(arrays(bool, shape, elements=st.booleans(), fill=st.just(False))) for _ in range(2)
    )
    return panel_of(counts, closed=closed, partial=partial & ~closed)


def check_promises(forecasts, panel, places):
    crossings = len(panel.places)
    values = forecasts.quantiles.values
    assert values.shape == (len(forecasts.status), 28, 23)
    assert np.isfinite(values).all()
    assert (values >= 0).all()
    assert (np.diff(values, axis=2) >= 0).all()
    assert forecasts.baseline.ids == forecasts.quantiles.ids
    totals = forecasts.quantiles.ids[crossings:]
    for row, total in enumerate(totals):
        parts = [n for n, crossing in enumerate(panel.ids) if total in places.ancestors(crossing)]
        summed = forecasts.paths.values[:, parts].sum(axis=1)
        read = np.quantile(summed, forecasts.quantiles.levels, axis=0, method="hazen").T
        np.testing.assert_allclose(values[crossings + row], read)
    for status in forecasts.status:
        assert len(status.modes) == 28


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(panels())
def test_quantiles_are_complete_ordered_and_coherent_on_any_panel(panel):
    places = two_regions(panel.ids)
    check_promises(issue(panel, ALL_FAST, places=places), panel, places)


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(panels())
def test_and_with_a_member_that_may_fail_on_it(panel):
    places = two_regions(panel.ids)
    check_promises(issue(panel, WITH_ETS, places=places), panel, places)


def test_a_regions_paths_are_the_sums_of_its_crossings_paths_and_its_quantiles_are_read_off_them():
    panel = panel_of(np.stack([weekly(150, seed=seed) for seed in range(3)]))
    places = two_regions(panel.ids)
    forecasts = issue(panel, FAST, places=places)
    region = forecasts.paths.totals(["north"], np.array([[True, False, True]]))
    np.testing.assert_array_equal(
        region.values[:, 0], forecasts.paths.values[:, 0] + forecasts.paths.values[:, 2]
    )
    at = forecasts.quantiles.ids.index("north")
    np.testing.assert_array_equal(forecasts.quantiles.values[at], region.quantiles().values[0])


def same(first, second):
    return (
        np.array_equal(first.paths.values, second.paths.values)
        and np.array_equal(first.quantiles.values, second.quantiles.values)
        and first.status == second.status
    )


def test_recomputing_gives_the_same_with_or_without_what_was_kept_and_however_it_was_spread():
    whole = panel_of(np.stack([weekly(120), weekly(120, seed=2)]))
    panel = whole.until(whole.dates[110].date())
    fresh = issue(panel, WITH_ETS)
    kept = {}
    issue(whole, WITH_ETS, kept=kept)
    assert same(issue(panel, WITH_ETS, kept=kept), fresh)
    assert same(issue(panel, WITH_ETS, kept=kept), fresh)
    assert same(issue(panel, WITH_ETS, run=lambda work, tasks: in_order(work, tasks[::-1])[::-1]), fresh)


def test_another_seed_or_measure_draws_other_paths():
    panel = panel_of([weekly(30)])
    first = issue(panel, FAST)
    assert not same(issue(panel, replace(FAST, seed=2)), first)
    assert not same(issue(replace(panel, measure="departures"), FAST), first)


def flags_of(panel, configuration=FAST):
    return [status.flags for status in issue(panel, configuration).status]


def test_closed_missing_partial_and_zero_at_the_cutoff_are_told_apart():
    counts = np.stack([weekly(100, seed=seed) for seed in range(5)])
    told, partial = (np.zeros(counts.shape, dtype=bool) for _ in range(2))
    counts[0, -6:], told[1, -1], counts[1, -1] = 0, True, np.nan
    counts[2, -1], partial[3, -1], counts[4, -1] = np.nan, True, 0
    panel = panel_of(counts, closed=told, partial=partial)
    assert flags_of(panel) == [("closed",), ("closed",), ("missing-at-cutoff",), ("partial-at-cutoff",), ()]
    forecasts = issue(panel, FAST)
    assert not forecasts.quantiles.values[:2].any()
    assert set(forecasts.status[0].modes) == {"closed"}
    assert (forecasts.quantiles.at(0.5)[2:4] > 0).all()
    assert (forecasts.quantiles.at(0.9)[4] > 0).all()


def test_a_partial_last_day_does_not_pull_the_forecast_down():
    counts = weekly(100)[None].repeat(2, axis=0)
    counts[:, -1] = [np.nan, 5]
    partial = np.zeros(counts.shape, dtype=bool)
    partial[1, -1] = True
    forecasts = issue(panel_of(counts, partial=partial), FAST).quantiles.values
    np.testing.assert_allclose(forecasts[0], forecasts[1])


def test_a_crossing_that_reopened_is_forecast_from_its_open_days_and_called_reopening():
    counts = weekly(500)
    counts[100:490] = 0
    counts[490:] = 20 * weekly(10)
    forecasts = issue(panel_of([counts]), WITH_ETS)
    assert forecasts.status[0].modes[0] == "reopening"
    assert (forecasts.quantiles.at(0.5)[0] > 4000).all()


@pytest.mark.parametrize("days", [1, 2, 6, 18])
def test_a_surge_from_its_first_day_is_forecast_wide_and_flagged_short(days):
    counts = 50_000 * np.exp(0.1 * np.arange(days))
    forecasts = issue(panel_of([np.round(counts)]), WITH_ETS)
    assert "short-history" in forecasts.status[0].flags
    low, high = forecasts.quantiles.interval(0.8)[0, 6]
    assert low < counts[-1] < 2 * high
    assert high > 1.2 * low


def test_a_surge_is_named_and_widens_the_forecast():
    calm = weekly(200)
    surge = calm.copy()
    surge[-3:] *= 6
    forecasts = issue(panel_of([calm, surge]), WITH_ETS)
    assert set(forecasts.status[0].modes) == {"calm"}
    assert forecasts.status[1].modes[0] == "surge"
    width = np.diff(forecasts.quantiles.interval(0.8), axis=2)[:, :, 0]
    assert (width[1] > 3 * width[0]).all()


def test_a_registered_surge_makes_room_on_its_days_at_its_crossing_alone():
    plain = panel_of([weekly(200), weekly(200, seed=2)])
    first, last = plain.cutoff + timedelta(days=3), plain.cutoff + timedelta(days=5)
    told = replace(plain, events=(Event("fair", "surge-expected", first, last, "a", multiple=6.0),))
    before, after = (issue(panel, replace(FAST, paths=500)).quantiles for panel in (plain, told))
    np.testing.assert_array_equal(after.values[1], before.values[1])
    named = slice(2, 5)
    np.testing.assert_array_equal(np.delete(after.values[0], named, 0), np.delete(before.values[0], named, 0))
    np.testing.assert_allclose(after.at(0.5)[0], before.at(0.5)[0], rtol=0.02)
    assert (after.at(0.99)[0, named] > 5 * before.at(0.5)[0, named]).all()


def test_small_and_mostly_zero_series_get_zeros_and_bursts():
    generator = np.random.default_rng(4)
    counts = np.where(generator.random(600) < 0.7, 0, generator.negative_binomial(1, 0.005, 600)).astype(
        float
    )
    forecasts = issue(panel_of([counts]), ALL_FAST).quantiles
    assert (forecasts.at(0.1)[0] <= 25).all()
    assert np.median(forecasts.at(0.3)[0]) <= 1
    assert (forecasts.at(0.95)[0] > 100).all()
    assert forecasts.values.max() <= 2 * counts.max() + 1


def test_a_series_without_any_count_gets_the_baseline_and_says_why():
    counts = np.stack([weekly(50), np.full(50, np.nan)])
    forecasts = issue(panel_of(counts), FAST)
    assert forecasts.status[1].flags == ("missing-at-cutoff", "short-history", "fallback: no counts")
    assert not forecasts.quantiles.values[1].any()


def test_slow_members_not_asked_are_pending_and_totals_say_so_too():
    panel = panel_of([weekly(60), 2 * weekly(60)])
    places = two_regions(panel.ids)
    status = issue(panel, replace(WITH_ETS, slow_series=0), places=places).status
    assert [entry.flags for entry in status] == [("members-pending: ets",)] * 5
    largest_only = issue(panel, replace(WITH_ETS, slow_series=1)).status
    assert [entry.flags for entry in largest_only] == [("members-pending: ets",), ()]


def test_weights_sum_to_one():
    (status,) = issue(panel_of([weekly(200)]), WITH_ETS).status
    assert sum(status.weights.values()) == pytest.approx(1, abs=1e-3)


def test_a_configuration_is_checked_and_its_hash_is_that_of_its_contents():
    with pytest.raises(ValueError, match="'guess'"):
        Configuration(members=("guess",))
    with pytest.raises(ValueError, match="fast"):
        Configuration(members=("ets",))
    assert Configuration().hash == Configuration().hash
    assert Configuration(seed=2).hash != Configuration().hash
    assert Configuration(**{**FAST.as_dict(), "members": tuple(FAST.as_dict()["members"])}) == FAST


def test_every_crossing_with_a_smoothers_forecast_is_explained_in_order():
    counts = np.stack([weekly(100, level=300.0), np.full(100, np.nan), weekly(100, level=3_000.0)])
    panel = panel_of(counts)
    first, unknown, third, *totals = issue(panel, FAST, places=two_regions(panel.ids)).explanations
    assert totals == [None] * 3
    assert unknown is None
    assert 250 < first.level < 600
    assert 2_500 < third.level < 6_000
    assert len(first.season) == 28
    assert issue(panel, replace(FAST, members=("weekly_naive",))).explanations == (None,) * 3


def test_holidays_of_both_sides_move_a_forecast_before_they_come():
    start = date(2018, 1, 1)
    days = [start + timedelta(days=n) for n in range((date(2022, 3, 18) - start).days + 1)]
    calm = np.random.default_rng(6).poisson(900.0, len(days)).astype(float)
    feast = np.array([day.month == 3 and 21 <= day.day <= 23 for day in days])
    busy = np.where(feast, 2 * calm, calm)
    panel = panel_of([calm, busy], country="KZ", start=start)
    low, high = issue(panel, ALL_FAST).quantiles.at(0.5)
    np.testing.assert_allclose(low, 900, rtol=0.12)
    assert (high[2:5] > 1.25 * low[2:5]).all()
    np.testing.assert_allclose(high[7:], low[7:], rtol=0.12)


def test_a_wave_that_the_members_never_saw_stays_below_the_cap():
    counts = weekly(400)
    panel = panel_of([counts])
    assert panel.cutoff == panel.start + timedelta(days=399)
    assert issue(panel, WITH_ETS).quantiles.values.max() <= 2 * counts[-366:].max() + 1


def test_a_country_that_doubled_is_in_surge_on_every_day_ahead_and_its_chance_of_one_says_the_same():
    counts = np.stack([weekly(200, seed=seed) for seed in (1, 2, 3)])
    counts[0, -4:] *= 5  # the country as a whole about twice as many
    panel = panel_of(counts)
    forecasts = issue(panel, FAST, places=two_regions(panel.ids))
    country = forecasts.quantiles.ids.index("land")
    assert set(forecasts.status[country].modes) == {"surge"}
    assert forecasts.outlooks[country].chances.surge > 0.9
    assert set(forecasts.status[1].modes) == {"calm"}
    assert forecasts.outlooks[1].chances.surge < 0.1


@pytest.mark.parametrize(("country", "mode"), [("US", "calm"), (None, "surge")])
def test_three_days_about_a_public_holiday_are_no_surge_of_a_crossing_nor_of_a_country(country, mode):
    counts = np.stack([weekly(150, seed=seed) for seed in (1, 2)])
    counts[:, -3:] *= 4  # 3 to 5 July 2023
    panel = panel_of(counts, country=country, start=date(2023, 7, 5) - timedelta(days=149))
    forecasts = issue(panel, FAST, places=two_regions(panel.ids))
    assert {status.modes[0] for status in forecasts.status} == {mode}
