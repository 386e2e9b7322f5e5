"""Staffing: how many booths hold a service level at a load."""

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy import integrate

from forecast.planning.registers import CrossingCapacity
from forecast.planning.staffing import (
    booths_for,
    booths_needed,
    delay_chance,
    grade_for,
    late_chance,
    most_held,
    offered_load,
)

CROSSING = CrossingCapacity(
    booths=np.full((7, 24), 4), rates=(50.0,), profile=np.full((7, 24), 1 / 24), booths_limit=12
)


def erlang_c(load, servers):
    blocked = 1.0
    for number in range(1, servers + 1):
        blocked = load * blocked / (number + load * blocked)
    return blocked / (1 - load / servers * (1 - blocked))


@pytest.mark.parametrize(("delay", "booths"), [(0.68, 11), (0.45, 12), (0.17, 14)])
def test_a_load_of_ten_booths_needs_more_the_fewer_may_wait(delay, booths):
    assert booths_for(np.array([10.0]), delay).tolist() == [booths]


def test_arrivals_in_bursts_need_more_booths():
    assert booths_for(np.array([10.0]), 0.17, peakedness=4.0)[0] == math.ceil(
        10 + 2 * grade_for(0.17) * 10**0.5
    )


def test_the_grade_is_the_one_at_which_so_many_wait():
    for delay in (0.01, 0.3, 0.9):
        assert delay_chance(np.asarray(grade_for(delay))) == pytest.approx(delay)


@pytest.mark.parametrize("delay", [0.0, 1.0, -0.2])
def test_a_delay_target_is_a_share(delay):
    with pytest.raises(ValueError, match="between 0 and 1"):
        grade_for(delay)


@pytest.mark.parametrize(("load", "booths"), [(40, 44), (100, 108), (400, 420)])
def test_the_chance_to_wait_is_near_that_of_erlang_for_many_booths(load, booths):
    near = delay_chance(np.asarray((booths - load) / load**0.5))
    assert near == pytest.approx(erlang_c(load, booths), abs=0.03)


def test_nobody_waits_with_ample_booths():
    assert delay_chance(np.asarray(30.0)) < 1e-100


def test_offered_load_is_what_the_definition_sums_up():
    arrivals = np.array([0.0, 60.0, 240.0, 30.0, 0.0, 0.0])
    service = 0.7

    def busy(instant):
        pieces = [
            integrate.quad(lambda u: math.exp(-(instant - u) / service), hour, min(hour + 1, instant))[0]
            * rate
            for hour, rate in enumerate(arrivals)
            if hour < instant
        ]
        return sum(pieces)

    slow = [integrate.quad(busy, hour, hour + 1)[0] for hour in range(6)]
    assert offered_load(arrivals, service) == pytest.approx(slow, rel=1e-6)


def test_short_services_make_a_load_of_rate_times_service():
    arrivals = np.full((2, 30), 120.0)
    assert offered_load(arrivals, 1 / 60)[:, 5:] == pytest.approx(2.0)


def test_a_service_takes_time():
    with pytest.raises(ValueError, match="more than 0"):
        offered_load(np.ones(3), 0.0)


def test_the_most_that_booths_hold_is_where_the_level_is_just_kept():
    held = most_held(CROSSING)
    assert held[0] == 0
    assert (np.diff(held) > 0).all()
    assert (held < CROSSING.totals + 1e-9).all()
    booths = np.arange(1, 13)
    late = late_chance(held[1:], booths, CROSSING.totals[1:], CROSSING)
    assert late == pytest.approx(np.full(12, 0.2), abs=1e-6)


def test_a_stricter_target_is_held_for_fewer():
    strict = replace(CROSSING, wait_target=5.0, service_level=0.95)
    assert (most_held(strict)[1:] < most_held(CROSSING)[1:]).all()


def test_booths_needed_are_the_fewest_that_hold_the_level():
    held = most_held(CROSSING)
    load = np.array([0.0, 0.1, held[3], held[3] + 0.01, held[12]])
    assert booths_needed(load, CROSSING).tolist() == [0, 1, 3, 4, 12]


def test_booths_needed_go_beyond_the_limit():
    needed = booths_needed(np.array([[2_000.0]]), CROSSING)
    assert needed.shape == (1, 1)
    assert 41 <= needed[0, 0] <= 45


def test_where_the_other_post_is_too_slow_no_more_are_asked_for_than_help():
    slow = replace(CROSSING, other_post=220.0)
    assert booths_needed(np.array([1_000.0]), slow).tolist() == [5]


def test_a_level_held_by_erlang_is_held_by_the_booths_needed():
    """M/M/s itself, at the wait target, for loads on which booths make a difference."""
    strict = replace(CROSSING, wait_target=2.0, booths_limit=60)
    for rate in (300.0, 700.0, 1_500.0):
        booths = int(booths_needed(np.array([rate]), strict)[0])
        late = [
            erlang_c(rate / 50, number) * math.exp(-(number * 50 - rate) * 2 / 60)
            for number in (booths - 1, booths)
        ]
        assert late[1] <= 0.2 + 0.03
        assert late[0] > 0.2 - 0.03


def test_booths_needed_end_where_more_are_not_told_apart():
    slow = replace(CROSSING, rates=(0.01,))
    assert booths_needed(np.array([1e6]), slow).tolist() == [100_000]
