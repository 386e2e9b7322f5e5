"""Queues at booths: the fluid queue hour by hour, and the stationary formulas below capacity."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from forecast.arrays import FloatArray

LONGEST_HOURS = 7 * 24
WEEK_HOURS = 7 * 24
NOBODY = 0.5  # less than half a person

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
    begin = np.broadcast_to(np.asarray(start, dtype=float).T, (came.shape[0], came.shape[2]))
    queue = _standing(came, np.asarray(capacity), begin)
    later = capacity[:, -WEEK_HOURS:] if after is None else after
    wait = virtual_wait(queue, np.concatenate([capacity, later], axis=1))
    before, behind = wait[:, :-1], left_limit(wait, queue, capacity)
    busy = _busy(queue, came, capacity)
    return Flow(
        *(
            np.moveaxis(values, 2, 0)
            for values in (
                queue[:, :-1] + came - queue[:, 1:],
                queue[:, 1:],
                (before + behind) / 2 * busy,
                np.maximum(before, behind),
                (queue[:, :-1] + queue[:, 1:]) / 2 * busy,
            )
        )
    )


def _standing(came: Real, capacity: Real, begin: Real) -> Real:
    """The queue at the hours' bounds: [crossing, hour + 1, path]."""
    crossings, hours, paths = came.shape
    queue = np.empty((crossings, hours + 1, paths), dtype=np.result_type(came.dtype, np.float32))
    queue[:, 0] = begin
    for hour in range(hours):
        queue[:, hour + 1] = np.maximum(0, queue[:, hour] + came[:, hour] - capacity[:, hour, None])
    return queue


def _busy(queue: Real, came: Real, capacity: Real) -> Real:
    """The share of the hour before a queue that is gone at its end was gone: [crossing, hour, path]."""
    surplus = capacity[:, :, None] - came
    cleared = (queue[:, 1:] <= 0) & (surplus > 0)
    share = np.divide(queue[:, :-1], surplus, out=np.ones_like(queue[:, 1:]), where=cleared)
    return np.minimum(share, 1)


def virtual_wait(queue: Real, capacity: Real) -> Real:
    """Hours until those are served who come at the hours' bounds: the least w that passes more than the queue.

    `queue` [crossing, bound, path] people before them, `capacity` [crossing, hour] people/hour from the first
    bound on and beyond the last; who comes to shut booths waits until they open. At most `LONGEST_HOURS`.
    """
    wait = np.empty_like(queue)
    for standing, rates, out in zip(queue, capacity, wait, strict=True):
        opened = rates[: len(standing), None] if len(rates) >= len(standing) else np.zeros((len(standing), 1))
        at_once = standing < opened
        np.divide(standing, opened, out=out, where=at_once)
        later, path = np.nonzero(~at_once)
        out[later, path] = _through(standing[later, path], later, rates)
    return wait


def _through(queue: Real, bound: npt.NDArray[np.intp], rates: Real) -> FloatArray:
    """Hours until the booths have passed so many people from a bound on: [of each]."""
    passed = np.concatenate([[0.0], np.cumsum(rates, dtype=float)])
    target = passed[bound] + queue
    hour = np.searchsorted(passed, target, side="right") - 1
    within = hour < len(rates)
    last = np.minimum(hour, len(rates) - 1)
    rate = np.where(within, rates[last], 1.0)
    wait = hour - bound + (target - passed[hour]) / rate
    return np.where(within, np.minimum(wait, LONGEST_HOURS), float(LONGEST_HOURS))


def left_limit(wait: Real, queue: Real, capacity: Real) -> Real:
    """The wait of the last to come in an hour, before booths shut behind them: [crossing, hour, path]."""
    opened = np.broadcast_to(capacity[:, :, None], queue[:, 1:].shape)
    served = (queue[:, 1:] < NOBODY) & (opened > 0)
    return np.divide(queue[:, 1:], opened, out=wait[:, 1:].copy(), where=served)


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
