"""How many booths hold a service level at a load: square-root staffing with a delay target."""

import numpy as np
from scipy import optimize, special

from forecast.arrays import FloatArray
from forecast.planning.registers import CrossingCapacity, IntArray

STEADIEST = 37.0  # above this grade its normal density is no number any more, and nobody waits
AMPLE = 6.0  # a grade that holds the strictest level a register takes
HALVINGS = 50
MOST_BOOTHS = 100_000  # more are not told apart, whatever the load: the table of them has to end


def delay_chance(grade: FloatArray) -> FloatArray:
    """P(wait > 0) with `grade` times the root of the load in spare booths: the grade's shape.

    1 / (1 + b Phi(b) / phi(b)) (Halfin and Whitt 1981).
    """
    steady = np.clip(grade, 0, STEADIEST)
    ratio = np.exp(special.log_ndtr(steady) + steady**2 / 2) * np.sqrt(2 * np.pi)
    return np.asarray(1 / (1 + steady * ratio))


def grade_for(delay: float) -> float:
    """The grade b at which a share `delay` of people, in (0, 1), has to wait at all."""
    if not 0 < delay < 1:
        raise ValueError(f"a delay target is a share between 0 and 1, not {delay}")
    return float(optimize.brentq(lambda grade: delay_chance(np.asarray(grade)) - delay, 0, STEADIEST))


def booths_for(load: FloatArray, delay: float, *, peakedness: float = 1.0) -> IntArray:
    """Booths ceil(m + b sqrt(z m)) for m busy booths of offered load and a peakedness z: the shape of m."""
    return np.asarray(np.ceil(load + grade_for(delay) * np.sqrt(peakedness * load)), dtype=int)


def offered_load(arrivals: FloatArray, service: float) -> FloatArray:
    """Busy booths if nobody had to wait, mean over each hour: [..., hour], from people/hour [..., hour].

    The sum over u of l(t - u) P(S > u) for exponential services of `service` hours and arrivals that are
    even within an hour (Eick, Massey and Whitt 1993): load lags the arrivals by about one service.
    """
    if service <= 0:
        raise ValueError(f"a service takes more than 0 hours, not {service}")
    weights = _weights(service, arrivals.shape[-1])
    load = weights[0] * arrivals
    for back, weight in enumerate(weights[1:], start=1):
        load[..., back:] += weight * arrivals[..., :-back]
    return np.asarray(load)


def _weights(service: float, hours: int) -> FloatArray:
    """What arrivals of 1 person/hour in the same hour and in those before keep busy; the sum is `service`."""
    part = -np.expm1(-1 / service)
    back = np.arange(hours)
    earlier = service**2 * part**2 * np.exp(-(back - 1) / service)
    weights = np.where(back == 0, service - service**2 * part, earlier)
    return np.asarray(weights[np.append(weights[:-1] > 1e-12 * service, True)][: max(1, hours)])


def late_chance(rate: FloatArray, booths: FloatArray, total: FloatArray, at: CrossingCapacity) -> FloatArray:
    """P(wait > wait_target) at `rate` people/hour below the `total` that the booths pass: all one shape.

    The delay chance times exp(-(total - rate) t / v), v the mean of the squared coefficients of variation of
    arrivals and services (Allen and Cunneen), arrivals' being their peakedness.
    """
    load = rate * booths / total
    grade = (booths - load) / np.sqrt(at.peakedness * load)
    variability = max(1e-6, (at.peakedness + at.service_variability) / 2)
    return delay_chance(grade) * np.exp(-(total - rate) * at.wait_target / 60 / variability)


def most_held(at: CrossingCapacity, booths: int | None = None) -> FloatArray:
    """The most people/hour for whom 0, 1, ... `booths` booths hold the service level: [booths + 1].

    Without `booths`, up to the crossing's limit; beyond it, as if more could be built.
    """
    count = np.arange((at.booths_limit if booths is None else booths) + 1)
    total = at.passes(count)
    low, high, number = np.zeros(len(count)), total.copy(), np.maximum(1, total / at.rate(count))
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        with np.errstate(divide="ignore", invalid="ignore"):
            held = late_chance(middle, number, total, at) <= 1 - at.service_level
        low, high = np.where(held, middle, low), np.where(held, high, middle)
    return np.maximum.accumulate(np.where(count > 0, low, 0.0))


def booths_needed(load: FloatArray, at: CrossingCapacity) -> IntArray:
    """The fewest booths that hold the service level at people/hour, as if there were no limit: load's shape.

    Where the other post passes too few whatever is opened, the booths from which more would not help.
    """
    load = np.asarray(load, dtype=float)
    held = most_held(at, _enough(float(load.max(initial=0)), at))
    best = int(np.searchsorted(held, held[-1]))
    return np.asarray(np.minimum(np.searchsorted(held, load), best))


def _enough(most: float, at: CrossingCapacity) -> int:
    """A number of booths that holds the level at the most people/hour that come, or `MOST_BOOTHS`."""
    busy = most / at.rates[-1]
    return int(min(MOST_BOOTHS, np.ceil(busy + AMPLE * np.sqrt(at.peakedness * busy)) + len(at.rates) + 1))
