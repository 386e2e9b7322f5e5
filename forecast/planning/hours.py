"""The registers laid over the hours of a horizon: who is at the booths when, and when people come."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from forecast.arrays import FloatArray
from forecast.planning.registers import CrossingCapacity, IntArray, Registers

DAYS_AFTER = 7


@dataclass(frozen=True, slots=True, eq=False)
class CrossingHours:
    """The hours after a cutoff at crossings that have a register.

    `in_force` [crossing][day]; `booths` [crossing, hour] open and `capacity` [crossing, hour] people/hour;
    `after` [crossing, hour] people/hour in the week behind the horizon; `profile` [crossing, day, hour of the
    day] shares of a day's people. Every day has 24 hours, also when clocks change.
    """

    ids: tuple[str, ...]
    cutoff: date
    in_force: tuple[tuple[CrossingCapacity, ...], ...]
    booths: IntArray
    capacity: FloatArray
    after: FloatArray
    profile: FloatArray

    @property
    def horizon(self) -> int:
        """Days."""
        return int(self.profile.shape[1])

    def part(self, some: slice) -> "CrossingHours":
        """Some of the crossings."""
        return CrossingHours(
            self.ids[some],
            self.cutoff,
            self.in_force[some],
            self.booths[some],
            self.capacity[some],
            self.after[some],
            self.profile[some],
        )

    def staffed(self, booths: IntArray) -> "CrossingHours":
        """The same hours with other booths open: [crossing, hour]."""
        days = booths.reshape(len(self.ids), self.horizon, 24)
        return replace(self, booths=booths, capacity=_passing(self.in_force, days))

    def hourly(self, demand: FloatArray) -> FloatArray:
        """People/hour of people/day by the profile: [..., crossing, day] to [..., crossing, hour]."""
        spread = demand[..., None] * self.profile.astype(demand.dtype, copy=False)
        return np.asarray(spread.reshape(*demand.shape[:-1], 24 * self.horizon))


def hours_of(registers: Registers, ids: Sequence[str], *, cutoff: date, horizon: int) -> CrossingHours:
    """Lay registers over the days after a cutoff; crossings without one on the first day are left out.

    Where a register ends within the horizon, the last one goes on.
    """
    first = cutoff + timedelta(days=1)
    kept = tuple(one for one in ids if registers.crossing(one, first) is not None)
    days = [first + timedelta(days=ahead) for ahead in range(horizon + DAYS_AFTER)]
    in_force = tuple(_in_force(registers, one, days) for one in kept)
    booths = _of_weekdays(in_force, days, lambda one: one.booths).astype(np.int64)
    shares = _of_weekdays(in_force, days, lambda one: one.profile)[:, :horizon]
    capacity, hours = _passing(in_force, booths), 24 * horizon
    return CrossingHours(
        kept,
        cutoff,
        tuple(row[:horizon] for row in in_force),
        booths.reshape(capacity.shape)[:, :hours],
        capacity[:, :hours],
        capacity[:, hours:],
        shares / shares.sum(axis=2, keepdims=True),
    )


def _in_force(registers: Registers, place_id: str, days: Sequence[date]) -> tuple[CrossingCapacity, ...]:
    found: list[CrossingCapacity] = []
    for day in days:
        capacity = registers.crossing(place_id, day)
        found.append(found[-1] if capacity is None else capacity)
    return tuple(found)


def _of_weekdays(
    in_force: Sequence[Sequence[CrossingCapacity]],
    days: Sequence[date],
    read: Callable[[CrossingCapacity], FloatArray | IntArray],
) -> FloatArray:
    """What a register has by weekday and hour: [crossing, day, hour of the day]."""
    rows = [[read(one)[day.weekday()] for one, day in zip(row, days, strict=True)] for row in in_force]
    return np.array(rows, dtype=float).reshape(len(in_force), len(days), 24)


def _passing(in_force: Sequence[Sequence[CrossingCapacity]], booths: IntArray) -> FloatArray:
    """People/hour of booths [crossing, day, hour of the day]: [crossing, hour]."""
    passing = [
        [capacity.passes(open_booths) for capacity, open_booths in zip(row, days, strict=True)]
        for row, days in zip(in_force, booths, strict=True)
    ]
    return np.array(passing, dtype=float).reshape(len(booths), booths.shape[1] * booths.shape[2])
