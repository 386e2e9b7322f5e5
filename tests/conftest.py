"""What all tests share: the full sizes (`--soak`), the folder of real counts, and one demo to look at."""

import os
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest

# Before numpy is first imported, also for the processes that share the tests: small matrices, one thread.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--soak", action="store_true", help="run the full sizes of the long tests")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    skip = pytest.mark.skip(reason="a full size; run it with --soak")
    for item in items:
        if item.get_closest_marker("soak") and not config.getoption("--soak"):
            item.add_marker(skip)
        if "demo_home" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group("demo"))  # started once, in one process


@pytest.fixture(scope="session")
def repository() -> Path:
    """The checkout's folder."""
    return Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def bench_data() -> Path:
    """The folder of real daily counts that ARRIVALS_BENCH_DATA names; without it the test is skipped."""
    folder = os.environ.get("ARRIVALS_BENCH_DATA")
    if not folder:
        pytest.skip("ARRIVALS_BENCH_DATA names no folder of real counts")
    return Path(folder)


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a demo on the morning of 27 September 2022, to be looked at and not moved."""
    from forecast.pipeline import in_order
    from service.cycle import Means
    from service.demo.walk import start

    folder = tmp_path_factory.mktemp("demo") / "home"
    start(folder, date(2022, 9, 27), Means(in_order))
    return folder


class Served(NamedTuple):
    """A demo being served: its address and an operator's key."""

    address: str
    key: str


@pytest.fixture(scope="session")
def served_demo(demo_home: Path) -> Iterator[Served]:
    """The demo behind a real server on a free port of loopback."""
    from service.demo.home import settings_of
    from service.demo.walk import new_key
    from service.server import Server
    from service.store import Store
    from service.web import create_app

    settings = settings_of(demo_home)
    key, stopping = new_key(demo_home), threading.Event()
    with Store.open(settings.database_url) as store:
        server = Server.bind(create_app(store, settings), "127.0.0.1", 0, threads=4, largest=1_000_000)
        serving = threading.Thread(target=server.run, args=(stopping,), kwargs={"grace_seconds": 2.0})
        serving.start()
        yield Served(server.address, key)
        stopping.set()
        serving.join()
