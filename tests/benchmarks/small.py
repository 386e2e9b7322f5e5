"""Small sets for the benchmark's tests."""

from datetime import date

import numpy as np
import pandas as pd

from benchmarks.records import KEYS, SUMS
from benchmarks.tasks import HORIZON, Part, TaskSet
from forecast.simulate import World, simulate

CUTOFFS = (date(2021, 3, 6), date(2021, 3, 27))


def small_set(series: int = 2, *, missing: float = 0.05) -> TaskSet:
    """A calm simulated world of 120 days with two cutoffs."""
    world = World(series=series, days=120, surging=0.0, missing=missing)
    return TaskSet("Small", simulate(world, seed=1).frame, CUTOFFS, parts=(Part("Small"),))


def rows(
    method: str, scores: dict[str, float], *, cutoffs: int = 1, inside: float = 0.8, **more: float
) -> pd.DataFrame:
    """Records of a method whose mean score is given by crossing, the same on both scales, one band each."""
    made = []
    for cutoff in range(cutoffs):
        for crossing, score in scores.items():
            sums = dict.fromkeys(SUMS, 0.0) | {"days": HORIZON, "wis": HORIZON * score}
            sums |= {"wis_log": HORIZON * score}
            sums |= {f"in{level}": HORIZON * inside for level in (50, 80, 90, 95)} | more
            day = str(np.datetime64("2023-04-02") + 14 * cutoff)
            made.append([method, crossing, day, "1-7", "", *sums.values()])
    return pd.DataFrame(made, columns=[*KEYS, *SUMS])
