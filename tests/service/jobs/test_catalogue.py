import os
import threading
from datetime import timedelta

import pytest

from service.clock import FixedClock
from service.jobs import Daily, Every, Job, jobs, tick
from tests.service.borders import REGISTER, Border, fast_settings

BORDER = Border(days=40)
FEEDS = ({"name": "east", "url": "http://127.0.0.1:9/a.csv", "every_minutes": 30},)


@pytest.fixture
def clock():
    return FixedClock(BORDER.morning_after)


def by_name(store, settings, stopping=None):
    return {job.name: job for job in jobs(store, settings, stopping=stopping or threading.Event())}


def test_the_settings_say_which_jobs_there_are_and_when(store, tmp_path):
    settings = fast_settings(inbox=tmp_path, feeds=FEEDS, time_zone="Asia/Almaty", cycle_at="05:30")
    found = by_name(store, settings)
    assert set(found) == {"ingest", "feed-east", "cycle", "watch", "reports", "deliver"}
    assert found["feed-east"].schedule == Every(30)
    assert found["cycle"].schedule == Daily(settings.cycle_at, "Asia/Almaty")
    assert set(by_name(store, fast_settings())) == {"cycle", "watch", "reports", "deliver"}


def test_the_settings_name_the_jobs_that_are_always_there(store, tmp_path):
    for settings in (fast_settings(inbox=tmp_path, feeds=FEEDS), fast_settings()):
        found = by_name(store, settings)
        assert settings.jobs == tuple(name for name, job in found.items() if isinstance(job, Job))


def test_a_cycle_forgets_runs_of_the_frequent_jobs_after_90_days(store, clock):
    BORDER.fill(store)
    for days in (91, 89):
        then = clock.now() - timedelta(days=days)
        lease = store.jobs.claim("ingest", f"{days} days ago", owner="a", now=then, lease_seconds=60)
        store.jobs.finish(lease, now=then, state="done", detail={})

    tick(store, by_name(store, fast_settings())["cycle"], clock, owner="b")

    assert [run.slot for run in store.jobs.runs("ingest")] == ["89 days ago"]


def test_the_cycle_of_a_day_is_run_by_its_slot_and_recorded(store, clock):
    BORDER.fill(store)
    job = by_name(store, fast_settings())["cycle"]
    run = tick(store, job, clock, owner="a")
    assert (run.state, run.detail["series"], run.detail["fallbacks"]) == ("done", 3, 0)
    assert store.issues.latest().id == run.detail["issue"] == f"cycle-{clock.instant.date()}"
    assert tick(store, job, clock, owner="b") is None


def test_before_the_first_count_the_cycle_waits_and_then_runs_the_same_slot(store, clock):
    store.places.put(REGISTER, at=clock.instant - timedelta(days=50))
    job = by_name(store, fast_settings())["cycle"]
    assert tick(store, job, clock, owner="a") is None
    assert store.jobs.runs() == ()
    BORDER.fill(store)
    assert tick(store, job, clock, owner="a").state == "done"


def test_what_lies_in_the_inbox_is_taken_in_between_two_cycles(store, clock, tmp_path):
    BORDER.fill(store)
    day = clock.instant.date() - timedelta(days=1)
    (tmp_path / "late.csv").write_text(f"crossing,date,arrivals\npass,{day},4321\n")
    os.utime(tmp_path / "late.csv", (0, 0))
    run = tick(store, by_name(store, fast_settings(inbox=tmp_path))["ingest"], clock, owner="a")
    assert (run.state, run.detail["uploads"], run.detail["rows"]) == ("done", 1, 1)


def test_a_feed_that_is_down_is_a_warning_in_the_ledger(store, clock):
    BORDER.fill(store)
    run = tick(store, by_name(store, fast_settings(feeds=FEEDS))["feed-east"], clock, owner="a")
    assert any("east" in warning for warning in run.detail["warnings"])


def test_a_cycle_that_is_asked_to_end_publishes_nothing_and_the_next_process_takes_the_slot(store, clock):
    BORDER.fill(store)
    stopping = threading.Event()
    stopping.set()
    run = tick(store, by_name(store, fast_settings(), stopping)["cycle"], clock, owner="a")
    assert (run.state, run.detail["stopped"]) == ("failed", True)
    assert store.issues.latest() is None
    assert tick(store, by_name(store, fast_settings())["cycle"], clock, owner="b").state == "done"
