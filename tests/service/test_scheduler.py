import signal
import threading
from collections import Counter
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from time import monotonic, sleep

import pytest

from service.clock import FixedClock, SimulatedClock
from service.jobs import Every, Job
from service.scheduler import Scheduler
from service.store import Store
from tests.service.nursery import Nursery

OUTAGE = timedelta(days=3)


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


@pytest.fixture(scope="module")
def nursery():
    with Nursery("tests.service.scheduler_process") as opened:
        yield opened


class Pair:
    """Two scheduler processes on one database and one simulated clock, which the test moves."""

    def __init__(self, nursery, url, folder, *, jobs, mutation=False):
        self.nursery, self.folder, self.jobs = nursery, folder, jobs
        self.options = {"url": url, "folder": str(folder), "jobs": jobs, "mutation": mutation}
        self.clock = SimulatedClock(folder / "clock")
        self.processes = []

    @contextmanager
    def scheduling(self, ending=signal.SIGTERM):
        """Both at work; at the end each gets a signal, and ends by it or cleanly."""
        self.processes = [
            self.nursery.start("tests.service.scheduler_process:main", self.options) for _ in range(2)
        ]
        self._settle()
        yield
        for process in self.processes:
            self.nursery.send(process, ending)
        for process in self.processes:
            assert self.nursery.wait(process) == (0 if ending == signal.SIGTERM else -ending)

    def move(self, *instants):
        for instant in instants:
            self.clock.set(instant)
            self._settle()

    def _settle(self):
        """Wait until a tick of each job that began after now is over, in each process.

        A tick looks at the clock before it is counted: of the next three, the first may still see the old
        instant, the second sees the new one, and the third begins when the second is over.
        """
        wanted = {file: ticks + 3 for file, ticks in self._ticks().items()}
        deadline = monotonic() + 60
        while any(ticks < wanted[file] for file, ticks in self._ticks().items()):
            assert monotonic() < deadline, "a scheduler no longer ticks"
            sleep(0.002)

    def _ticks(self):
        files = [self.folder / f"{process}.{name}.ticks" for process in self.processes for name in self.jobs]
        return {file: int(file.read_text()) if file.exists() else 0 for file in files}

    def executed(self):
        """How often each slot of each job was worked on."""
        lines = (self.folder / "journal").read_text().split("\n")[:-1]
        return Counter(tuple(line.split()[:2]) for line in lines)


def steps(first, last, change):
    """Instants from first to last: every six hours, and every half hour on the day of the clock change."""
    instant = first
    while instant < last:
        instant += timedelta(minutes=30) if abs(instant - change) < timedelta(hours=8) else timedelta(hours=6)
        yield min(instant, last)


WINDOWS = {
    "spring in Berlin": (
        {"cycle": ("02:30", "Europe/Berlin"), "report": ("00:00", "Europe/Berlin")},
        utc(2024, 3, 25, 12),
        utc(2024, 3, 31, 1),
    ),
    "autumn in Berlin": (
        {"cycle": ("02:30", "Europe/Berlin"), "report": ("00:00", "Europe/Berlin")},
        utc(2024, 10, 21, 12),
        utc(2024, 10, 27, 1),
    ),
    "the day of 25 hours in Almaty": (
        {"cycle": ("23:30", "Asia/Almaty"), "report": ("06:00", "Asia/Almaty")},
        utc(2024, 2, 24, 12),
        utc(2024, 2, 29, 18),
    ),
}


@pytest.mark.parametrize("window", WINDOWS)
def test_two_schedulers_run_each_slot_once_through_clock_changes_and_an_outage(
    nursery, database_url, tmp_path, window
):
    through(window, Pair(nursery, database_url, tmp_path, jobs=WINDOWS[window][0]), database_url)


def through(window, pair, url):
    """Walk both schedulers through a window, down for three days in it, and look at each slot of each job."""
    jobs, first, change = WINDOWS[window]
    outage = change + timedelta(days=2)
    pair.clock.set(first)
    with pair.scheduling(ending=signal.SIGKILL):
        pair.move(*steps(first, outage, change))
    pair.clock.set(outage + OUTAGE)
    with pair.scheduling():
        pair.move(*steps(outage + OUTAGE, first + timedelta(days=12), change))
    executed = pair.executed()
    assert set(executed.values()) == {1}
    with Store.open(url) as store:
        for name in jobs:
            states = {run.slot: run.state for run in store.jobs.runs(name)}
            assert sorted(states) == days_from(min(states), 13)
            assert {slot for job, slot in executed if job == name} == slots_in(states, "done")
            assert len(slots_in(states, "done")) == 11
            assert len(slots_in(states, "skipped")) == 2  # of the three missed, the last is run


def days_from(first, count):
    return [(date.fromisoformat(first) + timedelta(days=day)).isoformat() for day in range(count)]


def slots_in(states, state):
    return {slot for slot, found in states.items() if found == state}


def test_without_the_claim_the_same_two_schedulers_double_slots(nursery, sqlite_database_url, tmp_path):
    jobs = {"cycle": ("06:00", "UTC")}
    pair = Pair(nursery, sqlite_database_url, tmp_path, jobs=jobs, mutation=True)
    pair.clock.set(utc(2024, 5, 1, 12))
    with pair.scheduling():
        pair.move(utc(2024, 5, 2, 12))
    assert max(pair.executed().values()) > 1


def waiting_for(condition):
    deadline = monotonic() + 20
    while not condition():
        assert monotonic() < deadline
        sleep(0.005)


def test_a_job_at_work_holds_up_no_other(sqlite_store):
    blocked, release, ticked = threading.Event(), threading.Event(), []

    def block(lease, now):
        blocked.set()
        release.wait(20)
        return {}

    clock = FixedClock(utc(2024, 5, 1))
    slow = Job("cycle", Every(60), block)
    quick = Job("ingest", Every(1), lambda lease, now: ticked.append(lease.slot) or {})
    scheduler = Scheduler(sqlite_store, (slow, quick), clock, tick_seconds=0.01)
    scheduler.start()
    assert blocked.wait(20)
    waiting_for(lambda: len(ticked) == 1)
    clock.instant += timedelta(minutes=1)
    waiting_for(lambda: len(ticked) == 2)
    release.set()
    assert scheduler.stop(grace_seconds=20)
    assert {run.state for run in sqlite_store.jobs.runs()} == {"done"}


def test_stopping_says_when_a_job_would_not_end_in_time(sqlite_store):
    blocked, release = threading.Event(), threading.Event()

    def block(lease, now):
        blocked.set()
        release.wait(20)
        return {}

    scheduler = Scheduler(sqlite_store, (Job("cycle", Every(60), block),), FixedClock(utc(2024, 5, 1)))
    scheduler.start()
    assert blocked.wait(20)
    assert not scheduler.stop(grace_seconds=0.01)
    release.set()


def test_a_tick_that_fails_is_followed_by_the_next(sqlite_store):
    done, asked = [], []

    def ready():
        asked.append(1)
        if len(asked) < 3:
            raise OSError("the database is away")
        return True

    job = Job("cycle", Every(60), lambda lease, now: done.append(1) or {}, ready=ready)
    scheduler = Scheduler(sqlite_store, (job,), FixedClock(utc(2024, 5, 1)), tick_seconds=0.01)
    scheduler.start()
    waiting_for(lambda: done)
    assert scheduler.stop(grace_seconds=20)
    assert len(done) == 1
