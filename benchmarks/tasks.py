"""What the benchmark forecasts: sets of counts, their cutoffs, and which days of them are scored."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from forecast.backtest import parse_cutoffs
from forecast.places import Place, Places
from forecast.simulate import World, simulate

Pick = Callable[[pd.DataFrame], pd.Series]
AIRPORTS = 10


@dataclass(frozen=True, slots=True)
class TaskSet:
    """Counts with their cutoffs; `pick` says which scored days belong to the set."""

    name: str
    frame: pd.DataFrame
    cutoffs: tuple[date, ...]
    countries: tuple[str | None, str | None] = (None, None)
    pick: Pick | None = None

    @property
    def places(self) -> Places:
        """The crossings between the two countries."""
        country, neighbour = self.countries
        names = sorted(self.frame["crossing"].unique())
        return Places(Place(name, name, country=country, neighbour=neighbour) for name in names)


def real_sets(folder: Path | None) -> Iterator[TaskSet]:
    """The sets of real counts that a folder holds; calm and surge apart."""
    for name, file, cutoffs, countries in REAL:
        if folder is None or not (folder / file).is_file():
            continue
        frame = pd.read_csv(folder / file, dtype={"crossing": str})
        frame["date"] = pd.to_datetime(frame["date"])
        if "recorded_at" in frame.columns:
            frame["recorded_at"] = pd.to_datetime(frame["recorded_at"], utc=True)
        if file.startswith("airport"):
            frame = frame[frame["crossing"].isin(sorted(frame["crossing"].unique())[:AIRPORTS])]
        yield TaskSet(name, frame, parse_cutoffs(cutoffs), countries)


REAL = (
    ("Hong Kong, calm", "hong_kong_arrivals.csv", "2023-04-02:2023-11-26:14", ("HK", "CN")),
    ("Hong Kong, reopening", "hong_kong_arrivals.csv", "2023-01-08:2023-03-26:7", ("HK", "CN")),
    ("Channel, small boats", "channel_small_boats.csv", "2022-01-02:2023-11-26:14", ("GB", "FR")),
    ("Airports, recovery", "airport_checkpoints.csv", "2020-06-07:2021-11-28:28", ("US", None)),
    ("Airports, collapse", "airport_checkpoints.csv", "2020-03-01:2020-05-24:7", ("US", None)),
    ("War surge", "war_surge_revisions.csv", "2022-03-20:2022-04-17:7", ("UA", "PL")),
)


def simulated_sets(seeds: range, series: int) -> Iterator[TaskSet]:
    """Surges of known truth: a world per seed, its days before and in the surges apart."""
    for seed in seeds:
        world = World(series=series)
        made = simulate(world, seed=seed)
        last = world.start + timedelta(days=world.days - 1)
        cutoffs = tuple(last - timedelta(days=back) for back in range(196, 27, -28))
        modes = pd.DataFrame(made.modes, index=made.panel.ids, columns=made.panel.dates)
        frame = made.frame.assign(crossing=f"{seed}-" + made.frame["crossing"])
        yield TaskSet(f"simulated {seed}", frame, cutoffs, pick=_mode_of(modes, seed))


def _mode_of(modes: pd.DataFrame, seed: int) -> Pick:
    """Looks up the mode of each row's crossing and target day."""

    def mode(days: pd.DataFrame) -> pd.Series:
        rows = modes.index.get_indexer(pd.Index(days["crossing"].str.removeprefix(f"{seed}-")))
        columns = modes.columns.get_indexer(pd.DatetimeIndex(days["target_date"]))
        return pd.Series(modes.to_numpy()[rows, columns], index=days.index)

    return mode


def split(task_set: TaskSet, days: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The parts of a set's scored days that are told apart, by name."""
    if task_set.pick is not None:
        modes = task_set.pick(days)
        return {f"Simulated, {mode}": days[modes == mode] for mode in ("calm", "surge")}
    if task_set.name == "Hong Kong, reopening":
        return {
            f"{task_set.name}, open at the cutoff": _open_at_cutoff(task_set, days),
            f"{task_set.name}, all": days,
        }
    return {task_set.name: days}


def _open_at_cutoff(task_set: TaskSet, days: pd.DataFrame) -> pd.DataFrame:
    """The rows of crossings that counted somebody on the cutoff."""
    counted = task_set.frame[task_set.frame["arrivals"] > 0]
    there = pd.MultiIndex.from_frame(counted[["crossing", "date"]])
    asked = pd.MultiIndex.from_arrays([days["crossing"], days["cutoff"]])
    return days[np.asarray(asked.isin(there))]
