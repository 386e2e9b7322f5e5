"""Demand behind throughput: queues in three units, full days, and what is told of days without a report."""

from datetime import date, timedelta

import numpy as np
import pytest

from forecast.planning.demand import daily_capacity, demand_of, people_in_queue, saturated
from forecast.planning.registers import CrossingCapacity, Registers, Version

NOT = np.nan
MONDAY = date(2022, 9, 26)
BOOTHS = np.repeat(np.arange(1, 8)[:, None], 24, axis=1)
CROSSING = CrossingCapacity(
    booths=BOOTHS, rates=(10.0,), profile=np.full((7, 24), 1 / 24), booths_limit=9, lanes=2
)


def people(counts, queue, full=False):
    """One crossing's demand, and the days on which it is only a lower bound."""
    whole = np.broadcast_to(full, len(counts))[None]
    found = demand_of(np.array([counts], dtype=float), np.array([queue], dtype=float), whole)
    return found.people[0].tolist(), found.censored[0].tolist()


def test_a_queue_is_people_by_the_vehicles_and_lanes_of_the_register():
    assert people_in_queue(2300.0, "people", CROSSING) == 2300
    assert people_in_queue(np.array([100.0, 0.0]), "vehicles", CROSSING).tolist() == [300, 0]
    assert people_in_queue(7.0, "km", CROSSING) == pytest.approx(2 * 1000 * 3)


def test_another_unit_is_refused():
    with pytest.raises(ValueError, match="not miles"):
        people_in_queue(1.0, "miles", CROSSING)


def test_demand_is_what_passed_and_what_the_queue_grew_by():
    found, bound = people([200, 200, 200, 100], [0, 400, 100, 0], full=True)
    assert found[1:] == [600, 0, 0]  # never below nothing
    assert bound == [True, False, False, False]


def test_the_queue_before_the_first_report_was_none_if_the_crossing_had_room():
    assert people([100, 200], [NOT, 500], full=[False, True])[0] == [100, 700]
    assert people([200, 200], [NOT, 500], full=[True, True]) == ([200, 200], [True, True])


def test_between_reports_a_queue_runs_straight_and_is_not_taken_for_none():
    found, bound = people([200] * 4, [0, NOT, NOT, 300], full=True)
    assert found == [200, 300, 300, 300]
    assert bound == [True, False, False, False]


def test_after_a_long_silence_nothing_is_said_and_full_days_are_lower_bounds():
    found, bound = people([200] * 6, [300, NOT, NOT, NOT, NOT, 400], full=[True] * 4 + [False, True])
    assert found == [200] * 5 + [600]
    assert bound == [True] * 4 + [False, False]


def test_the_end_of_a_queue_that_nobody_reports_makes_no_demand_vanish():
    assert people([900] * 3, [0, 800, NOT])[0] == [900, 1700, 900]


def test_a_missing_count_stays_missing():
    found, bound = people([NOT, 100], [0, 50], full=True)
    assert np.isnan(found[0])
    assert found[1] == 150
    assert bound == [False, False]


def test_series_do_not_fill_one_anothers_gaps():
    counts, queue = np.full((2, 3), 100.0), np.array([[0, NOT, 200.0], [NOT, NOT, NOT]])
    found = demand_of(counts, queue, np.zeros((2, 3), dtype=bool))
    assert found.people.tolist() == [[100, 200, 200], [100, 100, 100]]
    assert found.queue.tolist() == [[0, 100, 200], [0, 0, 0]]


def test_a_days_capacity_is_the_sum_over_its_hours():
    registers = Registers([Version("a", MONDAY + timedelta(days=1), CROSSING)])
    days = [MONDAY + timedelta(days=ahead) for ahead in range(3)]
    found = daily_capacity(registers, ["a", "b"], days)
    np.testing.assert_array_equal(found, [[NOT, 2 * 240, 3 * 240], [NOT] * 3])


def test_days_near_the_capacity_are_full_and_others_are_not():
    counts = np.array([[100.0, 215.0, 217.0, 260.0, NOT, 50.0, 50.0]])
    capacity = np.array([[240.0, 240.0, 240.0, 240.0, 240.0, NOT, 0.0]])
    assert saturated(counts, capacity).tolist() == [[False, False, True, True, False, False, False]]


def test_the_demand_of_a_fluid_queue_is_found_again():
    came = np.array([[2000.0, 5200.0, 6100.0, 4000.0, 900.0, 1500.0]])
    capacity, stood = 4000.0, [0.0]
    for today in came[0]:
        stood.append(max(0.0, stood[-1] + today - capacity))
    queue = np.array([stood[1:]])
    passed = came + np.array([stood[:-1]]) - queue
    full = saturated(passed, np.full(came.shape, capacity))
    np.testing.assert_allclose(demand_of(passed, queue, full).people, came)
