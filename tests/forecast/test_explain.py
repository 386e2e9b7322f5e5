"""A forecast taken apart gives the forecast again, and known effects are found by name."""

from datetime import date, timedelta

import numpy as np
import pytest

from forecast.ensemble import Capacities, ensemble_of
from forecast.explain import Explanation, explanations
from forecast.members import MEMBERS, Context
from forecast.pipeline import in_order
from forecast.quantiles import QUANTILE_LEVELS
from tests.forecast.panels import panel_of, weekly

START = date(2016, 1, 4)  # a Monday
CUTOFF = date(2022, 3, 18)  # the Friday before Nowruz, 21 to 23 March
DAYS = (CUTOFF - START).days + 1
MEDIAN = QUANTILE_LEVELS.index(0.5)
WEEK = np.array([1.0, 1.0, 1.0, 1.1, 1.3, 1.8, 1.5])


def nowruz(day):
    """Whether a day is one of the three of the feast."""
    return day.month == 3 and day.day in (21, 22, 23)


def counts_with(factor, *, noise=0.03, seed=1):
    """Counts with busy weekends, and a factor on the days of Nowruz."""
    days = [START + timedelta(days=n) for n in range(DAYS)]
    feast = np.where([nowruz(day) for day in days], factor, 1.0)
    noisy = np.exp(np.random.default_rng(seed).normal(0, noise, DAYS))
    return np.round(2_000 * WEEK[np.arange(DAYS) % 7] * feast * noisy)


def ensemble_for(*counts, members=("weekly_naive", "log"), country="KZ"):
    panel = panel_of(np.stack(counts), country=country, start=START)
    chosen = [MEMBERS[name] for name in members]
    return ensemble_of(panel, chosen, 14, capacities=Capacities(0), run=in_order, kept={}), panel


@pytest.fixture(scope="module")
def told():
    ensemble, panel = ensemble_for(counts_with(2.0))
    return explanations(ensemble, CUTOFF)[0], ensemble, panel


def test_a_known_holiday_effect_is_found_on_its_days_with_its_name(told):
    explanation, _, _ = told
    effects = {effect.date: effect for effect in explanation.effects}
    for day in (date(2022, 3, 21), date(2022, 3, 22), date(2022, 3, 23)):
        assert 1.5 < effects[day].factor < 2.2  # a prior draws it towards 1
    assert "nowruz" in " ".join(effects[date(2022, 3, 22)].names).lower()
    ordinary = np.array(explanation.holidays)[7:]
    np.testing.assert_allclose(ordinary, 1, atol=0.1)


def test_effects_are_the_days_whose_holiday_factor_is_off_one(told):
    explanation, _, _ = told
    noticed = {
        CUTOFF + timedelta(days=ahead + 1): factor
        for ahead, factor in enumerate(explanation.holidays)
        if abs(factor - 1) > 0.02
    }
    assert {effect.date: effect.factor for effect in explanation.effects} == noticed


def test_level_weekday_season_and_holidays_multiply_to_the_members_forecast(told):
    explanation, _, panel = told
    made = MEMBERS["log"].hindcast(panel, Context.of(panel), [panel.days - 1], 14)[0, 0, :, MEDIAN]
    for ahead in range(14):
        day = CUTOFF + timedelta(days=ahead + 1)
        parts = (explanation.weekday[day.weekday()], explanation.season[ahead], explanation.holidays[ahead])
        assert explanation.level * np.prod(parts) == pytest.approx(made[ahead], rel=0.08)


def test_weekdays_are_those_that_were_put_in(told):
    explanation, _, _ = told
    found = np.array(explanation.weekday)
    np.testing.assert_allclose(found / found.mean(), WEEK / WEEK.mean(), rtol=0.08)
    assert explanation.level * found.mean() == pytest.approx(2_000 * WEEK.mean(), rel=0.1)


def test_weights_and_scores_are_those_of_the_ensemble(told):
    explanation, ensemble, _ = told
    assert explanation.weights == ensemble.weights_of(0)
    assert set(explanation.scores) == {"weekly_naive", "log"}
    assert explanation.scores["log"] == pytest.approx(np.exp(ensemble.standing["log"].relative[0]), abs=1e-4)
    assert explanation.scores["log"] < explanation.scores["weekly_naive"]


def test_a_member_that_has_never_spoken_of_a_series_has_no_score():
    panel = panel_of([weekly(110)])
    members = [MEMBERS[name] for name in ("weekly_naive", "log", "analog")]  # the last needs 120 days
    ensemble = ensemble_of(panel, members, 14, capacities=Capacities(0), run=in_order, kept={})
    (explanation,) = explanations(ensemble, panel.cutoff)
    assert set(explanation.scores) == {"weekly_naive", "log"}


def test_without_a_country_no_day_is_a_holiday():
    ensemble, _ = ensemble_for(counts_with(1.0), country=None)
    (explanation,) = explanations(ensemble, CUTOFF)
    assert explanation.effects == ()
    assert explanation.holidays == (1.0,) * 14


def test_a_yearly_wave_is_told_as_season():
    year = 1 + 0.5 * np.sin(2 * np.pi * np.arange(DAYS) / 365.25)
    ensemble, _ = ensemble_for(np.round(2_000 * year), members=("weekly_naive", "slow"), country=None)
    (explanation,) = explanations(ensemble, CUTOFF)
    np.testing.assert_allclose(explanation.weekday, 1, atol=0.05)
    assert np.ptp(np.log(explanation.season)) > 0.005


def test_a_series_never_counted_and_an_ensemble_without_smoothers_are_not_explained():
    ensemble, _ = ensemble_for(counts_with(1.0), np.full(DAYS, np.nan))
    known, unknown = explanations(ensemble, CUTOFF)
    assert known is not None
    assert unknown is None
    ensemble, _ = ensemble_for(counts_with(1.0), members=("weekly_naive",))
    assert explanations(ensemble, CUTOFF) == (None,)


def test_a_crossing_of_zeros_is_explained_with_finite_numbers():
    panel = panel_of([np.zeros(120)], country="KZ")
    ensemble = ensemble_of(panel, [MEMBERS["root"]], 3, capacities=Capacities(0), run=in_order, kept={})
    (explanation,) = explanations(ensemble, panel.cutoff)
    assert explanation.level == 0
    assert np.isfinite([*explanation.weekday, *explanation.season, *explanation.holidays]).all()


def test_a_horizon_below_a_week_leaves_later_weekdays_at_one():
    panel = panel_of([weekly(120)])
    ensemble = ensemble_of(panel, [MEMBERS["log"]], 2, capacities=Capacities(0), run=in_order, kept={})
    (explanation,) = explanations(ensemble, panel.cutoff)
    ahead = [(panel.cutoff.weekday() + 1 + step) % 7 for step in range(2)]
    assert all(explanation.weekday[day] == 1.0 for day in range(7) if day not in ahead)


@pytest.mark.parametrize(("weekday", "holidays"), [((1.0,) * 6, (1.0,) * 3), ((1.0,) * 7, (1.0,) * 2)])
def test_an_explanation_has_seven_weekdays_and_a_factor_for_each_day_ahead(weekday, holidays):
    with pytest.raises(ValueError, match="weekday must hold 7 factors, season and holidays one for each day"):
        Explanation(100.0, weekday, (1.0,) * 3, holidays, (), {}, {})
