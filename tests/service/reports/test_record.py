"""Last week's hits and misses, against numbers made by hand."""

from datetime import date, timedelta

import pytest

from service.reports.contents import Said
from service.reports.record import distance
from service.store import Store
from tests.service.alerts.matters import morning, place_all
from tests.service.reports import stories
from tests.service.reports.stories import NEXT_SUNDAY, SUNDAY, begun, count, issue, report, score

BRIDGE = (1_000.0, 1_180.0, 1_350.0, 2_000.0, 0.0, 400.0)
"""From Monday to Saturday: two hits, more, far more, closed, and a day that was counted in part."""
STATES = ("reported", "reported", "reported", "reported", "closed", "partial")


@pytest.fixture
def story(sqlite_store: Store) -> Store:
    """A week in which the bridge misses, and its Sunday has not come when the next report is made."""
    store = begun(sqlite_store)
    saturday = NEXT_SUNDAY - timedelta(days=1)
    count(store, "bridge", BRIDGE, last=saturday, status=STATES)
    count(store, "bridge", [1_000.0], last=NEXT_SUNDAY, known_at=morning(NEXT_SUNDAY) + timedelta(hours=3))
    count(store, "ferry", [500.0] * 7, last=NEXT_SUNDAY)
    count(store, "pass", [300.0] * 7, last=NEXT_SUNDAY)
    issue(store, NEXT_SUNDAY)
    return store


def by_day(said: tuple[Said, ...]) -> dict[date, Said]:
    return {one.date: one for one in said}


def test_each_day_of_the_place_is_held_against_what_came(story: Store) -> None:
    record = report(story).record
    assert record is not None
    assert [one.came for one in record.days] == [1_500, 1_680, 1_850, 2_500, 500, None, None]
    assert [one.verdict for one in record.days] == ["hit", "hit", "more", "more", "fewer", None, None]
    assert {(one.lower_80, one.median, one.upper_80) for one in record.days} == {(1_200, 1_500, 1_800)}


def test_a_day_counted_in_part_or_not_yet_is_no_hit_and_no_miss(story: Store) -> None:
    record = report(story).record
    assert record is not None
    assert (record.judged, record.hits) == (17, 11)  # west 5 and 2, bridge 5 and 2, ferry 7 and 7
    late = NEXT_SUNDAY
    assert by_day(record.days)[late].came is None
    assert late not in {miss.date for miss in record.misses}


def test_the_misses_stand_the_worst_first_whichever_way_they_went(story: Store) -> None:
    record = report(story).record
    assert record is not None
    assert [(one.place.id, one.came) for one in record.misses] == [
        ("bridge", 0),  # closed: 801 / 1
        ("west", 500),  # 1201 / 501
        ("bridge", 2_000),  # 2001 / 1201
        ("west", 2_500),  # 2501 / 1801
        ("bridge", 1_350),  # 1351 / 1201
    ]
    assert [round(distance(one), 3) for one in record.misses] == [801.0, 2.397, 1.666, 1.389, 1.125]


def test_coverage_is_the_share_of_judged_days_by_level(story: Store) -> None:
    record = report(story).record
    assert record is not None
    assert record.coverage == {"0.5": round(9 / 17, 3), "0.8": round(11 / 17, 3), "0.95": round(13 / 17, 3)}


def test_skill_is_of_last_weeks_issue_alone(sqlite_store: Store) -> None:
    store = begun(sqlite_store)
    said = store.issues.latest()
    assert said is not None
    for place, level in (("bridge", 1_000.0), ("ferry", 500.0), ("pass", 300.0)):
        count(store, place, [level] * 7, last=NEXT_SUNDAY)
    issue(
        store,
        NEXT_SUNDAY,
        scores=[
            score(said, "west", 1, wis=30.0, baseline=100.0),
            score(said, "west", 2, wis=60.0, baseline=20.0),
            score(said, "west", 8, wis=900.0, baseline=1.0),
            score(said, "east", 1, wis=900.0, baseline=1.0),
        ],
    )
    record = report(store).record
    assert record is not None
    assert record.skill == 0.25  # 1 - 90 / 120


def test_a_first_report_has_no_record_and_compares_with_nothing(sqlite_store: Store) -> None:
    place_all(sqlite_store)
    issue(sqlite_store, NEXT_SUNDAY)
    first = report(sqlite_store)
    assert first.record is None
    assert first.since.moved == ()
    assert first.since.last_week is None


def test_a_report_of_another_place_is_no_history(sqlite_store: Store) -> None:
    store = begun(sqlite_store, place="east")
    issue(store, NEXT_SUNDAY)
    assert report(store).record is None
    assert report(store, "east").record is not None


def test_a_correction_is_what_the_week_is_judged_by(sqlite_store: Store) -> None:
    store = begun(sqlite_store)
    issue(
        store,
        SUNDAY,
        *(stories.says(place, 2 * level) for place, level in stories.SAID.items()),
        issued_at=morning(SUNDAY) + timedelta(hours=2),
        as_of=morning(SUNDAY) + timedelta(hours=2),
        name="issue-right",
    )
    press = stories.Press(store, stories.SETTINGS, morning(SUNDAY) + timedelta(hours=3), "cli:desk")
    press.correct("west", stories.WEEK, "The register held half of the booths.")
    for place, level in (("bridge", 2_000.0), ("ferry", 1_000.0), ("pass", 300.0)):
        count(store, place, [level] * 7, last=NEXT_SUNDAY)
    issue(store, NEXT_SUNDAY)
    record = report(store).record
    assert record is not None
    assert (record.issue_id, record.hits, record.judged) == ("issue-right", 21, 21)
