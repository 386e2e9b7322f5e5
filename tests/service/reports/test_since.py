"""What changed since last week's report: counts, forecasts of the same days, events and capacities."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from forecast.events import Event
from service.reports.contents import Counted
from service.reports.since import total
from service.store import Store
from tests.service.alerts.matters import morning
from tests.service.reports.stories import NEXT_SUNDAY, SUNDAY, begun, count, issue, outlook, report, says
from tests.service.store import builders

TUESDAY = SUNDAY + timedelta(days=2)
LATER = NEXT_SUNDAY + timedelta(days=5)


@pytest.fixture
def week(sqlite_store: Store) -> Store:
    """A week after the first report in which all counts have come."""
    store = begun(sqlite_store)
    for place, level in (("bridge", 1_100.0), ("ferry", 500.0), ("pass", 300.0)):
        count(store, place, [level] * 7, last=NEXT_SUNDAY)
    return store


def test_seven_days_are_held_against_the_seven_before(week: Store) -> None:
    issue(week, NEXT_SUNDAY)
    assert (report(week).since.last_week, report(week).since.week_before) == (11_200, 10_500)


def test_a_week_with_a_day_in_part_has_no_total(week: Store) -> None:
    count(week, "bridge", [40.0], last=NEXT_SUNDAY, status="partial", known_at=morning(NEXT_SUNDAY))
    issue(week, NEXT_SUNDAY, as_of=morning(NEXT_SUNDAY) + timedelta(hours=1))
    assert report(week).since.last_week is None


@pytest.mark.parametrize(
    "untold", [Counted(SUNDAY, None), Counted(SUNDAY, "small"), Counted(SUNDAY, 5, False)]
)
def test_a_total_needs_seven_whole_days(untold: Counted) -> None:
    six = [Counted(SUNDAY, 10.5)] * 6
    assert total([*six, Counted(SUNDAY, 7)]) == 70
    assert total([*six, untold]) is None
    assert total(six) is None


def test_the_fullest_day_that_both_reports_forecast_is_held_against_what_was_said(week: Store) -> None:
    issue(week, NEXT_SUNDAY, says("west", 3_000.0), says("bridge", 2_000.0), says("ferry", 500.0))
    moved = {one.place.id: one for one in report(week).since.moved}
    west = moved["west"]
    assert (west.median_before, west.median_now) == (1_500, 3_000)
    assert (west.upper_before, west.upper_now) == (2_250, 4_500)
    assert NEXT_SUNDAY < west.date <= NEXT_SUNDAY + timedelta(days=7)
    assert set(moved) == {"west", "bridge", "ferry"}


KNOWN = Event("old", "closure", LATER, LATER, "ferry", recorded_at=morning(SUNDAY - timedelta(days=3)))


def test_an_event_is_told_in_the_week_in_which_it_is_registered(sqlite_store: Store) -> None:
    store = begun(sqlite_store, events=[KNOWN])
    new = Event("new", "surge-expected", LATER, place="land", multiple=3.0, recorded_at=morning(TUESDAY))
    issue_with(store, new, before=1)
    (told,) = report(store).since.events
    assert (told.kind, told.place and told.place.id, told.multiple) == ("surge-expected", "land", 3.0)
    assert not told.withdrawn


def test_an_event_that_is_withdrawn_is_told_as_withdrawn(sqlite_store: Store) -> None:
    store = begun(sqlite_store, events=[KNOWN])
    issue_with(store, replace(KNOWN, recorded_at=morning(TUESDAY), withdrawn=True), before=1)
    assert [(one.kind, one.withdrawn) for one in report(store).since.events] == [("closure", True)]


@pytest.mark.parametrize(
    ("place", "first"), [("pass", LATER), ("bridge", SUNDAY), ("bridge", date(2022, 12, 1))]
)
def test_an_event_elsewhere_over_or_far_ahead_is_not_told(week: Store, place: str, first: date) -> None:
    issue_with(week, Event("new", "closure", first, first, place, recorded_at=morning(TUESDAY)))
    assert report(week).since.events == ()


def issue_with(store: Store, event: Event, *, before: int = 0) -> None:
    """Register an event as it became known, and publish the second issue, which knows it."""
    store.events.put([event], at=event.recorded_at)
    issue(store, NEXT_SUNDAY, last_event=before + 1)


def test_a_capacity_that_changed_is_named(week: Store) -> None:
    at = morning(TUESDAY)
    week.capacities.put([builders.capacity("bridge", recorded_at=at)], at=at)
    week.capacities.put([builders.capacity("pass", recorded_at=at)], at=at)
    issue(week, NEXT_SUNDAY, last_capacity=2)
    assert [one.id for one in report(week).since.capacities] == ["bridge"]


def test_changes_are_told_in_a_first_week_too(sqlite_store: Store) -> None:
    store = begun(sqlite_store, place="east")
    issue(store, NEXT_SUNDAY, says("west", 1_500.0, ahead=outlook(0.3)))
    first = report(store)
    assert first.since.moved == ()
    assert first.since.week_before == 10_500
