"""Plans in a cycle: from counts, queues, beds and registers to what is published."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from forecast.pipeline import in_order
from forecast.planning.plan import BED_MEASURES, PLAN_MEASURES
from service.cycle import Means, complete_cycle, planning
from service.cycle.reproduction import remade
from service.store.records import CapacityRecord
from tests.service.borders import CROSSINGS, FIRST_DAY, Border, accept, fast_settings, rows

BORDER = Border(days=60)
LAST = FIRST_DAY + timedelta(days=59)
LONG_AGO = datetime(2023, 12, 1, tzinfo=UTC)
STAYS = [
    {"kind": "onward_land", "weight": 75, "mean_nights": 1.5},
    {"kind": "stay", "weight": 25, "mean_nights": 14},
]


@pytest.fixture
def filled(store):
    BORDER.fill(store)
    return store


def register(store, place, *, first=FIRST_DAY, at=LONG_AGO, **fields):
    document = {"place": place, "valid_from": first.isoformat(), **fields}
    store.capacities.put([CapacityRecord(place, first, None, document, at, "test")], at=at)


def registered(store, *, booths=2, rate=60):
    for place in CROSSINGS:
        register(store, place, booths=booths, service_rate=rate)
    register(store, "west", beds=100, bed_share=0.5, overflow=["east"], stays=STAYS)
    register(store, "east", beds=5_000, bed_share=0.5, stays=STAYS)
    return store


def cycle(store, **changes):
    return complete_cycle(store, fast_settings(**changes), Means(in_order), now=BORDER.morning_after)


def queue(store, place, people, unit="people"):
    frame = rows(place, "waiting", people).assign(unit=unit)
    accept(store, frame, at=BORDER.morning_after - timedelta(hours=2))


def part(store, outcome, kind, place):
    (found,) = store.plans.blocks(outcome.issue.id, kind, place_ids=[place])
    return found.content


def test_every_place_with_a_register_is_planned_for(filled):
    outcome = cycle(registered(filled))
    for kind, places in {"waits": CROSSINGS, "staff": CROSSINGS, "beds": ("east", "land", "west")}.items():
        assert {one.place_id for one in filled.plans.blocks(outcome.issue.id, kind)} == set(places)
    for measure in PLAN_MEASURES:
        paths = filled.plans.paths(outcome.issue.id, measure)
        assert paths.values.shape == (100, 3, 28)
        assert set(paths.ids) == ({"east", "land", "west"} if measure in BED_MEASURES else set(CROSSINGS))


def test_what_is_published_is_read_off_the_paths_that_are_published(filled):
    outcome = cycle(registered(filled))
    wait = filled.plans.paths(outcome.issue.id, "longest_wait")
    content = part(filled, outcome, "waits", "pass")
    own = wait.values[:, wait.ids.index("pass")]
    np.testing.assert_allclose(
        np.array(content["quantiles"]["longest_wait"]),
        wait.quantiles().values[wait.ids.index("pass")],
        atol=0.051,
    )
    np.testing.assert_allclose(content["late_chance"]["0.5"], (own > 30).mean(axis=0), atol=0.02)
    needed = filled.plans.paths(outcome.issue.id, "beds_needed")
    full = (needed.values[:, needed.ids.index("west")] > 100).mean(axis=0)
    np.testing.assert_allclose(part(filled, outcome, "beds", "west")["full"], full, atol=1e-4)


def test_an_issue_with_its_plan_can_be_made_again(filled):
    issue = cycle(registered(filled)).issue
    register(filled, "pass", at=BORDER.morning_after + timedelta(days=1), booths=9, service_rate=60)
    assert remade(filled, issue, in_order).checksum == issue.checksum


def test_without_a_register_there_is_no_plan_and_nothing_to_warn_of(filled):
    outcome = cycle(filled)
    assert filled.plans.blocks(outcome.issue.id, "waits") == ()
    assert not any("plan" in warning for warning in outcome.warnings)


def test_demand_is_what_arrives_where_no_queue_is_reported(filled):
    issue = cycle(registered(filled)).issue
    demand, arrivals = filled.plans.paths(issue.id, "demand"), filled.issues.paths(issue.id, "arrivals")
    assert demand.ids == arrivals.ids
    np.testing.assert_array_equal(demand.values, arrivals.values)


def test_a_growing_queue_tells_of_demand_above_the_counts(filled):
    registered(filled, booths=1, rate=65)
    growing = {LAST - timedelta(days=back): 3_000.0 * (10 - back) for back in range(10)}
    queue(filled, "pass", growing)
    outcome = cycle(filled)
    demand = filled.plans.paths(outcome.issue.id, "demand")
    arrivals = filled.issues.paths(outcome.issue.id, "arrivals")
    row = demand.ids.index("pass")
    assert np.median(demand.values[:, row, :3]) > np.median(arrivals.values[:, row, :3]) + 1_000
    content = part(filled, outcome, "waits", "pass")
    assert content["standing"] == 30_000
    assert content["late_chance"]["12"][0] == 1


@pytest.mark.parametrize(("unit", "value"), [("people", 420.0), ("vehicles", 140.0), ("km", 0.98)])
def test_a_queue_is_people_whatever_it_is_reported_in(filled, unit, value):
    registered(filled)
    queue(filled, "bridge", {LAST: value}, unit)
    assert part(filled, cycle(filled), "waits", "bridge")["standing"] == pytest.approx(420)


def test_a_full_day_without_a_report_is_named_as_a_lower_bound(filled):
    registered(filled, booths=1, rate=50)
    content = part(filled, cycle(filled), "waits", "pass")
    assert LAST.isoformat() in content["full_days"]
    assert content["censored"] == content["full_days"]
    assert part(filled, cycle(filled), "waits", "bridge")["full_days"] == []


def test_guests_reported_lately_are_where_the_beds_begin(filled):
    registered(filled)
    nobody = rows("east", "occupied_beds", {LAST: 0.0}).assign(unit="beds")
    accept(filled, nobody, at=BORDER.morning_after - timedelta(hours=2))
    reported = part(filled, cycle(filled), "beds", "east")["quantiles"]["beds_needed"][0][11]
    assert reported < 1_200  # one day's guests, where weeks of past arrivals would fill 2,500 beds and more


def test_a_capacity_counts_from_its_day_on(filled):
    registered(filled, booths=1, rate=30)
    later = LAST + timedelta(days=8)
    register(filled, "pass", first=later, booths=8, service_rate=60)
    content = part(filled, cycle(filled), "waits", "pass")
    assert content["capacity"][:7] == [24 * 30.0] * 7
    assert content["capacity"][7:] == [24 * 8 * 60.0] * 21
    queues = [day[11] for day in content["quantiles"]["queue"]]
    assert queues[6] > 4_000
    assert queues[9] < 10


def test_a_plan_that_fails_stops_no_forecast(filled, monkeypatch):
    def broken(*_, **__):
        raise ArithmeticError("no beds on the moon")

    registered(filled)
    monkeypatch.setattr(planning, "plan_of", broken)
    outcome = cycle(filled)
    assert filled.issues.latest() == outcome.issue
    assert filled.plans.blocks(outcome.issue.id, "waits") == ()
    assert "no plan: ArithmeticError: no beds on the moon" in outcome.warnings


def test_reports_of_days_to_come_and_of_closed_days_say_nothing(filled):
    registered(filled)
    queue(filled, "bridge", {LAST + timedelta(days=1): 900.0})
    shut = pd.DataFrame(rows("ferry", "waiting", {LAST: np.nan}, status="closed"))
    accept(filled, shut, at=BORDER.morning_after - timedelta(hours=2))
    outcome = cycle(filled)
    assert part(filled, outcome, "waits", "bridge")["standing"] == 0
    assert part(filled, outcome, "waits", "ferry")["standing"] == 0
    assert date.fromisoformat("2024-02-29") == LAST
