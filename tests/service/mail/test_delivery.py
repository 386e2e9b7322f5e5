"""A pass over the outbox: what is tried, when it is tried again, and when it is given up."""

import io
import json
import logging
import threading
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
import structlog

from service import logs
from service.mail import delivery
from service.mail.delivery import Deliveries, deliver
from service.mail.outcomes import SENT, Outcome
from tests.service.mail.builders import NOW, a_letter, a_recipient, laid, settings_for, smtp_settings
from tests.service.mail.servers import Misbehaving, mail_server, nobody

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


class Says:
    """A way out that says the same of every letter, or what a list says of one after the other."""

    def __init__(self, *outcomes):
        self.outcomes, self.tried, self.closed = list(outcomes), [], 0

    def send(self, letter):
        self.tried.append(letter)
        return self.outcomes.pop(0) if len(self.outcomes) > 1 else self.outcomes[0]

    def close(self):
        self.closed += 1


@pytest.fixture
def way(monkeypatch):
    """Let mail go out by a fake."""

    def set_way(*outcomes):
        fake, nothing = Says(*outcomes), Says(SENT)
        monkeypatch.setattr(
            delivery, "_way", lambda settings, channel, now: fake if channel == "mail" else nothing
        )
        return fake

    return set_way


def passed(store, tmp_path, now=NOW, **given):
    return deliver(store, settings_for(tmp_path), now=now, owner="one", **given)


def test_mail_lands_in_a_folder_where_no_server_is_set(sqlite_store, tmp_path):
    (number,) = laid(sqlite_store, a_letter())
    assert passed(sqlite_store, tmp_path) == Deliveries(sent=1)
    (file,) = (tmp_path / "mail").iterdir()
    assert file.read_bytes() == a_letter().content
    assert sqlite_store.outbox.get(number).state == "sent"
    assert passed(sqlite_store, tmp_path) == Deliveries()
    assert passed(sqlite_store, tmp_path).as_detail() == {}


def test_mail_goes_to_the_console_if_asked(sqlite_store, tmp_path, capsys):
    laid(sqlite_store, a_letter())
    settings = settings_for(tmp_path, mail_transport="console")
    assert deliver(sqlite_store, settings, now=NOW, owner="one") == Deliveries(sent=1)
    assert "420 people" in capsys.readouterr().out


def test_a_letter_is_tried_after_1_5_15_60_minutes_then_hourly_and_given_up_after_48_hours(
    sqlite_store, tmp_path, way
):
    fake = way(Outcome("deferred", "450 later"))
    (number,) = laid(sqlite_store, a_letter())
    tries, now = [], NOW
    while sqlite_store.outbox.get(number).state == "pending":
        now = max(now, sqlite_store.outbox.get(number).next_try_at)
        before = len(fake.tried)
        passed(sqlite_store, tmp_path, now)
        tries += [now] * (len(fake.tried) - before)
        passed(sqlite_store, tmp_path, now + timedelta(seconds=59))
        assert len(fake.tried) == len(tries)
    gaps = [later - earlier for earlier, later in pairwise(tries)]
    assert gaps == [MINUTE, 5 * MINUTE, 15 * MINUTE, *[HOUR] * (len(gaps) - 3)]
    ended = sqlite_store.outbox.get(number)
    assert (ended.state, ended.reason) == ("failed", "given up: 450 later")
    assert NOW + 46 * HOUR < tries[-1] < NOW + 48 * HOUR
    assert len(fake.tried) == ended.attempts == len(tries)


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (SENT, "sent"),
        (Outcome("failed", "554 no"), "failed"),
        (Outcome("uncertain", "lost"), "uncertain"),
    ],
)
def test_what_is_sent_failed_or_uncertain_is_never_tried_again(sqlite_store, tmp_path, way, outcome, state):
    fake = way(outcome)
    (number,) = laid(sqlite_store, a_letter())
    assert passed(sqlite_store, tmp_path) == Deliveries(**{state: 1})
    for later in (MINUTE, HOUR, 100 * HOUR):
        passed(sqlite_store, tmp_path, NOW + later)
    assert len(fake.tried) == 1
    assert sqlite_store.outbox.get(number).state == state
    (entry,) = sqlite_store.audit.read(10)
    assert (entry.action, entry.subject) == (f"letter.{state}", "to-1")


def test_a_server_that_cannot_be_reached_ends_the_pass_and_costs_one_letter_a_try(
    sqlite_store, tmp_path, way
):
    fake = way(Outcome("deferred", "unreachable", closed=True))
    laid(sqlite_store, *(a_letter(f"2022-W{week}") for week in (36, 37, 38)))
    assert passed(sqlite_store, tmp_path) == Deliveries(deferred=1)
    assert len(fake.tried) == 1
    assert fake.closed == 1
    assert sqlite_store.outbox.counts()["pending"] == 3


def test_one_letter_that_is_refused_keeps_no_other_back(sqlite_store, tmp_path, way):
    way(Outcome("failed", "550 no such desk"), SENT)
    laid(sqlite_store, *(a_letter(f"2022-W{week}") for week in (36, 37, 38)))
    assert passed(sqlite_store, tmp_path) == Deliveries(sent=2, failed=1)


def test_a_pass_ends_when_its_time_is_over(sqlite_store, tmp_path, way, monkeypatch):
    fake = way(SENT)
    monkeypatch.setattr(delivery, "RUN_SECONDS", 0.0)
    laid(sqlite_store, a_letter())
    assert passed(sqlite_store, tmp_path) == Deliveries()
    assert not fake.tried


def test_a_pass_for_one_letter_tries_no_other(sqlite_store, tmp_path, way):
    fake = way(SENT)
    numbers = laid(sqlite_store, *(a_letter(f"2022-W{week}") for week in (36, 37, 38)))
    passed(sqlite_store, tmp_path, only=numbers[1])
    assert [letter.period for letter in fake.tried] == ["2022-W37"]


def test_who_was_taken_off_the_register_gets_nothing_that_still_waits(sqlite_store, tmp_path, way):
    fake = way(SENT)
    (number,) = laid(sqlite_store, a_letter())
    sqlite_store.recipients.end("to-1", at=NOW)
    assert passed(sqlite_store, tmp_path) == Deliveries(failed=1)
    assert not fake.tried
    assert "taken off the register" in sqlite_store.outbox.get(number).reason
    assert sqlite_store.outbox.troubled() == (), "it is as it should be"


def test_a_letter_that_a_dead_worker_left_is_shown_and_not_sent(sqlite_store, tmp_path, way):
    fake = way(SENT)
    laid(sqlite_store, a_letter())
    sqlite_store.outbox.claim("mail", owner="dead", now=NOW, lease_until=NOW + HOUR)
    assert passed(sqlite_store, tmp_path, NOW + HOUR - MINUTE) == Deliveries()
    assert passed(sqlite_store, tmp_path, NOW + HOUR) == Deliveries(uncertain=1)
    assert not fake.tried


def test_a_report_of_last_week_does_not_go_out_when_the_service_comes_back(sqlite_store, tmp_path, way):
    fake = way(SENT)
    laid(sqlite_store, a_letter())
    assert passed(sqlite_store, tmp_path, NOW + 48 * HOUR) == Deliveries(failed=1)
    assert not fake.tried


def test_contents_are_forgotten_after_ninety_days(sqlite_store, tmp_path, way):
    way(SENT)
    (number,) = laid(sqlite_store, a_letter())
    passed(sqlite_store, tmp_path)
    passed(sqlite_store, tmp_path, NOW + timedelta(days=90))
    assert sqlite_store.outbox.get(number).letter.content
    passed(sqlite_store, tmp_path, NOW + timedelta(days=91))
    assert sqlite_store.outbox.get(number).letter.content == b""


def test_the_log_tells_of_every_letter_and_names_no_address(sqlite_store, tmp_path, way):
    way(SENT, Outcome("deferred", "450 later"), Outcome("failed", "554 no"), Outcome("uncertain", "lost"))
    laid(sqlite_store, *(a_letter(f"2022-W{week}") for week in (36, 37, 38, 39)))
    stream, root = io.StringIO(), logging.getLogger()
    before = root.handlers[:], root.level
    logs.configure("info", stream=stream)
    try:
        passed(sqlite_store, tmp_path)
    finally:
        root.handlers, root.level = before
        structlog.reset_defaults()
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [line["state"] for line in lines] == ["sent", "pending", "failed", "uncertain"]
    assert {line["recipient"] for line in lines} == {"to-1"}
    assert "@" not in stream.getvalue()


def test_two_workers_at_once_send_every_letter_once(store, tmp_path):
    letters = [a_letter(f"2022-W{week}") for week in range(10, 22)]
    laid(store, *letters)
    with mail_server() as (port, taker):
        settings = smtp_settings(tmp_path, port, timeout=10)
        workers = [
            threading.Thread(
                target=deliver, args=(store, settings), kwargs={"now": NOW, "owner": f"worker-{one}"}
            )
            for one in range(2)
        ]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    assert taker.copies == {letter.message_id: 1 for letter in letters}
    assert store.outbox.counts()["sent"] == 12


def test_a_letter_waits_out_a_server_that_is_down(sqlite_store, tmp_path):
    laid(sqlite_store, a_letter())
    with mail_server() as (port, taker), nobody() as dead:
        down, up = smtp_settings(tmp_path, dead, timeout=10), smtp_settings(tmp_path, port, timeout=10)
        assert deliver(sqlite_store, down, now=NOW, owner="one") == Deliveries(deferred=1)
        assert deliver(sqlite_store, up, now=NOW, owner="one") == Deliveries(), "its time has not come"
        assert deliver(sqlite_store, up, now=NOW + MINUTE, owner="one") == Deliveries(sent=1)
    assert len(taker.copies) == 1


def test_a_refused_recipient_is_shown_with_what_the_server_said_and_without_the_address(
    sqlite_store, tmp_path
):
    laid(sqlite_store, a_letter())
    with mail_server() as (port, _), Misbehaving(port, lambda: "rcpt-5") as host:
        deliver(sqlite_store, smtp_settings(tmp_path, host.port, timeout=10), now=NOW, owner="one")
    (shown,) = sqlite_store.outbox.troubled()
    assert shown.reason == "to RCPT the server answered 554 no <***>"


def test_each_recipient_gets_the_own_letter(sqlite_store, tmp_path):
    people = [a_recipient(f"to-{one}", f"desk-{one}@west.example") for one in range(3)]
    laid(sqlite_store, *(a_letter(recipient=one) for one in people), recipients=people)
    with mail_server() as (port, taker):
        deliver(sqlite_store, smtp_settings(tmp_path, port, timeout=10), now=NOW, owner="one")
    assert sorted(envelope.rcpt_tos[0] for envelope in taker.envelopes) == [one.address for one in people]
    assert all(len(envelope.rcpt_tos) == 1 for envelope in taker.envelopes)


def test_the_lease_outlasts_the_longest_pass(sqlite_store, tmp_path, monkeypatch):
    laid(sqlite_store, a_letter())
    seen = []
    settings = smtp_settings(tmp_path, 1, timeout=600)
    monkeypatch.setattr(
        "service.mail.smtp.Mailer.send",
        lambda self, letter: (seen.append(sqlite_store.outbox.get(1).lease_until), SENT)[1],
    )
    deliver(sqlite_store, settings, now=NOW, owner="one")
    one_letter = 600 * 4 + 600 * 4 + 600  # its connection, itself, and the goodbye
    assert seen[0] - NOW > timedelta(seconds=delivery.RUN_SECONDS + one_letter)


def test_a_letter_whose_bytes_name_nobody_fails_and_stops_nothing(sqlite_store, tmp_path):
    broken = replace(
        a_letter("2022-W38"), content=b"Subject: West\r\n\r\n420\r\n", message_id="<x@y.example>"
    )
    laid(sqlite_store, broken, a_letter())
    with mail_server() as (port, _):
        told = deliver(sqlite_store, smtp_settings(tmp_path, port, timeout=10), now=NOW, owner="one")
    assert told == Deliveries(sent=1, failed=1)
