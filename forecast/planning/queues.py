"""Queues at booths: the fluid queue hour by hour, and the stationary formulas below capacity."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from forecast.arrays import FloatArray

LONGEST_HOURS = 7 * 24
WEEK_HOURS = 7 * 24

Real = npt.NDArray[np.floating]


@dataclass(frozen=True, slots=True, eq=False)
class Flow:
    """What passes and what stands, each [path, crossing, hour].

    `throughput` people in the hour; `queue` people at its end; `wait` mean and `longest` hours of those who
    come in it, at most `LONGEST_HOURS`; `person_hours` that are stood in it.
    """

    throughput: Real
    queue: Real
    wait: Real
    longest: Real
    person_hours: Real


def fluid(demand: Real, capacity: Real, start: Real, *, after: Real | None = None) -> Flow:
    """Push people/hour [path, crossing, hour] through people/hour [crossing, hour], without chance in it.

    `start` [path or 1, crossing] people stand at the beginning; `after` [crossing, hour] is the capacity once
    the hours are over, by default the last week's again.
    """
    came = np.moveaxis(np.asarray(demand), 0, 2)
    queue = _standing(came, np.asarray(capacity), np.asarray(start).T)
    later = capacity[:, -WEEK_HOURS:] if after is None else after
    rates = np.concatenate([capacity, later], axis=1)
    wait = virtual_wait(queue, rates)
    longest = np.maximum(wait[:, :-1], wait[:, 1:])
    busy = _busy(queue, came, capacity)
    mean = (wait[:, :-1] + wait[:, 1:]) / 2 * busy
    for at, hour, turned in turned_away(queue, wait, rates):
        mean[at, hour] = turned.mean
        longest[at, hour] = np.maximum(wait[at, hour], np.where(turned.share > 0, turned.longest, 0))
    stood = (queue[:, :-1] + queue[:, 1:]) / 2 * busy
    parts = (queue[:, :-1] + came - queue[:, 1:], queue[:, 1:], mean, longest, stood)
    return Flow(*(np.moveaxis(part, 2, 0) for part in parts))


def _standing(came: Real, capacity: Real, begin: Real) -> Real:
    """The queue at the hours' bounds: [crossing, bound, path]."""
    crossings, hours, paths = came.shape
    queue = np.empty((crossings, hours + 1, paths), dtype=np.result_type(came.dtype, np.float32))
    queue[:, 0] = begin
    for hour in range(hours):
        queue[:, hour + 1] = np.maximum(0, queue[:, hour] + came[:, hour] - capacity[:, hour, None])
    return queue


def _busy(queue: Real, came: Real, capacity: Real) -> Real:
    """The share of the hour in which a queue that is gone at its end still stood: [crossing, hour, path]."""
    surplus = capacity[:, :, None] - came
    cleared = (queue[:, 1:] <= 0) & (surplus > 0)
    share = np.divide(queue[:, :-1], surplus, out=np.ones_like(queue[:, 1:]), where=cleared)
    return np.minimum(share, 1)


def virtual_wait(queue: Real, capacity: Real, *, more: Real | None = None) -> Real:
    """Hours that people wait who come at the hours' bounds: the least w that passes more than the queue.

    `queue` [crossing, bound, path] people before them, `capacity` [crossing, hour] people/hour from the first
    bound on and beyond the last; who comes to shut booths waits until they open. By chance `more` people
    [crossing, bound, path] have passed since the first bound. At most `LONGEST_HOURS`.
    """
    wait = np.empty_like(queue)
    for at, (standing, rates) in enumerate(zip(queue, capacity, strict=True)):
        ahead = rates[: len(standing), None]
        at_once = standing < ahead
        np.divide(standing, ahead, out=wait[at], where=at_once)
        later, path = np.nonzero(~at_once)
        target = _passed(rates)[later] + standing[later, path]
        if more is not None:
            there = np.minimum(_hour_of(target, rates), len(standing) - 1)
            target -= np.minimum(more[at][there, path] - more[at][later, path], standing[later, path])
        wait[at][later, path] = _reached(target, rates) - later
    return np.minimum(wait, LONGEST_HOURS, out=wait)


def _passed(rates: Real) -> FloatArray:
    """People who can have passed by each bound."""
    return np.concatenate([[0.0], np.cumsum(rates, dtype=float)])


def _hour_of(target: FloatArray, rates: Real) -> npt.NDArray[np.intp]:
    """The hour in which more people than the target have passed, the last bound where none has."""
    return np.searchsorted(_passed(rates), target, side="right") - 1


def _reached(target: FloatArray, rates: Real) -> FloatArray:
    """The hours after which more people than the target have passed, infinite where they never do."""
    hour = _hour_of(target, rates)
    within = hour < len(rates)
    rate = np.where(within, rates[np.minimum(hour, len(rates) - 1)], 1.0)
    return np.where(within, hour + (target - _passed(rates)[hour]) / rate, np.inf)


class TurnedAway(NamedTuple):
    """Who comes to one crossing in one hour too late to be served before booths shut: each [path].

    They are a `share` of the hour's people, and wait up to `longest` hours; `mean` hours of all of the hour.
    """

    share: Real
    longest: Real
    mean: Real


def turned_away(queue: Real, wait: Real, capacity: Real) -> Iterator[tuple[int, int, TurnedAway]]:
    """Crossing and hour of each fall of the capacity; `queue` and `wait` [crossing, bound, path]."""
    shut = virtual_wait(np.zeros_like(queue[:, :, :1]), capacity)
    falls = np.argwhere(np.diff(capacity[:, : queue.shape[1]], axis=1) < 0)
    for at, hour in falls.tolist():
        bounds = slice(hour, hour + 2)
        found = _turned(queue[at, bounds], wait[at, bounds], capacity[at, hour], shut=shut[at, hour + 1])
        yield at, hour, found


def _turned(queue: Real, wait: Real, rate: float, *, shut: Real) -> TurnedAway:
    """Who comes at a time t of the hour is served in it while the queue is below rate * (1 - t)."""
    first, last = queue
    in_time = np.where(first < rate, (rate - first) / np.maximum(rate + last - first, 1e-9), 0)
    share = 1 - np.minimum(in_time, 1)
    turned = np.where(first < rate, share + shut, wait[0])
    served = (1 - share) * (first / rate + share) / 2
    return TurnedAway(share, np.maximum(turned, wait[1]), served + share * (turned + wait[1]) / 2)


def erlang_b(load: npt.ArrayLike, servers: npt.ArrayLike) -> FloatArray:
    """P(all busy) where nobody queues, for an offered `load` of servers (Erlang 1917, by recursion)."""
    offered, count = np.broadcast_arrays(np.asarray(load, dtype=float), np.asarray(servers))
    blocked = np.ones(offered.shape)
    for server in range(1, int(count.max(initial=0)) + 1):
        step = offered * blocked / (server + offered * blocked)
        blocked = np.where(server <= count, step, blocked)
    return blocked


def erlang_c(load: npt.ArrayLike, servers: npt.ArrayLike) -> FloatArray:
    """P(one has to wait) for an offered `load` of servers, 1 from full load on (Erlang 1917)."""
    offered, count = np.broadcast_arrays(np.asarray(load, dtype=float), np.asarray(servers))
    use = np.divide(offered, count, out=np.ones(offered.shape), where=count > offered)
    blocked = erlang_b(offered, count)
    return np.asarray(np.where(use < 1, blocked / (1 - use * (1 - blocked)), 1.0))


def mean_wait(
    rate: npt.ArrayLike, service: npt.ArrayLike, servers: npt.ArrayLike, *, variability: npt.ArrayLike = 1.0
) -> FloatArray:
    """Minutes that people wait on the whole, `rate` and `service` (of a booth) in people/hour.

    `variability` is half the sum of the squared coefficients of variation of the gaps between people and of
    the services (Allen and Cunneen). Infinite from full load on: use `fluid` there.
    """
    spare = np.asarray(servers) * np.asarray(service, dtype=float) - np.asarray(rate, dtype=float)
    delayed = erlang_c(np.asarray(rate) / np.asarray(service, dtype=float), servers)
    hours = np.divide(delayed, spare, out=np.full(np.shape(delayed), np.inf), where=spare > 0)
    return np.asarray(60 * hours * np.asarray(variability, dtype=float))


def late_share(
    rate: npt.ArrayLike, service: npt.ArrayLike, servers: npt.ArrayLike, *, minutes: npt.ArrayLike
) -> FloatArray:
    """P(a wait exceeds so many minutes), `rate` and `service` in people/hour; 1 from full load on (M/M/s)."""
    spare = np.asarray(servers) * np.asarray(service, dtype=float) - np.asarray(rate, dtype=float)
    delayed = erlang_c(np.asarray(rate) / np.asarray(service, dtype=float), servers)
    return np.asarray(delayed * np.exp(-np.maximum(spare, 0) * np.asarray(minutes, dtype=float) / 60))
