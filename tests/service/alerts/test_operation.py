"""Silent crossings, strange counts, forecasts that fell back and jobs that are late."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from forecast.events import Event
from service.alerts.operation import Ground, degraded, implausible, late_jobs, silent
from service.alerts.signals import Signal
from service.settings import Feed, Settings
from service.store import Store
from service.store.records import QualityFlag
from tests.service.alerts.matters import CROSSINGS, FIRST, SETTINGS, day, morning, publish
from tests.service.store.builders import accept, capacity, counts, upload


def ground(store: Store, now: datetime, settings: Settings = SETTINGS) -> Ground:
    return Ground(store, store.places.all(), settings, now)


def places(signals: Iterable[Signal]) -> list[str]:
    return [one.matter.place_id for one in signals]


def counted(store: Store, until: date, *, weeks: int = 5, places: Iterable[str] = CROSSINGS) -> None:
    """Counts of every day up to one, known long ago."""
    first = until - timedelta(days=7 * weeks - 1)
    for place in places:
        accept(store, counts(place, [100] * 7 * weeks, first=first, recorded_at=morning(first)))


def after(over: date, hours: float) -> datetime:
    """So many hours after a day's end."""
    return morning(over) - timedelta(hours=1) + timedelta(hours=hours)


def test_a_crossing_is_silent_from_so_many_hours_after_its_days_end(border: Store) -> None:
    counted(border, day(0))
    assert places(silent(ground(border, after(day(1), 35.9)), set())) == []
    found = list(silent(ground(border, after(day(1), 36.1)), set()))
    assert places(found) == list(CROSSINGS)
    assert found[0].detail == {"last": "2022-09-20", "missed": "2022-09-21"}


def test_the_days_end_is_the_crossings_own(border: Store) -> None:
    from forecast.places import Place

    border.places.put([Place("ferry", "Ferry", parent="west", time_zone="Asia/Almaty")], at=morning(FIRST))
    counted(border, day(0))
    assert places(silent(ground(border, after(day(1), 31)), set())) == ["ferry"]  # six hours earlier


def test_who_has_reported_is_not_silent(border: Store) -> None:
    counted(border, day(1), places=["bridge"])
    counted(border, day(0), places=["ferry", "pass"])
    assert places(silent(ground(border, after(day(1), 40)), set())) == ["ferry", "pass"]


def test_a_closed_day_is_heard_of(border: Store) -> None:
    counted(border, day(0), places=["bridge"])
    accept(border, counts("bridge", [None], first=day(1), status="closed", recorded_at=morning(day(1))))
    assert places(silent(ground(border, after(day(1), 40)), set())) == []


def test_a_registered_closure_explains_silence(border: Store) -> None:
    counted(border, day(0), places=["bridge", "pass"])
    shut = Event("works", "closure", day(1), place="west", recorded_at=morning(day(0)))
    border.events.put([shut], at=morning(day(0)))
    assert places(silent(ground(border, after(day(3), 40)), set())) == ["pass"]


def test_a_weekday_without_counts_as_a_rule_is_not_awaited(border: Store) -> None:
    friday = date(2022, 9, 16)
    days = [friday - timedelta(days=ahead) for ahead in range(1, 40)]
    for open_day in (one for one in days if one.weekday() not in (4, 5)):
        accept(border, counts("bridge", [100], first=open_day, recorded_at=morning(open_day)))
    assert places(silent(ground(border, after(friday + timedelta(days=1), 40)), set())) == []
    sunday = friday + timedelta(days=2)
    assert places(silent(ground(border, after(sunday, 40)), set())) == ["bridge"]


def test_a_crossing_that_stopped_long_ago_is_none_that_reports_unless_it_was_alerted(border: Store) -> None:
    counted(border, day(0), places=["bridge"])
    late = after(day(40), 0)
    assert places(silent(ground(border, late), set())) == []
    assert places(silent(ground(border, late), {"bridge"})) == ["bridge"]


def test_a_crossing_never_heard_of_is_not_silent(border: Store) -> None:
    assert places(silent(ground(border, after(day(1), 40)), set())) == []


def mark(place: str, on: date, raised_at: datetime, kind: str = "jump") -> QualityFlag:
    return QualityFlag(place, "arrivals", on, kind, "three times the usual", raised_at)


def flagged(store: Store, *marks: QualityFlag) -> None:
    frame = counts("bridge", [1], first=day(-200))
    number = len(store.uploads.recent(100)) + 1
    store.observations.accept(upload(f"marks-{number}"), frame, list(marks))


def test_new_marks_since_the_issue_before_are_told_once(border: Store) -> None:
    first, second = publish(border, 0), publish(border, 1)
    flagged(
        border,
        mark("bridge", day(0), first.as_of - timedelta(hours=1)),
        mark("ferry", day(1), second.as_of - timedelta(hours=1)),
        mark("pass", day(1), second.as_of + timedelta(hours=1)),
    )
    now = ground(border, morning(day(1)))
    assert places(implausible(now, first, surging=set())) == ["bridge"]
    assert places(implausible(now, second, surging=set())) == ["ferry"]


def test_marks_on_days_long_past_are_no_news(border: Store) -> None:
    issue = publish(border, 0)
    flagged(border, mark("bridge", day(-60), issue.as_of - timedelta(hours=1)))
    assert places(implausible(ground(border, morning(FIRST)), issue, surging=set())) == []


def test_a_jump_in_a_surge_is_the_surge(border: Store) -> None:
    issue = publish(border, 0)
    known = issue.as_of - timedelta(hours=1)
    flagged(border, *(mark(place, day(0), known) for place in ("bridge", "ferry", "pass")))
    now = ground(border, morning(FIRST))
    assert places(implausible(now, issue, surging={"bridge"})) == ["pass", "ferry"]
    assert places(implausible(now, issue, surging={"west"})) == ["pass"]


def test_an_issue_that_fell_back_concerns_everybody(border: Store) -> None:
    whole, fallen = publish(border, 0), publish(border, 1, degraded=True)
    now = ground(border, morning(day(1)))
    assert list(degraded(now, whole)) == []
    (found,) = degraded(now, fallen)
    assert (found.matter.place_id, found.matter.subject) == ("", "forecast")


def test_an_issue_without_its_plan_is_told_of(border: Store) -> None:
    border.capacities.put([capacity("bridge", recorded_at=morning(day(-1)))], at=morning(day(-1)))
    issue = publish(border, 0, last_capacity=1)
    (found,) = degraded(ground(border, morning(day(0))), issue)
    assert found.matter.subject == "plan"


def ran(store: Store, job: str, at: datetime) -> None:
    lease = store.jobs.claim(job, at.isoformat(), owner="test", now=at, lease_seconds=60)
    assert lease is not None
    store.jobs.finish(lease, now=at)


def test_jobs_are_late_by_their_own_rhythm(border: Store) -> None:
    feed = Feed(name="east", url="https://counts.example/east.csv", every_minutes=60)
    settings, start = Settings(feeds=(feed,)), morning(FIRST)
    for job in ("cycle", "feed-east", "feed-given-up"):
        ran(border, job, start)

    def late(hours: float) -> list[str]:
        now = ground(border, start + timedelta(hours=hours), settings)
        return [one.matter.subject for one in late_jobs(now)]

    assert [late(hours) for hours in (3.9, 4.1, 26.9, 27.1)] == [
        [], ["feed-east"], ["feed-east"], ["cycle", "feed-east"],
    ]  # fmt: skip


def test_a_job_that_never_succeeded_is_not_late(border: Store) -> None:
    assert list(late_jobs(ground(border, morning(FIRST)))) == []
