"""What the benchmark forecasts: sets of counts, their cutoffs, and the parts that are told apart."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecast.backtests import Vintages, measure_of, parse_cutoffs
from forecast.panel import Panel
from forecast.places import Place, Places

HORIZON = 28
Phases = Callable[[Panel], npt.NDArray[np.str_]]
"""What each target day is, given what was known at the cutoff: [series, horizon]."""


@dataclass(frozen=True, slots=True)
class Part:
    """A named part of a set's scored days: those of some phases and crossings, or of all."""

    name: str
    phases: tuple[str, ...] = ()
    crossings: tuple[str, ...] = ()
    main: bool = True

    def rows(self, records: pd.DataFrame) -> pd.DataFrame:
        """The records that belong to the part."""
        wanted = np.ones(len(records), dtype=bool)
        if self.phases:
            wanted &= records["phase"].isin(self.phases).to_numpy()
        if self.crossings:
            wanted &= records["crossing"].isin(self.crossings).to_numpy()
        return records[wanted]


@dataclass(frozen=True, slots=True, eq=False)
class TaskSet:
    """Counts with their cutoffs; `peers_see` are the crossings that peers forecast, all if empty."""

    name: str
    frame: pd.DataFrame
    cutoffs: tuple[date, ...]
    countries: tuple[str | None, str | None] = (None, None)
    parts: tuple[Part, ...] = ()
    phases: Phases | None = None
    peers_see: tuple[str, ...] = ()

    @property
    def places(self) -> Places:
        """The crossings between the two countries."""
        country, neighbour = self.countries
        names = sorted(self.frame["crossing"].unique())
        return Places(Place(name, name, country=country, neighbour=neighbour) for name in names)

    @property
    def hash(self) -> str:
        """The SHA-256 of all that a peer's scores depend on besides the peer."""
        asked = f"{self.name}|{self.cutoffs}|{self.countries}|{self.peers_see}|{HORIZON}|"
        rows = self.frame.to_csv(index=False)
        return hashlib.sha256((asked + rows).encode()).hexdigest()

    def panels(self) -> Iterator[Panel]:
        """What was known at each cutoff."""
        vintages = Vintages.of(self.frame, self.places)
        yield from (panel for panel in map(vintages.panel, self.cutoffs) if panel is not None)

    def phases_of(self, panel: Panel) -> npt.NDArray[np.str_]:
        """What each target day after a panel is: [series, horizon]."""
        if self.phases is None:
            return np.full((len(panel.places), HORIZON), "")
        return self.phases(panel)


def real_sets(folder: Path | None) -> Iterator[TaskSet]:
    """The sets of real counts that a folder holds; calm and surge apart."""
    for name, file, cutoffs, countries in REAL:
        if folder is None or not (folder / file).is_file():
            continue
        frame = pd.read_csv(folder / file, dtype={"crossing": str})
        frame["date"] = pd.to_datetime(frame["date"])
        if "recorded_at" in frame.columns:
            frame["recorded_at"] = pd.to_datetime(frame["recorded_at"], utc=True)
        yield _real_set(name, frame, parse_cutoffs(cutoffs), countries)


REAL = (
    ("Hong Kong, calm", "hong_kong_arrivals.csv", "2023-04-02:2023-11-26:14", ("HK", "CN")),
    ("Hong Kong, reopening", "hong_kong_arrivals.csv", "2023-01-08:2023-03-26:7", ("HK", "CN")),
    ("Channel, small boats", "channel_small_boats.csv", "2022-01-02:2023-11-26:14", ("GB", "FR")),
    ("Airports, recovery", "airport_checkpoints.csv", "2020-06-07:2021-11-28:28", ("US", None)),
    ("Airports, collapse", "airport_checkpoints.csv", "2020-03-01:2020-05-24:7", ("US", None)),
    ("War surge", "war_surge_revisions.csv", "2022-03-20:2022-04-17:7", ("UA", "PL")),
    ("Hong Kong departures, calm", "hong_kong_departures.csv", "2023-04-02:2023-11-26:14", ("HK", "CN")),
)
AIRPORTS = 10


def _real_set(
    name: str, frame: pd.DataFrame, cutoffs: tuple[date, ...], countries: tuple[str | None, str | None]
) -> TaskSet:
    parts: tuple[Part, ...] = (Part(name),)
    phases: Phases | None = None
    ten: tuple[str, ...] = ()
    if name == "Hong Kong, reopening":
        parts = (Part(f"{name}, open at the cutoff", ("open",)), Part(f"{name}, all", main=False))
        phases = _open_or_shut
    if name.startswith("Airports"):
        ten = tuple(sorted(frame["crossing"].unique())[:AIRPORTS])
        parts = (Part(name, crossings=ten), Part(f"{name}, all twenty", main=False))
    return TaskSet(name, frame, cutoffs, countries, parts, phases, ten)


def _open_or_shut(panel: Panel) -> npt.NDArray[np.str_]:
    """Whether a crossing counted somebody on the cutoff."""
    counted = np.nan_to_num(panel.counts[:, -1]) > 0
    return np.repeat(np.where(counted, "open", "shut")[:, None], HORIZON, axis=1)


def observed(whole: Panel, panel: Panel) -> npt.NDArray[np.float64]:
    """The whole counts of the days after a panel in the newest vintage, NaN where none: [series, horizon]."""
    rows = [whole.ids.index(name) for name in panel.ids]
    first = (panel.cutoff - whole.start).days + 1
    known = whole.complete[rows, first : first + HORIZON]
    return np.pad(known, ((0, 0), (0, HORIZON - known.shape[1])), constant_values=np.nan)


def newest(task_set: TaskSet) -> Panel:
    """The newest vintage of a set."""
    return Panel.from_frame(
        task_set.frame, places=task_set.places.crossings, measure=measure_of(task_set.frame)
    )
