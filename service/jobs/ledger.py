"""Claim a slot, do its work while the lease is renewed, and record what became of it."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from secrets import token_hex
from time import monotonic
from typing import Any, Literal

import structlog

from service.clock import Clock
from service.cycle import CycleError
from service.jobs.slots import Schedule, due_slots
from service.store import Store
from service.store.errors import LeaseLost
from service.store.records import JobRun, Lease

ATTEMPTS = 4
BACK_OFF = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15))
BY_HAND = "by hand"  # sorts after every scheduled slot, which begins with a digit
_REMEMBERED = 60

State = Literal["done", "failed"]

log = structlog.get_logger(__name__)


class StoppedError(Exception):
    """The process was asked to end while a job was at work; the slot is taken up again at once."""


@dataclass(frozen=True, slots=True)
class Job:
    """Work that falls due by a schedule; `work` says what it did in numbers and warnings.

    Slots missed in a downtime are never made up for: the latest one alone is run, and the earlier ones are
    written down as skipped where `record_missed` says so. The latest one is skipped as well if it could not
    begin `within` a time of its hour.
    """

    name: str
    schedule: Schedule
    work: Callable[[Lease, datetime], Mapping[str, Any]]
    ready: Callable[[], bool] = lambda: True
    record_missed: bool = False
    within: timedelta | None = None
    lease_seconds: float = 120.0

    def due(self, now: datetime) -> "tuple[Job, ...]":
        """The job itself."""
        return (self,)


@dataclass(frozen=True, slots=True)
class Jobs:
    """Jobs that come and go with the register, under one name: those there are at an instant."""

    name: str
    due: Callable[[datetime], tuple[Job, ...]]


def tick(store: Store, job: Job, clock: Clock, *, owner: str) -> JobRun | None:
    """Run the job's latest slot if it is due and nobody else has it; what became of it, or None."""
    now = clock.now()
    if not job.ready():
        return None
    latest = job.schedule.latest(now)
    slot = latest.name
    known = {run.slot: run for run in store.jobs.runs(job.name, limit=_REMEMBERED)}
    _close_missed(store, job, known, slot, now=now)
    if not _may_begin(known.get(slot), now):
        return None
    if job.within is not None and now - latest.at > job.within:
        if slot not in known:
            store.jobs.skip(job.name, [slot], now=now)
        return None
    lease = store.jobs.claim(job.name, slot, owner=owner, now=now, lease_seconds=job.lease_seconds)
    return None if lease is None else _run(store, job, lease, clock)


def run_now(store: Store, job: Job, clock: Clock, *, owner: str) -> JobRun:
    """Run a job at once in a slot of its own, outside of its schedule; what became of it."""
    now = clock.now()
    slot = f"{BY_HAND} {now:%Y-%m-%dT%H:%M:%SZ} {token_hex(3)}"
    lease = store.jobs.claim(job.name, slot, owner=owner, now=now, lease_seconds=job.lease_seconds)
    if lease is None:
        raise RuntimeError(f"slot {slot} of {job.name} is taken; try again")
    return _run(store, job, lease, clock)


def _close_missed(store: Store, job: Job, known: Mapping[str, JobRun], slot: str, *, now: datetime) -> None:
    """Write the slots before the latest one down as skipped, and those whose process died as failed."""
    earlier = [run for name, run in known.items() if name < slot]
    if job.record_missed and earlier and slot not in known:
        owed = due_slots(job.schedule, last=max(run.slot for run in earlier), now=now)
        store.jobs.skip(job.name, [missed.name for missed in owed if missed.name < slot], now=now)
    for run in known.values():
        if run.slot != slot and run.state == "running" and _expired(run, now):
            _abandon(store, job, run, now)


def _abandon(store: Store, job: Job, run: JobRun, now: datetime) -> None:
    lease = store.jobs.claim(job.name, run.slot, owner=run.owner, now=now, lease_seconds=job.lease_seconds)
    if lease is not None:
        reason = "its process ended before it was done"
        store.jobs.finish(lease, now=now, state="failed", detail={"reason": reason})


def _may_begin(run: JobRun | None, now: datetime) -> bool:
    """Whether a slot is open: never begun, left by a process that died, or failed and due again."""
    if run is None:
        return True
    if run.state == "running":
        return _expired(run, now)
    if run.state != "failed" or run.epoch >= ATTEMPTS:
        return False
    if run.detail.get("stopped"):
        return True
    return now >= (run.finished_at or run.started_at) + BACK_OFF[min(run.epoch, len(BACK_OFF)) - 1]


def _expired(run: JobRun, now: datetime) -> bool:
    return run.lease_until is not None and run.lease_until <= now


def _run(store: Store, job: Job, lease: Lease, clock: Clock) -> JobRun:
    began, started_at = monotonic(), clock.now()
    with structlog.contextvars.bound_contextvars(job=lease.job, slot=lease.slot, epoch=lease.epoch):
        log.info("job started", owner=lease.owner)
        try:
            with _renewed(store, job, lease, clock):
                state, detail = _work(job, lease, started_at)
        except BaseException:  # Ctrl-C, or the interpreter's end
            store.jobs.finish(lease, now=clock.now(), state="failed", detail={"reason": "interrupted"})
            raise
        detail["seconds"] = round(monotonic() - began, 2)
        run = JobRun(
            job=lease.job,
            slot=lease.slot,
            state=state,
            epoch=lease.epoch,
            owner=lease.owner,
            started_at=started_at,
            finished_at=clock.now(),
            detail=detail,
        )
        return _recorded(store, lease, run)


def _recorded(store: Store, lease: Lease, run: JobRun) -> JobRun:
    now = run.finished_at or run.started_at
    if store.jobs.finish(lease, now=now, state=run.state, detail=run.detail):
        log.info("job ended", state=run.state, **run.detail)
        return run
    log.warning("job ended after its slot was taken over", **run.detail)
    return replace(run, state="failed")


def _work(job: Job, lease: Lease, now: datetime) -> tuple[State, dict[str, Any]]:
    """The state and the record of a job's work; whatever it raises becomes the reason in the ledger."""
    if lease.epoch > ATTEMPTS:
        return "failed", {"reason": f"given up after {ATTEMPTS} attempts"}
    try:
        return "done", dict(job.work(lease, now))
    except StoppedError:
        return "failed", {"reason": "the process was asked to end", "stopped": True}
    except LeaseLost:
        return "failed", {"reason": "another process took the slot over"}
    except CycleError as error:  # foreseen: its message says what to do, a traceback would hide it
        log.error("job failed", reason=str(error))
        return "failed", {"reason": str(error)}
    except Exception as error:
        log.exception("job failed")
        return "failed", {"reason": f"{type(error).__name__}: {error}"[:500]}


@contextmanager
def _renewed(store: Store, job: Job, lease: Lease, clock: Clock) -> Iterator[None]:
    """Renew the lease from a thread of its own, so that a long fit keeps its slot."""
    over = threading.Event()
    renewing = threading.Thread(target=_renew, args=(store, job, lease, clock, over), daemon=True)
    renewing.start()
    try:
        yield
    finally:
        over.set()
        renewing.join()


def _renew(store: Store, job: Job, lease: Lease, clock: Clock, over: threading.Event) -> None:
    while not over.wait(job.lease_seconds / 4):
        try:
            store.jobs.renew(lease, clock.now())
        except LeaseLost:  # taken over, or done by the publication itself; both end the work's claim
            return
        except Exception:
            log.exception("lease not renewed; trying again", job=lease.job, slot=lease.slot)
