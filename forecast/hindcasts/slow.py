"""Slow members' past forecasts: fitted on a grid of days that stands on the calendar, and kept."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from forecast.arrays import FloatArray
from forecast.calendars import HOLIDAYS_VERSION
from forecast.hindcasts.cutoffs import GRID_DAYS, recent_cutoffs
from forecast.hindcasts.kept import VERSIONS, Kept
from forecast.members import Context, OneByOne, Series, fingerprint, series_of
from forecast.panel import Panel

T = TypeVar("T")
R = TypeVar("R")
Forecast = tuple[FloatArray, str | None]
Run = Callable[[Callable[[T], R], Sequence[T]], list[R]]

DENSE_DAYS = 448  # how far back members are hindcast at their stride
GRID = 28  # days between the anchors of slow members' fits, counted from the calendar's first day
BATCH = 4  # tasks that go to a process together


@dataclass(frozen=True, slots=True, eq=False)
class SlowHindcasts:
    """What slow members said of the panel's `rows`; `reasons` maps a member to row to why it failed today."""

    cutoffs: tuple[int, ...]
    rows: tuple[int, ...]
    medians: Mapping[str, FloatArray]
    reasons: Mapping[str, Mapping[int, str]]


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """One slow member on one series: fit it and forecast from some of its days."""

    member: OneByOne
    row: int
    series: Series
    first: int  # the panel's day on which the series begins
    cutoffs: tuple[int, ...]  # the panel's days
    horizon: int

    @property
    def key(self) -> str:
        """A hash of everything that the forecasts depend on."""
        parts = (
            fingerprint(self.member),
            *VERSIONS,
            HOLIDAYS_VERSION,
            repr(self.series.countries),
            self.series.start.isoformat(),
            repr([cutoff - self.first for cutoff in self.cutoffs]),
            str(self.horizon),
        )
        return hashlib.sha256("|".join(parts).encode() + self.series.counts.tobytes()).hexdigest()

    def forecast(self) -> Forecast:
        """Do it: [cutoff, horizon], and why not where it failed."""
        days = [cutoff - self.first for cutoff in self.cutoffs]
        forecasts, reason = self.member.hindcast_series(self.series, days, self.horizon)
        # Single precision, so that a store may keep half the bytes and give back the same numbers.
        return forecasts.astype(np.float32).astype(np.float64), reason


def hindcast_slow(
    members: Sequence[OneByOne],
    panel: Panel,
    rows: tuple[int, ...],
    horizon: int,
    *,
    run: Run[list[Task], list[Forecast]],
    kept: Kept,
) -> SlowHindcasts:
    """The slow members' hindcasts of some rows: the kept ones are read, others spread by `run` and added."""
    cutoffs = recent_cutoffs(panel)
    medians = {member.name: np.full((len(cutoffs), len(rows), horizon), np.nan) for member in members}
    reasons: dict[str, dict[int, str]] = {member.name: {} for member in members}
    tasks = _tasks(members, panel, rows, horizon)
    for task, (forecasts, reason) in zip(tasks, _done(tasks, run, kept), strict=True):
        place = np.asarray(task.cutoffs) - cutoffs[0]
        medians[task.member.name][place, rows.index(task.row)] = forecasts
        if reason is not None and task.cutoffs[-1] == cutoffs[-1]:
            reasons[task.member.name][task.row] = reason
    return SlowHindcasts(cutoffs, rows, medians, reasons)


def _tasks(members: Sequence[OneByOne], panel: Panel, rows: Sequence[int], horizon: int) -> list[Task]:
    """Every block of cutoffs of every open series, oldest first; closures as known at the block's end."""
    tasks = []
    for last, blocks in _blocks(members, panel).items():
        past = panel.until(panel.dates[last].date())
        context = Context.of(past)
        for row in rows:
            if not np.isfinite(context.counts[row, -GRID:]).any():
                continue  # nothing counted for weeks: closed, or not begun
            series, first = series_of(past, context, row)
            for member, block in blocks:
                cutoffs = tuple(cutoff for cutoff in block if cutoff >= first)
                if cutoffs and series.open_days >= member.method.least:
                    tasks.append(Task(member, row, series, first, cutoffs, horizon))
    return tasks


def _blocks(members: Sequence[OneByOne], panel: Panel) -> dict[int, list[tuple[OneByOne, tuple[int, ...]]]]:
    """For each last day, the members and cutoffs whose block ends on it; anchors stand on the calendar."""
    end = panel.days - 1
    oldest = max(0, panel.days - GRID_DAYS)
    anchors = range(end - (panel.cutoff.toordinal() % GRID), oldest - GRID, -GRID)
    blocks: dict[int, list[tuple[OneByOne, tuple[int, ...]]]] = {}
    for anchor in reversed(anchors):
        for member in members:
            block = tuple(
                day for day in range(anchor, min(anchor + GRID, end + 1), member.stride) if day >= oldest
            )
            if block and block[-1] >= end - (DENSE_DAYS if member.stride < GRID else GRID_DAYS):
                blocks.setdefault(block[-1], []).append((member, block))
    for member in members:
        if not any(member is known for known, _ in blocks.get(end, [])):
            blocks.setdefault(end, []).append((member, (end,)))
    return blocks


def _done(
    tasks: Sequence[Task],
    run: Run[list[Task], list[Forecast]],
    kept: Kept,
) -> list[Forecast]:
    """The tasks' forecasts in their order; failures are not kept, so that their reason is known each time."""
    keys = [task.key for task in tasks]
    missing = [place for place, key in enumerate(keys) if key not in kept]
    batches = [
        [tasks[place] for place in missing[first : first + BATCH]] for first in range(0, len(missing), BATCH)
    ]
    fresh = [forecast for batch in run(forecast_all, batches) for forecast in batch]
    made: dict[int, Forecast] = dict(zip(missing, fresh, strict=True))
    for place, (forecasts, reason) in made.items():
        if reason is None:
            kept[keys[place]] = forecasts
    return [made[place] if place in made else (kept[key], None) for place, key in enumerate(keys)]


def forecast_all(tasks: list[Task]) -> list[Forecast]:
    """What one process does at a time."""
    return [task.forecast() for task in tasks]
