from dataclasses import replace
from datetime import timedelta

import pytest

from service.store import LeaseLost
from service.store.records import JobRun, Lease
from tests.service.store.builders import NOW


def at(seconds):
    return NOW + timedelta(seconds=seconds)


def claim(store, slot="monday", *, job="cycle", owner="a", now=NOW):
    return store.jobs.claim(job, slot, owner=owner, now=now, lease_seconds=60)


def state(store, slot="monday"):
    return {run.slot: run.state for run in store.jobs.runs()}[slot]


def test_the_first_to_claim_a_slot_has_it_for_the_time_of_its_lease(store):
    assert claim(store) == Lease("cycle", "monday", "a", 1, at(60))
    assert store.jobs.runs() == (JobRun("cycle", "monday", "running", 1, "a", NOW, lease_until=at(60)),)


def test_a_slot_that_runs_is_not_given_twice(store):
    claim(store)
    assert claim(store, owner="b", now=at(59)) is None
    assert claim(store, owner="a", now=at(59)) is None


def test_slots_and_jobs_are_claimed_apart(store):
    assert all([claim(store), claim(store, "tuesday"), claim(store, job="ingest")])


def test_an_expired_lease_is_taken_over_with_the_next_epoch(store):
    claim(store)
    assert claim(store, owner="b", now=at(60)) == Lease("cycle", "monday", "b", 2, at(120))
    assert claim(store, owner="c", now=at(200)).epoch == 3


def test_a_failed_slot_may_be_claimed_at_once(store):
    store.jobs.finish(claim(store), now=at(1), state="failed", detail={"error": "disk full"})
    assert claim(store, owner="b", now=at(2)).epoch == 2


@pytest.mark.parametrize("ended", ["done", "skipped"])
def test_a_slot_that_is_over_is_not_claimed_again(store, ended):
    store.jobs.finish(claim(store), now=at(1), state=ended)
    assert claim(store, now=at(10_000)) is None


def test_a_renewed_lease_lasts_as_long_again(store):
    lease = store.jobs.renew(claim(store), at(50))
    assert lease.until == at(110)
    assert claim(store, owner="b", now=at(100)) is None
    assert claim(store, owner="b", now=at(110)).epoch == 2


def test_an_expired_lease_that_nobody_took_may_still_be_renewed(store):
    assert store.jobs.renew(claim(store), at(500)).until == at(560)


def test_a_lease_that_was_taken_over_is_neither_renewed_nor_finished(store):
    old = claim(store)
    new = claim(store, owner="b", now=at(60))
    with pytest.raises(LeaseLost):
        store.jobs.renew(old, at(61))
    assert not store.jobs.finish(old, now=at(61), state="failed")
    assert state(store) == "running"
    assert store.jobs.finish(new, now=at(62))
    assert state(store) == "done"


def test_a_forged_lease_ends_nothing(store):
    lease = claim(store)
    for forged in (replace(lease, epoch=2), replace(lease, slot="tuesday"), replace(lease, job="ingest")):
        assert not store.jobs.finish(forged, now=at(1))


def test_how_a_run_ended_is_noted(store):
    assert store.jobs.finish(claim(store), now=at(30), detail={"series": 10, "warnings": ["late"]})
    (run,) = store.jobs.runs()
    assert (run.state, run.finished_at, run.lease_until) == ("done", at(30), None)
    assert run.detail == {"series": 10, "warnings": ["late"]}


def test_what_fails_after_its_slot_was_done_does_not_open_the_slot_again(store):
    lease = claim(store)
    store.jobs.finish(lease, now=at(1), detail={"issue": "first"})
    assert store.jobs.finish(lease, now=at(2), state="failed", detail={"error": "ping"})
    assert store.jobs.runs()[0].detail == {"issue": "first", "error": "ping"}
    assert claim(store, now=at(10_000)) is None


def test_skipped_slots_are_noted_and_those_that_ran_stay_as_they_are(store):
    claim(store)
    store.jobs.skip("cycle", ["saturday", "monday", "sunday"], now=at(5))
    store.jobs.skip("cycle", [], now=at(5))
    assert {run.slot: run.state for run in store.jobs.runs()} == {
        "saturday": "skipped",
        "sunday": "skipped",
        "monday": "running",
    }
    assert claim(store, "sunday", now=at(10_000)) is None


def test_runs_come_newest_first_and_can_be_narrowed_to_a_job(store):
    for seconds, slot in enumerate(("one", "two", "three")):
        claim(store, slot, now=at(seconds))
    claim(store, "other", job="ingest", now=at(9))
    assert [run.slot for run in store.jobs.runs(limit=3)] == ["other", "three", "two"]
    assert [run.slot for run in store.jobs.runs("cycle")] == ["three", "two", "one"]


def test_the_last_success_of_each_job_is_known(store):
    for seconds, slot in ((10, "one"), (20, "two")):
        store.jobs.finish(claim(store, slot), now=at(seconds))
    store.jobs.finish(claim(store, "three"), now=at(30), state="failed")
    store.jobs.finish(claim(store, job="ingest"), now=at(5))
    claim(store, job="report")
    assert store.jobs.last_success() == {"cycle": at(20), "ingest": at(5)}


def test_old_runs_are_forgotten_except_those_at_work_and_those_of_jobs_to_keep(store):
    for slot, job in (("old", "ingest"), ("old", "cycle"), ("new", "ingest")):
        lease = claim(store, slot, job=job)
        store.jobs.finish(lease, now=at(5 if slot == "old" else 50), state="done", detail={})
    claim(store, "stuck", job="ingest")

    assert store.jobs.forget(before=at(10), but=("cycle",)) == 1

    assert {(run.job, run.slot) for run in store.jobs.runs()} == {
        ("cycle", "old"),
        ("ingest", "new"),
        ("ingest", "stuck"),
    }
