"""Starts the demo on a day of its story and walks it on, a morning at a time."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from filelock import FileLock, Timeout

from forecast.events import Event
from forecast.places import Place
from service.access import create_key, is_valid, revoke_key
from service.clock import FixedClock
from service.cycle import Means, complete_cycle
from service.demo import COUNTS_FILE, EVENTS_FILE, PLACES_FILE, STOCKS_FILE
from service.demo.home import ZONE, clear, clock_of, exists, morning_of, prepare, settings_of
from service.demo.recipients import recipients
from service.demo.reports import FIRST_MORNING, LAST_MORNING, between, decided_between
from service.ingest import CapacityDesk, Desk, read_capacities, read_events, read_places, take
from service.ingest.capacities import register
from service.ingest.reasons import Refusal
from service.jobs import Daily, Job, mail_jobs, tick
from service.settings import Settings
from service.store import Store
from service.store.records import Issue, Lease

LABEL = "demo"
_LATER = timedelta(minutes=5)  # longer than a lease: what a killed walk left is taken over
_TRIES = 3


class DemoError(RuntimeError):
    """The demo cannot do what was asked; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class _Border:
    """The demo's store and settings, and by what its cycles work."""

    store: Store
    settings: Settings
    means: Means


def start(folder: Path, day: date, means: Means) -> Issue:
    """Make the demo anew as it stands on the morning of a day, with its first issue."""
    if not FIRST_MORNING <= day <= LAST_MORNING:
        raise DemoError(f"the demo's story runs from {FIRST_MORNING} to {LAST_MORNING}; {day} is outside")
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder, "serving"), _alone(folder, "walking"):
        clear(folder)
        prepare(folder)
        clock_of(folder).set(morning_of(day))
        settings = settings_of(folder)
        with Store.open(settings.database_url) as store:
            store.places.put(_register(), at=morning_of(day))
            store.recipients.add(*recipients(morning_of(day)))
            return _morning(_Border(store, settings, means), morning_of(day), since=None)


def advance(folder: Path, days: int, means: Means) -> Iterator[Issue]:
    """Move the clock on by some days, one at a time: reports come in, the job runs; yields each issue."""
    if not is_started(folder):
        raise DemoError("there is no demo here yet; `arrivals demo start` makes one")
    clock, settings = clock_of(folder), settings_of(folder)
    with _alone(folder, "walking"), Store.open(settings.database_url) as store:
        for _ in range(days):
            before = clock.now()
            day = before.astimezone(ZoneInfo(ZONE)).date() + timedelta(days=1)
            if day > LAST_MORNING:
                raise DemoError(f"the demo's story ends on {LAST_MORNING}; `arrivals demo start` begins anew")
            issue = _morning(_Border(store, settings, means), morning_of(day), since=before)
            clock.set(morning_of(day))
            yield issue


def is_started(folder: Path) -> bool:
    """Whether a demo stands here with at least one issue."""
    if not exists(folder):
        return False
    with Store.open(settings_of(folder).database_url) as store:
        return store.issues.latest() is not None


def new_key(folder: Path) -> str:
    """A fresh operator's key; the demo's earlier one ends, for a key can be shown only when it is made."""
    now = clock_of(folder).now()
    with Store.open(settings_of(folder).database_url) as store:
        for key in store.keys.all():
            if key.label == LABEL and is_valid(key, now):
                revoke_key(store, key.id, now=now, by=LABEL)
        return create_key(store, "operator", now=now, by=LABEL, label=LABEL)[1]


@contextmanager
def served(folder: Path) -> Iterator[None]:
    """Hold the demo while it is served, so that nobody makes it anew beneath a running server."""
    with _alone(folder, "serving"):
        yield


def _morning(border: _Border, now: datetime, *, since: datetime | None) -> Issue:
    """Take in what was reported and announced, then run the day's cycle by the ledger."""
    announced = [event for event in _events(border.store) if event.recorded_at <= now]
    border.store.events.put(announced, at=now)
    _take_in(border.store, since, now)
    _run_cycle(border, now)
    _tell(border, now)
    issue = border.store.issues.latest()
    if issue is None or issue.as_of < now:
        raise DemoError("the cycle was not due; is the demo's clock right?")
    return issue


def _take_in(store: Store, since: datetime | None, now: datetime) -> None:
    """Register the capacities decided, and take in the counts, queues and beds reported since an instant."""
    decided = decided_between(since, now)
    if decided is not None:
        desk = CapacityDesk.of(store, now=now, actor=LABEL)
        read = read_capacities(decided, desk)
        if isinstance(read, Refusal):
            raise DemoError(f"the demo's capacities were refused: {read.reasons[0]}")
        register(store, read, desk)
    for file in (COUNTS_FILE, STOCKS_FILE):
        reports = between(file, since, now)
        if reports is not None:
            upload = take(store, reports, name=f"{file.stem}.csv", source=LABEL, now=now, history=True)
            if upload.state == "refused":
                raise DemoError(f"the demo's reports were refused: {upload.reasons[0]}")


def _run_cycle(border: _Border, now: datetime) -> None:
    """Run the day's slot, also if an earlier walk was killed in it or failed; none if it is done."""
    for attempt in range(_TRIES):
        run = tick(border.store, _cycle(border), FixedClock(now + attempt * _LATER), owner=LABEL)
        if run is not None and run.state == "failed":
            raise DemoError(f"the cycle failed: {str(run.detail.get('reason')).splitlines()[0]}")
        if run is not None:
            return


def _tell(border: _Border, now: datetime) -> None:
    """Raise what alerts there are, write the reports that are due, and lay the mail into its folder."""
    clock = FixedClock(now)
    for some in mail_jobs(border.store, border.settings):
        for job in some.due(now):
            run = tick(border.store, job, clock, owner=LABEL)
            if run is not None and run.state == "failed":
                raise DemoError(f"{job.name} failed: {str(run.detail.get('reason')).splitlines()[0]}")


def _cycle(border: _Border) -> Job:
    def work(lease: Lease, now: datetime) -> Mapping[str, Any]:
        means = replace(border.means, lease=lease)
        return complete_cycle(border.store, border.settings, means, now=now).as_detail()

    return Job("cycle", Daily(border.settings.cycle_at, border.settings.time_zone), work)


def _register() -> tuple[Place, ...]:
    places = read_places(PLACES_FILE.read_bytes(), name=PLACES_FILE.name)
    if isinstance(places, Refusal):
        raise DemoError(f"the demo's register was refused: {places.reasons[0]}")
    return places


def _events(store: Store) -> tuple[Event, ...]:
    desk = Desk(store.places.all(), (), morning_of(LAST_MORNING))
    events = read_events(EVENTS_FILE.read_bytes(), name=EVENTS_FILE.name, desk=desk)
    if isinstance(events, Refusal):
        raise DemoError(f"the demo's events were refused: {events.reasons[0]}")
    return events


@contextmanager
def _alone(folder: Path, purpose: str) -> Iterator[None]:
    lock = FileLock(folder / f"{purpose}.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise DemoError(f"another `arrivals demo` is {purpose} here; let it end first") from None
    try:
        yield
    finally:
        lock.release()
