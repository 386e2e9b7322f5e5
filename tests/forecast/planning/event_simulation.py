"""A crossing person by person: slow, and by no formula, so that the fast queue can be held against it."""

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from forecast.planning.registers import CrossingCapacity


@dataclass(frozen=True)
class Lived:
    """What the people of each day went through, each [day]: waits in minutes, the queue at midnight."""

    throughput: np.ndarray
    queue: np.ndarray
    mean_wait: np.ndarray
    longest_wait: np.ndarray
    person_hours: np.ndarray


def simulate_days(
    crossing: CrossingCapacity, people: Sequence[int], *, standing: int = 0, seed: int
) -> Lived:
    """Let so many people come on days from a Monday on, first come, first served; nobody leaves the queue."""
    rng = np.random.default_rng(seed)
    days = [_arrivals(crossing, day, count, rng) for day, count in enumerate(people)]
    came = np.concatenate([np.zeros(standing), *days])
    began = np.fromiter(_begin(crossing, came.tolist(), rng), dtype=float, count=len(came))
    return _by_day(came, began, standing, len(people))


def _arrivals(crossing: CrossingCapacity, day: int, count: int, rng: np.random.Generator) -> np.ndarray:
    """Hours at which the people of a day come, in groups whose sizes make the register's peakedness."""
    groups = rng.geometric(2 / (1 + crossing.peakedness), size=count)
    group_of = np.repeat(np.arange(count), groups)[:count]
    hour = rng.choice(24, size=count, p=crossing.profile[day % 7]) + rng.random(count)
    return np.sort(24 * day + hour[group_of])


def _begin(crossing: CrossingCapacity, came: list[float], rng: np.random.Generator) -> Iterator[float]:
    """The hour at which each person's service begins; whoever has begun is served to the end."""
    booths = crossing.booths.reshape(-1).tolist()
    minds = [0.0, *(count / total for count, total in enumerate(crossing.totals.tolist()) if count)]
    work = _work(crossing.service_variability, len(came), rng)
    busy: list[float] = []
    now = 0.0
    for at, effort in zip(came, work, strict=True):
        now = max(now, at)
        while True:
            while busy and busy[0] <= now:
                heapq.heappop(busy)
            opened = booths[int(now) % 168]
            if len(busy) < opened:
                break
            next_hour = float(int(now) + 1)
            now = min(busy[0], next_hour) if busy else next_hour
        heapq.heappush(busy, now + effort * minds[opened])
        yield now


def _work(variability: float, count: int, rng: np.random.Generator) -> list[float]:
    """How long each service takes beside the mean one."""
    if variability == 0:
        return [1.0] * count
    return rng.gamma(1 / variability, variability, size=count).tolist()


def _by_day(came: np.ndarray, began: np.ndarray, standing: int, days: int) -> Lived:
    waits = 60 * (began - came)
    day_of = np.floor(came).astype(int) // 24
    day_of[:standing] = -1
    of_day = [waits[day_of == day] for day in range(days)]
    ends = 24.0 * np.arange(1, days + 1)
    stood = [np.clip(began, end - 24, end) - np.clip(came, end - 24, end) for end in ends]
    return Lived(
        np.array([((began >= end - 24) & (began < end)).sum() for end in ends]),
        np.array([((came < end) & (began >= end)).sum() for end in ends]),
        np.array([some.mean() if len(some) else 0.0 for some in of_day]),
        np.array([some.max() if len(some) else 0.0 for some in of_day]),
        np.array([some.sum() for some in stood]),
    )
