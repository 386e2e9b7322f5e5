"""Notebooks find the demo, and cannot change it."""

from datetime import date
from pathlib import Path

import pytest

from service.demo.bench import open_demo
from service.demo.home import clock_of, morning_of, prepare, settings_of
from service.demo.walk import DemoError
from service.store import Store, StoreError

MORNING = morning_of(date(2022, 9, 27))


def started(folder: Path) -> Path:
    prepare(folder)
    Store.open(settings_of(folder).database_url).close()
    clock_of(folder).set(MORNING)
    return folder


@pytest.fixture(autouse=True)
def _unset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ARRIVALS_CONFIG", raising=False)
    monkeypatch.chdir(tmp_path)


def test_the_nearest_demo_above_the_notebook_is_opened_to_be_read(tmp_path: Path) -> None:
    home = started(tmp_path / "var" / "demo")
    (tmp_path / "notebooks").mkdir()
    store, settings = open_demo(tmp_path / "notebooks")
    with store:
        assert settings.home == home
        assert settings.clock.now() == MORNING
        with pytest.raises(StoreError, match="opened to be read only"):
            store.places.put((), at=MORNING)


def test_the_demo_that_is_named_comes_before_the_nearest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started(tmp_path / "var" / "demo")
    other = started(tmp_path / "other")
    monkeypatch.setenv("ARRIVALS_CONFIG", str(other / "arrivals.toml"))
    store, settings = open_demo()
    with store:
        assert settings.home == other


def test_a_service_that_is_no_demo_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "arrivals.toml").write_text(f'home = "{tmp_path / "border"}"\n')
    monkeypatch.setenv("ARRIVALS_CONFIG", str(tmp_path / "arrivals.toml"))
    with pytest.raises(DemoError, match="there is no demo in var/demo of"):
        open_demo()


def test_without_a_demo_one_sentence_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(DemoError, match="`arrivals demo start` makes one"):
        open_demo(tmp_path)
