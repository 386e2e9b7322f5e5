"""Processes killed at random instants: nothing acknowledged is lost, nothing half-published is ever seen."""

import os
import random
import signal
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import monotonic, sleep

import pytest

from service.clock import FixedClock
from service.ingest import take
from service.jobs import tick
from service.store.blocks import checksum
from service.store.records import EVERYTHING
from tests.service.borders import CROSSINGS, REGISTER, Border
from tests.service.killed_process import cycle_job
from tests.service.nursery import Nursery

BORDER = Border(days=60)
NOW = BORDER.morning_after
KILLS = [0, 1, 2, *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(3, 25))]
FILES, DAYS_A_FILE = 20, 30


@pytest.fixture(scope="module")
def nursery():
    with Nursery("tests.service.killed_process") as opened:
        yield opened


@pytest.fixture
def killed(nursery, database_url, tmp_path):
    """Start work in a process of its own and kill it at a random instant of its first `within` seconds."""

    def kill(work, seed, *, within, **options):
        pid = nursery.start(
            f"tests.service.killed_process:{work}",
            {"url": database_url, "folder": str(tmp_path), "now": NOW.isoformat(), **options},
        )
        waiting_for(lambda: journal(tmp_path))
        sleep(random.Random(seed).uniform(0, within))
        nursery.send(pid, signal.SIGKILL)
        assert nursery.wait(pid) in (0, -signal.SIGKILL)
        return journal(tmp_path)[1:]

    return kill


def waiting_for(condition):
    deadline = monotonic() + 30
    while not condition():
        assert monotonic() < deadline
        sleep(0.002)


def journal(folder):
    file = folder / "journal"
    return [line.split() for line in file.read_text().splitlines()] if file.exists() else []


def counts_of(store, first, last):
    return store.observations.known("arrivals", CROSSINGS, first, last)


def check_issues(store):
    """Every issue that can be seen is whole, and is what its checksum says."""
    issues = store.issues.page(10_000)
    for issue in issues:
        forecasts = store.issues.forecasts(issue.id, EVERYTHING)
        paths = {measure: store.issues.paths(issue.id, measure) for measure in issue.measures}
        assert {forecast.place_id for forecast in forecasts} == {place.id for place in REGISTER}
        assert checksum(forecasts, paths) == issue.checksum
    return [issue.id for issue in issues]


@pytest.mark.parametrize("seed", KILLS)
def test_a_kill_during_ingest_loses_no_acknowledged_file_and_leaves_none_half_taken(
    store, killed, tmp_path, seed
):
    store.places.put(REGISTER, at=datetime(2019, 1, 1, tzinfo=UTC))
    start = {file: date(2020, 1, 1) + timedelta(days=file * DAYS_A_FILE) for file in range(FILES)}
    for file, first in start.items():
        days = [first + timedelta(days=day) for day in range(DAYS_A_FILE)]
        lines = [f"{crossing},{day},{100 + file}" for crossing in CROSSINGS for day in days]
        (tmp_path / f"{file:03}.csv").write_text("\n".join(["crossing,date,arrivals", *lines]) + "\n")
    taken = killed("ingest", seed, within=0.6)
    acknowledged = {int(words[1]) for words in taken}
    size = DAYS_A_FILE * len(CROSSINGS)
    stored = {}
    for file, first in start.items():
        stored[file] = len(counts_of(store, first, first + timedelta(days=DAYS_A_FILE - 1)))
    assert set(stored.values()) <= {0, size}
    assert all(stored[file] == size for file in acknowledged)
    assert {int(upload.name[:3]) for upload in store.uploads.recent(100)} == {
        file for file, rows in stored.items() if rows
    }
    for file in start:
        upload = take(
            store, (tmp_path / f"{file:03}.csv").read_bytes(), name="again.csv", source="test", now=NOW
        )
        assert (upload.state, upload.stored) == ("accepted", size - stored[file])
    assert len(counts_of(store, date(2020, 1, 1), NOW.date())) == FILES * size


@pytest.mark.parametrize("seed", KILLS)
def test_a_kill_during_a_cycle_leaves_whole_issues_and_the_next_run_completes(store, killed, tmp_path, seed):
    BORDER.fill(store)
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    late = NOW.date() - timedelta(days=1)
    (inbox / "late.csv").write_text(f"crossing,date,arrivals\npass,{late},4321\n")
    os.utime(inbox / "late.csv", (0, 0))
    ran = killed("cycle", seed, within=0.8, days=30)
    seen = check_issues(store)
    assert all(state == "done" and f"cycle-{slot}" in seen for _, slot, state in ran)
    clock = FixedClock(NOW + timedelta(days=30))
    assert tick(store, cycle_job(store, tmp_path), clock, owner="next").state == "done"
    issues = check_issues(store)
    assert issues[0] == f"cycle-{clock.instant.date()}"
    assert set(seen) <= set(issues)
    assert len(issues) == len(set(issues))
    assert "running" not in {run.state for run in store.jobs.runs("cycle")}
    assert counts_of(store, late, late).set_index("place")["value"]["pass"] == 4321
    assert (inbox / "taken" / "late.csv").exists()


@pytest.mark.parametrize("seed", KILLS)
def test_a_kill_during_a_publication_leaves_the_issue_before_or_the_whole_new_one(
    store, killed, tmp_path, seed
):
    BORDER.fill(store)
    first = tick(store, cycle_job(store, tmp_path), FixedClock(NOW), owner="first")
    published = killed("publish", seed, within=0.4)
    issues = check_issues(store)
    acknowledged = [issue_id for _, issue_id in published]
    assert set(acknowledged) <= set(issues)
    assert len(issues) - 1 - len(acknowledged) in (0, 1)  # one may be whole and not yet acknowledged
    assert issues[-1] == first.detail["issue"]
    clock = FixedClock(NOW + timedelta(days=1))
    assert tick(store, cycle_job(store, tmp_path), clock, owner="next").state == "done"
    assert store.issues.latest().id == f"cycle-{clock.instant.date()}"


def test_a_process_that_is_paused_beyond_its_lease_publishes_nothing_when_it_wakes(
    nursery, store, database_url, tmp_path
):
    BORDER.fill(store)
    (tmp_path / "inbox").mkdir()
    options = {
        "url": database_url,
        "folder": str(tmp_path),
        "now": NOW.isoformat(),
        "days": 1,
        "paused": True,
    }
    pid = nursery.start("tests.service.killed_process:cycle", options)
    waiting_for(lambda: stopped(pid))
    later = FixedClock(NOW + timedelta(minutes=5))
    run = tick(store, cycle_job(store, tmp_path), later, owner="awake")
    assert (run.state, run.epoch) == ("done", 2)
    published = store.issues.latest()
    nursery.send(pid, signal.SIGCONT)
    assert nursery.wait(pid) == 0
    assert journal(tmp_path)[-1] == ["ran", str(NOW.date()), "failed"]
    assert store.issues.page(10) == (published,)
    (entry,) = store.jobs.runs("cycle")
    assert (entry.state, entry.owner, entry.epoch) == ("done", "awake", 2)


def stopped(pid):
    """Whether the process is stopped, as the kernel tells it."""
    return Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].startswith("T")
