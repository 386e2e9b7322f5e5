"""`arrivals demo run` as a user meets it: one line with the address, one with the key, and a clean end."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from click.testing import CliRunner

from service.cli import main
from service.demo.home import clock_of


@pytest.fixture
def home(demo_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ARRIVALS_MEMBERS", '["weekly_naive", "root"]')
    monkeypatch.setenv("ARRIVALS_PATHS", "100")
    monkeypatch.setenv("ARRIVALS_PORT", "0")
    monkeypatch.chdir(tmp_path)
    return Path(shutil.copytree(demo_home, tmp_path / "home"))


def _serving(home: Path) -> subprocess.Popen[str]:
    command = [
        sys.executable,
        "-c",
        "from service.cli import main; main()",
        "demo",
        "run",
        "--home",
        str(home),
    ]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    )


@pytest.fixture
def running(home: Path) -> Iterator[subprocess.Popen[str]]:
    process = _serving(home)
    yield process
    process.kill()
    process.communicate()


def _first_lines(process: subprocess.Popen[str]) -> tuple[str, str]:
    """The key and the address that the first two lines tell."""
    assert process.stdout
    told = process.stdout.readline() + process.stdout.readline()
    key, address = re.search(r"arv_\S+", told), re.search(r"http://127\.0\.0\.1:\d+", told)
    assert key, told
    assert address, told
    return key[0], address[0]


def _cutoff(address: str, key: str) -> str:
    headers = {"Authorization": f"Bearer {key}"}
    answer = requests.get(f"{address}/v1/forecasts?place=kazakhstan", headers=headers, timeout=30)
    cutoff: str = answer.json()["issue"]["cutoff"]
    return cutoff


def test_the_demo_serves_walks_on_beside_it_and_ends_cleanly(
    home: Path, running: subprocess.Popen[str]
) -> None:
    key, address = _first_lines(running)
    assert _cutoff(address, key) == "2022-09-26"
    walked = CliRunner().invoke(main, ["demo", "advance", "--home", str(home)])
    assert walked.exit_code == 0, walked.output
    assert "2022-09-28" in walked.output
    assert _cutoff(address, key) == "2022-09-27"
    running.send_signal(signal.SIGTERM)
    rest, errors = running.communicate(timeout=30)
    assert running.returncode == 0
    assert rest == ""
    assert key not in errors


def test_what_cannot_be_done_is_told_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for words in (["advance"], ["start", "--date", "2030-01-01"]):
        refused = CliRunner().invoke(main, ["demo", *words, "--home", str(tmp_path / "nothing")])
        assert refused.exit_code == 2
        assert len(refused.output.strip().splitlines()) <= 2
        assert "demo" in refused.output
    assert not clock_of(tmp_path / "nothing").path.exists()
