"""The jobs that the settings ask for: take counts in often, issue forecasts once a day."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from getpass import getuser
from typing import Any

from service.clock import Clock
from service.cycle import CycleError, Means, Outcome, complete_cycle, pull_feed, sweep
from service.engine import Processes
from service.jobs.ledger import Job, Jobs, StoppedError, run_now
from service.jobs.mailing import mail_jobs
from service.jobs.slots import Daily, Every
from service.settings import Feed, Settings
from service.store import Store
from service.store.records import Lease

INBOX_MINUTES = 5
REMEMBERED = timedelta(days=90)  # of the runs that come every few minutes
CYCLE = "cycle"


def jobs(store: Store, settings: Settings, *, stopping: threading.Event) -> tuple[Job | Jobs, ...]:
    """Every job of the settings; once `stopping` is set, a cycle at work ends with StoppedError."""
    pulls = tuple(_pull(store, settings, feed) for feed in settings.feeds)
    inbox = (_inbox(store, settings),) if settings.inbox else ()
    return (*inbox, *pulls, _cycle(store, settings, stopping), *mail_jobs(store, settings))


def _inbox(store: Store, settings: Settings) -> Job:
    def work(lease: Lease, now: datetime) -> Mapping[str, Any]:
        return sweep(store, settings, now=now).as_detail()

    return Job("ingest", Every(INBOX_MINUTES), work)


def _pull(store: Store, settings: Settings, feed: Feed) -> Job:
    def work(lease: Lease, now: datetime) -> Mapping[str, Any]:
        return pull_feed(store, settings, feed, now=now).as_detail()

    return Job(f"feed-{feed.name}", Every(feed.every_minutes), work)


def _cycle(store: Store, settings: Settings, stopping: threading.Event) -> Job:
    def work(lease: Lease, now: datetime) -> Mapping[str, Any]:
        with _engine(settings, stopping) as engine:
            means = Means(engine.run, lease, partial(_unless, stopping))
            detail = complete_cycle(store, settings, means, now=now).as_detail()
        store.jobs.forget(before=now - REMEMBERED, but=("cycle",))
        return detail

    schedule = Daily(settings.cycle_at, settings.time_zone)
    # before the first count there is nothing to issue, and the day's slot waits for it
    return Job(CYCLE, schedule, work, ready=lambda: store.observations.vintage() > 0, record_missed=True)


def by_hand(store: Store, settings: Settings, means: Means, *, clock: Clock) -> Outcome:
    """One cycle outside of all slots, recorded in the ledger like any other run; raises CycleError."""
    done: list[Outcome] = []

    def work(lease: Lease, now: datetime) -> Mapping[str, Any]:
        done.append(complete_cycle(store, settings, means, now=now))
        return done[0].as_detail()

    job = Job(CYCLE, Daily(settings.cycle_at, settings.time_zone), work)
    run = run_now(store, job, clock, owner=f"cli:{getuser()}")
    if not done:
        raise CycleError(str(run.detail.get("reason")))
    return done[0]


@contextmanager
def _engine(settings: Settings, stopping: threading.Event) -> Iterator[Processes]:
    with Processes(settings.processes, progress=lambda done, total: _unless(stopping)) as engine:
        yield engine


def _unless(stopping: threading.Event, step: str = "") -> None:
    """Raise StoppedError at a step of a cycle, or a task of a step, once the process is asked to end."""
    if stopping.is_set():
        raise StoppedError
