"""How long people will stand at the crossings: every path of demand through its queue, hour by hour."""

from dataclasses import dataclass, fields

import numpy as np

from forecast.arrays import BoolArray, FloatArray
from forecast.paths import Paths
from forecast.planning.bursts import chance_flow
from forecast.planning.hours import CrossingHours
from forecast.planning.queues import LONGEST_HOURS, Flow, Real

THRESHOLD_HOURS = (0.5, 1.0, 2.0, 4.0, 8.0, 12.0, 24.0)
AT_ONCE = 32  # crossings whose hours are in memory together


@dataclass(frozen=True, slots=True, eq=False)
class Waits:
    """What people go through at crossings: each [path, crossing, day].

    `throughput` people; `queue` people standing at the day's end; `mean_wait` and `longest_wait` minutes, the
    register's walking included, of those who come that day, 0 where nobody does; `person_hours` stood;
    `spilled`: at some hour more stood than there is room for; `capped`: some would wait longer than
    `LONGEST_HOURS`, and are said to wait that long. `late_share` [threshold, crossing, day] of the day's
    people is expected to wait longer than `THRESHOLD_HOURS`.
    """

    ids: tuple[str, ...]
    throughput: Real
    queue: Real
    mean_wait: Real
    longest_wait: Real
    person_hours: Real
    spilled: BoolArray
    capped: BoolArray
    late_share: FloatArray


def waits_of(demand: Paths, hours: CrossingHours, start: FloatArray, *, seed: int) -> Waits:
    """Push every path of people/day through the queues; `start` [crossing of `hours`] people stand already.

    Bursts and services are drawn by crossing from the seed: with the same one, two plans differ by what is
    changed alone. Raises ValueError where demand and hours are not of the same days and crossings.
    """
    if demand.cutoff != hours.cutoff or demand.values.shape[2] != hours.horizon:
        found = f"{demand.values.shape[2]} days after {demand.cutoff}"
        raise ValueError(f"demand of {found}, hours of {hours.horizon} days after {hours.cutoff}")
    rows = [demand.ids.index(one) for one in hours.ids]
    groups = [slice(at, at + AT_ONCE) for at in range(0, max(1, len(rows)), AT_ONCE)]
    return _joined([_some_waits(demand, rows[some], hours.part(some), start[some], seed) for some in groups])


def _some_waits(demand: Paths, rows: list[int], hours: CrossingHours, start: FloatArray, seed: int) -> Waits:
    people = demand.values[:, rows].astype(np.float32)
    came, flow = chance_flow(people, hours, start, seed=seed)
    return _by_day(people, came, flow, hours)


def _joined(parts: list[Waits]) -> Waits:
    """The waits of all crossings, those of each part behind those before."""
    ids = tuple(one for part in parts for one in part.ids)
    arrays = [one.name for one in fields(Waits) if one.name != "ids"]
    return Waits(
        ids, **{name: np.concatenate([getattr(part, name) for part in parts], axis=1) for name in arrays}
    )


def _by_day(people: Real, came: Real, flow: Flow, hours: CrossingHours) -> Waits:
    """Read days off hours."""
    days = (*people.shape, 24)
    walking, room = _of_days(hours)
    queue, longest = flow.queue.reshape(days), flow.longest.reshape(days).max(axis=3)
    waited = np.einsum("pcdh,pcdh->pcd", came.reshape(days), flow.wait.reshape(days))
    mean = np.divide(waited, people, out=np.zeros_like(people), where=people > 0)
    return Waits(
        hours.ids,
        flow.throughput.reshape(days).sum(axis=3),
        queue[..., -1],
        np.where(people > 0, 60 * mean + walking, 0),
        np.where(people > 0, 60 * longest + walking, 0),
        flow.person_hours.reshape(days).sum(axis=3),
        queue.max(axis=3) > room,
        longest >= LONGEST_HOURS,
        late_shares(came, flow.wait, hours),
    )


def _of_days(hours: CrossingHours) -> tuple[Real, Real]:
    """Minutes of walking and people that the queue has room for: [crossing, day] each."""
    walking = [[one.walking for one in row] for row in hours.in_force]
    room = [[np.inf if one.queue_room is None else one.queue_room for one in row] for row in hours.in_force]
    shape = (len(hours.ids), hours.horizon)
    return np.array(walking, dtype=np.float32).reshape(shape), np.array(room, dtype=np.float32).reshape(shape)


def late_chances(waits: Waits, *, thresholds: tuple[float, ...] = THRESHOLD_HOURS) -> FloatArray:
    """P(someone who comes that day waits longer than so many hours): [threshold, crossing, day]."""
    return np.stack([(waits.longest_wait > 60 * hours).mean(axis=0) for hours in thresholds])


def late_shares(
    came: Real, wait: Real, hours: CrossingHours, *, thresholds: tuple[float, ...] = THRESHOLD_HOURS
) -> FloatArray:
    """The share of a day's people expected to wait longer than so many hours: [threshold, crossing, day].

    `came` people and `wait` hours are [path, crossing, hour].
    """
    days = (*came.shape[:2], hours.horizon, 24)
    walking, _ = _of_days(hours)
    people = came.reshape(days).sum(axis=(0, 3))
    late = [
        np.einsum("pcdh,pcdh->cd", came.reshape(days), wait.reshape(days) > limit - walking[:, :, None] / 60)
        for limit in thresholds
    ]
    return np.stack([np.divide(one, people, out=np.zeros_like(people), where=people > 0) for one in late])
