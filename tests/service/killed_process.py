"""Work to be killed at, for tests: each acknowledges in a journal what it was told is safe."""

import os
import signal
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

from forecast.pipeline import in_order
from service.clock import FixedClock
from service.cycle import Means, complete_cycle
from service.ingest import take
from service.jobs import Daily, Job, tick
from service.store import Store
from service.store.records import EVERYTHING, Lease
from tests.service.borders import fast_settings


def note(options: dict, *words: object) -> None:
    """One line of the journal, written at once."""
    journal = os.open(Path(options["folder"]) / "journal", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(journal, (" ".join(map(str, words)) + "\n").encode())
    os.close(journal)


def ingest(options: dict) -> None:
    """Take file after file of a folder, in order."""
    now = datetime.fromisoformat(options["now"])
    with Store.open(options["url"], migrate=False) as store:
        note(options, "begun")
        for file in sorted(Path(options["folder"]).glob("*.csv")):
            upload = take(store, file.read_bytes(), name=file.name, source="test", now=now)
            note(options, "taken", file.stem, upload.stored)


def cycle_job(store: Store, folder: str, *, paused: bool = False) -> Job:
    """The daily job: take in what waits in the inbox, issue, publish."""
    settings = fast_settings(inbox=Path(folder) / "inbox", paths=300)

    def at_step(step: str) -> None:
        if paused and step == "publishing":
            os.kill(os.getpid(), signal.SIGSTOP)

    def work(lease: Lease, now: datetime) -> dict[str, object]:
        means = Means(in_order, lease, at_step)
        return complete_cycle(store, settings, means, now=now).as_detail()

    return Job("cycle", Daily(settings.cycle_at, "UTC"), work, record_missed=True)


def cycle(options: dict) -> None:
    """Run the job of day after day."""
    clock = FixedClock(datetime.fromisoformat(options["now"]))
    with Store.open(options["url"], migrate=False) as store:
        job = cycle_job(store, options["folder"], paused=options.get("paused", False))
        note(options, "begun")
        for _ in range(options["days"]):
            run = tick(store, job, clock, owner=f"killed:{os.getpid()}")
            note(options, "ran", run and run.slot, run and run.state)
            clock.instant += timedelta(days=1)


def publish(options: dict) -> None:
    """Publish the numbers of the latest issue again and again, each time as a new issue."""
    with Store.open(options["url"], migrate=False) as store:
        like = store.issues.latest()
        forecasts = store.issues.forecasts(like.id, EVERYTHING)
        paths = {measure: store.issues.paths(like.id, measure) for measure in like.measures}
        note(options, "begun")
        for number in count(1):
            issue = replace(like, id=f"again-{os.getpid()}-{number}")
            store.issues.publish(issue, forecasts, paths, lease=None, kept={}, scores=(), keep_paths=10_000)
            note(options, "published", issue.id)
