"""The plan's speed: that what is timed is a whole plan, and how it is told."""

from benchmarks import plan_speed
from benchmarks.plan_speed import PlanSpeed, border, demand_of, measure, registers
from forecast.planning.plan import Recent, plan_of


def test_what_is_timed_plans_every_crossing_and_region_and_rations_where_it_says_so():
    places, demand = border(8), demand_of(8, 20)
    for case, limit in plan_speed.STAFF_HOURS.items():
        plan = plan_of(demand, Recent(), registers(places, limit), places=places)
        assert len(plan.hours.ids) == 8
        assert len(plan.beds.ids) == 6
        assert plan.roster.rationed.all() == (limit is not None), case


def test_every_case_is_timed_and_told_beside_the_target():
    found = measure(crossings=2, paths=5, repeats=1)
    assert list(found.seconds) == list(plan_speed.STAFF_HOURS)
    assert min(found.seconds.values()) > 0
    assert "target 5 s: met" in PlanSpeed({"one": 4.9}).sentence()
    assert "target 5 s: missed" in PlanSpeed({"one": 1.0, "other": 5.1}).sentence()
