"""What is amiss with the service itself: silent feeds, strange counts, fallen-back forecasts, late jobs."""

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from forecast.events import Event, by_crossing
from forecast.places import Places
from service.alerts.signals import Signal
from service.settings import Settings
from service.store import Store
from service.store.alerts import SERVICE
from service.store.mail_records import AlertKind, Matter
from service.store.records import Issue

FLOW = "arrivals"
REPORTING = timedelta(days=28)  # a crossing not heard of for longer is none that reports
REMEMBERED = timedelta(days=400)  # how long an alert may stand on a crossing that is silent for good
HABIT = 0.5  # share of a weekday's counts that came, from which on the next one is awaited
FRESH = timedelta(days=28)  # how old a count may be for a mark on it to be news
FIRST_LOOK = timedelta(days=1)
MARKS = 1_000
A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Ground:
    """What matters of operation are read from: the store, its register, the settings and the instant."""

    store: Store
    places: Places
    settings: Settings
    now: datetime


def _sure(kind: AlertKind, place_id: str, subject: str = "", **detail: Any) -> Signal:
    """A matter that is the case."""
    return Signal(Matter(kind, place_id, subject), observed=True, detail=detail)


def silent(ground: Ground, standing: Set[str]) -> Iterator[Signal]:
    """Crossings that report and miss the count of a day long over; `standing` have an alert already."""
    since = _awaited(ground, "UTC") - REMEMBERED
    heard = ground.store.alerts.heard(FLOW, since=since, as_of=ground.now)
    late = {}
    for place in ground.places.crossings:
        last, awaited = heard.get(place.id), _awaited(ground, place.time_zone)
        if last is None or last >= awaited:
            continue
        if place.id in standing or awaited - last <= REPORTING:
            late[place.id] = (last, awaited)
    yield from _missed(ground, late) if late else ()


def _awaited(ground: Ground, zone: str) -> date:
    """The last local day whose count should be in."""
    by = ground.now - timedelta(hours=ground.settings.alerts.silent_hours)
    return by.astimezone(ZoneInfo(zone)).date() - A_DAY


def _missed(ground: Ground, late: Mapping[str, tuple[date, date]]) -> Iterator[Signal]:
    """Those of the crossings behind that miss a day on whose weekday they count and were open."""
    shut = [
        event
        for event in by_crossing(ground.store.events.known(as_of=ground.now), ground.places)
        if event.kind == "closure"
    ]
    first = min(last for last, _ in late.values()) - REPORTING
    until = max(awaited for _, awaited in late.values())
    known = ground.store.observations.known(FLOW, late, first, until, as_of=ground.now)
    days = {place_id: set(rows.dt.date) for place_id, rows in known.groupby("place")["date"]}
    for place_id, (last, awaited) in late.items():
        missed = [
            day
            for day in _days(last + A_DAY, awaited)
            if _is_counted(days.get(place_id, set()), last, day) and not _is_shut(shut, place_id, day)
        ]
        if missed:
            yield _sure("silent", place_id, last=last.isoformat(), missed=missed[0].isoformat())


def _days(first: date, last: date) -> Iterator[date]:
    for ahead in range((last - first).days + 1):
        yield first + timedelta(days=ahead)


def _is_counted(days: Set[date], last: date, day: date) -> bool:
    """Whether counts of a weekday came as a rule in the four weeks up to the last day heard of."""
    same = [one for one in _days(last - REPORTING + A_DAY, last) if one.weekday() == day.weekday()]
    return sum(one in days for one in same) >= HABIT * len(same)


def _is_shut(closures: list[Event], place_id: str, day: date) -> bool:
    return any(one.place in (None, place_id) and one.reaches(day, day) for one in closures)


def implausible(ground: Ground, issue: Issue, *, surging: Set[str]) -> Iterator[Signal]:
    """Places with a new mark on a fresh count since the issue before.

    Where a place, what lies in it or what it lies in is `surging`, a jump is the surge.
    """
    before = next(iter(ground.store.issues.page(1, before=issue.id)), None)
    since = issue.as_of - FIRST_LOOK if before is None else before.as_of
    surged = _around(surging, ground.places)
    marks = ground.store.quality(days=(issue.cutoff - FRESH, None), limit=MARKS)
    found: dict[str, Signal] = {}
    for mark in marks:  # the newest first
        if since < mark.raised_at <= issue.as_of and mark.place_id not in surged:
            told = {"mark": mark.kind, "day": mark.date.isoformat(), "measure": mark.measure}
            found.setdefault(mark.place_id, _sure("implausible", mark.place_id, **told))
    yield from found.values()


def _around(place_ids: Set[str], places: Places) -> Set[str]:
    """Places, what they lie in and what lies in them."""
    above = {up for one in place_ids if one in places for up in places.ancestors(one)}
    inside = {place.id for place in places if place_ids & set(places.ancestors(place.id))}
    return place_ids | above | inside


def degraded(ground: Ground, issue: Issue) -> Iterator[Signal]:
    """An issue whose every series fell back, or that has no plan though capacities are registered."""
    if issue.degraded:
        yield _sure("degraded", SERVICE, "forecast", cutoff=issue.cutoff.isoformat())
    if ground.store.plans.failed(issue):
        yield _sure("degraded", SERVICE, "plan", cutoff=issue.cutoff.isoformat())


def late_jobs(ground: Ground) -> Iterator[Signal]:
    """Jobs of the settings that once succeeded and have not for so many hours after they were due again."""
    succeeded = ground.store.jobs.last_success()
    patience = timedelta(hours=ground.settings.alerts.late_hours)
    for job, every in _every(ground.settings).items():
        last = succeeded.get(job)
        if last is not None and ground.now - last > every + patience:
            yield _sure("job-late", SERVICE, job, last=last.isoformat())


def _every(settings: Settings) -> dict[str, timedelta]:
    """How often the jobs run whose silence matters."""
    feeds = {f"feed-{feed.name}": timedelta(minutes=feed.every_minutes) for feed in settings.feeds}
    return {"cycle": A_DAY, **feeds}
