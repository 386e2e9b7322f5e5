"""Booths by hour that hold a service level at a safety, within limits on booths and staff hours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from forecast.arrays import BoolArray, FloatArray
from forecast.paths import Paths
from forecast.planning.allotment import Day, allot, crowd
from forecast.planning.decisions import read_off
from forecast.planning.hours import CrossingHours
from forecast.planning.queues import LONGEST_HOURS, Real, fluid
from forecast.planning.registers import CrossingCapacity, IntArray
from forecast.planning.staffing import booths_needed, most_held
from forecast.planning.waits import Waits

DAY_HOURS = 24
LEAST_QUEUE = 1e-6  # people


@dataclass(frozen=True, slots=True, eq=False)
class Roster:
    """Booths to open, and whether they hold the level on the load that they are for.

    `booths` [crossing, hour]; `load` people/hour [crossing, hour]; by [crossing, day] `held`: the level is
    kept in every hour; `longest` wait in minutes; `rationed`: the staff hours, not the booths, are the limit.
    """

    ids: tuple[str, ...]
    booths: IntArray
    load: FloatArray
    held: BoolArray
    longest: FloatArray
    rationed: BoolArray

    @property
    def staff_hours(self) -> IntArray:
        """Booth-hours: [crossing, day]."""
        return np.asarray(self.booths.reshape(*self.held.shape, DAY_HOURS).sum(axis=2))

    def statement(self, crossing: int, day: int) -> str | None:
        """In a plain sentence that, and by how much, no roster holds the level that day; None if one does."""
        if self.held[crossing, day]:
            return None
        hours = self.longest[crossing, day] / 60
        far = f"more than {LONGEST_HOURS:.0f}" if hours >= LONGEST_HOURS else f"up to {hours:.1f}"
        most = int(self.booths[crossing].reshape(-1, DAY_HOURS)[day].max())
        spent = int(self.staff_hours[crossing, day])
        all_of = f"{spent} booth-hours" if self.rationed[crossing, day] else f"{most} booths"
        return f"all {all_of}, and the wait of the people planned for will still be {far} hours"


@dataclass(frozen=True, slots=True, eq=False)
class Bought:
    """What a roster buys against the registered booths: expected minutes of wait and person-hours.

    [crossing, day] each; waits are means over all people of all paths.
    """

    wait_before: FloatArray
    wait_after: FloatArray
    hours_before: FloatArray
    hours_after: FloatArray


def planning_load(demand: Paths, hours: CrossingHours, safety: float | None = None) -> FloatArray:
    """People/hour that suffice with a probability of `safety`, day by day: [crossing, hour].

    Without a safety, each crossing's own plan-to level from its costs.
    """
    rows = [demand.ids.index(one) for one in hours.ids]
    days = [
        read_off(demand.values[:, row], (capacity[0].cost.level if safety is None else safety,))[0]
        for row, capacity in zip(rows, hours.in_force, strict=True)
    ]
    return hours.hourly(np.array(days, dtype=float).reshape(len(rows), hours.horizon))


def needed(demand: Paths, hours: CrossingHours) -> IntArray:
    """Booths that would hold the level in the fullest hour, if more could be had: [path, crossing, day]."""
    rows = [demand.ids.index(one) for one in hours.ids]
    peak = demand.values[:, rows] * hours.profile.max(axis=2)
    booths = np.zeros(peak.shape, dtype=np.int64)
    for row, in_force in enumerate(hours.in_force):
        for capacity in set(in_force):
            days = [day for day, one in enumerate(in_force) if one is capacity]
            booths[:, row, days] = booths_needed(peak[:, row, days], capacity)
    return booths


def roster_of(load: FloatArray, hours: CrossingHours, start: FloatArray, *, shift: int = 1) -> Roster:
    """Booths for people/hour [crossing, hour] and `start` [crossing] people who stand already.

    Each hour gets the booths that hold the level for those who come in it and serve those who stand within
    the wait target. Where a day's staff hours do not suffice, they go where they save most waiting. Booths
    change every `shift` hours, counted from midnight.
    """
    if DAY_HOURS % shift:
        raise ValueError(f"a shift must divide a day of 24 hours, not {shift}")
    booths = np.zeros(load.shape, dtype=np.int64)
    held = np.ones((len(load), hours.horizon), dtype=bool)
    rationed = np.zeros_like(held)
    queue = np.asarray(start, dtype=float)
    levels = {one: most_held(one) for one in {one for row in hours.in_force for one in row}}
    for day in range(hours.horizon):
        span = slice(day * DAY_HOURS, (day + 1) * DAY_HOURS)
        at = _Rules([row[day] for row in hours.in_force], levels)
        found = at.opened(load[:, span], queue, shift)
        rationed[:, day] = short = found.sum(axis=1) > at.staff_hours
        if short.any():
            found[short] = at.rationed(short, load[:, span], queue, shift)
        booths[:, span] = found
        held[:, day], queue = at.judged(load[:, span], queue, found)
    return Roster(hours.ids, booths, load, held, _longest(load, hours, start, booths), rationed)


def bought(demand: Paths, before: Waits, after: Waits) -> Bought:
    """Compare the waits with the registered booths to those with a roster's, path by path."""
    rows = [demand.ids.index(one) for one in before.ids]
    people = demand.values[:, rows]
    return Bought(
        _mean(before.mean_wait, people),
        _mean(after.mean_wait, people),
        np.asarray(before.person_hours.mean(axis=0), dtype=float),
        np.asarray(after.person_hours.mean(axis=0), dtype=float),
    )


class _Rules:
    """What the registers in force on a day ask and allow, over crossings of unlike limits."""

    def __init__(self, in_force: Sequence[CrossingCapacity], held: Mapping[CrossingCapacity, FloatArray]):
        self.in_force = in_force
        most = max((one.booths_limit for one in in_force), default=0)
        self.held = _padded([held[one] for one in in_force], most + 1)
        self.totals = _padded([one.totals for one in in_force], most + 1)
        self.useful = (self.totals < self.totals[:, -1:]).sum(axis=1)
        self.patience = np.array([one.wait_target / 60 for one in in_force])
        limits = [one.staff_hours_limit for one in in_force]
        self.staff_hours = np.array([np.inf if one is None else one for one in limits])

    def opened(self, load: FloatArray, queue: FloatArray, shift: int) -> IntArray:
        """Booths [crossing, hour] for the level, whatever the staff hours; `queue` [crossing] stands."""
        booths = np.zeros(load.shape, dtype=np.int64)
        for first in range(0, load.shape[1], shift):
            span = slice(first, first + shift)
            level = (self.held < load[:, span].max(axis=1, keepdims=True)).sum(axis=1)
            clearing = (self.totals < (queue / self.patience)[:, None]).sum(axis=1)
            found = np.minimum(np.maximum(level, clearing), self.useful)
            booths[:, span] = found[:, None]
            for hour in range(first, first + shift):
                queue = self._after(load[:, hour], queue, found)
        return booths

    def rationed(self, short: BoolArray, load: FloatArray, queue: FloatArray, shift: int) -> IntArray:
        """The booths of the crossings whose staff hours do not suffice: [short crossing, hour]."""
        rows = [int(row) for row in np.flatnonzero(short)]
        crowds = np.stack([crowd(load[row], self.in_force[row], self.totals.shape[1]) for row in rows])
        day = Day(load[rows], queue[rows], self.totals[rows], crowds)
        return allot(day, self.staff_hours[rows], shift=shift)

    def judged(self, load: FloatArray, queue: FloatArray, booths: IntArray) -> tuple[BoolArray, FloatArray]:
        """Whether booths hold the level in every hour, and the queue at the day's end: [crossing] both."""
        row, held = np.arange(len(load)), np.ones(len(load), dtype=bool)
        for hour in range(load.shape[1]):
            found = booths[:, hour]
            served = queue <= self.totals[row, found] * self.patience + LEAST_QUEUE
            held &= served & (load[:, hour] <= self.held[row, found])
            queue = self._after(load[:, hour], queue, found)
        return held, queue

    def _after(self, load: FloatArray, queue: FloatArray, booths: IntArray) -> FloatArray:
        return np.maximum(0, queue + load - self.totals[np.arange(len(load)), booths])


def _padded(rows: Sequence[FloatArray], length: int) -> FloatArray:
    """Rows of unlike length, each going on with its last value: [row, length]."""
    return np.array([np.pad(row, (0, length - len(row)), mode="edge") for row in rows]).reshape(-1, length)


def _longest(load: FloatArray, hours: CrossingHours, start: FloatArray, booths: IntArray) -> FloatArray:
    """The longest wait of a day in minutes with so many booths on one load: [crossing, day]."""
    staffed = hours.staffed(booths)
    flow = fluid(load[None], staffed.capacity, np.asarray(start)[None], after=staffed.after)
    return np.asarray(
        60 * flow.longest[0].reshape(len(load), hours.horizon, DAY_HOURS).max(axis=2), dtype=float
    )


def _mean(wait: Real, people: npt.NDArray[np.integer[Any]]) -> FloatArray:
    """The mean wait over all people of all paths, 0 where nobody comes: [crossing, day]."""
    came = people.sum(axis=0)
    waited = np.einsum("pcd,pcd->cd", wait, people.astype(wait.dtype))
    return np.asarray(np.divide(waited, came, out=np.zeros(came.shape), where=came > 0))
