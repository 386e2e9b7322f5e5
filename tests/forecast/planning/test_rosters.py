"""Rosters: booths by hour that hold a level, what they buy, and what no roster can hold."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from forecast.paths import Paths
from forecast.planning.hours import hours_of
from forecast.planning.registers import Cost, CrossingCapacity, Registers, Version
from forecast.planning.rosters import bought, needed, planning_load, roster_of
from forecast.planning.staffing import booths_needed, most_held
from forecast.planning.waits import waits_of

CUTOFF = date(2022, 9, 18)  # a Sunday
PROFILE = np.tile(np.repeat([0.25, 1.0, 1.75, 1.0], 6) / 24, (7, 1))
CROSSING = CrossingCapacity(
    booths=np.full((7, 24), 4), rates=(50.0,), profile=PROFILE, booths_limit=12, wait_target=20.0
)


def laid(*capacities, horizon=2):
    versions = [Version(f"c{row}", CUTOFF, one) for row, one in enumerate(capacities)]
    return hours_of(Registers(versions), [one.place_id for one in versions], cutoff=CUTOFF, horizon=horizon)


def paths(values):
    values = np.asarray(values)
    return Paths(tuple(f"c{row}" for row in range(values.shape[1])), CUTOFF, values)


def hourly(people, hours):
    return hours.hourly(np.asarray(people, dtype=float))


def test_the_load_planned_for_is_the_safetys_quantile_of_each_day_by_the_profile():
    demand = paths(np.stack([np.arange(1, 101), np.arange(100, 0, -1)], axis=1)[:, None] * 24)
    load = planning_load(demand, laid(CROSSING), 0.8)
    assert load.shape == (1, 48)
    assert load.reshape(2, 24).sum(axis=1) == pytest.approx([80 * 24] * 2)
    assert load[0, 12] == pytest.approx(80 * 1.75)


def test_without_a_safety_a_crossings_own_costs_decide():
    demand = paths(np.repeat(np.arange(1, 101), 4).reshape(100, 2, 2))
    dear = replace(CROSSING, cost=Cost(short=9, over=1))
    load = planning_load(demand, laid(CROSSING, dear))
    assert load[:, :24].sum(axis=1) == pytest.approx([75, 90])


def test_every_hour_has_the_fewest_booths_that_hold_the_level():
    hours = laid(CROSSING)
    load = hourly([[4_000, 2_000]], hours)
    roster = roster_of(load, hours, np.zeros(1))
    assert roster.booths.tolist() == booths_needed(load, CROSSING).tolist()
    assert roster.held.all()
    assert not roster.rationed.any()
    assert roster.statement(0, 0) is None


def test_those_who_stand_are_served_within_the_wait_target():
    """The hour's load alone would leave them standing."""
    hours = laid(CROSSING, horizon=1)
    roster = roster_of(hourly([[24]], hours), hours, np.array([150.0]))
    assert roster.booths[0, :3].tolist() == [9, 1, 1]  # 150 people in 20 minutes are 450 an hour
    assert roster.held.all()
    assert roster.longest[0, 0] == pytest.approx(20)


def test_a_queue_left_by_too_few_booths_keeps_them_open_until_it_is_gone():
    few = replace(CROSSING, booths_limit=5, booths=np.full((7, 24), 5))
    hours = laid(few, horizon=1)
    load = hourly([[4_800]], hours)  # 50, 200, 350 and 200 an hour, 250 are passed
    roster = roster_of(load, hours, np.zeros(1))
    assert booths_needed(load, CROSSING)[0, 18] == 5
    assert (roster.booths[0, 12:] == 5).all()
    assert not roster.held[0, 0]
    assert roster.longest[0, 0] == pytest.approx(60 * 600 / 250)
    assert (
        roster.statement(0, 0)
        == "all 5 booths, and the wait of the people planned for will still be up to 2.4 hours"
    )


def test_the_queue_is_carried_over_midnight():
    few = replace(CROSSING, booths_limit=5)
    hours = laid(few)
    roster = roster_of(hourly([[9_000, 24]], hours), hours, np.zeros(1))
    assert (roster.booths[0, 24:34] == 5).all()
    assert not roster.held[0, 1]
    assert roster.booths[0, -1] == 1


def test_where_the_other_post_is_the_limit_no_useless_booth_is_opened():
    slow = replace(CROSSING, other_post=150.0)
    hours = laid(slow, horizon=1)
    roster = roster_of(hourly([[9_000]], hours), hours, np.zeros(1))
    assert roster.booths.max() == 3
    assert not roster.held.any()


def test_staff_hours_are_kept_and_go_to_the_full_hours():
    rationed = replace(CROSSING, staff_hours_limit=96.0)
    hours = laid(rationed, CROSSING, horizon=2)
    load = hourly([[4_600, 600], [4_600, 600]], hours)
    roster = roster_of(load, hours, np.zeros(2))
    assert roster.rationed.tolist() == [[True, False], [False, False]]
    assert roster.staff_hours[0, 0] == 96
    assert roster.staff_hours[1, 0] > 96
    assert roster.booths[0, 12:18].min() > roster.booths[0, :6].max()
    assert not roster.held[0, 0]
    assert roster.held[1].all()
    assert roster.statement(0, 0).startswith(
        "all 96 booth-hours, and the wait of the people planned for will still be up to "
    )


def test_crossings_of_unlike_limits_are_rostered_as_if_alone():
    capacities = [
        replace(CROSSING, booths_limit=limit, staff_hours_limit=staff, rates=rates)
        for limit, staff, rates in ((4, None, (50.0,)), (12, 60.0, (60.0, 50.0)), (30, 100.0, (20.0,)))
    ]
    people = np.array([[4_000, 5_000], [3_000, 2_500], [1_500, 3_000]])
    hours = laid(*capacities)
    together = roster_of(hourly(people, hours), hours, np.array([0.0, 40.0, 100.0]))
    for row, one in enumerate(capacities):
        alone_hours = laid(one)
        start = np.array([[0.0, 40.0, 100.0][row]])
        alone = roster_of(hourly(people[row : row + 1], alone_hours), alone_hours, start)
        assert together.booths[row].tolist() == alone.booths[0].tolist()
        assert together.held[row].tolist() == alone.held[0].tolist()
        assert together.longest[row] == pytest.approx(alone.longest[0])


def test_booths_stay_for_a_shift_and_serve_its_fullest_hour():
    hours = laid(CROSSING)
    load = hourly([[4_000, 2_000]], hours)
    roster = roster_of(load, hours, np.zeros(1), shift=4)
    single = roster_of(load, hours, np.zeros(1))
    assert (np.diff(roster.booths.reshape(12, 4), axis=1) == 0).all()
    assert (roster.booths >= single.booths).all()
    assert roster.held.all()


def test_a_shift_divides_the_day():
    hours = laid(CROSSING)
    with pytest.raises(ValueError, match="divide a day"):
        roster_of(hourly([[1, 1]], hours), hours, np.zeros(1), shift=5)


def test_a_register_of_tomorrow_rules_tomorrow():
    versions = [
        Version("c0", CUTOFF, CROSSING),
        Version("c0", CUTOFF + timedelta(days=2), replace(CROSSING, rates=(25.0,), booths_limit=20)),
    ]
    hours = hours_of(Registers(versions), ["c0"], cutoff=CUTOFF, horizon=2)
    roster = roster_of(hourly([[3_000, 3_000]], hours), hours, np.zeros(1))
    assert roster.booths[0, 36] > 1.7 * roster.booths[0, 12]
    demand = paths([[[3_000, 3_000]]])
    assert needed(demand, hours)[0, 0].tolist() == roster.booths.reshape(2, 24).max(axis=1).tolist()


def test_booths_needed_are_told_for_every_path_beyond_the_limit():
    demand = paths([[[0, 1_000]], [[24_000, 1_000]]])
    found = needed(demand, laid(CROSSING))
    assert found.shape == (2, 1, 2)
    assert found[0, 0, 0] == 0
    assert found[1, 0, 0] > 35 > CROSSING.booths_limit
    assert found[0, 0, 1] == found[1, 0, 1] == np.searchsorted(most_held(CROSSING), 1_000 * 1.75 / 24)


def test_what_a_roster_buys_is_the_wait_of_all_people_of_all_paths():
    demand = paths(np.random.default_rng(4).poisson(4_400, (40, 1, 2)))
    hours = laid(CROSSING)
    roster = roster_of(planning_load(demand, hours, 0.9), hours, np.zeros(1))
    before, after = (
        waits_of(demand, one, np.zeros(1), seed=1) for one in (hours, hours.staffed(roster.booths))
    )
    gain = bought(demand, before, after)
    people = demand.values[:, 0, 0]
    assert gain.wait_before[0, 0] == pytest.approx((before.mean_wait[:, 0, 0] * people).sum() / people.sum())
    assert gain.hours_before[0, 1] == pytest.approx(before.person_hours[:, 0, 1].mean())
    assert gain.wait_after[0, 0] < 0.3 * gain.wait_before[0, 0]
    assert gain.hours_after[0, 0] < 0.3 * gain.hours_before[0, 0]


def test_a_roster_without_crossings_is_empty():
    hours = laid()
    roster = roster_of(np.empty((0, 48)), hours, np.empty(0))
    assert roster.booths.shape == (0, 48)
    assert roster.held.shape == (0, 2)
