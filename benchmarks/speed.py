"""What an issue costs: seconds and memory, beside a fit of Prophet and of AutoETS in the same run."""

import json
import os
import resource
import statistics
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import click
import numpy as np

from benchmarks.ours import WHOLE, fast_members
from benchmarks.peers.automatic import Automatic
from benchmarks.peers.prophet import prophet
from benchmarks.peers.series import histories
from forecast.panel import Panel
from forecast.pipeline import Configuration, Run, in_order, issue
from forecast.places import Place, Places
from forecast.simulate import World, simulate
from service.engine import ONE_THREAD, Processes

DAYS, SERIES, REPEATS, PEER_FITS = 1095, 200, 3, 7
REVISED = 28
COUNTRY = "KZ"
CROSSINGS, REGIONS = 10, 6
FAST = replace(WHOLE, members=fast_members())
Kept = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Speed:
    """Medians of repeated timings: milliseconds a series, seconds a country, megabytes at most.

    `sizes` maps a number of series to the milliseconds a series and the megabytes of one cold issue.
    """

    cold: float
    one_day: float
    revised: float
    prophet: float
    auto_ets: float | None
    country_cold: float
    country_nightly: float
    sizes: dict[str, tuple[float, float]]


def border(series: int, days: int = DAYS) -> Panel:
    """Simulated crossings of one country, one in ten with a surge at the end."""
    made = simulate(World(series=series, days=days, start=date(2021, 1, 1), surging=0.1), seed=1).panel
    places = tuple(replace(place, country=COUNTRY) for place in made.places)
    return Panel("arrivals", places, made.start, made.counts, made.closed, made.partial)


def measure(sizes: tuple[int, ...], repeats: int = REPEATS) -> Speed:
    """Measure everything; the sizes' issues run in processes of their own."""
    panel = border(SERIES)
    issue(border(2), FAST)  # imports and compiled parts are not what is timed
    cold, one_day, revised = nights(panel, repeats)
    country_cold, country_nightly = country(repeats)
    return Speed(
        cold=cold,
        one_day=one_day,
        revised=revised,
        prophet=_fit_of(prophet, panel),
        auto_ets=_auto_ets(panel),
        country_cold=country_cold,
        country_nightly=country_nightly,
        sizes={str(size): _in_child(size) for size in sizes},
    )


def nights(panel: Panel, repeats: int) -> tuple[float, float, float]:
    """Milliseconds a series of a cold issue, of one with a new day, and of one with 28 days revised too."""
    yesterday = panel.until(panel.dates[-2].date())
    kept: Kept = {}
    issue(yesterday, FAST, kept=kept)
    changed = _revised(panel)
    timed = [
        _median(lambda: issue(panel, FAST, kept={}), repeats),
        _median(lambda: issue(panel, FAST, kept=dict(kept)), repeats),
        _median(lambda: issue(changed, FAST, kept=dict(kept)), repeats),
    ]
    cold, one_day, revised = (1_000 * seconds / len(panel.places) for seconds in timed)
    return cold, one_day, revised


def _revised(panel: Panel) -> Panel:
    """The panel with the counts of its last days, but for the newest, put up by a twentieth."""
    counts = panel.counts.copy()
    last = slice(panel.days - 1 - REVISED, panel.days - 1)
    counts[:, last] = np.ceil(1.05 * counts[:, last])
    return Panel(panel.measure, panel.places, panel.start, counts, panel.closed, panel.partial)


def country(repeats: int) -> tuple[float, float]:
    """Seconds of ten crossings in six regions with all members on two processes: cold, and a night after."""
    panel, places = _country()
    kept: Kept = {}
    with Processes(2) as engine:
        engine.run(abs, [1, 2])  # the processes are there
        first = panel.until(panel.dates[-1 - repeats].date())
        cold = _seconds(lambda: _issued(first, WHOLE, places, engine.run, kept))
        nightly = []
        for back in range(repeats, 0, -1):
            tonight = panel.until(panel.dates[-back].date())
            nightly.append(_seconds(lambda: _issued(tonight, WHOLE, places, engine.run, kept)))  # noqa: B023
    return cold, statistics.median(nightly)


def _country() -> tuple[Panel, Places]:
    panel = border(CROSSINGS)
    regions = [
        Place(f"r{number}", f"Region {number}", level="region", country=COUNTRY, parent=COUNTRY)
        for number in range(REGIONS)
    ]
    crossings = [replace(place, parent=f"r{row % REGIONS}") for row, place in enumerate(panel.places)]
    places = Places([Place(COUNTRY, "The country", level="country", country=COUNTRY), *regions, *crossings])
    return (
        Panel("arrivals", tuple(crossings), panel.start, panel.counts, panel.closed, panel.partial),
        places,
    )


def _issued(
    panel: Panel, configuration: Configuration, places: Places, run: Run[Any, Any], kept: Kept
) -> None:
    issue(panel, configuration, places=places, run=run, kept=kept)


def _fit_of(method: Callable[..., Any], panel: Panel) -> float:
    """The median milliseconds of a peer's fit and forecast of one series."""
    known = [
        history for history in histories(panel.select(list(range(PEER_FITS + 1)))) if history is not None
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        timed = [_seconds(lambda: method(history, WHOLE.horizon)) for history in known]  # noqa: B023
    return 1_000 * statistics.median(timed[1:])  # the first imports and compiles


def _auto_ets(panel: Panel) -> float | None:
    try:
        import statsforecast  # noqa: F401
    except ModuleNotFoundError:
        return None
    return _fit_of(Automatic("AutoETS"), panel)


def _in_child(series: int) -> tuple[float, float]:
    """Milliseconds a series and megabytes of a cold issue, in a process that does nothing else."""
    command = [sys.executable, "-m", "benchmarks.speed", "--cold", str(series)]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    seconds, megabytes = json.loads(told.splitlines()[-1])
    return 1_000 * seconds / series, megabytes


def _cold(series: int) -> tuple[float, float]:
    panel = border(series)
    seconds = _seconds(lambda: issue(panel, FAST, run=in_order, kept={}))
    return seconds, _peak()


def _peak() -> float:
    """The most memory this process had at once, in megabytes.

    The kernel's own figure where it tells one: `getrusage` counts what the parent had when it forked.
    """
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    told = [line.split()[1] for line in lines if line.startswith("VmHWM")]
    return int(told[0]) / 1024 if told else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _median(work: Callable[[], Any], repeats: int) -> float:
    return statistics.median(_seconds(work) for _ in range(repeats))


def _seconds(work: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def measure_alone(sizes: tuple[int, ...]) -> Speed:
    """Measure in a process of its own whose arithmetic has one thread."""
    command = [sys.executable, "-m", "benchmarks.speed", *(f"--size={size}" for size in sizes)]
    environment = os.environ | dict.fromkeys(ONE_THREAD, "1")
    told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=environment).stdout
    return Speed(**json.loads(told.splitlines()[-1]))


@click.command()
@click.option(
    "--size", "sizes", type=int, multiple=True, default=(50, 1_000), help="Series in one cold issue."
)
@click.option("--cold", type=int, help="Time one cold issue of so many series and leave.")
def main(sizes: tuple[int, ...], cold: int | None) -> None:
    """Print the timings as JSON."""
    print(json.dumps(_cold(cold) if cold else asdict(measure(sizes))))


if __name__ == "__main__":
    main()
