"""Allotment: booth-hours go where they save most, as the integer programme would have it."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import optimize, sparse

from forecast.planning.allotment import LEFT_OVER_HOURS, Day, allot, crowd, person_hours
from forecast.planning.registers import CrossingCapacity

CROSSING = CrossingCapacity(
    booths=np.full((7, 24), 3), rates=(50.0,), profile=np.full((7, 24), 1 / 24), booths_limit=6
)


def a_day(seed, *, whole=False, rates=(50.0,), hours=24):
    rng = np.random.default_rng(seed)
    at = replace(CROSSING, rates=rates)
    load = rng.gamma(2.0, 60.0, hours)
    load = 50.0 * np.round(load / 50) if whole else load
    start = float(rng.integers(0, 4) * 50)
    people = np.zeros((1, hours, 7)) if whole else crowd(load, at, 7)[None]
    return Day(load[None], np.array([start]), at.totals[None], people)


def programme(day, budget, shift=1):
    """The least person-hours by scipy's `milp`: a binary for each shift and number of booths."""
    hours, numbers = day.load.shape[1], day.totals.shape[1]
    shifts = hours // shift
    binaries = shifts * numbers
    standing = day.crowd[0].reshape(shifts, shift, numbers).sum(axis=1).ravel()
    worth = np.append(np.ones(hours - 1), 1 + LEFT_OVER_HOURS)
    one_number = sparse.kron(sparse.eye(shifts), np.ones((1, numbers)))
    spent = np.tile(np.arange(numbers) * shift, shifts)[None]
    passed = sparse.kron(sparse.eye(shifts), np.kron(np.ones((shift, 1)), day.totals[:1]))
    carried = sparse.eye(hours) - sparse.eye(hours, k=-1)
    came = day.load[0] + np.append(day.start, np.zeros(hours - 1))
    found = optimize.milp(
        np.append(standing, worth),
        integrality=np.append(np.ones(binaries), np.zeros(hours)),
        bounds=optimize.Bounds(0, np.append(np.ones(binaries), np.full(hours, np.inf))),
        constraints=[
            optimize.LinearConstraint(sparse.hstack([one_number, sparse.csr_array((shifts, hours))]), 1, 1),
            optimize.LinearConstraint(np.append(spent, np.zeros((1, hours)), axis=1), 0, budget),
            optimize.LinearConstraint(sparse.hstack([passed, carried]), came, np.inf),
        ],
        options={"mip_rel_gap": 1e-7},
    )
    assert found.success
    return found.fun


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("budget", [20, 58, 90])
def test_whole_booth_hours_of_people_are_served_as_the_integer_programme_serves_them(seed, budget):
    day = a_day(seed, whole=True)
    found = allot(day, np.array([budget]))
    assert found.sum() <= budget
    assert person_hours(day, found)[0] == pytest.approx(programme(day, budget))


@pytest.mark.parametrize("shift", [1, 2, 4])
def test_any_day_is_alloted_as_by_the_integer_programme_but_for_rare_days_a_few_hundredths_off(shift):
    days = [a_day(seed) for seed in range(8)]
    behind = [
        person_hours(day, allot(day, np.array([64]), shift=shift))[0] / programme(day, 64, shift)
        for day in days
    ]
    assert np.median(behind) == pytest.approx(1)
    assert max(behind) < 1.08


def test_booths_of_unlike_rates_come_close_to_the_integer_programme():
    days = [a_day(seed, rates=(50.0, 48.0, 45.0)) for seed in range(4)]
    behind = [person_hours(day, allot(day, np.array([84])))[0] / programme(day, 84) for day in days]
    assert max(behind) < 1.02


def test_booths_stay_for_the_shift_and_within_limit_and_budget():
    found = allot(a_day(3), np.array([61]), shift=4)
    assert (np.diff(found.reshape(1, 6, 4), axis=2) == 0).all()
    assert found.max() <= 6
    assert found.sum() == 60


def test_person_hours_by_hand():
    day = Day(np.array([[120.0, 20.0]]), np.array([30.0]), CROSSING.totals[None], np.zeros((1, 2, 7)))
    assert person_hours(day, np.array([[2, 1]]))[0] == 50 + 20 + 24 * 20


def test_many_crossings_are_alloted_each_by_itself():
    days = [a_day(seed) for seed in range(4)]
    budget = np.array([30, 50, 70, 200])
    together = Day(
        *(
            np.concatenate([getattr(day, name) for day in days])
            for name in ("load", "start", "totals", "crowd")
        )
    )
    alone = [allot(day, budget[row : row + 1])[0] for row, day in enumerate(days)]
    assert allot(together, budget).tolist() == [booths.tolist() for booths in alone]


def test_nobody_needs_no_booths():
    empty = Day(np.zeros((1, 24)), np.zeros(1), CROSSING.totals[None], crowd(np.zeros(24), CROSSING, 7)[None])
    assert allot(empty, np.array([100])).sum() == 0


def test_a_crowd_shrinks_with_each_booth_and_ever_more_slowly():
    people = crowd(np.array([10.0, 120.0, 299.0, 800.0]), CROSSING, 9)
    falls = -np.diff(people, axis=1)
    assert people.shape == (4, 9)
    assert (falls >= 0).all()
    assert (np.diff(falls, axis=1) <= 1e-9).all()
    assert falls[:, 6:].tolist() == [[0, 0]] * 4


def test_a_crowd_below_full_load_is_that_of_the_stationary_queue():
    rate, booths = 120.0, 4
    load = rate / 50
    blocked = 1.0
    for number in range(1, booths + 1):
        blocked = load * blocked / (number + load * blocked)
    waits = blocked / (1 - load / booths * (1 - blocked))
    assert crowd(np.array([rate]), CROSSING, 7)[0, booths] == pytest.approx(
        waits * rate / (booths * 50 - rate)
    )
