import threading
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from service.clock import FixedClock
from service.jobs.ledger import ATTEMPTS, Job, StoppedError, run_now, tick
from service.jobs.slots import Daily, Every, Weekly
from service.store.errors import LeaseLost

MORNING = datetime(2024, 5, 2, 6, tzinfo=UTC)


class Work:
    """A fake job's work: remembers the slots it was called for and does as told."""

    def __init__(self):
        self.slots = []
        self.do = lambda lease, now: {"series": 3}

    def __call__(self, lease, now):
        self.slots.append(lease.slot)
        return self.do(lease, now)


@pytest.fixture
def work():
    return Work()


@pytest.fixture
def clock():
    return FixedClock(MORNING)


@pytest.fixture
def daily(work):
    return Job("cycle", Daily(time(6), "UTC"), work, record_missed=True)


def states(store, job="cycle"):
    return {run.slot: run.state for run in store.jobs.runs(job)}


def raising(error):
    def do(lease, now):
        raise error

    return do


def test_a_due_slot_is_run_once_however_often_it_is_ticked(store, daily, work, clock):
    for minutes in (0, 1, 60, 600):
        clock.instant = MORNING + timedelta(minutes=minutes)
        tick(store, daily, clock, owner="a")
    assert work.slots == ["2024-05-02"]


def test_what_was_done_is_recorded_with_its_seconds(store, daily, clock):
    tick(store, daily, clock, owner="a")
    (run,) = store.jobs.runs("cycle")
    assert (run.state, run.owner, run.epoch, run.finished_at) == ("done", "a", 1, MORNING)
    assert run.detail["series"] == 3
    assert run.detail["seconds"] >= 0


def test_of_two_that_tick_together_one_runs_the_slot(store, work, clock):
    both, running = threading.Barrier(2), threading.Event()
    work.do = lambda lease, now: running.wait(5) and {}
    job = Job("cycle", Daily(time(6), "UTC"), work)
    runs = []

    def race(owner):
        both.wait()
        runs.append(tick(store, job, clock, owner=owner))
        running.set()  # the one that lost lets the winner end

    threads = [threading.Thread(target=race, args=(owner,)) for owner in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert work.slots == ["2024-05-02"]
    assert sorted(run is None for run in runs) == [False, True]


def test_after_downtime_only_the_latest_slot_runs_and_the_missed_ones_are_written_down(
    store, daily, work, clock
):
    tick(store, daily, clock, owner="a")
    clock.instant += timedelta(days=4)
    tick(store, daily, clock, owner="a")
    assert work.slots == ["2024-05-02", "2024-05-06"]
    assert states(store) == {
        "2024-05-02": "done",
        "2024-05-03": "skipped",
        "2024-05-04": "skipped",
        "2024-05-05": "skipped",
        "2024-05-06": "done",
    }


def test_a_job_that_looks_at_a_state_keeps_no_record_of_the_slots_it_missed(store, work, clock):
    job = Job("ingest", Every(5), work)
    tick(store, job, clock, owner="a")
    clock.instant += timedelta(hours=10)
    tick(store, job, clock, owner="a")
    assert states(store, "ingest") == {"2024-05-02T06:00Z": "done", "2024-05-02T16:00Z": "done"}


def test_a_slot_waits_until_the_job_is_ready(store, daily, work, clock):
    ready = []
    job = replace(daily, ready=lambda: bool(ready))
    assert tick(store, job, clock, owner="a") is None
    assert store.jobs.runs() == ()
    ready.append(True)
    tick(store, job, clock, owner="a")
    assert work.slots == ["2024-05-02"]


def test_a_failed_slot_is_tried_again_after_a_while_and_not_before(store, daily, work, clock):
    work.do = raising(RuntimeError("the disk is full"))
    run = tick(store, daily, clock, owner="a")
    assert (run.state, run.detail["reason"]) == ("failed", "RuntimeError: the disk is full")
    clock.instant += timedelta(seconds=59)
    assert tick(store, daily, clock, owner="a") is None
    clock.instant += timedelta(seconds=1)
    work.do = lambda lease, now: {}
    assert tick(store, daily, clock, owner="a").state == "done"
    assert store.jobs.runs("cycle")[0].epoch == 2


def test_a_slot_that_fails_every_time_is_given_up_and_the_next_day_begins_anew(store, daily, work, clock):
    work.do = raising(RuntimeError("no"))
    for _ in range(300):
        tick(store, daily, clock, owner="a")
        clock.instant += timedelta(minutes=4)
    assert work.slots == ["2024-05-02"] * ATTEMPTS
    assert store.jobs.runs("cycle")[0].epoch == ATTEMPTS  # and its reason stands
    clock.instant = MORNING + timedelta(days=1)
    tick(store, daily, clock, owner="a")
    assert work.slots[-1] == "2024-05-03"


def test_a_job_that_was_asked_to_end_is_taken_up_again_at_once(store, daily, work, clock):
    work.do = raising(StoppedError())
    assert tick(store, daily, clock, owner="a").state == "failed"
    work.do = lambda lease, now: {}
    assert tick(store, daily, clock, owner="b").state == "done"


def test_the_slot_of_a_process_that_died_is_taken_over_when_its_lease_is_over(store, daily, work, clock):
    store.jobs.claim("cycle", "2024-05-02", owner="dead", now=MORNING, lease_seconds=120)
    clock.instant += timedelta(seconds=119)
    assert tick(store, daily, clock, owner="b") is None
    clock.instant += timedelta(seconds=1)
    assert tick(store, daily, clock, owner="b").epoch == 2


def test_a_slot_whose_process_dies_every_time_is_given_up(store, daily, work, clock):
    for attempt in range(ATTEMPTS):
        at = MORNING + attempt * timedelta(minutes=3)
        assert store.jobs.claim("cycle", "2024-05-02", owner="dead", now=at, lease_seconds=120)
    clock.instant = MORNING + timedelta(hours=1)
    run = tick(store, daily, clock, owner="b")
    assert run.state == "failed"
    assert "given up" in run.detail["reason"]
    clock.instant += timedelta(hours=1)
    assert tick(store, daily, clock, owner="b") is None
    assert work.slots == []


def test_an_earlier_slot_whose_process_died_is_closed_when_a_later_one_takes_its_place(
    store, daily, work, clock
):
    store.jobs.claim("cycle", "2024-05-02", owner="dead", now=MORNING, lease_seconds=120)
    clock.instant += timedelta(days=1)
    tick(store, daily, clock, owner="b")
    assert states(store) == {"2024-05-02": "failed", "2024-05-03": "done"}
    assert work.slots == ["2024-05-03"]


def test_the_lease_is_renewed_while_the_work_goes_on(store, work, clock):
    job = Job("cycle", Daily(time(6), "UTC"), work, lease_seconds=0.2)
    renewed = threading.Event()
    claimed = []

    def until_renewed(lease, now):
        clock.instant += timedelta(seconds=100)
        while not renewed.wait(0.01):
            run = store.jobs.runs("cycle")[0]
            if run.lease_until > clock.instant:
                claimed.append(
                    store.jobs.claim("cycle", "2024-05-02", owner="b", now=clock.instant, lease_seconds=1)
                )
                renewed.set()
        return {}

    work.do = until_renewed
    assert tick(store, job, clock, owner="a").state == "done"
    assert claimed == [None]


def test_work_whose_slot_was_taken_over_does_not_count_as_done(store, daily, work, clock):
    def overtaken(lease, now):
        later = now + timedelta(minutes=3)
        assert store.jobs.claim("cycle", lease.slot, owner="b", now=later, lease_seconds=120).epoch == 2
        return {}

    work.do = overtaken
    assert tick(store, daily, clock, owner="a").state == "failed"
    (run,) = store.jobs.runs("cycle")
    assert (run.owner, run.state, run.epoch) == ("b", "running", 2)


def test_a_refused_publication_is_no_error_of_the_job(store, daily, work, clock):
    work.do = raising(LeaseLost("taken over"))
    run = tick(store, daily, clock, owner="a")
    assert run.detail["reason"] == "another process took the slot over"


def test_a_clock_that_was_set_back_runs_nothing_twice(store, daily, work, clock):
    tick(store, daily, clock, owner="a")
    clock.instant -= timedelta(minutes=30)
    tick(store, daily, clock, owner="a")
    clock.instant += timedelta(minutes=40)
    tick(store, daily, clock, owner="a")
    assert work.slots.count("2024-05-02") == 1


def test_a_run_by_hand_stands_in_the_ledger_beside_the_slots(store, daily, work, clock):
    first, second = (run_now(store, daily, clock, owner="hand") for _ in range(2))
    assert first.state == second.state == "done"
    assert first.slot != second.slot
    assert tick(store, daily, clock, owner="a").slot == "2024-05-02"
    clock.instant += timedelta(days=2)
    assert tick(store, daily, clock, owner="a").slot == "2024-05-04"
    assert states(store)["2024-05-03"] == "skipped"


def test_a_run_by_hand_that_is_interrupted_is_closed_at_once_and_one_that_died_by_the_next_tick(
    store, daily, work, clock
):
    work.do = raising(KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        run_now(store, daily, clock, owner="hand")
    assert set(states(store).values()) == {"failed"}
    store.jobs.claim(
        "cycle", "by hand 2024-05-02T06:00:00Z abc", owner="dead", now=MORNING, lease_seconds=120
    )
    clock.instant += timedelta(minutes=3)
    work.do = lambda lease, now: {}
    tick(store, daily, clock, owner="a")
    assert sorted(states(store).values()) == ["done", "failed", "failed"]


def test_a_slot_that_could_not_begin_in_time_is_skipped_and_the_next_one_runs(store, work, clock):
    job = Job("report", Weekly(3, time(6), "UTC"), work, within=timedelta(hours=48))
    clock.instant = MORNING + timedelta(hours=48, seconds=1)
    assert tick(store, job, clock, owner="a") is None
    assert (work.slots, states(store, "report")) == ([], {"2024-W18": "skipped"})
    clock.instant = MORNING + timedelta(days=7, hours=48)
    assert tick(store, job, clock, owner="a").state == "done"
    assert work.slots == ["2024-W19"]


def test_a_slot_that_failed_is_not_tried_again_once_its_time_is_over(store, work, clock):
    job = Job("report", Weekly(3, time(6), "UTC"), work, within=timedelta(hours=1))
    work.do = raising(ValueError("no"))
    tick(store, job, clock, owner="a")
    clock.instant = MORNING + timedelta(hours=1, seconds=1)
    assert tick(store, job, clock, owner="a") is None
    assert (len(work.slots), states(store, "report")) == (1, {"2024-W18": "failed"})
