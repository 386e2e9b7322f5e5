"""Demand behind throughput: who wanted to cross, where a queue hides it from the counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

import numpy as np

from forecast.arrays import BoolArray, FloatArray
from forecast.planning.registers import CrossingCapacity, Registers

QueueUnit = Literal["people", "vehicles", "km"]
SATURATED = 0.9  # of a day's capacity; hours with fewer people than booths pass are part of a full day, too
SILENCE = 3  # days without a report, after which nothing is said of a queue


@dataclass(frozen=True, slots=True, eq=False)
class Demand:
    """People/day who wanted to cross, all [series, day], NaN where the count is missing.

    `people` is the count where the queue is not known, and there only a lower bound where `censored`;
    `queue` people standing at the day's end as far as that is known, else NaN.
    """

    people: FloatArray
    censored: BoolArray
    queue: FloatArray


def people_in_queue(value: FloatArray, unit: QueueUnit, capacity: CrossingCapacity) -> FloatArray:
    """People in a queue that is reported in people, vehicles or km, by the register's vehicles and lanes.

    Raises ValueError for another unit.
    """
    if unit not in get_args(QueueUnit):
        raise ValueError(f"a queue is reported in {', '.join(get_args(QueueUnit))}, not {unit}")
    vehicles = 1000 * capacity.lanes / capacity.metres_per_vehicle if unit == "km" else 1.0
    people = 1.0 if unit == "people" else capacity.people_per_vehicle
    return np.asarray(np.asarray(value, dtype=float) * vehicles * people)


def daily_capacity(registers: Registers, ids: Sequence[str], days: Sequence[date]) -> FloatArray:
    """People/day that a crossing's rostered booths pass, NaN where none is registered: [series, day]."""
    weeks: dict[int, FloatArray] = {}
    passing = np.full((len(ids), len(days)), np.nan)
    for row, place_id in enumerate(ids):
        for column, day in enumerate(days):
            capacity = registers.crossing(place_id, day)
            if capacity is not None:
                if id(capacity) not in weeks:
                    weeks[id(capacity)] = capacity.passes(capacity.booths).sum(axis=1)
                passing[row, column] = weeks[id(capacity)][day.weekday()]
    return passing


def saturated(counts: FloatArray, capacity: FloatArray) -> BoolArray:
    """Days so near the capacity that the count may tell of the booths: [series, day], people/day both."""
    known = np.isfinite(counts) & (np.nan_to_num(capacity) > 0)
    return np.greater_equal(counts, SATURATED * capacity, out=np.zeros(counts.shape, dtype=bool), where=known)


def demand_of(counts: FloatArray, queue: FloatArray, full: BoolArray) -> Demand:
    """Counts plus the growth of the queue, never below 0; `queue` people, NaN where none was reported.

    Between two reports at most `SILENCE` days apart the queue runs straight, and there is none where for as
    long nothing was reported and the crossing was not `full`, as `saturated` tells. All are [series, day].
    """
    standing = _standing(queue, full)
    growth = np.diff(standing, axis=1, prepend=np.nan)
    known = np.isfinite(growth)
    people = np.where(known, np.maximum(0, counts + growth), counts)
    return Demand(people, full & ~known & np.isfinite(counts), standing)


def _standing(queue: FloatArray, full: BoolArray) -> FloatArray:
    """The queue at each day's end as far as it can be known."""
    day = np.arange(queue.shape[1])
    reported = np.isfinite(queue)
    last = np.maximum.accumulate(np.where(reported, day, -np.inf), axis=1)
    following = np.minimum.accumulate(np.where(reported, day, np.inf)[:, ::-1], axis=1)[:, ::-1]
    between = ~reported & (following - last <= SILENCE)
    idle = ~reported & ~full & (day - last > SILENCE) & ~between
    standing = np.where(idle, 0.0, queue)
    for row in np.flatnonzero(between.any(axis=1)):
        filled = np.interp(day, day[reported[row]], queue[row, reported[row]])
        standing[row, between[row]] = filled[between[row]]
    return standing
