"""The jobs that tell people something: weekly reports, alerts, and the outbox on its way."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from forecast.places import Place
from service.alerts import watch
from service.jobs.ledger import Job, Jobs
from service.jobs.slots import Every, Slot, Weekly
from service.mail.delivery import deliver
from service.reports.weekly import Press
from service.settings import Settings
from service.store import Store
from service.store.records import Lease

WATCH_MINUTES, DELIVER_MINUTES = 5, 1
WITHIN = timedelta(hours=48)  # a report of Monday that comes on Thursday misleads
PATIENCE = timedelta(hours=3)  # how long a report waits for the issue of its day
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def mail_jobs(store: Store, settings: Settings) -> tuple[Job | Jobs, ...]:
    """What is told: alerts every few minutes, reports weekly by region, letters as soon as they lie there."""
    return _watch(store, settings), _reports(store, settings), _deliver(store, settings)


def _watch(store: Store, settings: Settings) -> Job:
    def work(lease: Lease, now: datetime) -> Mapping[str, Any]:
        return watch(store, settings, now=now).as_detail()

    return Job("watch", Every(WATCH_MINUTES), work)


def _deliver(store: Store, settings: Settings) -> Jobs:
    def work(lease: Lease, now: datetime) -> Mapping[str, Any]:
        return deliver(store, settings, now=now, owner=lease.owner).as_detail()

    job = Job("deliver", Every(DELIVER_MINUTES), work)
    # an empty outbox leaves no trace in the ledger: a run a minute would fill it with nothing
    return Jobs("deliver", lambda now: (job,) if store.outbox.is_due(now) else ())


def _reports(store: Store, settings: Settings) -> Jobs:
    def due(now: datetime) -> tuple[Job, ...]:
        jobs = ((place, _report(store, settings, place)) for place in store.places.all())
        return tuple(job for place, job in jobs if _is_awaited(store, place, job.schedule.latest(now), now))

    return Jobs("reports", due)


def _report(store: Store, settings: Settings, place: Place) -> Job:
    schedule = Weekly(WEEKDAYS.index(settings.report_weekday), settings.report_at, place.time_zone)

    def work(lease: Lease, now: datetime) -> Mapping[str, Any]:
        return Press(store, settings, now, "job").make(place.id, lease.slot).as_detail()

    return Job(f"report-{place.id}", schedule, work, within=WITHIN)


def _is_awaited(store: Store, place: Place, slot: Slot, now: datetime) -> bool:
    """Whether somebody was registered for a place's report at its hour, and the day's issue is there."""
    readers = store.recipients.of(place.id, "report")
    if not any(reader.created_at <= slot.at for reader in readers):
        return False
    issue = store.issues.latest()
    return issue is not None and (slot.at - issue.as_of < timedelta(hours=12) or now - slot.at >= PATIENCE)
