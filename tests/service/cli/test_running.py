import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic, sleep

import pytest
from click.testing import CliRunner

from service.cli import main
from service.cli.running import is_loopback, until_asked
from service.clock import SimulatedClock
from service.store import Store
from tests.service.borders import REGISTER, Border, accept

ROOT = Path(__file__).resolve().parents[3]
BORDER = Border(days=40)


@pytest.fixture
def environment(sqlite_database_url, tmp_path, monkeypatch):
    """Settings of a small service whose clock stands on the morning after the counts, at its cycle's hour."""
    clock = SimulatedClock(tmp_path / "clock")
    clock.set(BORDER.morning_after)
    (tmp_path / "arrivals.toml").touch()
    variables = {
        "ARRIVALS_CONFIG": str(tmp_path / "arrivals.toml"),
        "ARRIVALS_HOME": str(tmp_path),
        "ARRIVALS_DATABASE": sqlite_database_url,
        "ARRIVALS_MEMBERS": json.dumps(["weekly_naive", "root"]),
        "ARRIVALS_PATHS": "100",
        "ARRIVALS_PROCESSES": "1",
        "ARRIVALS_PORT": "0",
        "ARRIVALS_SIMULATED_CLOCK": str(clock.path),
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return {**os.environ, **variables}


@pytest.fixture
def store(sqlite_database_url):
    with Store.open(sqlite_database_url) as opened:
        yield opened


@contextmanager
def started(environment, *arguments):
    """A command in a process of its own, which is ended if the test does not end it."""
    command = [sys.executable, "-c", "from service.cli import main; main()", *arguments]
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def ended(process, number=signal.SIGTERM):
    """The exit code after a signal, and the log."""
    process.send_signal(number)
    _, log = process.communicate(timeout=20)
    return process.returncode, log


def address_of(process):
    line = process.stdout.readline()
    return re.search(r"http://127\.0\.0\.1:\d+", line).group()


def waiting_for(condition):
    deadline = monotonic() + 30
    while not (found := condition()):
        assert monotonic() < deadline
        sleep(0.02)
    return found


def test_a_cycle_by_hand_publishes_and_says_what_it_did(environment, store):
    BORDER.fill(store)
    shown = CliRunner().invoke(main, ["cycle"])
    assert shown.exit_code == 0
    issue = store.issues.latest()
    assert f"Published {issue.id}: 3 series, 28 days from {issue.cutoff} (arrivals)." in shown.stdout
    (run,) = store.jobs.runs()
    assert (run.job, run.state) == ("cycle", "done")
    assert run.slot.startswith("by hand")
    assert run.detail["series"] == 3
    assert run.detail["fallbacks"] == 0
    assert run.detail["seconds"] > 0
    assert run.detail["warnings"] == []


def test_a_cycle_without_counts_ends_with_the_remedy_and_is_recorded(environment, store):
    shown = CliRunner().invoke(main, ["cycle"])
    assert shown.exit_code == 2
    assert "arrivals places import" in shown.stderr
    assert "Traceback" not in shown.stderr
    assert "CycleError" not in shown.stderr
    assert store.jobs.runs()[0].state == "failed"


def test_a_cycle_by_hand_that_is_ended_says_so_in_the_ledger_and_publishes_nothing(environment, store):
    Border(days=200).fill(store)
    slow = {**environment, "ARRIVALS_MEMBERS": json.dumps(["weekly_naive", "ets"])}
    with started(slow, "cycle") as process:
        waiting_for(lambda: store.jobs.runs("cycle"))
        assert ended(process)[0] == 1
    (run,) = store.jobs.runs("cycle")
    assert (run.state, run.detail["reason"]) == ("failed", "interrupted")
    assert store.issues.latest() is None


def test_serving_tells_its_address_answers_and_ends_on_sigterm(environment, store):
    store.places.put(REGISTER, at=datetime(2023, 12, 1, tzinfo=UTC))
    with started(environment, "serve", "--no-scheduler") as process:
        address = address_of(process)
        with urllib.request.urlopen(f"{address}/readyz", timeout=20) as answer:
            assert answer.status == 200
        code, log = ended(process)
    assert code == 0
    assert "Warning" not in log
    assert all(json.loads(line)["event"] for line in log.splitlines())


def test_a_request_in_flight_is_answered_before_serving_ends(environment, store):
    with started(environment, "serve", "--no-scheduler") as process:
        host, port = address_of(process).removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=20) as client:
            head = "POST /v1/observations HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
            client.sendall(f"{head}Content-Type: text/csv\r\nContent-Length: 10\r\n\r\nhello".encode())
            urllib.request.urlopen(f"http://{host}:{port}/readyz", timeout=20).close()
            process.send_signal(signal.SIGTERM)
            waiting_for(lambda: refuses(host, int(port)))
            client.sendall(b"world")
            answer = client.recv(65_536)
        process.communicate(timeout=20)
    assert answer.startswith(b"HTTP/1.1 401")
    assert process.returncode == 0


def refuses(host, port):
    try:
        socket.create_connection((host, port), timeout=5).close()
    except (ConnectionRefusedError, ConnectionResetError):
        return True
    return False


def test_serving_runs_the_jobs_beside_it_and_logs_the_cycle(environment, store):
    BORDER.fill(store)
    with started(environment, "serve") as process:
        address_of(process)
        issue = waiting_for(store.issues.latest)
        waiting_for(lambda: "seconds" in store.jobs.runs("cycle")[0].detail)
        code, log = ended(process)
    assert code == 0
    assert issue.id == f"cycle-{BORDER.morning_after.date()}"
    assert len(store.issues.page(10)) == 1
    events = [json.loads(line) for line in log.splitlines()]
    assert [event["cycle"] for event in events if event["event"] == "published"] == [issue.id]


def test_the_scheduler_alone_runs_the_next_day_s_slot_when_the_clock_moves(environment, store, tmp_path):
    BORDER.fill(store)
    clock = SimulatedClock(tmp_path / "clock")
    with started(environment, "schedule") as process:
        waiting_for(store.issues.latest)
        longer = Border(days=41).frame()
        accept(store, longer[longer["date"] == longer["date"].max()])
        clock.set(BORDER.morning_after + timedelta(days=1))
        waiting_for(lambda: len(store.issues.page(10)) == 2)
        waiting_for(lambda: {run.state for run in store.jobs.runs("cycle")} == {"done"})
        assert ended(process)[0] == 0
    assert len(store.scores.read()) == 6


def test_asked_to_end_during_a_cycle_the_scheduler_ends_in_seconds_and_publishes_nothing_half(
    environment, store
):
    Border(days=200).fill(store)
    slow = {**environment, "ARRIVALS_MEMBERS": json.dumps(["weekly_naive", "ets"])}
    with started(slow, "schedule") as process:
        waiting_for(lambda: store.jobs.runs("cycle"))
        assert ended(process)[0] == 0
    assert store.issues.latest() is None
    (run,) = store.jobs.runs("cycle")
    assert run.state in ("failed", "running")  # let go, or left to be taken over when its lease is over


def test_a_port_that_is_taken_ends_with_one_line(environment, store):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        shown = CliRunner().invoke(main, ["serve", "--no-scheduler", "--port", str(port)])
    assert shown.exit_code == 2
    assert f"cannot listen on 127.0.0.1:{port}" in shown.stderr
    assert "name another port with ARRIVALS_PORT" in shown.stderr


def test_a_host_that_is_none_ends_with_one_line(environment, store):
    shown = CliRunner().invoke(main, ["serve", "--no-scheduler", "--port", "0", "--host", "256.1.1.1"])
    assert shown.exit_code == 2
    assert "cannot listen on '256.1.1.1'; name an address of this machine" in shown.stderr


@pytest.mark.parametrize("command", ["serve", "schedule"])
def test_members_that_would_fail_every_night_are_refused_at_the_start(
    environment, store, monkeypatch, command
):
    monkeypatch.setenv("ARRIVALS_MEMBERS", '["arima"]')
    shown = CliRunner().invoke(main, [command])
    assert shown.exit_code == 2
    assert "settings: there is no member 'arima': choose among weekly_naive" in shown.stderr


HOSTS = {
    "127.0.0.1": True,
    "127.0.0.2": True,
    "::1": True,
    "localhost": True,
    "0.0.0.0": False,
    "192.168.1.4": False,
    "::": False,
    "border.example": False,
}


@pytest.mark.parametrize(("host", "alone"), HOSTS.items())
def test_an_address_that_other_machines_reach_is_told_apart(host, alone):
    assert is_loopback(host) == alone


def test_a_signal_asks_once_and_is_itself_again_the_second_time():
    before = signal.getsignal(signal.SIGTERM)
    with until_asked() as stopping:
        os.kill(os.getpid(), signal.SIGTERM)
        assert stopping.wait(20)
        assert signal.getsignal(signal.SIGTERM) == before
    assert signal.getsignal(signal.SIGTERM) == before
