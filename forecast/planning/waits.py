"""How long people will stand at the crossings: every path of demand through its queue, hour by hour."""

from dataclasses import dataclass

import numpy as np

from forecast.arrays import BoolArray, FloatArray
from forecast.paths import Paths
from forecast.planning.bursts import chance_flow
from forecast.planning.hours import CrossingHours, hours_of
from forecast.planning.queues import LONGEST_HOURS, Flow, Real

__all__ = ["CrossingHours", "Waits", "hours_of", "waits_of"]

THRESHOLD_HOURS = (0.5, 1.0, 2.0, 4.0, 8.0, 12.0, 24.0)


@dataclass(frozen=True, slots=True, eq=False)
class Waits:
    """What people go through at crossings, [path, crossing, day] save `flow`, by the hour.

    `throughput` people; `queue` people standing at the day's end; `mean_wait` and `longest_wait` minutes of
    those who come that day; `person_hours` stood; `spilled`: at some hour more stood than there is room for;
    `capped`: some would wait longer than `LONGEST_HOURS`, and are said to wait that long.
    """

    ids: tuple[str, ...]
    throughput: Real
    queue: Real
    mean_wait: Real
    longest_wait: Real
    person_hours: Real
    spilled: BoolArray
    capped: BoolArray
    flow: Flow


def waits_of(demand: Paths, hours: CrossingHours, start: FloatArray, *, seed: int) -> Waits:
    """Push every path of people/day through the crossings; `start` [crossing] people stand already."""
    rows = [demand.ids.index(one) for one in hours.ids]
    came, flow = chance_flow(demand.values[:, rows].astype(np.float32), hours, start, seed=seed)
    return _by_day(came, flow, hours)


def _by_day(came: Real, flow: Flow, hours: CrossingHours) -> Waits:
    """Read days off hours."""
    days = (*came.shape[:2], hours.horizon, 24)
    walking = np.array([[one.walking for one in row] for row in hours.in_force])
    room = [[np.inf if one.queue_room is None else one.queue_room for one in row] for row in hours.in_force]
    queue, longest = flow.queue.reshape(days), flow.longest.reshape(days).max(axis=3)
    people = came.reshape(days).sum(axis=3)
    waited = (came * flow.wait).reshape(days).sum(axis=3)
    mean = np.divide(waited, people, out=np.zeros_like(people), where=people > 0)
    return Waits(
        hours.ids,
        flow.throughput.reshape(days).sum(axis=3),
        queue[..., -1],
        60 * mean + walking,
        60 * longest + walking,
        flow.person_hours.reshape(days).sum(axis=3),
        queue.max(axis=3) > np.array(room),
        longest >= LONGEST_HOURS,
        flow,
    )
