"""Whole runs of delivery in which everything goes wrong: no second copy where the server may have one."""

import os
import random
import signal
import threading
from datetime import timedelta

import pytest

from service.mail import delivery
from service.mail.outcomes import Outcome
from service.mail.smtp import Mailer
from service.store import Store
from tests.service.mail.builders import NOW, a_letter, laid, long_message, smtp_settings
from tests.service.mail.servers import FAULTS, KILLS, Misbehaving, mail_server, nobody
from tests.service.nursery import Nursery

SEEDS = [*range(20), *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(20, 200))]
LETTERS, WORKERS = 5, 2
FAULTY_STEPS, STEPS = 12, 80
GOOD, DOWN, LETHAL = 0.35, 0.15, 0.5
"""Shares of letters that meet no fault, of steps without a server, and of steps in which workers die."""


@pytest.fixture(scope="module")
def nursery():
    with Nursery("tests.service.mail.sending_process") as opened:
        yield opened


class Run:
    """Letters of one outbox, two workers at a time, a server that misbehaves, and a clock set forward."""

    def __init__(self, seed, url, home, nursery):
        self.random, self.url, self.home, self.nursery = random.Random(seed), url, home, nursery
        self.now, self.step, self.lethal, self.killed = NOW, 0, False, 0
        self.pids, self.started = {}, threading.Condition()

    def fault(self):
        """The fault of one letter's try."""
        if self.step > FAULTY_STEPS or self.random.random() < GOOD:
            return None
        return self.random.choice(KILLS if self.lethal and self.random.random() < 0.5 else FAULTS)

    def kill(self, name):
        """Kill the worker that greeted by a name."""
        with self.started:
            assert self.started.wait_for(lambda: name in self.pids, 30)
            self.killed += 1
            os.kill(self.pids[name], signal.SIGKILL)

    def go(self):
        """Step from instant to instant at which something is due, until every letter is at rest."""
        letters = [a_letter(f"2022-W{30 + one}", message=long_message()) for one in range(LETTERS)]
        with (
            Store.open(self.url, migrate=False) as store,
            mail_server() as (port, self.taker),
            nobody() as dead,
        ):
            laid(store, *letters)
            with Misbehaving(port, self.fault, self.kill) as self.host:
                while (due := self.due(store)) is not None and self.step < STEPS:
                    self.step += 1
                    self.now = max(self.now, due) + timedelta(seconds=self.random.randrange(60))
                    faulty = self.step <= FAULTY_STEPS
                    self.lethal = faulty and self.random.random() < LETHAL
                    down = faulty and self.random.random() < DOWN
                    self.work(store, dead if down else self.host.port)
            self.check(store, letters)

    def due(self, store):
        """The next instant at which a letter is to be tried or a lease is over."""
        unfinished = store.outbox.page(100, states=("pending", "sending"))
        return min((one.lease_until or one.next_try_at for one in unfinished), default=None)

    def work(self, store, port):
        names = [f"w{self.step}-{one}.border.example" for one in range(WORKERS)]
        if self.lethal:
            self.in_processes(names, port)
            return
        workers = [threading.Thread(target=self.pass_over, args=(store, name, port)) for name in names]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()

    def pass_over(self, store, name, port):
        settings = smtp_settings(self.home, port, name=name)
        delivery.deliver(store, settings, now=self.now, owner=name)

    def in_processes(self, names, port):
        options = {"url": self.url, "home": str(self.home), "port": port, "now": self.now.isoformat()}
        for name in names:
            target = "tests.service.mail.sending_process:once"
            pid = self.nursery.start(target, {**options, "name": name})
            with self.started:
                self.pids[name] = pid
                self.started.notify_all()
        for name in names:
            assert self.nursery.wait(self.pids[name]) in (0, -signal.SIGKILL)

    def check(self, store, letters):
        """What is promised of every letter, against what the server knows."""
        troubled = {one.number for one in store.outbox.troubled()}
        for number, letter in enumerate(letters, 1):
            came, ended = self.taker.copies[letter.message_id], store.outbox.get(number)
            whole, refused = (count[letter.message_id] for count in (self.host.whole, self.host.refused))
            assert came <= 1, "it came twice"
            assert whole - refused <= 1, "it was sent again though the server may have had it"
            assert ended.state in ("sent", "failed", "uncertain")
            assert (ended.state == "sent") <= (came == 1)
            assert (ended.state == "failed") <= (came == 0 and "554" in ended.reason)
            assert (ended.state == "uncertain") <= (whole > refused or self.killed > 0 or self.hung)
            assert (number in troubled) == (ended.state != "sent")
            assert ended.state != "sent" or ended.sent_at < letter.give_up_at

    @property
    def hung(self):
        """Whether a server broke off amid a body, the end of which was in the network by then."""
        return bool({"drop-body", "hang-body"} & set(self.host.met))


@pytest.fixture
def run(nursery, tmp_path, request):
    def start(seed):
        system = ("sqlite", "postgresql")[seed % 2]
        return Run(seed, request.getfixturevalue(f"{system}_database_url"), tmp_path, nursery)

    return start


@pytest.mark.parametrize("seed", SEEDS)
def test_every_letter_comes_once_or_is_shown(run, seed):
    run(seed).go()


def test_a_run_notices_a_worker_that_sends_again_what_may_have_come(run, monkeypatch):
    send = Mailer.send

    def careless(self, letter):
        outcome = send(self, letter)
        return Outcome("deferred", outcome.reason) if outcome.state == "uncertain" else outcome

    monkeypatch.setattr(Mailer, "send", careless)
    monkeypatch.setattr("tests.service.mail.test_runs.LETHAL", 0)  # another process would be careful
    one = run(0)
    one.fault = lambda: "drop-taken" if one.step <= 3 else None
    with pytest.raises(AssertionError, match="it came twice"):
        one.go()
