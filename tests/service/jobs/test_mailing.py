"""When reports are due, whom alerts and letters wait for, and what the ledger keeps of it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from service.clock import FixedClock
from service.jobs import Job, Jobs, mail_jobs, tick
from service.settings import Settings
from service.store import Store
from service.store.records import JobRun
from tests.service.alerts.matters import FIRST, PLACES, day, place_all, publish, recipient
from tests.service.mail.builders import NOW as MAILED
from tests.service.mail.builders import a_letter

MONDAY = 6  # days after the first issue, 26 September 2022
WEEK = "2022-W39"


@pytest.fixture
def settings(tmp_path) -> Settings:
    return Settings(home=tmp_path, report_at="05:00", mail_transport="folder")


@pytest.fixture
def border(sqlite_store: Store) -> Store:
    place_all(sqlite_store)
    sqlite_store.recipients.add(recipient("west", "west", kinds=("report", "alert")))
    return sqlite_store


def at(hour: int, minute: int = 0, *, days: int = MONDAY) -> datetime:
    """An instant of the Monday, or of another day."""
    return datetime.fromisoformat(f"{day(days)}T{hour:02d}:{minute:02d}:00+00:00")


def due(store: Store, settings: Settings, now: datetime, kind: str) -> tuple[Job, ...]:
    """The jobs of a kind that there are at an instant."""
    found = {job.name: job for job in mail_jobs(store, settings)}[kind]
    return found.due(now) if isinstance(found, Jobs) else (found,)


def run_all(store: Store, settings: Settings, now: datetime, kind: str = "reports") -> Iterator[JobRun]:
    for job in due(store, settings, now, kind):
        run = tick(store, job, FixedClock(now), owner="a")
        if run is not None:
            yield run


def test_a_report_is_made_on_its_weekday_at_its_hour_and_once(border, settings):
    publish(border, MONDAY - 1)
    (run,) = run_all(border, settings, at(5, 1))
    assert (run.job, run.slot, run.state, run.detail["letters"]) == ("report-west", WEEK, "done", 1)
    assert list(run_all(border, settings, at(6))) == []
    assert list(run_all(border, settings, at(6, days=MONDAY + 1))) == []


def test_the_hour_is_that_of_the_regions_zone(border, settings):
    border.places.put([replace(PLACES[1], time_zone="Asia/Oral")], at=at(0, days=0))  # five hours ahead
    publish(border, MONDAY - 1)
    assert [run.slot for run in run_all(border, settings, at(0, 1))] == [WEEK]


def test_another_weekday_is_a_setting(border, settings):
    publish(border, MONDAY)
    tuesday = settings.model_copy(update={"report_weekday": "tuesday"})
    assert [run.slot for run in run_all(border, tuesday, at(5, 1, days=MONDAY + 1))] == [WEEK]


def test_a_place_that_nobody_reads_of_gets_no_report(border, settings):
    publish(border, MONDAY - 1)
    border.recipients.end("to-west", at=at(1))
    assert due(border, settings, at(5, 1), "reports") == ()


def test_who_comes_after_the_hour_waits_for_the_next_one(border, settings):
    publish(border, MONDAY - 1)
    late = replace(recipient("east", "east", kinds=("report",)), created_at=at(5, 30))
    border.recipients.add(late)
    assert [run.job for run in run_all(border, settings, at(6))] == ["report-west"]


def test_a_report_waits_for_the_issue_of_its_morning(border, settings):
    publish(border, MONDAY - 2)
    assert list(run_all(border, settings, at(5, 1))) == []
    publish(border, MONDAY - 1)
    (run,) = run_all(border, settings, at(5, 40))
    assert run.detail["issue"] == f"issue-{MONDAY - 1}"


def test_after_three_hours_it_goes_out_with_the_issue_there_is(border, settings):
    publish(border, MONDAY - 2)
    assert list(run_all(border, settings, at(7, 59))) == []
    (run,) = run_all(border, settings, at(8))
    assert run.detail["issue"] == f"issue-{MONDAY - 2}"


def test_a_report_that_is_two_days_late_is_not_sent(border, settings):
    publish(border, MONDAY + 2)
    assert list(run_all(border, settings, at(5, 1, days=MONDAY + 2))) == []
    assert [(run.slot, run.state) for run in border.jobs.runs("report-west")] == [(WEEK, "skipped")]
    assert border.outbox.page(10) == ()


def test_before_the_first_issue_there_is_no_report_to_make(border, settings):
    assert due(border, settings, at(9), "reports") == ()


def test_alerts_are_looked_for_every_few_minutes(border, settings):
    publish(border, 0, {"bridge": 0.9})
    now = at(1, 10, days=1)
    (run,) = run_all(border, settings, now, "watch")
    assert run.state == "done"
    assert [one.letter.kind for one in border.outbox.page(10)] == ["alert"]
    assert list(run_all(border, settings, now + timedelta(minutes=1), "watch")) == []
    assert len(list(run_all(border, settings, now + timedelta(minutes=5), "watch"))) == 1
    assert len(border.outbox.page(10)) == 1


def test_letters_go_out_and_an_empty_outbox_leaves_no_trace(border, settings):
    assert due(border, settings, MAILED, "deliver") == ()
    border.outbox.put([a_letter(recipient=border.recipients.get("to-west"))])
    (run,) = run_all(border, settings, MAILED, "deliver")
    assert (run.state, border.outbox.page(1)[0].state) == ("done", "sent")
    assert len(list((settings.home / "mail").glob("*.eml"))) == 1
    assert due(border, settings, MAILED + timedelta(minutes=1), "deliver") == ()


def test_what_is_told_follows_in_this_order(border, settings):
    assert [job.name for job in mail_jobs(border, settings)] == ["watch", "reports", "deliver"]
    assert FIRST.weekday() == 1  # so that the Monday above is one
