"""From probability to decision: what to plan to, and what that leaves empty or unmet."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from forecast.arrays import FloatArray
from forecast.planning.registers import Cost

SAFETIES: tuple[float, ...] = (0.5, 0.8, 0.95, 0.99)
Values = npt.NDArray[np.integer[Any]] | npt.NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True, eq=False)
class SafetyTable:
    """What to have ready for each safety, and what it comes to on average: [safety, ...] each, one unit.

    `level` suffices with the safety's probability; `empty` of it stays unused, `unmet` is lacking; `cost` is
    over x empty + short x unmet.
    """

    safeties: tuple[float, ...]
    level: FloatArray
    empty: FloatArray
    unmet: FloatArray
    cost: FloatArray


def plan_to(values: Values, cost: Cost) -> FloatArray:
    """The level of least expected cost over equally likely paths [path, ...]: [...].

    The c_under / (c_under + c_over) quantile (Arrow, Harris and Marschak 1951), one of the paths' own values.
    """
    return np.asarray(read_off(values, (cost.level,))[0])


def safety_table(values: Values, cost: Cost, *, safeties: tuple[float, ...] = SAFETIES) -> SafetyTable:
    """Levels that suffice on so many paths [path, ...] with their expected empty, unmet and cost."""
    level = read_off(values, safeties)
    gap = [one - np.asarray(values, dtype=float) for one in level]
    empty = np.array([np.maximum(one, 0).mean(axis=0) for one in gap])
    unmet = np.array([np.maximum(-one, 0).mean(axis=0) for one in gap])
    return SafetyTable(safeties, level, empty, unmet, cost.over * empty + cost.short * unmet)


def read_off(values: Values, levels: tuple[float, ...]) -> FloatArray:
    """The smallest values that at least a share of the paths does not exceed: [level, ...]."""
    count = len(values)
    if not count or not all(0 < level < 1 for level in levels):
        raise ValueError(f"levels between 0 and 1 of at least one path, not {levels} of {count}")
    # a hair less, for 0.95 x 20 is 19 and not the 19.000000000000004 that would ask for the 20th
    places = [int(np.ceil(level * count - 1e-9)) - 1 for level in levels]
    ranked = np.partition(np.asarray(values, dtype=float), sorted(set(places)), axis=0)
    return np.asarray(ranked[places])
