"""The demo's folder and settings."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from service.demo import home
from service.settings import Settings


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ARRIVALS_CONFIG", raising=False)


def test_the_demo_never_touches_the_database_and_feeds_of_a_real_border(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "arrivals.toml").write_text(
        'home = "/srv/real"\ninbox = "/srv/real/inbox"\n\n'
        '[[feeds]]\nname = "real"\nurl = "https://counts.example.org/daily.csv"\n'
    )
    monkeypatch.setenv("ARRIVALS_DATABASE", "postgresql+psycopg://real.example.org/real")
    settings = home.settings_of(tmp_path / "demo")
    assert settings.database_url == f"sqlite:///{tmp_path / 'demo' / 'arrivals.db'}"
    assert settings.inbox is None
    assert settings.feeds == ()


def test_the_port_can_be_chosen_from_outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARRIVALS_PORT", "8123")
    assert home.settings_of(tmp_path).port == 8123


def test_the_settings_file_leads_other_commands_to_the_same_demo(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "demo"
    home.prepare(folder)
    monkeypatch.setenv("ARRIVALS_CONFIG", str(folder / "arrivals.toml"))
    assert Settings() == home.settings_of(folder)


def test_the_demo_stands_in_the_morning_after_the_reports_and_the_hour_of_the_job() -> None:
    assert home.morning_of(date(2022, 9, 27)).astimezone(UTC) == datetime(2022, 9, 27, 0, 15, tzinfo=UTC)


def test_clearing_leaves_what_is_not_the_demos(tmp_path: Path) -> None:
    for name in ("arrivals.db", "arrivals.db-wal", "clock", "notes.txt"):
        (tmp_path / name).write_text("x")
    home.clear(tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["notes.txt"]
