"""Makes the issues of a CSV's cutoffs with progress on the terminal, and writes them as one CSV."""

import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from pathlib import Path
from types import FrameType

import pandas as pd
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from forecast.backtests import issues
from forecast.explain import factors_frame
from forecast.frames import long_frame
from forecast.panel import PanelError
from forecast.pipeline import Configuration, Forecasts
from forecast.places import Place, Places
from service.cli import Refused
from service.engine import Processes

MOST_WARNINGS = 5


@dataclass(frozen=True, slots=True)
class Request:
    """The options that `forecast` and `backtest` share."""

    counts: Path
    output: Path
    horizon: int
    country: str | None
    neighbour: str | None
    members: tuple[str, ...]
    seed: int
    processes: int

    @property
    def configuration(self) -> Configuration:
        """What the pipeline is asked for; raises Refused."""
        try:
            return Configuration(horizon=self.horizon, seed=self.seed, members=self.members)
        except ValueError as error:
            raise Refused(f"--members: {error}") from None

    def places(self, frame: pd.DataFrame) -> Places:
        """The crossings of a frame, each between the two countries asked for."""
        names = sorted(frame["crossing"].unique())
        return Places(Place(name, name, country=self.country, neighbour=self.neighbour) for name in names)


Rows = Callable[[Forecasts], pd.DataFrame]


def quantile_rows(forecasts: Forecasts) -> pd.DataFrame:
    """An issue's quantiles in long form, in tenths."""
    return long_frame(forecasts.quantiles, forecasts.measure).round({forecasts.measure: 1})


def factor_rows(forecasts: Forecasts) -> pd.DataFrame:
    """Why an issue's forecasts are what they are, by crossing and day, with the day's mode."""
    modes = {
        (crossing, ahead): mode
        for crossing, status in zip(forecasts.quantiles.ids, forecasts.status, strict=True)
        for ahead, mode in enumerate(status.modes, start=1)
    }
    rows = factors_frame(forecasts.quantiles.ids, forecasts.cutoff, forecasts.explanations)
    told = [modes[key] for key in zip(rows["crossing"], rows["horizon"], strict=True)]
    rows.insert(4, "mode", told)
    return rows


def forecast_to_file(
    request: Request, frame: pd.DataFrame, cutoffs: Sequence[date], rows: Rows = quantile_rows
) -> None:
    """Write what is told of all cutoffs and tell on stderr what was made; raises Refused."""
    _check_output(request)
    begun = time.monotonic()
    console = Console(stderr=True)
    summary = Summary(len(cutoffs))
    with (
        _ended_by_sigterm(),
        _shown(console, len(cutoffs)) as meter,
        Processes(request.processes, progress=meter.fits) as processes,
    ):
        places, run = request.places(frame), processes.run
        try:
            made = issues(frame, cutoffs, request.configuration, places=places, run=run)
            long = [_noted(forecasts, rows(forecasts), summary, meter) for forecasts in made]
        except PanelError as error:
            raise Refused(f"{request.counts.name}: {error}") from None
    if not long:
        raise Refused(f"{request.counts.name}: no count up to {max(cutoffs)}; name a later cutoff")
    write_csv(pd.concat(long, ignore_index=True), request.output)
    for warning in islice(summary.warnings(), MOST_WARNINGS):
        console.print(warning, highlight=False, soft_wrap=True)
    console.print(
        f"{request.output}: {summary} in {time.monotonic() - begun:.0f} s", highlight=False, soft_wrap=True
    )


@dataclass(slots=True)
class Summary:
    """What a run made, for its last line."""

    asked: int
    cutoffs: int = 0
    rows: int = 0
    series: int = 0
    crossings: set[str] = field(default_factory=set)
    stale: dict[date, int] = field(default_factory=dict)
    fallbacks: Counter[str] = field(default_factory=Counter)

    def add(self, forecasts: Forecasts, rows: int) -> None:
        """Count one issue in."""
        self.cutoffs += 1
        self.rows += rows
        self.series += len(forecasts.quantiles.ids)
        self.crossings.update(forecasts.quantiles.ids)
        stale = sum(any(flag.startswith("stale") for flag in one.flags) for one in forecasts.status)
        if stale:
            self.stale[forecasts.cutoff] = stale
        self.fallbacks.update(
            flag for status in forecasts.status for flag in status.flags if flag.startswith("fallback")
        )

    def warnings(self) -> Iterator[str]:
        """A sentence on each cutoff that lies far beyond the counts."""
        for cutoff, series in self.stale.items():
            yield (
                f"Warning: {series} crossings have no report for more than a week before the cutoff "
                f"{cutoff}; these forecasts rest on old counts (name an earlier --cutoff)"
            )

    def __str__(self) -> str:
        left_out = (
            f" ({self.asked - self.cutoffs} before the first count)" if self.asked > self.cutoffs else ""
        )
        told = "; ".join(f"{number} {reason}" for reason, number in self.fallbacks.most_common(3))
        fallbacks = f"{self.fallbacks.total()} of {self.series} fell back" + (f" ({told})" if told else "")
        made = f"{len(self.crossings)} crossings, {self.cutoffs} cutoffs{left_out}, {self.rows} rows"
        return f"{made}, {fallbacks},"


@dataclass(slots=True)
class Meter:
    """How far a run is: a bar over cutoffs and one over the fits of the current one."""

    bars: Progress

    def __post_init__(self) -> None:
        self.bars.add_task("fits", total=None, visible=False)

    def fits(self, done: int, total: int) -> None:
        """Show how many of the current cutoff's batches of fits are done."""
        self.bars.update(self.bars.task_ids[0], completed=done, total=total, visible=done < total)

    def cutoff(self, forecasts: Forecasts) -> None:
        """Show that a cutoff is done; where there is no terminal, by a line."""
        self.bars.update(self.bars.task_ids[1], description=f"cutoff {forecasts.cutoff}", advance=1)
        if not self.bars.console.is_terminal:
            self.bars.console.print(
                f"{forecasts.cutoff}: {len(forecasts.quantiles.ids)} crossings", highlight=False
            )


@contextmanager
def _shown(console: Console, cutoffs: int) -> Iterator[Meter]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as bars:
        meter = Meter(bars)
        bars.add_task("cutoffs", total=cutoffs)
        yield meter


def _noted(forecasts: Forecasts, long: pd.DataFrame, summary: Summary, meter: Meter) -> pd.DataFrame:
    summary.add(forecasts, len(long))
    meter.cutoff(forecasts)
    return long


def _check_output(request: Request) -> None:
    """Refuse before the work what would fail after it, or would destroy what stands there."""
    output = request.output
    folder = output.absolute().parent
    # A device or a pipe would be put out of its place by the finished file.
    taken = output.exists() and not output.is_file()
    if taken or not folder.is_dir() or not os.access(folder, os.W_OK):
        raise Refused(f"--output {output}: cannot be written; name a file in a folder that is there")
    if output.exists() and output.samefile(request.counts):
        raise Refused(f"--output {output}: these are the counts themselves; name another file")


def write_csv(long: pd.DataFrame, output: Path) -> None:
    """Write beside and move, so that a file of that name is always whole."""
    beside = output.with_name(f".{output.name}.{os.getpid()}")
    try:
        long.to_csv(beside, index=False, date_format="%Y-%m-%d")
        beside.replace(output)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise Refused(f"--output {output}: {error.strerror}") from None


@contextmanager
def _ended_by_sigterm() -> Iterator[None]:
    """Let SIGTERM unwind like Ctrl-C does, so that workers end and the terminal is left tidy."""

    def end(number: int, frame: FrameType | None) -> None:
        sys.exit(128 + number)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
