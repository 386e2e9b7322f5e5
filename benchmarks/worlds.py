"""Simulated surges of known truth, and what each of their days is: before, in and after the surge."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from benchmarks.tasks import HORIZON, Part, TaskSet
from forecast.panel import Panel
from forecast.simulate import Simulation, World, simulate

ONSET_DAYS = 21
RECOVERY_DAYS = 14
LOOKED_AT = 196  # days before the world's end: all onsets lie within the last 200
LEAST_AHEAD = 7  # days after the last cutoff
CALM, SURGE = ("before", "settling", "after"), ("unforeseen", "onset", "surge")
PARTS = (Part("Simulated, calm", CALM), Part("Simulated, surge", SURGE))


def simulated_set(name: str, seeds: Sequence[int], *, series: int, step: int) -> TaskSet:
    """The first crossings of each seed's world of 60, forecast every `step` days of the time with onsets.

    The worlds are side by side in one set; their crossings know nothing of one another.
    """
    worlds = {seed: simulate(World(), seed=seed) for seed in seeds}
    last = World().start + timedelta(days=World().days - 1)
    cutoffs = tuple(last - timedelta(days=back) for back in range(LOOKED_AT, LEAST_AHEAD - 1, -step))
    frames = [_frame(world, seed, series) for seed, world in worlds.items()]
    surges = {
        f"{seed}-{name}": bounds
        for seed, world in worlds.items()
        for name, bounds in zip(world.panel.ids, _bounds(world), strict=True)
    }
    frame = pd.concat(frames, ignore_index=True)
    return TaskSet(name, frame, cutoffs, parts=PARTS, phases=partial(_phases, surges))


def by_seed(name: str, seeds: Sequence[int], *, series: int, step: int) -> Iterator[TaskSet]:
    """As `simulated_set`, a set for each seed."""
    for seed in seeds:
        yield simulated_set(name, (seed,), series=series, step=step)


def _frame(world: Simulation, seed: int, series: int) -> pd.DataFrame:
    wanted = world.frame[world.frame["crossing"].isin(world.panel.ids[:series])]
    return wanted.assign(crossing=f"{seed}-" + wanted["crossing"])


def _bounds(world: Simulation) -> list[tuple[date, date]]:
    """The first day of each surge and the first after it."""
    surging = world.modes == "surge"
    ends = surging.shape[1] - surging[:, ::-1].argmax(axis=1)
    start = world.panel.start
    return [
        (start + timedelta(days=int(onset)), start + timedelta(days=int(end)))
        for onset, end in zip(world.onsets, ends, strict=True)
    ]


def _phases(surges: Mapping[str, tuple[date, date]], panel: Panel) -> npt.NDArray[np.str_]:
    """What each day ahead is: [series, horizon].

    Before the surge; in it but forecast before it, or its first 21 days, or later; the 14 days after it, in
    which intervals may settle; after these.
    """
    targets = panel.cutoff.toordinal() + np.arange(1, HORIZON + 1)
    bounds = np.array([[day.toordinal() for day in surges[name]] for name in panel.ids])
    onset, end = bounds[:, :1], bounds[:, 1:]
    return np.select(
        [
            targets < onset,
            targets >= end + RECOVERY_DAYS,
            targets >= end,
            np.broadcast_to(panel.cutoff.toordinal() < onset, (len(onset), HORIZON)),
            targets < onset + ONSET_DAYS,
        ],
        ["before", "after", "settling", "unforeseen", "onset"],
        "surge",
    )
