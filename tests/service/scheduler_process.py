"""A scheduler process for tests: real ledger and ticker, a simulated clock, jobs that note their slot."""

import os
from datetime import time
from pathlib import Path

from service.cli.running import rest, until_asked
from service.clock import SimulatedClock
from service.jobs import Daily, Job
from service.scheduler import Scheduler
from service.store import Store
from service.store.records import Lease


def noted_job(folder: Path, name: str, at: str, zone: str) -> Job:
    """A job whose work is one line in a shared journal; it counts its ticks in a file of this process."""
    ticks = 0

    def ready() -> bool:
        nonlocal ticks
        ticks += 1
        beside = folder / f"{os.getpid()}.{name}.new"
        beside.write_text(str(ticks))
        beside.replace(folder / f"{os.getpid()}.{name}.ticks")
        return True

    def work(lease: Lease, now: object) -> dict[str, object]:
        with (folder / "journal").open("a") as journal:
            journal.write(f"{name} {lease.slot} {os.getpid()}\n")
        return {}

    return Job(name, Daily(time.fromisoformat(at), zone), work, ready=ready, record_missed=True)


def grant_always(store: Store) -> None:
    """The mutation: whoever asks gets the slot."""
    store.jobs.claim = lambda job, slot, *, owner, now, lease_seconds: Lease(job, slot, owner, 1, now)


def main(options: dict) -> int:
    """Schedule `jobs`, {name: [local time, zone]}, by the clock in `folder` until asked to end."""
    folder = Path(options["folder"])
    jobs = tuple(noted_job(folder, name, at, zone) for name, (at, zone) in options["jobs"].items())
    with Store.open(options["url"], migrate=False) as store, until_asked() as stopping:
        if options["mutation"]:
            grant_always(store)
        scheduler = Scheduler(store, jobs, SimulatedClock(folder / "clock"), tick_seconds=0.01)
        scheduler.start()
        rest(stopping)
        return 0 if scheduler.stop(grace_seconds=5) else 1
