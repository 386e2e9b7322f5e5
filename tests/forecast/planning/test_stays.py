"""Stays: how many nights, fitted from lists or from aggregates, and who goes on where."""

from dataclasses import replace

import numpy as np
import pytest
from statsmodels.duration.survfunc import SurvfuncRight

from forecast.planning import stays
from forecast.planning.registers import CapacityError, Stay

MIXED = 0.75 * np.resize(stays.exponential(1.5), 200) * (np.arange(200) < 14) + 0.25 * np.pad(
    stays.exponential(14), (0, 71)
)
KINDS = (
    Stay("stay", 25.0, stays.exponential(14)),
    Stay("onward_land", 60.0, stays.exponential(1.5)),
    Stay("onward_air", 15.0, stays.exponential(2)),
)


def test_the_mean_stay_of_three_quarters_short_and_a_quarter_long_is_4_60():
    assert stays.mean_nights(MIXED) == pytest.approx(4.60, abs=0.005)


def test_the_formula_says_that_its_occupancy_trails_slow_arrivals_by_11_days():
    assert stays.lag_days(MIXED) == pytest.approx(11.0, abs=0.05)


def test_exponential_stays_are_told_at_half_nights_until_one_guest_in_ten_thousand_is_left():
    survival = stays.exponential(2.0)
    np.testing.assert_allclose(survival[:3], np.exp([-0.25, -0.75, -1.25]))
    assert survival[-2] > 1e-4 > survival[-1] * 0.99


@pytest.mark.parametrize("seed", range(5))
def test_stays_from_a_list_are_those_of_statsmodels(seed):
    generator = np.random.default_rng(seed)
    rows = [
        (nights, int(generator.integers(0, 60)), int(generator.integers(0, 20))) for nights in range(0, 25, 2)
    ]
    rows[3] = (6, 0, 40)
    times, status, weights = zip(
        *[(n, 1, left) for n, left, _ in rows], *[(n, 0, still) for n, _, still in rows], strict=True
    )
    known = np.array(weights) > 0
    theirs = SurvfuncRight(
        np.array(times)[known], np.array(status)[known], freq_weights=np.array(weights, float)[known]
    )
    at = np.searchsorted(theirs.surv_times, np.arange(25), side="right")
    expected = np.concatenate([[1.0], theirs.surv_prob])[at]
    np.testing.assert_allclose(stays.kaplan_meier(rows)[:25], expected, rtol=1e-12)


def test_guests_still_present_lengthen_the_stay():
    left = [(1, 50, 0), (3, 30, 0), (8, 20, 0)]
    whole = stays.kaplan_meier(left)
    np.testing.assert_allclose(whole, [1, 0.5, 0.5, 0.2, 0.2, 0.2, 0.2, 0.2, 0], atol=1e-12)
    assert stays.mean_nights(stays.kaplan_meier([*left, (5, 0, 40)])) > stays.mean_nights(whole)


def test_whom_the_list_loses_sight_of_leave_at_the_mean_rate_seen():
    survival = stays.kaplan_meier([(1, 30, 0), (4, 0, 70)])
    rate = 30 / (30 * 1 + 70 * 4)
    assert survival[4] == pytest.approx(0.7)
    np.testing.assert_allclose(survival[6] / survival[5], np.exp(-rate))
    assert survival[-1] <= 1e-4


def test_a_list_cut_off_at_ten_nights_gives_back_the_mean_of_exponential_stays():
    nights = np.random.default_rng(3).exponential(6.0, 20_000).astype(int)
    left = np.bincount(nights[nights < 10], minlength=10)
    rows = [(n, int(count), 0) for n, count in enumerate(left)] + [(10, 0, int((nights >= 10).sum()))]
    truth = 1 / (np.exp(1 / 6) - 1)  # whole nights begun and ended
    assert stays.mean_nights(stays.kaplan_meier(rows)) == pytest.approx(truth, rel=0.03)


@pytest.mark.parametrize(
    ("rows", "found"),
    [([], "nobody"), ([(3, 0, 9)], "nobody"), ([(1, 5, 0), (2, -1, 0)], "-1"), ([(99_999, 5, 0)], "99999")],
)
def test_a_list_that_cannot_be_is_refused(rows, found):
    with pytest.raises(CapacityError, match=r"stays\.lengths") as caught:
        stays.kaplan_meier(rows)
    assert found in str(caught.value)


def seen(presence, days, seed):
    """Arrivals of some days and the beds they hold, each guest leaving for himself."""
    generator = np.random.default_rng(seed)
    arrivals = generator.poisson(900 * np.exp(np.cumsum(generator.normal(0, 0.15, days)) / 2))
    occupied = np.zeros(days)
    for came, people in enumerate(arrivals):
        last = np.searchsorted(-presence, -generator.random(people))  # nights on which each holds a bed
        held = (last[:, None] > np.arange(len(presence))).sum(axis=0)[: days - came]
        occupied[came : came + len(held)] += held
    return arrivals.astype(float), occupied


def test_stays_are_told_from_arrivals_and_occupied_beds_alone():
    truth = 0.4 * np.concatenate([stays.exponential(5)[:25], np.zeros(5)])
    arrivals, occupied = seen(truth, 300, seed=8)
    known = occupied.copy()
    known[40:60] = np.nan
    found = stays.presence_from(arrivals[:240], known[:240], 30)
    assert (np.diff(found) <= 1e-12).all()
    assert found.sum() == pytest.approx(truth.sum(), rel=0.02)
    later = np.convolve(arrivals, found)[240:300]
    assert np.abs(later / occupied[240:] - 1).mean() < 0.03


def test_too_few_nights_to_tell_stays_from_are_refused():
    with pytest.raises(ValueError, match="11 nights with 30 days of arrivals before them, 30 needed"):
        stays.presence_from(np.ones(40), np.ones(40), 30)
    with pytest.raises(ValueError, match="known on every day"):
        stays.presence_from(np.array([1.0, np.nan] * 40), np.ones(80), 5)


def test_shares_are_drawn_once_a_path_around_their_mean_with_the_spread_of_a_dirichlet():
    drawn = stays.drawn_shares(KINDS, 20_000, np.random.default_rng(1))
    np.testing.assert_allclose(drawn.sum(axis=1), 1)
    np.testing.assert_allclose(drawn.mean(axis=0), stays.shares(KINDS), atol=0.002)
    np.testing.assert_allclose(drawn[:, 1].std(), np.sqrt(0.6 * 0.4 / 101), rtol=0.03)


def test_a_share_is_reported_with_the_interval_that_holds_so_many_draws():
    drawn = stays.drawn_shares(KINDS, 40_000, np.random.default_rng(2))
    for at, (kind, (low, mean, high)) in enumerate(stays.share_intervals(KINDS, 0.8).items()):
        assert kind == KINDS[at].kind
        assert mean == pytest.approx(stays.shares(KINDS)[at])
        assert ((drawn[:, at] >= low) & (drawn[:, at] <= high)).mean() == pytest.approx(0.8, abs=0.01)
    assert stays.share_intervals(KINDS[:1], 0.8) == {"stay": (1.0, 1.0, 1.0)}


def test_departures_by_kind_move_the_shares_and_narrow_them():
    after = stays.updated(KINDS, {"onward_land": 900, "onward_air": 30, "stay": 70})
    assert stays.shares(after)[1] == pytest.approx((0.97 * 60 + 300) / (97 + 1_000 / 3))
    before, now = (stays.share_intervals(one, 0.8)["onward_land"] for one in (KINDS, after))
    assert now[2] - now[0] < before[2] - before[0]
    assert after[0].survival is KINDS[0].survival


def test_without_departures_what_was_known_fades_but_its_shares_stay():
    after = stays.updated(KINDS, {}, discount=0.5)
    np.testing.assert_allclose(stays.shares(after), stays.shares(KINDS))
    assert sum(stay.weight for stay in after) == pytest.approx(50)


def test_guests_who_have_not_left_yet_are_not_taken_for_a_rarer_kind():
    kinds = tuple(replace(stay, weight=1.0) for stay in KINDS[:2])
    arrivals = np.full(10, 1_000.0)
    ages = np.arange(10)[::-1]
    gone = {stay.kind: float((500 * (1 - np.pad(stay.survival, (0, 10))[ages])).sum()) for stay in kinds}
    naive = stays.shares(stays.updated(kinds, gone))
    told = stays.shares(stays.updated(kinds, gone, arrivals=arrivals))
    assert naive[0] < 0.35
    np.testing.assert_allclose(told, 0.5, atol=1e-3)


def test_counts_below_zero_and_odd_discounts_are_refused():
    with pytest.raises(ValueError, match="counts from 0"):
        stays.updated(KINDS, {"stay": -1})
    with pytest.raises(ValueError, match="discount"):
        stays.updated(KINDS, {"stay": 1}, discount=0)
