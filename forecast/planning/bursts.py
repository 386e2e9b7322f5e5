"""The queue with chance in it: people come in bursts, and services take longer or shorter."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from forecast.planning.hours import CrossingHours
from forecast.planning.queues import LONGEST_HOURS, Flow, Real, erlang_c, turned_away, virtual_wait
from forecast.planning.registers import CrossingCapacity

FITTED_LOAD = 0.9
AT_ONCE = 8  # crossings: fewer cost calls, more cost memory
MANY = 2.0  # short queues an hour, from which on the longest of them is drawn for itself
FEW = 8.0  # groups an hour, below which a normal number is no picture of them


@dataclass(frozen=True, slots=True, eq=False)
class Booths:
    """How chance works at the booths, each [crossing, hour].

    `rate` people/hour; `peakedness` and `variability` as the register has them; `inside` people at the booths
    before anyone waits; `next_up` people who wait for the first booth to be free, and are not seen queueing.
    """

    rate: Real
    peakedness: Real
    variability: Real
    inside: Real
    next_up: Real


@dataclass(frozen=True, slots=True, eq=False)
class Draws:
    """What chance does in each hour, each [crossing, hour, path]: people who come and who could pass.

    `spread` is twice the variance of what comes less what passes; `lowest` and `highest` are exponential.
    """

    came: Real
    passed: Real
    spread: Real
    lowest: Real
    highest: Real


def chance_flow(demand: Real, hours: CrossingHours, start: Real, *, seed: int) -> tuple[Real, Flow]:
    """Let people/day [path, crossing, day] come by the hour, [path, crossing, hour], and queue.

    The load of the booths is a Brownian motion held above 0, with the drift and variance of the hour; its
    end, its least and its greatest value are drawn, so that a step of an hour is exact where nothing changes
    within it (Asmussen, Glynn and Pitman 1995). Who waits is what the load has above `Booths.inside`.
    """
    shape = (len(hours.ids), 24 * hours.horizon, len(demand))
    came, *parts = (np.empty(shape, dtype=np.float32) for _ in range(6))
    for at in range(0, len(hours.ids), AT_ONCE):
        some = slice(at, at + AT_ONCE)
        drawn, flow = _some_flow(demand[:, some], hours.part(some), start[some], seed=seed)
        for whole, part in zip((came, *parts), (drawn, *flow), strict=True):
            whole[some] = part
    return np.moveaxis(came, 2, 0), Flow(*(np.moveaxis(part, 2, 0) for part in parts))


def _some_flow(
    demand: Real, hours: CrossingHours, start: Real, *, seed: int
) -> tuple[Real, tuple[Real, Real, Real, Real, Real]]:
    """People who come, and the parts of a `Flow`: each [crossing, hour, path]."""
    booths = booths_of(hours)
    draws = _draw(demand, hours, booths, seed=seed)
    queue, highest = _loads(draws, booths, np.asarray(start, dtype=np.float32))
    rates = np.concatenate([hours.capacity, hours.after], axis=1).astype(np.float32)
    more = np.zeros_like(queue)
    np.cumsum(draws.passed - booths.rate[:, :, None], axis=1, out=more[:, 1:])
    wait = virtual_wait(queue, rates, more=more)
    mean, longest = _within_hours(queue, wait, rates, highest, draws)
    stood = np.maximum(0, queue - _bounds(booths.next_up)[:, :, None])
    throughput = np.maximum(0, stood[:, :-1] + draws.came - stood[:, 1:])
    person_hours = (stood[:, :-1] + stood[:, 1:]) / 2
    return draws.came, (throughput, stood[:, 1:], mean, longest, person_hours)


def booths_of(hours: CrossingHours) -> Booths:
    """Lay what registers say of chance over the hours.

    `inside` makes the mean wait at a load of 0.9 that of Allen and Cunneen, and nearly so at all others.
    """
    peakedness = _hourly(hours, lambda one: one.peakedness)
    variability = _hourly(hours, lambda one: one.service_variability)
    varied = FITTED_LOAD * peakedness + variability
    delayed = erlang_c(FITTED_LOAD * hours.booths, hours.booths) * (peakedness + variability)
    delayed += (1 - FITTED_LOAD) * np.maximum(0, peakedness - 1)  # behind those of one's own group
    inside = -np.log(np.minimum(1, delayed / varied)) * varied / (2 * (1 - FITTED_LOAD))
    opened = hours.capacity > 0
    parts = (
        hours.capacity,
        peakedness,
        variability,
        np.where(opened, inside, 0),
        np.where(opened, (1 + variability) / 2 + np.maximum(0, peakedness - 1) / 4, 0),
    )
    return Booths(*(part.astype(np.float32) for part in parts))


def _hourly(hours: CrossingHours, read: Callable[[CrossingCapacity], float]) -> Real:
    """A number of the registers in force: [crossing, hour]."""
    by_day = np.array([[read(one) for one in row] for row in hours.in_force], dtype=float)
    return np.repeat(by_day.reshape(len(hours.ids), hours.horizon), 24, axis=1)


def _draw(demand: Real, hours: CrossingHours, booths: Booths, *, seed: int) -> Draws:
    """Draw crossing by crossing what chance does to people/day [path, crossing, day]."""
    shape = (len(hours.ids), 24 * hours.horizon, len(demand))
    came, passed, lowest, highest = (np.empty(shape, dtype=np.float32) for _ in range(4))
    for at, place_id in enumerate(hours.ids):
        rng = _generator(place_id, seed)
        rng.standard_normal(dtype=np.float32, out=passed[at])
        rng.standard_exponential(dtype=np.float32, out=lowest[at])
        rng.standard_exponential(dtype=np.float32, out=highest[at])
        # Last, since the number of draws depends on the people, and other demand must not change the rest.
        came[at] = _arrivals(demand[:, at].T, hours.profile[at], booths.peakedness[at, :, None], rng)
    served = booths.variability * booths.rate
    passed *= np.sqrt(served)[:, :, None]
    passed += booths.rate[:, :, None]
    np.maximum(passed, 0, out=passed)
    spread = came * np.where(booths.rate > 0, 2 * booths.peakedness, 0)[:, :, None]
    spread += 2 * served[:, :, None]
    return Draws(came, passed, spread, lowest, highest)


def _generator(place_id: str, seed: int) -> np.random.Generator:
    """The same at a crossing whichever others there are, so that scenarios differ by what they change."""
    name = hashlib.sha256(f"{seed} {place_id}".encode()).digest()
    return np.random.Generator(np.random.SFC64(list(name)))


def _arrivals(people: Real, profile: Real, peakedness: Real, rng: np.random.Generator) -> Real:
    """Spread people/day [day, path] over the hours, in groups: [hour, path], a day's sum being its people."""
    mean = (profile[:, :, None] * people[:, None]).reshape(-1, people.shape[1]).astype(np.float32)
    came = rng.standard_normal(mean.shape, dtype=np.float32) * np.sqrt(peakedness * mean) + mean
    groups = mean / peakedness
    few = groups < FEW
    came[few] = rng.poisson(groups[few])
    came *= np.where(few, peakedness, 1)
    days = np.maximum(came, 0).reshape(*profile.shape, -1)
    total = days.sum(axis=1, keepdims=True)
    even = mean.reshape(days.shape)
    scale = np.divide(people[:, None], total, out=np.ones_like(total), where=total > 0)
    return np.where(total > 0, days * scale, even).reshape(mean.shape)


def _loads(draws: Draws, booths: Booths, start: Real) -> tuple[Real, Real]:
    """People who wait at the hours' bounds, [crossing, bound, path], and the most in each hour."""
    came = draws.came
    begins, ends = booths.inside, _bounds(booths.inside)[:, 1:]
    settled = booths.inside + booths.next_up
    drop = np.maximum(0, -np.diff(settled, axis=1, append=settled[:, -1:]))
    queue = np.empty((came.shape[0], came.shape[1] + 1, came.shape[2]), dtype=np.float32)
    highest = np.empty_like(came)
    load = np.where(start > 0, start + settled[:, 0], 0)[:, None]
    queue[:, 0] = np.maximum(0, load - begins[:, 0, None])
    for hour in range(came.shape[1]):
        step, spread = came[:, hour] - draws.passed[:, hour], draws.spread[:, hour]
        pushed = (np.sqrt(step * step + spread * draws.lowest[:, hour]) - step) / 2
        end = np.minimum(step + np.maximum(load, pushed), load + came[:, hour])
        above = np.sqrt((end - load) ** 2 + spread * draws.highest[:, hour])
        surplus = np.where(pushed > load, booths.rate[:, hour, None] - came[:, hour], 0)
        peak = _peak(surplus, spread, draws.highest[:, hour])
        top = np.where(np.isfinite(peak), np.maximum(peak, np.maximum(load, end)), (load + end + above) / 2)
        highest[:, hour] = np.maximum(0, top - begins[:, hour, None])
        load = np.maximum(0, end - drop[:, hour, None])
        queue[:, hour + 1] = np.maximum(0, load - ends[:, hour, None])
    return queue, highest


def _peak(surplus: Real, spread: Real, drawn: Real) -> Real:
    """The most people in an hour of many short queues, NaN where they are few (Gumbel)."""
    steep = 4 * surplus / np.maximum(spread, 1e-9)
    queues = surplus * steep
    many = (surplus > 0) & (queues > MANY)
    drawn = np.maximum(drawn, 1e-6)
    return np.divide(
        np.log(np.where(many, queues, 1) / drawn), steep, out=np.full_like(steep, np.nan), where=many
    )


def _bounds(by_hour: Real) -> Real:
    """What holds in the hour ahead of each bound, the last hour's at the end: [crossing, bound]."""
    return np.concatenate([by_hour, by_hour[:, -1:]], axis=1)


def _within_hours(queue: Real, wait: Real, rates: Real, highest: Real, draws: Draws) -> tuple[Real, Real]:
    """Mean and longest hours of those who come in each hour: [crossing, hour, path]."""
    first, last = wait[:, :-1], wait[:, 1:]
    mean, longest = (first + last) / 2, np.maximum(first, last)
    alone = -np.expm1(-draws.highest / np.maximum(draws.came, 1e-9))  # of the hour, until the first comes
    top = np.maximum(0, highest - np.maximum(queue[:, :-1], queue[:, 1:]))
    rate = rates[:, : top.shape[1], None]
    longest += np.divide(top, rate, out=-np.abs(first - last) * alone, where=rate > 0)
    for at, hour, turned in turned_away(queue, wait, rates):
        mean[at, hour] = turned.mean
        served = np.maximum(first[at, hour], turned.share)
        some = alone[at, hour] < turned.share
        longest[at, hour] = np.where(some, turned.longest - alone[at, hour], served)
    longest[draws.came <= 0] = 0
    return mean, np.minimum(longest, LONGEST_HOURS, out=longest)
