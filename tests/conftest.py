"""What all tests share: the full sizes (`--soak`) and the folder of real counts."""

import os
from pathlib import Path

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--soak", action="store_true", help="run the full sizes of the long tests")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--soak"):
        return
    skip = pytest.mark.skip(reason="a full size; run it with --soak")
    for item in items:
        if item.get_closest_marker("soak"):
            item.add_marker(skip)


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
