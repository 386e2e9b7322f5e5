"""How long guests stay, by night, and which of them go on where."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np
from scipy.optimize import nnls
from scipy.stats import beta

from forecast.arrays import FloatArray
from forecast.planning.registers import CapacityError, Stay, Transit

LEAST = 1e-4  # of a survival: what is below is not followed
LONGEST = 3_650
DECIDING = 3.0  # people who decide together where to go, and are one piece of evidence
FORGETTING = 0.97  # what a day leaves of the evidence before it: half is gone after three weeks


def exponential(mean_nights: float) -> FloatArray:
    """P(stay longer than j nights) of exponential stays, taken at j + 1/2: [night].

    Half a night on, because people come throughout the day.
    """
    nights = max(1, int(np.ceil(-mean_nights * np.log(LEAST))))
    return np.asarray(np.exp(-(np.arange(nights) + 0.5) / mean_nights))


def kaplan_meier(rows: Iterable[tuple[int, int, int]]) -> FloatArray:
    """P(stay longer than j nights) from rows of nights, how many left, how many are still there: [night].

    Kaplan and Meier (1958). Whom the rows lose sight of leave at the mean rate seen, departures per night.
    Raises CapacityError without a departure, or with a count below zero.
    """
    rows = tuple(rows)
    _check(rows)
    longest = max(nights for nights, _, _ in rows)
    left, present = np.zeros(longest + 1), np.zeros(longest + 1)
    for nights, gone, still in rows:
        left[nights] += gone
        present[nights] += still
    at_risk = np.cumsum((left + present)[::-1])[::-1]
    seen = np.cumprod(1 - left / np.maximum(at_risk, 1))
    rate = left.sum() / max(1.0, float((np.arange(longest + 1) * (left + present)).sum()))
    return np.concatenate([seen, _tail(float(seen[-1]), rate)])


def _check(rows: tuple[tuple[int, int, int], ...]) -> None:
    if sum(gone for _, gone, _ in rows) <= 0:
        wanted = "at least one guest who left, so that there is a rate"
        raise CapacityError("stays.lengths", found="nobody who left", wanted=wanted)
    for row in rows:
        if min(row) < 0 or row[0] > LONGEST:
            wanted = f"nights from 0 to {LONGEST}, counts from 0"
            raise CapacityError("stays.lengths", found=row, wanted=wanted)


def _tail(share: float, rate: float) -> FloatArray:
    if share <= LEAST:
        return np.empty(0)
    nights = min(LONGEST, int(np.ceil(np.log(share / LEAST) / rate)))
    return np.asarray(share * np.exp(-rate * np.arange(1, nights + 1)))


def presence_from(arrivals: FloatArray, occupied: FloatArray, nights: int) -> FloatArray:
    """Share of those who came j nights ago who hold a bed, b S(j), from aggregates alone: [night].

    Occupied beds [day] regressed on `nights` days of arrivals [day], steps down only, days weighed by the
    Poisson variance (non-negative least squares on the steps; Lawson and Hanson, 1974). Nights on which
    `occupied` is NaN are left out. Raises ValueError with fewer nights than shares to find.
    """
    if not np.isfinite(arrivals).all():
        raise ValueError("arrivals are known on every day, or the stays cannot be told from the gaps")
    sums = np.cumsum(np.lib.stride_tricks.sliding_window_view(arrivals, nights)[:, ::-1], axis=1)
    seen = occupied[nights - 1 :]
    known = np.isfinite(seen)
    if known.sum() < nights:
        raise ValueError(f"{known.sum()} nights with {nights} days of arrivals before them, {nights} needed")
    weight = 1 / np.sqrt(np.maximum(seen[known], 1.0))
    steps, _ = nnls(sums[known] * weight[:, None], seen[known] * weight)
    return np.asarray(np.cumsum(steps[::-1])[::-1])


def mean_nights(survival: FloatArray) -> float:
    """The mean stay in nights."""
    return float(survival.sum())


def lag_days(survival: FloatArray) -> float:
    """Days by which occupancy trails slowly varying arrivals: E[S^2] / (2 E[S]) (Eick et al., 1993)."""
    ages = np.arange(len(survival)) + 0.5
    return float((ages * survival).sum() / survival.sum())


def shares(stays: tuple[Stay, ...]) -> FloatArray:
    """The expected share of each kind of guest: [kind]."""
    weights = np.array([stay.weight for stay in stays])
    return np.asarray(weights / weights.sum())


def drawn_shares(stays: tuple[Stay, ...], paths: int, generator: np.random.Generator) -> FloatArray:
    """The kinds' shares, drawn once a path from their Dirichlet: [path, kind]."""
    return generator.dirichlet([stay.weight for stay in stays], size=paths)


def share_intervals(stays: tuple[Stay, ...], level: float) -> dict[Transit, tuple[float, float, float]]:
    """Low end, mean and high end of each kind's share at an interval level: the Dirichlet's marginals."""
    total, tails = sum(stay.weight for stay in stays), ((1 - level) / 2, (1 + level) / 2)
    found: dict[Transit, tuple[float, float, float]] = {}
    for stay in stays:
        others = total - stay.weight
        low, high = beta.ppf(tails, stay.weight, others) if others > 0 else (1.0, 1.0)
        found[stay.kind] = (float(low), stay.weight / total, float(high))
    return found


def updated(
    stays: tuple[Stay, ...],
    departed: Mapping[Transit, float],
    *,
    arrivals: FloatArray | None = None,
    discount: float = FORGETTING,
) -> tuple[Stay, ...]:
    """The kinds with weights that have seen so many departures of people by kind.

    What was known before counts `discount` of itself, and `DECIDING` people are one piece of evidence. With
    the `arrivals` [day] of the days whose departures these are, a kind that leaves later is not taken for a
    rarer one: departures are divided by the share of the kind that should have left by now.
    """
    counts = np.array([departed.get(stay.kind, 0.0) for stay in stays])
    if not (counts >= 0).all() or not 0 < discount <= 1:
        raise ValueError("departures are counts from 0, a discount is above 0 and at most 1")
    came = counts / [1.0 if arrivals is None else _departed_share(stay, arrivals) for stay in stays]
    evidence = counts.sum() * came / max(came.sum(), 1e-12) / DECIDING
    return tuple(
        replace(stay, weight=discount * stay.weight + float(more))
        for stay, more in zip(stays, evidence, strict=True)
    )


def _departed_share(stay: Stay, arrivals: FloatArray) -> float:
    """Of those of this kind who came on these days, the share gone by the end of the last."""
    ages = np.arange(len(arrivals))[::-1]
    there = np.where(ages < len(stay.survival), stay.survival[np.minimum(ages, len(stay.survival) - 1)], 0.0)
    return max(LEAST, float((arrivals * (1 - there)).sum() / max(arrivals.sum(), 1e-12)))
