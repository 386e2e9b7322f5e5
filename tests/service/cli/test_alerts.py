"""`arrivals alerts`: listed, shown, seen to, muted, and looked for by hand."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from service.cli import main
from service.store import Store
from tests.service.alerts.matters import day, morning, place_all, publish


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A service's folder on the morning after an issue that expects a surge at the bridge."""
    clock = tmp_path / "clock"
    clock.write_text(morning(day(0)).isoformat())
    monkeypatch.setenv("ARRIVALS_HOME", str(tmp_path))
    monkeypatch.setenv("ARRIVALS_SIMULATED_CLOCK", str(clock))
    with Store.open(f"sqlite:///{tmp_path / 'arrivals.db'}") as store:
        publish(place_all(store), 0, {"bridge": 0.6})
    return tmp_path


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["alerts", *words])


def test_a_look_by_hand_is_told_in_numbers_and_does_nothing_twice(home: Path) -> None:
    first, second = (run("watch").output.splitlines()[-1] for _ in range(2))
    assert first == "issue issue-0 judged; 1 alerts raised, 0 ended, 0 letters made."
    assert second == "no new issue; 0 alerts raised, 0 ended, 0 letters made."


def test_alerts_are_listed_and_shown(home: Path) -> None:
    run("watch")
    listed = run("list", "--place", "west", "--kind", "surge").output
    assert "Bridge: a surge of arrivals may come" in listed
    assert "0.60" in listed
    assert "Bridge" not in run("list", "--place", "east").output
    assert "- The chance of a surge within 7 days is 60%." in run("show", "1").output


def test_an_alert_is_seen_to(home: Path) -> None:
    run("watch")
    assert run("acknowledge", "1").output == "Alert 1 is seen to by cli.\n"
    assert run("acknowledge", "7").exit_code == 1
    with Store.open(f"sqlite:///{home / 'arrivals.db'}") as store:
        assert store.audit.read(1)[0].action == "alerts.acknowledge"


def test_mail_is_muted_and_unmuted(home: Path) -> None:
    run("watch")
    muted = run("mute", "--place", "west", "--until", "2022-09-22T00:00:00", "--reason", "A fair.")
    assert muted.output == "Mute 1 holds until 2022-09-22 00:00Z.\n"
    listed = run("list").output
    assert "muted" in listed
    assert "mute 1: every kind of west until 2022-09-22 00:00Z (A fair.)" in listed
    assert run("unmute", "1").output == "Mute 1 is taken back.\n"
    assert "A fair." not in run("list").output


@pytest.mark.parametrize(
    "words",
    [
        ("mute", "--place", "nowhere", "--until", "2022-09-22T00:00:00", "--reason", "x"),
        ("mute", "--place", "west", "--until", "2022-09-20T00:00:00", "--reason", "x"),
        ("list", "--place", "nowhere"),
        ("show", "7"),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_line(home: Path, words: tuple[str, ...]) -> None:
    refused = run(*words)
    assert refused.exit_code == 2
    assert refused.output.startswith("Error: ")
