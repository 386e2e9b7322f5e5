"""Scores our ensemble beside its peers, times it, and writes RESULTS.md: `python -m benchmarks`."""

import platform
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import click
import pandas as pd
from rich.console import Console

from benchmarks import planning, report_speed
from benchmarks.cache import STALE, Cache, KeptPeers
from benchmarks.detection import real_false_days, simulated_delays
from benchmarks.findings import Findings, scored_parts
from benchmarks.make_peers import SEEDS, compared_sets, data_folder
from benchmarks.ours import FAST, WHOLE, Job, ablations, compared, score_ours
from benchmarks.page import page
from benchmarks.peers import PEERS
from benchmarks.speed import measure_alone
from benchmarks.tasks import TaskSet
from benchmarks.worlds import by_seed
from service.engine import Processes

PACKAGES = ("arrivals", "numpy", "pandas", "statsmodels", "prophet", "holidays")
RESULTS = Path(__file__).with_name("RESULTS.md")
console = Console(stderr=True)


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is run: the short one fits in twenty minutes on two cores."""

    surge_series: int = 12
    thin: int = 3
    detection_series: int = 30
    sizes: tuple[int, ...] = (50, 1_000)


FULL = Plan(surge_series=60, thin=1, detection_series=60, sizes=(50, 1_000, 10_000))


@click.command()
@click.option("--processes", type=click.IntRange(1, 64), default=2, show_default=True)
@click.option("--full", is_flag=True, help="All series of the simulated worlds, all cutoffs, 10,000 series.")
@click.option("--only", default="", help="Only sets whose name begins so, and nothing else.")
@click.option("--output", type=click.Path(path_type=Path), default=RESULTS, show_default=True)
def main(processes: int, full: bool, only: str, output: Path) -> None:
    """Score and time; real counts are those in the folder ARRIVALS_BENCH_DATA, if set."""
    begun, plan, peers = time.monotonic(), FULL if full else Plan(), KeptPeers({}, set())
    sets = [one for one in compared_sets(data_folder()) if one.name.casefold().startswith(only.casefold())]
    with Processes(processes) as engine:
        own = engine.run(score_ours, _jobs(sets, plan))
    parts = [
        part
        for task_set, scored in zip(sets, own, strict=False)
        for part in scored_parts(task_set, scored, _kept(task_set, peers), list(ablations()))
    ]
    surges = pd.concat([one.records for one in own[len(sets) :]], ignore_index=True)
    detection = [] if only else simulated_delays(SEEDS, series=plan.detection_series)
    detection += [] if only else real_false_days(data_folder())
    speed = None if only else measure_alone(plan.sizes)
    minutes = (time.monotonic() - begun) / 60
    scope = "all of them" if full else f"the first {plan.surge_series} of each; all in `make bench-full`"
    findings = Findings(tuple(parts), surges, detection, speed, peers)
    told = "" if only else "\n" + planning.section(planning.measure(data_folder()))
    told += "" if only else f"\n## Reports\n\n{report_speed.measure().sentence()}\n"
    output.write_text(page(findings, _facts(processes, minutes, full), WHOLE.members, scope) + told)
    console.print(f"{output} in {minutes:.0f} minutes")


def _jobs(sets: Sequence[TaskSet], plan: Plan) -> list[Job]:
    """Every set with all configurations, then the fast members through simulated surges, week by week."""
    fast = {FAST: compared()[FAST]}
    surges = by_seed("Surges", SEEDS, series=plan.surge_series, step=7)
    return [
        *(Job(task_set, compared(), ablations(), plan.thin) for task_set in sets),
        *(Job(one, fast) for one in surges),
    ]


def _kept(task_set: TaskSet, peers: KeptPeers, cache: Cache | None = None) -> pd.DataFrame:
    """The peers' records of a set; those made from other tasks are left out and named."""
    cache, asked, told = cache or Cache(), task_set.hash, {}
    for name in PEERS:
        known = cache.known(task_set.name, name)
        if known and cache.fresh(task_set.name, name, asked):
            told[name] = f"{known.seconds:.0f}"
            peers.origins.add(f"{known.date}: {', '.join(f'{a} {b}' for a, b in known.versions.items())}")
        else:
            told[name] = STALE if known else "not scored"
            console.print(f"{task_set.name}: {name} is {told[name]}; run `make bench-full`", highlight=False)
    peers.seconds[task_set.name] = told
    rows = cache.read(task_set.name)
    return rows[rows["method"].isin([name for name, cell in told.items() if cell.isdigit()])]


def _facts(processes: int, minutes: float, full: bool) -> list[str]:
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    command = "make bench-full" if full else "make bench"
    return [
        f"{datetime.now(UTC):%Y-%m-%d}; Python {platform.python_version()}, {packages}.",
        f"`{command}`: {minutes:.0f} minutes with {processes} processes, the peers' scores being kept ones.",
    ]


if __name__ == "__main__":
    main()
