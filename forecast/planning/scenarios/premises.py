"""Whether what a scenario assumed came true, judged by the counts of its places on its days."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from forecast.arrays import BoolArray, FloatArray
from forecast.planning.registers import IntArray

State = Literal["open", "met", "not met", "not judged"]
LEAST_DAYS = 5
WITHIN = 0.25


@dataclass(frozen=True, slots=True)
class Premise:
    """What is known of a premise: its state, of how many days, and the people counted and assumed on them.

    `reason` says it in words.
    """

    state: State
    known_days: int
    observed: float | None
    assumed: float | None
    reason: str


def judged(
    observed: FloatArray,
    paths: IntArray,
    *,
    touched: BoolArray,
    shut: BoolArray,
    assumed_shut: BoolArray,
) -> Premise:
    """Judge a premise by counts [crossing, day] (NaN not known, 0 where closed) against paths of people.

    `paths` [path, crossing, day] are the scenario's; `touched` [crossing, day] is what it changes, `shut`
    what was reported closed and `assumed_shut` what it assumes to be. A day is known once all its touched
    crossings are. It is met where, over the known days, at least five, as many people were counted as the
    median path has, within a quarter, and every assumed closure among them was reported.
    """
    if not touched.any():
        return Premise("not judged", 0, None, None, "it assumes nothing that counts of people could show")
    known = touched.any(axis=0) & ~(touched & np.isnan(observed)).any(axis=0)
    days, seen = int(known.sum()), touched & known
    if days == 0:
        return Premise("open", 0, None, None, "no day of it is known yet")
    counted = float(observed[seen].sum())
    assumed = float(np.median(paths[:, seen].sum(axis=1)))
    if (assumed_shut & ~shut)[:, known].any():
        return Premise(
            "not met", days, counted, assumed, "a crossing that it assumes closed was reported open"
        )
    if days < LEAST_DAYS:
        return Premise("open", days, counted, assumed, f"{days} of at least {LEAST_DAYS} days are known")
    apart = abs(counted - assumed) <= WITHIN * assumed
    reason = f"{counted:.0f} people were counted on {days} days, {assumed:.0f} were assumed"
    return Premise("met" if apart else "not met", days, counted, assumed, reason)
