from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.jobs.slots import Daily, Every, Weekly, due_slots, wall_instant

BERLIN, ALMATY = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Almaty")


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


def names(schedule, last, now):
    return [slot.name for slot in due_slots(schedule, last=last, now=now)]


@pytest.mark.parametrize(
    ("zone", "day", "wall", "instant"),
    [
        (BERLIN, date(2024, 3, 30), time(2, 30), utc(2024, 3, 30, 1, 30)),
        (BERLIN, date(2024, 3, 31), time(2, 30), utc(2024, 3, 31, 1, 0)),  # 02:30 does not exist; 03:00 does
        (BERLIN, date(2024, 3, 31), time(2, 0), utc(2024, 3, 31, 1, 0)),
        (BERLIN, date(2024, 3, 31), time(3, 0), utc(2024, 3, 31, 1, 0)),
        (BERLIN, date(2024, 10, 27), time(2, 30), utc(2024, 10, 27, 0, 30)),  # the first of two
        (BERLIN, date(2024, 10, 27), time(3, 0), utc(2024, 10, 27, 2, 0)),
        (ALMATY, date(2024, 2, 29), time(23, 30), utc(2024, 2, 29, 17, 30)),  # the first of two
        (ALMATY, date(2024, 3, 1), time(0, 0), utc(2024, 2, 29, 19, 0)),
        (ALMATY, date(2024, 3, 1), time(6, 0), utc(2024, 3, 1, 1, 0)),
        (
            ZoneInfo("Pacific/Apia"),
            date(2011, 12, 30),
            time(6, 0),
            utc(2011, 12, 30, 10, 0),
        ),  # a day left out
        (
            ZoneInfo("America/Havana"),
            date(2024, 3, 10),
            time(0, 0),
            utc(2024, 3, 10, 5, 0),
        ),  # midnight left out
    ],
)
def test_a_gap_takes_the_first_valid_instant_after_it_and_an_overlap_the_first(zone, day, wall, instant):
    assert wall_instant(day, wall, zone) == instant


def test_the_slot_of_a_day_is_due_at_its_hour_and_not_a_second_before():
    daily = Daily(time(6), "Europe/Berlin")
    assert daily.latest(utc(2024, 3, 31, 3, 59, 59)).name == "2024-03-30"
    assert daily.latest(utc(2024, 3, 31, 4, 0, 0)).name == "2024-03-31"


def test_a_job_never_seen_before_owes_only_its_latest_slot():
    assert names(Daily(time(6), "UTC"), None, utc(2024, 5, 5, 12)) == ["2024-05-05"]


def test_after_downtime_every_slot_since_the_last_is_due_oldest_first():
    assert names(Daily(time(6), "UTC"), "2024-05-01", utc(2024, 5, 4, 7)) == [
        "2024-05-02",
        "2024-05-03",
        "2024-05-04",
    ]


def test_nothing_is_due_when_the_clock_stands_or_was_set_back():
    daily = Daily(time(6), "UTC")
    assert names(daily, "2024-05-04", utc(2024, 5, 4, 7)) == []
    assert names(daily, "2024-05-04", utc(2024, 5, 1, 7)) == []


@pytest.mark.parametrize("wall", [time(0, 0), time(2, 30), time(3, 0), time(23, 30)])
@pytest.mark.parametrize(
    ("zone", "first"),
    [
        ("Europe/Berlin", utc(2024, 3, 26)),
        ("Europe/Berlin", utc(2024, 10, 22)),
        ("Asia/Almaty", utc(2024, 2, 24)),
    ],
)
def test_ticking_through_a_clock_change_meets_each_day_once(zone, first, wall):
    daily, last, met = Daily(wall, zone), None, []
    for minute in range(0, 12 * 24 * 60, 10):
        for slot in due_slots(daily, last=last, now=first + timedelta(minutes=minute)):
            met.append(slot.name)
            last = slot.name
    start = date.fromisoformat(met[0])
    assert met == [(start + timedelta(days=day)).isoformat() for day in range(len(met))]
    assert len(met) in (12, 13)


@settings(max_examples=200, deadline=None)
@given(
    zone=st.sampled_from(
        ["Europe/Berlin", "Asia/Almaty", "Pacific/Apia", "America/Havana", "Australia/Lord_Howe"]
    ),
    wall=st.times().map(lambda at: at.replace(microsecond=0)),
    now=st.integers(631_152_000, 1_893_456_000).map(lambda second: datetime.fromtimestamp(second, UTC)),
)
def test_the_latest_slot_is_due_and_the_one_after_it_is_not(zone, wall, now):
    daily = Daily(wall, zone)
    latest = daily.latest(now)
    assert latest.at <= now < daily.following(latest.name).at


def test_a_grid_of_minutes_is_counted_in_utc_and_survives_another_grid():
    assert names(Every(60), "2024-10-27T00:00Z", utc(2024, 10, 27, 3, 5)) == [
        "2024-10-27T01:00Z",
        "2024-10-27T02:00Z",
        "2024-10-27T03:00Z",
    ]
    assert names(Every(15), "2024-10-27T00:50Z", utc(2024, 10, 27, 1, 16)) == [
        "2024-10-27T01:00Z",
        "2024-10-27T01:15Z",
    ]


def test_a_week_is_named_by_the_iso_week_of_its_day_and_due_at_the_local_hour():
    weekly = Weekly(0, time(7), "Asia/Oral")
    assert weekly.latest(utc(2022, 9, 26, 1, 59)).name == "2022-W38"
    assert weekly.latest(utc(2022, 9, 26, 2, 0)).name == "2022-W39"
    assert weekly.day("2022-W39") == date(2022, 9, 26)
    assert Weekly(6, time(7), "UTC").latest(utc(2023, 1, 1, 8)).name == "2022-W52"


@settings(max_examples=200, deadline=None)
@given(
    weekday=st.integers(0, 6),
    zone=st.sampled_from(["Europe/Berlin", "Asia/Almaty", "Pacific/Apia", "America/Havana"]),
    wall=st.times().map(lambda at: at.replace(microsecond=0)),
    now=st.integers(631_152_000, 1_893_456_000).map(lambda second: datetime.fromtimestamp(second, UTC)),
)
def test_the_latest_week_is_due_and_the_one_after_it_is_not(weekday, zone, wall, now):
    weekly = Weekly(weekday, wall, zone)
    latest = weekly.latest(now)
    following = weekly.following(latest.name)
    assert latest.at <= now < following.at
    assert latest.name < following.name
    assert weekly.day(latest.name).weekday() == weekday
