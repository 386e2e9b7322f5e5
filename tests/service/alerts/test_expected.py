"""What an issue says of the next week, held against figures by hand."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from forecast.paths import Paths
from forecast.places import Place
from service.alerts.expected import Weighing, expected
from service.alerts.signals import Signal
from service.settings import Alerting
from service.store import Store
from service.store.blocks import checksum
from service.store.records import BandTrust, Issue
from tests.service.alerts import matters
from tests.service.alerts.matters import FIRST, HORIZON, day, forecast, morning, publish
from tests.service.store import builders
from tests.service.store.builders import accept, counts

RULE = Alerting()


def signals(store: Store, issue: Issue, *, untrusted: bool = False) -> Mapping[tuple[str, str], Signal]:
    weighing = Weighing(issue, store.places.all(), RULE)
    found = expected(store, weighing, withhold_untrusted=untrusted)
    return {(one.matter.kind, one.matter.place_id): one for one in found}


def test_the_chance_of_a_surge_is_the_outlooks(border: Store) -> None:
    found = signals(border, publish(border, 0, {"bridge": 0.31, "ferry": 0.29}))
    bridge, ferry = found["surge", "bridge"], found["surge", "ferry"]
    assert (bridge.chance, bridge.loud, ferry.chance, ferry.loud) == (0.31, True, 0.29, False)
    # the builder's upper level is one and a half times the level times the day, most on the seventh
    assert bridge.detail == {
        "begun": False, "lately": 100.0, "upper": 1050.0, "day": "2022-09-27", "level": 0.95,
    }  # fmt: skip


def test_a_region_of_one_crossing_is_spoken_for_by_it(border: Store) -> None:
    found = signals(border, publish(border, 0, {"pass": 0.9, "east": 0.9, "west": 0.9}))
    surges = {place for kind, place in found if kind == "surge"}
    assert surges == {"bridge", "ferry", "pass", "west", "land"}


def test_a_surge_that_has_begun_is_observed_whatever_its_chance(border: Store) -> None:
    found = signals(border, publish(border, 0, {"bridge": 0.1}, begun=["bridge"]))
    assert found["surge", "bridge"].loud
    assert found["surge", "bridge"].chance == 0.1


def test_a_wait_is_long_if_any_of_seven_days_is(border: Store) -> None:
    wait = signals(border, publish(border, 0, waiting={"bridge": 0.35}))["wait", "bridge"]
    assert wait.chance == 0.35
    assert (wait.detail["limit"], wait.detail["upper"], wait.detail["day"]) == (6.0, 10.0, "2022-09-22")
    assert "from" not in wait.detail


def test_joint_paths_are_counted_day_by_day_not_the_chances_added(border: Store) -> None:
    late = np.full((4, 1, HORIZON), 10)
    late[0, 0, :] = 700
    late[1, 0, 2] = 700
    block = matters.waits("bridge", 0.0)[0]
    issue = _plan(border, block, {"longest_wait": late})
    wait = signals(border, issue)["wait", "bridge"]
    assert wait.chance == 0.5
    assert wait.detail["from"] == "2022-09-23"  # by the third day, one path on that day alone


def test_a_wait_on_the_eighth_day_is_beyond_the_week(border: Store) -> None:
    late = np.full((4, 1, HORIZON), 10)
    late[:, 0, 7] = 700
    issue = _plan(border, matters.waits("bridge", 0.0)[0], {"longest_wait": late})
    assert signals(border, issue)["wait", "bridge"].chance == 0


def _plan(store: Store, block: Any, values: dict[str, Any]) -> Issue:
    from service.store.records import PublishedPlan

    paths = {measure: Paths(("bridge",), FIRST, held) for measure, held in values.items()}
    plan = PublishedPlan((block,), paths)
    forecasts = [forecast("bridge")]
    facts = {"cutoff": FIRST, "horizon": HORIZON, "checksum": checksum(forecasts, {}, plan)}
    issue = builders.issue("planned", forecasts, {}, **facts)
    store.issues.publish(issue, forecasts, {}, plan=plan)
    return issue


def test_demand_is_held_against_what_the_booths_pass_on_each_day(border: Store) -> None:
    people = np.full((4, 1, HORIZON), 500)
    people[0, 0, 1] = 1_200
    block = matters.waits("bridge", 0.0)[0]
    arrivals = signals(border, _plan(border, block, {"demand": people}))["arrivals", "bridge"]
    assert arrivals.chance == 0.25
    assert arrivals.detail["capacity"] == 1_000
    assert arrivals.detail["day"] == "2022-09-22"


def test_without_a_plan_arrivals_are_held_against_the_registers_capacity(border: Store) -> None:
    border.places.put([Place("ferry", "Ferry", parent="west", capacity=100.0)], at=morning(FIRST))
    people = np.full((4, 2, HORIZON), 90)
    people[:3, 1, 4] = 101
    paths = {"arrivals": Paths(("bridge", "ferry"), FIRST, people)}
    forecasts = [forecast("bridge"), forecast("ferry")]
    facts = {"cutoff": FIRST, "horizon": HORIZON, "checksum": checksum(forecasts, paths)}
    issue = builders.issue("plain", forecasts, paths, **facts)
    border.issues.publish(issue, forecasts, paths)
    found = signals(border, issue)
    assert found["arrivals", "ferry"].chance == 0.75
    assert ("arrivals", "bridge") not in found


def test_beds_are_told_by_the_plan_and_from_the_day_it_is_likely(border: Store) -> None:
    beds = signals(border, publish(border, 0, housed={"west": (0.1, 0.2, 0.55)}))["beds", "west"]
    assert (beds.chance, beds.loud, beds.detail["from"]) == (0.55, True, "2022-09-23")
    assert (beds.detail["beds"], beds.detail["upper"]) == (300.0, 360.0)


@pytest.mark.parametrize(("nights", "loud"), [((100, 150, 200), True), ((180, 190, 200), False)])
def test_houses_that_fill_fast_are_told_whatever_the_forecast(
    border: Store, nights: tuple[int, ...], loud: bool
) -> None:
    known = morning(FIRST) - timedelta(hours=1)
    accept(border, counts("west", nights, first=day(-2), measure="occupied_beds", recorded_at=known))
    beds = signals(border, publish(border, 0, housed={"west": (0.0,)}))["beds", "west"]
    assert (beds.loud, beds.chance) == (loud, 0.0)
    assert beds.detail.get("days_left") == (2.0 if loud else None)


def test_forecasts_without_skill_are_withheld_where_the_settings_say_so(border: Store) -> None:
    from dataclasses import replace

    lost = (BandTrust(1, 7, None, 40, 1.4, "lost"),)
    forecasts = [
        replace(forecast("bridge", 0.9), trust=lost),
        replace(forecast("ferry", 0.9, begun=True), trust=lost),
    ]
    facts = {"cutoff": FIRST, "horizon": HORIZON, "checksum": checksum(forecasts, {})}
    issue = builders.issue("lost", forecasts, {}, **facts)
    border.issues.publish(issue, forecasts, {})
    assert signals(border, issue)["surge", "bridge"].chance == 0.9
    withheld = signals(border, issue, untrusted=True)
    assert ("surge", "bridge") not in withheld
    assert withheld["surge", "ferry"].observed
    assert "upper" not in withheld["surge", "ferry"].detail
