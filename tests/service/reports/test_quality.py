"""What a report says of the counts: missing, late, partial, revised and suspicious days of the week."""

from datetime import date, timedelta

import pytest

from service.reports.contents import Report
from service.reports.weekly import Press
from service.store import Store
from service.store.records import QualityFlag
from tests.service.alerts.matters import morning, place_all
from tests.service.reports import stories
from tests.service.reports.stories import NEXT_SUNDAY, SETTINGS, SUNDAY, begun, count, issue, report
from tests.service.store import builders

WEEK = tuple(SUNDAY + timedelta(days=ahead) for ahead in range(1, 8))


def notes(told: Report) -> dict[tuple[str, str], tuple[date, ...]]:
    return {(one.kind, one.place.id): one.days for one in told.quality}


@pytest.fixture
def week(sqlite_store: Store) -> Store:
    """A week in which all the ferry's counts come in time."""
    store = begun(sqlite_store)
    count(store, "ferry", [500.0] * 7, last=NEXT_SUNDAY)
    return store


def test_counts_that_are_whole_give_no_note(week: Store) -> None:
    count(week, "bridge", [1_000.0] * 7, last=NEXT_SUNDAY)
    issue(week, NEXT_SUNDAY)
    assert report(week).quality == ()


def test_a_day_without_a_count_is_missing_and_a_day_in_part_is_partial(week: Store) -> None:
    count(week, "bridge", [1_000.0, 1_000.0, 90.0], last=WEEK[2], status=["reported", "reported", "partial"])
    issue(week, NEXT_SUNDAY)
    assert notes(report(week)) == {("missing", "bridge"): WEEK[3:], ("partial", "bridge"): (WEEK[2],)}


def test_a_count_that_changed_since_last_weeks_report_is_revised(week: Store) -> None:
    count(week, "bridge", [1_000.0] * 7, last=NEXT_SUNDAY)
    earlier = SUNDAY - timedelta(days=4)
    count(week, "bridge", [1_111.0], last=earlier, known_at=morning(WEEK[3]))
    issue(week, NEXT_SUNDAY)
    assert notes(report(week)) == {("revised", "bridge"): (earlier,)}


def test_a_count_that_was_sent_again_unchanged_is_not_revised(week: Store) -> None:
    count(week, "bridge", [1_000.0] * 7, last=NEXT_SUNDAY)
    count(week, "bridge", [1_000.0], last=SUNDAY, known_at=morning(WEEK[3]))
    issue(week, NEXT_SUNDAY)
    assert report(week).quality == ()


def test_a_count_that_last_weeks_report_did_not_know_is_late(sqlite_store: Store) -> None:
    place_all(sqlite_store)
    late = SUNDAY - timedelta(days=7)
    count(sqlite_store, "bridge", [1_000.0] * 35, last=NEXT_SUNDAY)
    count(sqlite_store, "ferry", [500.0] * 20, last=late - timedelta(days=1))
    count(sqlite_store, "ferry", [500.0] * 7, last=SUNDAY)
    issue(sqlite_store, SUNDAY)
    Press(sqlite_store, SETTINGS, morning(SUNDAY), "job").make("west", stories.WEEK)
    count(sqlite_store, "ferry", [500.0], last=late, known_at=morning(WEEK[0]))
    count(sqlite_store, "ferry", [500.0] * 7, last=NEXT_SUNDAY)
    issue(sqlite_store, NEXT_SUNDAY)
    assert notes(report(sqlite_store))[("late", "ferry")] == (late,)


def test_a_count_that_was_marked_when_it_came_is_suspicious(week: Store) -> None:
    counts = builders.counts("bridge", [1_000.0] * 7, first=WEEK[0], recorded_at=morning(WEEK[5]))
    flag = QualityFlag("bridge", "arrivals", WEEK[2], "jump", "far from the last", morning(WEEK[5]), "odd")
    week.observations.accept(builders.upload("odd"), counts, [flag])
    issue(week, NEXT_SUNDAY)
    assert notes(report(week))[("suspicious", "bridge")] == (WEEK[2],)


def test_a_crossing_that_never_reported_is_not_missing(week: Store) -> None:
    count(week, "bridge", [1_000.0] * 7, last=NEXT_SUNDAY)
    issue(week, NEXT_SUNDAY)
    assert {one.place.id for one in report(week, "east").quality} == {"pass"}


def test_a_revision_of_a_count_too_small_to_tell_is_not_hinted_at(week: Store) -> None:
    count(week, "bridge", [1_000.0] * 7, last=NEXT_SUNDAY)
    count(week, "bridge", [4.0], last=SUNDAY, known_at=morning(WEEK[3]))
    issue(week, NEXT_SUNDAY)
    assert [one for one in report(week).quality if one.kind == "revised"] == []


def test_what_is_missing_is_told_first(week: Store) -> None:
    days = [1_000.0, 70.0, 1_000.0]
    count(week, "bridge", days, last=WEEK[2], status=["reported", "partial", "reported"])
    issue(week, NEXT_SUNDAY)
    assert [one.kind for one in report(week).quality] == ["missing", "partial"]
