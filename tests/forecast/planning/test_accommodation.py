"""Occupancy: thinned paths against formulas, and against guests followed one by one."""

import numpy as np
import pytest

from forecast.planning import stays
from forecast.planning.accommodation import (
    arriving,
    moments,
    remaining,
    still_there,
    thinned,
    unreported,
    whole_past,
)

EXPONENTIAL = stays.exponential(4.0)
LISTED = np.array([0.9, 0.85, 0.4, 0.35, 0.3, 0.02])  # leaves mostly on the third and on the sixth day
HALF_A_DAY = 0.5  # from the middle of the day in which people come to its end, when beds are counted


def mixed(nights=400):
    at_half = np.arange(nights) + 0.5
    return 0.75 * np.exp(-at_half / 1.5) + 0.25 * np.exp(-at_half / 14)


def one_by_one(people, survival, seed):
    """Guests there [path, day], every guest with a length of stay of his own."""
    generator = np.random.default_rng(seed)
    path, came = (np.repeat(index.ravel(), people.ravel()) for index in np.indices(people.shape))
    nights = np.searchsorted(-survival, -generator.random(len(path)))
    there = np.zeros(people.shape, dtype=int)
    for day in range(people.shape[1]):
        held = (came <= day) & (day - came < nights)
        there[:, day] = np.bincount(path[held], minlength=len(people))
    return there


def restless(paths, days, level, seed):
    """Arrivals [path, day] that share an error through their days, as forecasts do."""
    generator = np.random.default_rng(seed)
    shared = np.exp(0.25 * generator.standard_normal((paths, 1)))
    return generator.poisson(level * shared * np.linspace(1, 1.5, days))


def expected(arrivals, survival):
    return moments(arrivals, np.zeros((len(arrivals), len(arrivals))), survival)[0]


def test_a_yearly_wave_of_arrivals_fills_beds_10_7_days_later():
    turn = 2 * np.pi / 365 * np.arange(365 * 2)
    there = expected(1_000 + 400 * np.cos(turn), mixed())
    behind = np.angle((there * np.exp(1j * turn))[-365:].sum()) * 365 / (2 * np.pi)
    assert behind + HALF_A_DAY == pytest.approx(10.7, abs=0.1)


@pytest.mark.parametrize(("spread", "lag"), [(5, 3.5), (10, 5.7)])
def test_a_short_surge_fills_beds_sooner(spread, lag):
    days = np.arange(200)
    there = expected(1_000 * np.exp(-(((days - 100) / spread) ** 2) / 2), mixed())
    top = int(there.argmax())
    before, peak, after = there[top - 1 : top + 2]
    between = 0.5 * (before - after) / (before - 2 * peak + after)
    assert top + between + HALF_A_DAY - 100 == pytest.approx(lag, abs=0.1)


@pytest.mark.parametrize("survival", [EXPONENTIAL, LISTED, mixed(60)], ids=["exponential", "listed", "mixed"])
@pytest.mark.parametrize("level", [3, 400])
def test_mean_and_variance_of_thinned_paths_are_the_formulas(survival, level):
    arrivals = restless(100_000 if level < 10 else 40_000, 6, level, seed=1)
    there = arriving(arrivals, survival, np.random.default_rng(2)).there
    mean, variance = moments(arrivals.mean(axis=0), np.cov(arrivals, rowvar=False), survival)
    np.testing.assert_allclose(there.mean(axis=0), mean, rtol=0.005)
    np.testing.assert_allclose(there.var(axis=0), variance, rtol=0.01)


@pytest.mark.parametrize("survival", [EXPONENTIAL, LISTED], ids=["exponential", "listed"])
def test_thinned_paths_are_guests_followed_one_by_one(survival):
    arrivals = restless(60_000, 6, 5, seed=3)
    slow = one_by_one(arrivals, survival, seed=4)
    there = arriving(arrivals, survival, np.random.default_rng(5)).there
    mean, variance = moments(arrivals.mean(axis=0), np.cov(arrivals, rowvar=False), survival)
    for guests in (slow, there):
        np.testing.assert_allclose(guests.mean(axis=0), mean, rtol=0.01)
        np.testing.assert_allclose(guests.var(axis=0), variance, rtol=0.02)
    np.testing.assert_allclose(np.cov(there, rowvar=False), np.cov(slow, rowvar=False), rtol=0.04)


def test_guests_who_came_together_differ_in_variance_only_by_their_own_choice():
    three_nights = np.array([1.0, 1.0, 1.0])
    arrivals = restless(50, 8, 200, seed=6)
    there = arriving(arrivals, three_nights, np.random.default_rng(7)).there
    for day in range(8):
        np.testing.assert_array_equal(there[:, day], arrivals[:, max(0, day - 2) : day + 1].sum(axis=1))


@pytest.mark.parametrize("survival", [EXPONENTIAL, LISTED], ids=["exponential", "listed"])
def test_whoever_comes_is_there_or_has_left(survival):
    arrivals = restless(300, 15, 60, seed=8)
    guests = arriving(arrivals, survival, np.random.default_rng(9))
    np.testing.assert_array_equal(guests.there + np.cumsum(guests.left, axis=1), np.cumsum(arrivals, axis=1))
    assert guests.left.min() >= 0


def test_a_stay_of_no_night_leaves_nobody_there():
    guests = arriving(restless(20, 4, 30, seed=1), np.array([0.0]), np.random.default_rng(1))
    assert not guests.there.any()


@pytest.mark.parametrize(
    ("people", "share"), [(12, 0.4), (21, 0.6), (60, 0.1), (100, 0.1), (5_000, 0.002), (4_000, 0.7)]
)
def test_the_quick_draw_has_the_mean_the_variance_and_the_tail_of_a_binomial(people, share):
    generator = np.random.default_rng(10)
    drawn = thinned(np.full(400_000, people), share, generator)
    mean, variance = people * share, people * share * (1 - share)
    assert drawn.mean() == pytest.approx(mean, rel=0.002)
    assert drawn.var() == pytest.approx(variance, rel=0.01)
    exact = generator.binomial(people, share, 400_000)
    far = mean + 1.5 * np.sqrt(variance)
    assert (drawn > far).mean() == pytest.approx((exact > far).mean(), abs=0.01)
    assert drawn.min() >= 0
    assert drawn.max() <= people


def test_nobody_stays_or_leaves_where_the_share_is_0_or_1():
    people = np.array([0, 3, 10_000])
    assert thinned(people, 0.0, np.random.default_rng(1)).tolist() == [0, 0, 0]
    assert thinned(people, 1.0, np.random.default_rng(1)).tolist() == [0, 3, 10_000]


def test_those_already_in_leave_as_guests_of_their_ages_do():
    past = np.array([40.0, 100.0, 10.0, 0.0, 80.0, 5.0])  # by age in nights
    there = still_there(past, LISTED, 6)
    slow = [
        sum(past[age] * (LISTED[age + day] if age + day < 6 else 0.0) for age in range(6)) for day in range(7)
    ]
    np.testing.assert_allclose(there, slow)
    left = remaining(np.full(30_000, 100), there[1:] / there[0], np.random.default_rng(11))
    np.testing.assert_allclose(left.there.mean(axis=0), 100 * np.array(slow[1:]) / slow[0], atol=0.1)
    assert (left.there[:, -1] == 0).all()
    np.testing.assert_array_equal(left.left.sum(axis=1), 100)


def test_guests_whom_nobody_reports_have_the_mean_and_the_variance_of_the_arrivals_left_of():
    past = np.array([30.0, 12.0, 25.0, 40.0, 8.0, 3.0])
    share = np.full(200_000, 0.45)
    drawn = unreported(past, LISTED, share, np.random.default_rng(12))
    generator = np.random.default_rng(13)
    slow = sum(
        generator.binomial(int(people), 0.45 * stays_on, 200_000)
        for people, stays_on in zip(past, LISTED, strict=True)
    )
    assert drawn.mean() == pytest.approx(slow.mean(), rel=0.005)
    assert drawn.var() == pytest.approx(slow.var(), rel=0.02)
    assert not unreported(past, np.zeros(6), share, generator).any()


def test_a_past_with_gaps_is_filled_from_its_neighbours_and_before_its_start_by_its_mean():
    past = np.array([np.nan, 10.0, np.nan, 30.0, 20.0])
    assert whole_past(past, 3, 7.0).tolist() == [20, 30, 20]
    assert whole_past(past, 6, 7.0).tolist() == [20, 30, 20, 10, 20, 20]
    assert whole_past(np.array([5.0, np.nan]), 2, 7.0).tolist() == [5, 5]


@pytest.mark.parametrize("past", [[np.nan, np.nan], [0.0, 0.0], []])
def test_a_past_that_tells_nothing_is_taken_as_usual(past):
    assert whole_past(np.array(past), 3, 7.0).tolist() == [7, 7, 7]
