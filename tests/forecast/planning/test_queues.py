"""The fluid queue and the stationary formulas, beside numbers worked by hand."""

import math

import numpy as np
import pytest

from forecast.planning.queues import (
    LONGEST_HOURS,
    erlang_b,
    erlang_c,
    fluid,
    late_share,
    mean_wait,
    virtual_wait,
)


def one_crossing(demand, capacity, start=0.0):
    """One path at one crossing, its flow's hours as plain lists."""
    flow = fluid(np.array([[demand]], dtype=float), np.array([capacity], dtype=float), np.array([[start]]))
    return {name: getattr(flow, name)[0, 0].tolist() for name in type(flow).__dataclass_fields__}


def test_four_hours_above_capacity_leave_400_people_two_hours_of_wait_and_four_hours_to_clear():
    flow = one_crossing([300] * 4 + [100] * 6, [200] * 10)
    assert flow["queue"] == [100, 200, 300, 400, 300, 200, 100, 0, 0, 0]
    assert flow["throughput"] == [200] * 8 + [100, 100]
    assert max(flow["longest"]) == pytest.approx(2.0)
    assert flow["wait"][3:5] == pytest.approx([1.75, 1.75])
    assert sum(flow["person_hours"]) == pytest.approx(400 * 8 / 2)
    assert flow["longest"][8:] == [0, 0]


def test_a_load_of_ten_waits_as_erlang_says():
    assert erlang_c(10, np.array([11, 12, 14])) == pytest.approx([0.6821, 0.4494, 0.1741], abs=5e-5)
    assert mean_wait(10, 1, 12) == pytest.approx(13.5, abs=0.05)
    assert late_share(10, 1, 12, minutes=15) == pytest.approx(0.273, abs=5e-4)


def test_waits_at_every_load_are_those_of_the_sums_that_define_them():
    for load, servers in [(0.3, 1), (2.5, 4), (17.0, 20)]:
        terms = [load**busy / math.factorial(busy) for busy in range(servers + 1)]
        assert erlang_b(load, servers) == pytest.approx(terms[-1] / sum(terms))
        waiting = terms[-1] / (1 - load / servers)
        assert erlang_c(load, servers) == pytest.approx(waiting / (sum(terms[:-1]) + waiting))


def test_other_variability_stretches_the_mean_wait_as_allen_and_cunneen_have_it():
    assert mean_wait(10, 1, 12, variability=0.75) == pytest.approx(0.75 * mean_wait(10, 1, 12))


def test_from_full_load_on_everybody_waits_and_no_mean_exists():
    loads = np.array([12.0, 15.0])
    assert erlang_c(loads, 12).tolist() == [1, 1]
    assert mean_wait(loads, 1, 12).tolist() == [np.inf, np.inf]
    assert late_share(loads, 1, 12, minutes=15).tolist() == [1, 1]
    assert erlang_c(1.0, 0) == 1


def test_people_who_stand_at_the_beginning_are_served_first():
    flow = one_crossing([100, 100], [200, 200], start=50.0)
    assert flow["queue"] == [0, 0]
    assert flow["throughput"] == [150, 100]
    assert flow["longest"][0] == pytest.approx(0.25)
    assert flow["person_hours"][0] == pytest.approx(50 * 0.5 / 2)  # 100 an hour more pass than come


def test_at_night_people_wait_until_the_booths_open():
    flow = one_crossing([50, 50, 50, 50, 50], [100, 0, 0, 100, 100])
    assert flow["queue"] == [0, 50, 100, 50, 0]
    assert flow["longest"][0] == pytest.approx(0)  # all are served before the booths shut
    assert flow["longest"][1] == pytest.approx(2)
    assert flow["wait"][2] == pytest.approx((1.5 + 1.0) / 2)


def test_those_who_come_too_late_before_the_booths_shut_wait_all_night():
    flow = one_crossing([150, 0, 0, 0], [100, 0, 0, 100])
    # Who comes at t has 50 t before him and is served in the hour while 50 t < 100 (1 - t): two thirds are.
    assert flow["wait"][0] == pytest.approx(2 / 3 * (1 / 3) / 2 + 1 / 3 * (2 + 1 / 3 + 2.5) / 2)
    assert flow["longest"][0] == pytest.approx(2.5)


def test_a_wait_that_never_ends_is_a_week():
    flow = one_crossing([10, 10], [0, 0])
    assert flow["longest"] == [LONGEST_HOURS] * 2
    assert flow["wait"] == [LONGEST_HOURS] * 2


def test_capacity_after_the_hours_serves_who_still_stand():
    demand, capacity = np.array([[[300.0]]]), np.array([[100.0]])
    flow = fluid(demand, capacity, np.zeros((1, 1)), after=np.array([[0.0, 50.0, 200.0]]))
    assert flow.longest[0, 0, 0] == pytest.approx(3 - 1 + 150 / 200)


def test_the_fluid_queue_is_that_of_steps_of_a_second():
    rng = np.random.default_rng(3)
    demand, capacity = rng.uniform(0, 300, 24), rng.choice([0.0, 100.0, 200.0], 24)
    steps = 3600
    stood, queue = [0.0], 0.0
    for hour in range(24):
        for _ in range(steps):
            queue = max(0.0, queue + (demand[hour] - capacity[hour]) / steps)
            stood.append(queue)
    flow = one_crossing(demand, capacity)
    assert flow["queue"] == pytest.approx(stood[steps::steps])
    hourly = np.array(stood[1:]).reshape(24, steps).mean(axis=1)
    assert flow["person_hours"] == pytest.approx(hourly, abs=0.05)


def test_virtual_waits_are_those_of_a_search_by_the_minute():
    rng = np.random.default_rng(5)
    capacity = rng.choice([0.0, 40.0, 90.0], (2, 60))
    queue = rng.uniform(0, 500, (2, 25, 3))
    found = virtual_wait(queue, capacity)
    for at, bound, path in np.ndindex(*queue.shape):
        minutes = np.cumsum(np.repeat(capacity[at, bound:], 60) / 60)
        passed = np.flatnonzero(minutes > queue[at, bound, path])
        by_search = passed[0] / 60 if len(passed) else LONGEST_HOURS
        assert found[at, bound, path] == pytest.approx(by_search, abs=1.1 / 60)


def test_people_whom_the_booths_pass_by_chance_shorten_the_wait():
    queue, capacity = np.full((1, 3, 1), 250.0), np.full((1, 9), 100.0)
    more = np.array([[[0.0], [0.0], [50.0]]])
    assert virtual_wait(queue, capacity, more=more)[0, :, 0] == pytest.approx([2.0, 2.0, 2.5])
