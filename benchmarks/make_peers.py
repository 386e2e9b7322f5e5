"""Scores the peers anew and keeps their scores: the part of `make bench-full` that takes hours."""

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import click
from rich.console import Console

from benchmarks.cache import Cache, Origin
from benchmarks.peers import PACKAGES, PEERS, score_peer
from benchmarks.tasks import TaskSet, real_sets
from benchmarks.worlds import simulated_set
from service.engine import Processes

SEEDS = tuple(range(1, 11))
SIMULATED, SERIES, STEP = "Simulated", 4, 28
console = Console(stderr=True)


def compared_sets(folder: Path | None) -> Iterator[TaskSet]:
    """The sets on which peers are scored too."""
    yield from real_sets(folder)
    yield simulated_set(SIMULATED, SEEDS, series=SERIES, step=STEP)


def data_folder() -> Path | None:
    """The folder of real counts that ARRIVALS_BENCH_DATA names, if any."""
    named = os.environ.get("ARRIVALS_BENCH_DATA")
    return Path(named) if named else None


@click.command()
@click.option("--processes", type=click.IntRange(1, 64), default=2, show_default=True)
@click.option(
    "--peer", "peers", multiple=True, type=click.Choice(list(PEERS)), help="Only these; all if none."
)
@click.option("--only", default="", help="Only sets whose name begins so.")
@click.option("--missing", is_flag=True, help="Only what is not kept yet or was made from other tasks.")
def main(processes: int, peers: tuple[str, ...], only: str, missing: bool) -> None:
    """Fit the peers at every cutoff of every set and keep their scores under benchmarks/cached."""
    sets = [
        found for found in compared_sets(data_folder()) if found.name.casefold().startswith(only.casefold())
    ]
    cache = Cache()
    with Processes(processes) as engine:
        for task_set in sets:
            for name in peers or PEERS:
                if not missing or not cache.fresh(task_set.name, name, task_set.hash):
                    _make(name, task_set, engine, cache)


def _make(name: str, task_set: TaskSet, engine: Processes, cache: Cache) -> None:
    begun = time.monotonic()
    rows = score_peer(name, task_set, engine)
    seconds = round(time.monotonic() - begun, 1)
    versions = {package: version(package) for package in PACKAGES}
    cache.write(
        task_set.name, name, rows, Origin(task_set.hash, f"{datetime.now(UTC):%Y-%m-%d}", versions, seconds)
    )
    console.print(f"{task_set.name}: {name} in {seconds:.0f} s", highlight=False)


if __name__ == "__main__":
    main()
