"""The whole plan: one set of paths through queues, rosters and beds."""

from datetime import date, timedelta

import numpy as np
import pytest

from forecast.paths import Paths
from forecast.places import Place, Places
from forecast.planning.plan import PLAN_MEASURES, PlanSettings, Recent, plan_of
from forecast.planning.registers import CrossingCapacity, RegionCapacity, Registers, Stay, Version
from forecast.planning.stays import exponential

CUTOFF = date(2022, 9, 20)
HORIZON, COUNT = 7, 40
PLACES = Places(
    [
        Place("land", "Land", "country"),
        Place("west", "West", "region", "land"),
        Place("east", "East", "region", "land"),
        Place("bridge", "Bridge", parent="west"),
        Place("ferry", "Ferry", parent="west"),
        Place("pass", "Pass", parent="east"),
    ]
)


def crossing(booths=4, **changes):
    facts = {"rates": (50.0,), "profile": np.full((7, 24), 1 / 24), "booths_limit": 8}
    return CrossingCapacity(booths=np.full((7, 24), booths), **{**facts, **changes})


def region(beds, *overflow):
    stays = (Stay("onward_land", 75.0, exponential(1.5)), Stay("stay", 25.0, exponential(14.0)))
    return RegionCapacity(beds=beds, bed_share=0.5, stays=stays, overflow=overflow)


FULL = {
    "bridge": crossing(),
    "ferry": crossing(),
    "pass": crossing(),
    "west": region(2_000, "east"),
    "east": region(10_000),
}


def registers(**capacities):
    return Registers(Version(one, date(2022, 1, 1), capacity) for one, capacity in capacities.items())


def demand(*means, seed=1):
    values = np.random.default_rng(seed).poisson(means, size=(COUNT, HORIZON, len(means)))
    return Paths(("bridge", "ferry", "pass"), CUTOFF, np.moveaxis(values, 2, 1))


def planned(people, recent=None, *, known=FULL, **settings):
    return plan_of(
        people, recent or Recent(), registers(**known), places=PLACES, settings=PlanSettings(**settings)
    )


def test_every_plan_measure_has_joint_paths_of_whole_units_at_its_places():
    paths = planned(demand(1000, 2000, 3000)).paths()
    assert set(paths) == set(PLAN_MEASURES)
    assert {sample.values.shape[::2] for sample in paths.values()} == {(COUNT, HORIZON)}
    assert paths["longest_wait"].ids == ("bridge", "ferry", "pass")
    assert paths["beds_needed"].ids == ("west", "east", "land")


def test_people_go_through_or_stand_path_by_path():
    people = demand(1000, 6000, 3000)
    plan = planned(people, Recent(queue={"ferry": 500.0}))
    came = people.values.sum(axis=2)
    passed = plan.waits.throughput.sum(axis=2)
    standing = plan.waits.queue[:, :, -1] - np.array([0, 500, 0])
    np.testing.assert_allclose(passed + standing, came, atol=2)


def test_a_region_houses_those_who_pass_not_those_who_stand():
    free, stuck = (planned(demand(1000, 9000, 100), known={**FULL, "ferry": crossing(n)}) for n in (8, 4))
    west = free.arrivals.ids.index("west")
    assert stuck.waits.throughput[:, 1].max() <= 1.1 * 4 * 50 * 24
    assert stuck.arrivals.values[:, west].mean() < 0.7 * free.arrivals.values[:, west].mean()
    assert stuck.beds.needed[:, 0, -1].mean() < 0.9 * free.beds.needed[:, 0, -1].mean()


def test_who_stood_at_the_cutoff_waits_before_all_others():
    people = demand(1000, 1000, 1000)
    calm, queued = planned(people), planned(people, Recent(queue={"bridge": 4_800.0}))
    assert queued.waits.longest_wait[:, 0, 0].mean() > calm.waits.longest_wait[:, 0, 0].mean() + 20 * 60
    np.testing.assert_array_equal(queued.waits.longest_wait[:, 1:], calm.waits.longest_wait[:, 1:])


def test_guests_reported_at_the_cutoff_are_in_the_beds():
    people = demand(10, 10, 10)
    plan = planned(people, Recent(occupied={"west": 1_500.0}, past={"west": np.zeros(90)}))
    assert 900 < plan.beds.needed[:, 0, 0].mean() < 1_500


def test_a_country_is_the_sum_of_its_regions_in_every_path():
    plan = planned(demand(2000, 4000, 3000))
    np.testing.assert_array_equal(plan.above.needed[:, 0], plan.beds.needed.sum(axis=1))
    np.testing.assert_array_equal(plan.above.needed, plan.above.occupied + plan.above.without_bed)


def test_what_has_no_register_is_left_out_and_its_people_arrive_unhindered():
    people = demand(1000, 2000, 30_000)
    plan = planned(people, known={one: FULL[one] for one in ("bridge", "east")})
    assert plan.hours.ids == ("bridge",)
    assert plan.beds.ids == ("east",)
    east = plan.arrivals.ids.index("east")
    np.testing.assert_array_equal(plan.arrivals.values[:, east], people.values[:, 2])


def test_without_any_register_there_is_nothing_to_plan():
    plan = planned(demand(1, 1, 1), known={})
    assert {sample.values.shape[1] for sample in plan.paths().values()} == {0, 3}
    assert plan.paths()["demand"].ids == ("bridge", "ferry", "pass")


def test_two_plans_differ_by_what_was_changed_alone():
    people = demand(2000, 4000, 3000)
    one, other = planned(people), planned(people, known={**FULL, "ferry": crossing(2)})
    for unchanged in (0, 2):
        np.testing.assert_array_equal(one.waits.queue[:, unchanged], other.waits.queue[:, unchanged])
    assert other.waits.queue[:, 1].mean() > one.waits.queue[:, 1].mean()
    np.testing.assert_array_equal(one.beds.needed[:, 1], other.beds.needed[:, 1])


def test_a_roster_within_the_limits_cuts_the_waits_of_too_few_booths():
    plan = planned(demand(1000, 6500, 3000), known={**FULL, "ferry": crossing(5, staff_hours_limit=150.0)})
    assert plan.roster.staff_hours.max() <= 8 * 24
    assert plan.roster.staff_hours[1].max() <= 150
    assert (plan.bought.wait_after[1, 2:] < plan.bought.wait_before[1, 2:]).all()


@pytest.mark.parametrize("wrong", [{"safety": 0.0}, {"safety": 1.0}, {"shift": 5}, {"shift": 0}])
def test_settings_that_cannot_be_are_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        PlanSettings(**wrong)


def test_a_capacity_that_comes_into_force_within_the_horizon_is_used_from_its_day():
    later = CUTOFF + timedelta(days=4)
    known = Registers(
        [
            *(Version(one, date(2022, 1, 1), capacity) for one, capacity in FULL.items() if one != "bridge"),
            Version("bridge", date(2022, 1, 1), crossing(1)),
            Version("bridge", later, crossing(8)),
        ]
    )
    plan = plan_of(demand(2400, 1, 1), Recent(), known, places=PLACES)
    queue = plan.waits.queue[:, 0].mean(axis=0)
    assert (np.diff(queue[:3]) > 1_000).all()
    assert queue[3] < queue[2]
