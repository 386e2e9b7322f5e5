"""Scores our ensemble and its peers on all sets at hand and writes RESULTS.md."""

import os
import platform
import time
from collections import Counter, defaultdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import click
from rich.console import Console

from benchmarks.methods import METHODS
from benchmarks.results import Scored, report
from benchmarks.tasks import TaskSet, real_sets, simulated_sets, split
from forecast.backtest import scored_days
from service.engine import Processes

PACKAGES = ("arrivals", "numpy", "pandas", "statsmodels", "prophet", "holidays")
RESULTS = Path(__file__).with_name("RESULTS.md")
console = Console(stderr=True)


@click.command()
@click.option("--processes", type=click.IntRange(1, 64), default=2, show_default=True)
@click.option("--seeds", type=click.IntRange(1, 10), default=10, show_default=True, help="Simulated worlds.")
@click.option("--series", type=click.IntRange(1, 60), default=6, show_default=True, help="Crossings in each.")
@click.option("--only", default="", help="Only sets whose name begins so.")
@click.option("--output", type=click.Path(path_type=Path), default=RESULTS, show_default=True)
def main(processes: int, seeds: int, series: int, only: str, output: Path) -> None:
    """Score our ensemble and its peers; real counts are those in the folder ARRIVALS_BENCH_DATA, if set."""
    begun = time.monotonic()
    folder = os.environ.get("ARRIVALS_BENCH_DATA")
    sets = [*real_sets(Path(folder) if folder else None), *simulated_sets(range(1, seeds + 1), series)]
    scored: Scored = defaultdict(lambda: defaultdict(list))
    fallbacks: Counter[str] = Counter()
    with Processes(processes) as engine:
        for task_set in sets:
            if task_set.name.casefold().startswith(only.casefold()):
                _score(task_set, engine, scored, fallbacks)
    seconds = time.monotonic() - begun
    output.write_text(report(scored, [*_facts(processes, seconds, seeds * series), _told(fallbacks)]))
    console.print(f"{output} in {seconds:.0f} s")


def _score(task_set: TaskSet, engine: Processes, scored: Scored, fallbacks: Counter[str]) -> None:
    for name, method in METHODS.items():
        begun = time.monotonic()
        made = method(task_set, engine)
        days = scored_days(made.forecasts, task_set.frame, places=task_set.places)
        for part, rows in split(task_set, days).items():
            scored[part][name].append(rows)
        told = f"{time.monotonic() - begun:.0f} s, {made.fallbacks} fell back"
        fallbacks[name] += made.fallbacks
        console.print(f"{task_set.name}: {name} in {told}", highlight=False)


def _facts(processes: int, seconds: float, simulated: int) -> list[str]:
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return [
        f"{datetime.now(UTC):%Y-%m-%d}; Python {platform.python_version()}, {packages}.",
        f"{seconds / 60:.0f} minutes with {processes} processes; {simulated} simulated crossings.",
    ]


def _told(fallbacks: Counter[str]) -> str:
    told = ", ".join(f"{name} {number}" for name, number in fallbacks.items() if number)
    return f"Series and cutoffs on which a method failed and got the baseline: {told or 'none'}."


if __name__ == "__main__":
    main()
