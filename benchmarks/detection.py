"""How soon a surge or a collapse is told, and how often one is told that is none."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from benchmarks.tasks import TaskSet, newest, real_sets
from forecast.arrays import BoolArray
from forecast.panel import Panel
from forecast.pipeline import regimes_of
from forecast.simulate import World, simulate

LAST_DAYS = 200
WATCHED = 21  # days after the onset in which a change must be told
CALM_DAYS = {
    "Hong Kong, calm": (date(2023, 4, 2), date(2023, 12, 31)),
    "Channel, small boats": (date(2022, 1, 2), date(2023, 12, 31)),
    "Airports, recovery": (date(2021, 6, 6), date(2021, 12, 31)),
}


class Told(NamedTuple):
    """Which series are said to surge and to collapse on a panel's last day: [series] each."""

    surging: BoolArray
    collapsing: BoolArray


Detector = Callable[[Panel], Told]


class Delays(NamedTuple):
    """Days from a change to its being told, NaN where it was not told in time, and calm days told wrongly."""

    kind: str
    delays: npt.NDArray[np.float64]
    calm_days: int
    false_days: int

    @property
    def median(self) -> float:
        """The median delay in days; what was not told counts as later than all."""
        if not len(self.delays):
            return float("nan")
        return float(np.median(np.where(np.isnan(self.delays), np.inf, self.delays)))

    @property
    def missed(self) -> float:
        """The share of changes that were not told within three weeks."""
        return float(np.isnan(self.delays).mean()) if len(self.delays) else float("nan")

    @property
    def false_share(self) -> float:
        """The share of calm days on which something was told."""
        return self.false_days / self.calm_days if self.calm_days else float("nan")


def of_regimes(panel: Panel) -> Told:
    """What the pipeline says."""
    standing = regimes_of(panel).lately
    return Told(standing.surging, standing.collapsing)


def simulated_delays(seeds: Sequence[int], *, series: int, detector: Detector = of_regimes) -> list[Delays]:
    """Delays of the simulated surges, of doublings and of halvings that last, over all seeds."""
    found = []
    for kind, factor in (("surge of 4 to 15 times", None), ("doubling", 2.0), ("halving", 0.5)):
        worlds = [_delays(*_changed(seed, factor, series), factor, detector) for seed in seeds]
        delays = np.concatenate([delays for delays, _, _ in worlds])
        found.append(Delays(kind, delays, sum(days for _, days, _ in worlds), sum(f for _, _, f in worlds)))
    return found


def _changed(seed: int, factor: float | None, series: int) -> tuple[Panel, npt.NDArray[np.intp]]:
    """A world in which each series changes for good (or surges, without a factor), and the days they do."""
    if factor is None:
        made = simulate(World(series=series), seed=seed)
        return made.panel, made.onsets
    made = simulate(World(series=series, surging=0.0), seed=seed)
    rng = np.random.default_rng(1_000 + seed)
    onsets = made.panel.days - rng.integers(WATCHED, LAST_DAYS, series)
    later = np.arange(made.panel.days) >= onsets[:, None]
    expected = np.where(later, factor * made.expected, made.expected)
    drawn = rng.negative_binomial(World().size, World().size / (World().size + expected)).astype(float)
    counts = np.where(np.isfinite(made.panel.counts), np.where(later, drawn, made.panel.counts), np.nan)
    return (
        Panel("arrivals", made.panel.places, made.panel.start, counts, made.panel.closed, made.panel.partial),
        onsets,
    )


def _delays(
    panel: Panel, onsets: npt.NDArray[np.intp], factor: float | None, detector: Detector
) -> tuple[npt.NDArray[np.float64], int, int]:
    """Each series' delay, the days before the onsets, and how many of these were told wrongly."""
    series = np.arange(len(onsets))
    delays, calm, wrong = np.full(len(onsets), np.nan), 0, 0
    for day in range(panel.days - LAST_DAYS, panel.days):
        told = detector(panel.until(panel.start + timedelta(days=day)))
        right = told.collapsing if factor is not None and factor < 1 else told.surging
        since = day - onsets
        first = right & (since >= 0) & (since < WATCHED) & np.isnan(delays)
        delays[series[first]] = since[first]
        calm += int((since < 0).sum())
        wrong += int(((told.surging | told.collapsing) & (since < 0)).sum())
    seen = onsets + WATCHED <= panel.days
    return delays[seen | np.isfinite(delays)], calm, wrong


def real_false_days(folder: Path | None, detector: Detector = of_regimes) -> Iterator[Delays]:
    """How often a day of the calm sets is called out of the ordinary; real doublings among them count too."""
    for task_set in real_sets(folder):
        if task_set.name in CALM_DAYS:
            yield _false_days(task_set, detector)


def _false_days(task_set: TaskSet, detector: Detector) -> Delays:
    first, last = CALM_DAYS[task_set.name]
    whole = newest(task_set)
    calm = wrong = 0
    for day in pd.date_range(first, min(last, whole.cutoff)):
        panel = whole.until(day.date())
        told = detector(panel)
        counted = np.nan_to_num(panel.counts[:, -1]) > 0
        calm += int(counted.sum())
        wrong += int(((told.surging | told.collapsing) & counted).sum())
    return Delays(task_set.name, np.array([]), calm, wrong)
