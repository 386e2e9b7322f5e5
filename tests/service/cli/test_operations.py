"""`arrivals doctor`, `backup` and `restore` on a database in a folder."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import CliRunner, Result

from forecast.places import Place
from service.cli import main, operations
from service.store import Store

NOW = datetime(2024, 5, 1, 6, tzinfo=UTC)


class Desk(NamedTuple):
    """A shell whose settings point at one folder."""

    folder: Path

    def call(self, *words: str) -> Result:
        return CliRunner().invoke(main, list(words))

    def places(self) -> list[str]:
        with Store.open(f"sqlite:///{self.folder / 'arrivals.db'}") as store:
            return [place.id for place in store.places.all()]

    def put(self, *ids: str) -> None:
        with Store.open(f"sqlite:///{self.folder / 'arrivals.db'}") as store:
            store.places.put([Place(place_id, place_id) for place_id in ids], at=NOW)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setenv("ARRIVALS_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("ARRIVALS_CONFIG", raising=False)
    monkeypatch.chdir(tmp_path)
    return Desk(tmp_path / "home")


def test_the_doctor_finds_no_database_and_makes_none(desk: Desk) -> None:
    said = desk.call("doctor")
    assert said.exit_code == 1
    assert "there is none yet" in said.output
    assert not desk.folder.exists()


def test_the_doctor_says_that_nothing_was_published(desk: Desk) -> None:
    desk.put("gate")
    said = desk.call("doctor")
    assert said.exit_code == 1
    assert "integrity ok" in said.output
    assert "1 crossings" in said.output
    assert "problem  last issue: nothing has been published" in said.output


def test_the_doctor_sees_a_file_that_is_no_database(desk: Desk) -> None:
    desk.folder.mkdir()
    (desk.folder / "arrivals.db").write_bytes(b"not a database, but long enough to look at" * 100)
    said = desk.call("doctor")
    assert said.exit_code == 1
    assert "problem  database" in said.output


def test_a_fresh_issue_is_well_and_an_old_one_is_a_problem() -> None:
    assert operations.last_issue(NOW - timedelta(hours=3), NOW).state == "ok"
    assert operations.last_issue(NOW - timedelta(hours=27), NOW).state == "problem"


def test_a_silent_job_is_a_problem_but_not_one_run_by_hand() -> None:
    long_ago = NOW - timedelta(days=3)
    states = {
        finding.subject: finding.state
        for finding in operations.last_jobs(
            {"cycle": long_ago, "ingest": NOW - timedelta(minutes=5), "cycle-by-hand": long_ago}, NOW
        )
    }
    assert states == {"job cycle": "problem", "job ingest": "ok", "job cycle-by-hand": "ok"}


def test_damage_is_a_problem_and_an_older_schema_a_warning() -> None:
    state = {
        "version": "SQLite 3.51.3",
        "bytes": {"database": 1000, "wal": 24},
        "integrity": "row 3 missing from index",
        "revision": "r0001",
        "expected_revision": "r0002",
        "warnings": ["damaged; restore a backup"],
    }
    found = [(finding.state, finding.subject) for finding in operations.database(state)]
    assert found == [("problem", "database"), ("warning", "migration"), ("warning", "database")]


@pytest.mark.parametrize(
    ("free", "state"), [(50_000_000, "problem"), (500_000_000, "warning"), (5_000_000_000, "ok")]
)
def test_little_room_is_told_before_there_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, state: str
) -> None:
    monkeypatch.setattr(operations.shutil, "disk_usage", lambda folder: type("Usage", (), {"free": free}))
    assert operations.disk(tmp_path / "not" / "there" / "yet").state == state


def test_a_backup_brings_back_what_was_there(desk: Desk, tmp_path: Path) -> None:
    desk.put("gate")
    backup = tmp_path / "copy.db"
    assert desk.call("backup", str(backup)).exit_code == 0
    desk.put("bridge")
    assert desk.call("restore", "--force", str(backup)).exit_code == 0
    assert desk.places() == ["gate"]


def test_a_restore_replaces_nothing_unless_told_and_keeps_what_it_replaces(
    desk: Desk, tmp_path: Path
) -> None:
    desk.put("gate")
    backup = tmp_path / "copy.db"
    desk.call("backup", str(backup))
    desk.put("bridge")
    refused = desk.call("restore", str(backup))
    assert refused.exit_code != 0
    assert "--force" in refused.output
    assert desk.places() == ["gate", "bridge"]
    desk.call("restore", "--force", str(backup))
    (aside,) = [file for file in desk.folder.glob("arrivals.db.before-restore-*") if file.suffix != ".lock"]
    with Store.open(f"sqlite:///{aside}") as kept:
        assert [place.id for place in kept.places.all()] == ["gate", "bridge"]


def test_a_restore_into_an_empty_folder_needs_no_force(desk: Desk, tmp_path: Path) -> None:
    desk.put("gate")
    desk.call("backup", str(tmp_path / "copy.db"))
    (desk.folder / "arrivals.db").unlink()
    assert desk.call("restore", str(tmp_path / "copy.db")).exit_code == 0
    assert desk.places() == ["gate"]


def test_a_damaged_backup_is_refused_and_nothing_is_replaced(desk: Desk, tmp_path: Path) -> None:
    desk.put("gate")
    backup = tmp_path / "copy.db"
    desk.call("backup", str(backup))
    backup.write_bytes(backup.read_bytes()[:5000])
    refused = desk.call("restore", "--force", str(backup))
    assert refused.exit_code != 0
    assert desk.places() == ["gate"]


def test_a_backup_overwrites_nothing(desk: Desk, tmp_path: Path) -> None:
    desk.put("gate")
    backup = tmp_path / "copy.db"
    backup.write_text("something dear")
    assert desk.call("backup", str(backup)).exit_code != 0
    assert backup.read_text() == "something dear"


def test_there_is_nothing_to_back_up_before_the_first_command(desk: Desk, tmp_path: Path) -> None:
    refused = desk.call("backup", str(tmp_path / "copy.db"))
    assert refused.exit_code != 0
    assert "there is no database" in refused.output
    assert not desk.folder.exists()
