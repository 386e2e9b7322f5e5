"""What a plan says otherwise than the issue before, and the reasons in words."""

from dataclasses import replace
from datetime import timedelta

import numpy as np

from service.plans.changes import MIDDLE, UPPER, changes, issue_before
from service.plans.reading import Desk
from service.plans.reasons import Account
from tests.service.web.world import CUTOFF, EAST, WEST


def of(desk: Desk, place: str, days: list[int] | None = None):
    (found,) = changes(desk, [desk.places[place]], days or [1])
    return found


def test_the_issue_before_is_the_one_published_before(desk: Desk):
    assert issue_before(desk).id == "first"
    first = replace(desk, issue=issue_before(replace(desk, issue=issue_before(desk))))
    assert issue_before(first) is None
    told = of(first, "amberford")
    assert told.reasons == ("this is the first issue",)
    assert {tuple(change.before) for change in told.changes} == {()}


def test_both_issues_are_read_at_the_same_day(desk: Desk):
    (change,) = [one for one in of(desk, "amberford", [3]).changes if one.measure == "arrivals"]
    levels = np.array(desk.issue.levels)
    at = [int(np.flatnonzero(levels == level)[0]) for level in (MIDDLE, UPPER)]
    now, then = (
        desk.store.issues.forecasts(name, measure="arrivals", place_ids=["amberford"])[0].values[day, at]
        for name, day in (("second", 2), ("first", 3))
    )
    assert (change.target_date, change.horizon) == (CUTOFF + timedelta(days=4), 3)
    np.testing.assert_allclose([change.now[MIDDLE], change.now[UPPER]], now, atol=0.06)
    np.testing.assert_allclose([change.before[MIDDLE], change.before[UPPER]], then, atol=0.06)


def test_a_day_that_the_issue_before_did_not_reach_has_nothing_before(desk: Desk):
    last = of(desk, "amberford", [10]).changes
    assert {(tuple(one.before), tuple(one.now)) for one in last} == {((), (MIDDLE, UPPER))}


def test_waits_are_compared_in_hours_and_beds_of_regions_alone(desk: Desk):
    crossing = {one.measure: one.unit for one in of(desk, "amberford").changes}
    region = {one.measure: one.unit for one in of(desk, WEST.id).changes}
    assert crossing == {
        "arrivals": "people/day",
        "demand": "people/day",
        "longest_wait": "hours",
        "booths_needed": "booths",
    }
    assert region == {"arrivals": "people/day", "beds_needed": "beds", "without_bed": "people"}
    (part,) = desk.parts("waits", [desk.places["amberford"]])
    (wait,) = [one for one in of(desk, "amberford").changes if one.measure == "longest_wait"]
    assert wait.now[MIDDLE] == round(part.content["quantiles"]["longest_wait"][0][11] / 60, 2)


def test_the_reasons_tell_counts_revisions_events_capacities_and_versions(desk: Desk):
    first, *others = of(desk, "amberford").reasons
    assert first.startswith("3,000 arrived on 2022-09-27, more than forecast (1,")
    assert "1 count revised: amberford on 2022-09-26 from 1,000 to 1,500" in others
    assert "event registered: repairs (closure, 2022-10-01 with no end known)" in others
    assert (
        "event changed: feast (surge-expected, 2022-09-29 to 2022-10-02, up to 2 times the ordinary count)"
        in others
    )
    assert "capacity of amberford from 2022-09-01: booths 5 (was 4), booths_limit 9 (was 8)" in others
    assert "forecast by version 0.3.0 (was 0.1.0)" in others
    assert not [one for one in others if "works" in one or "birchgate" in one or "far" in one]


def test_a_regions_reasons_gather_those_of_its_crossings_and_beds(desk: Desk):
    reasons = of(desk, WEST.id).reasons
    assert reasons[0].startswith("6,200 arrived on 2022-09-27, more than forecast")
    assert "640 beds reported occupied at the end of 2022-09-27" in reasons
    assert "event withdrawn: works (disruption, 2022-09-26 with no end known)" in reasons


def test_another_regions_reasons_are_its_own(desk: Desk):
    reasons = of(desk, EAST.id).reasons
    assert reasons[0] == "no count came for 2022-09-27"
    assert not [one for one in reasons if "amberford" in one or "feast" in one or "beds" in one]


def test_a_queue_that_was_not_expected_is_a_reason(desk: Desk):
    (told,) = [one for one in of(desk, "amberford").reasons if "people stand" in one]
    (part,) = desk.parts("waits", [desk.places["amberford"]])
    assert told.startswith(
        f"{part.content['standing']:,.0f} people stand in the queue at the end of 2022-09-27"
    )


def test_where_nothing_became_known_the_reason_says_so(desk: Desk):
    again = replace(desk.issue, id="third", issued_at=desk.issue.issued_at + timedelta(hours=1))
    among = [desk.places["cindermoor"]]
    account = Account.of(replace(desk, issue=again), desk, among, ({}, {}))
    account = replace(account, queues=({}, {}))
    assert account.reasons(among[0]) == ("nothing new was known; the days have come nearer",)
