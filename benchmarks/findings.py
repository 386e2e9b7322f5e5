"""All that a run of the benchmark found, and the figures that the page and the targets read off it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from benchmarks.cache import KeptPeers
from benchmarks.detection import Delays
from benchmarks.ours import ENSEMBLE, FAST, Ours
from benchmarks.records import BASELINE, coverage, ratios, relative
from benchmarks.speed import Speed
from benchmarks.tasks import Part, TaskSet

SIMULATED = "Simulated"
OURS = (ENSEMBLE, FAST)


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """A part of a set: records by method, the ablations' at their own cutoffs, and scores of outlooks."""

    part: Part
    rows: pd.DataFrame
    some: pd.DataFrame
    outlooks: pd.DataFrame

    @property
    def methods(self) -> tuple[str, ...]:
        """Ours and the baseline, then the peers that have forecast all that was asked of the part."""
        there = tuple(dict.fromkeys(self.rows["method"]))
        first = (*OURS, BASELINE)
        days = self.rows.groupby("method")["days"].sum()
        whole = [name for name in there if name not in first and days[name] == days[ENSEMBLE]]
        return (*(name for name in first if name in there), *whole)

    @property
    def best_peer(self) -> tuple[str, float] | None:
        """The peer with the lowest relative score on the natural scale, in hindsight."""
        peers = [name for name in self.methods if name not in (*OURS, BASELINE)]
        found = [(relative(self.rows, name)[0], name) for name in peers]
        return (min(found)[1], min(found)[0]) if found else None


@dataclass(frozen=True, slots=True, eq=False)
class Findings:
    """What a run found; `surges` are the records of the fast members through every simulated surge."""

    parts: tuple[Scored, ...]
    surges: pd.DataFrame
    detection: Sequence[Delays] = ()
    speed: Speed | None = None
    peers: KeptPeers = field(default_factory=lambda: KeptPeers({}, set()))

    @property
    def main(self) -> tuple[Scored, ...]:
        """The parts that the figures over all sets are taken over: those of real counts, if there are any."""
        real = [one for one in self.parts if one.part.main and not one.part.name.startswith(SIMULATED)]
        return tuple(real or [one for one in self.parts if one.part.main])

    def named(self, name: str) -> Scored | None:
        """A part by its name; None if it was not run."""
        return next((one for one in self.parts if one.part.name == name), None)

    def overall(self) -> tuple[float, float]:
        """The geometric mean over sets of the ensemble's relative scores, natural and log1p."""
        found = np.array([relative(one.rows, ENSEMBLE) for one in self.main])
        natural, log = np.exp(np.log(found).mean(axis=0))
        return float(natural), float(log)

    def coverage(self, level: int) -> float:
        """The mean over sets of the share of days inside the ensemble's interval."""
        return float(np.mean([coverage(one.rows, ENSEMBLE, level) for one in self.main]))

    def worst(self) -> Iterator[tuple[str, str, str, float]]:
        """For each scale the set, the crossing and the ratio of the ensemble's worst series."""
        for scale, column in (("natural", "wis"), ("log1p", "wis_log")):
            every = [
                (float(value), one.part.name, str(crossing))
                for one in self.main
                for crossing, value in ratios(one.rows, ENSEMBLE)[column].items()
            ]
            value, part, crossing = max(every)
            yield scale, part, crossing, value

    def faults(self) -> tuple[int, int, int]:
        """Days forecast by us over all sets and configurations, those negative and those crossed."""
        rows = [one.rows[one.rows["method"].isin(OURS)] for one in self.parts]
        every = pd.concat([*rows, *(one.some for one in self.parts), self.surges])
        own = every[every["method"] != BASELINE]
        return int(own["days"].sum()), int(own["negative"].sum()), int(own["crossed"].sum())


def scored_parts(
    task_set: TaskSet, own: Ours, peers: pd.DataFrame, ablated: Sequence[str]
) -> Iterator[Scored]:
    """A set's parts with their records; the ablations' are kept apart, with the ensemble at their cutoffs."""
    rows = pd.concat([own.records, peers], ignore_index=True)
    some = rows[rows["method"].isin(ablated)]
    cutoffs = set(some["cutoff"])
    same = rows[rows["cutoff"].isin(cutoffs) & rows["method"].isin([ENSEMBLE, BASELINE])]
    others = rows[~rows["method"].isin(ablated)]
    for part in task_set.parts:
        found = part.rows(others)
        if (found["method"] == ENSEMBLE).any():
            yield Scored(part, found, part.rows(pd.concat([same, some])), part.rows(own.outlooks))
