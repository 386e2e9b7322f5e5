"""How much each member counts, by how its past forecasts did beside those of the simple members."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from forecast.arrays import BoolArray, FloatArray
from forecast.combine.errors import PastErrors

HALF_LIFE = 90.0  # days
UPHEAVAL_DAYS = 3
TILT = 2.0  # power of the last days' relative errors in an upheaval
OWN = 0.7  # of a series' own record; the rest is the panel's


@dataclass(frozen=True, slots=True, eq=False)
class Record:
    """A member's past errors on the root scale and in counts, and the days between its hindcasts."""

    root: PastErrors
    natural: PastErrors
    stride: int


@dataclass(frozen=True, slots=True)
class Weighing:
    """How strongly a better record counts, and how long it must be (in whole horizons) to count half."""

    sharpness: float = 8.0
    patience: float = 1.0


def member_weights(
    records: Mapping[str, Record], reference: tuple[str, ...], weighing: Weighing = Weighing()
) -> dict[str, FloatArray]:
    """Weights that sum to one over members, none without a record: [series] each.

    Members are compared with `reference`, members hindcast on every day, on the cutoffs they have.
    """
    ranked = {
        name: _ranked(record, [records[other] for other in reference]) for name, record in records.items()
    }
    raw = {name: _raw(*relative, weighing) for name, relative in ranked.items()}
    total = np.sum(list(raw.values()), axis=0)
    safe = np.where(total > 0, total, 1.0)
    return {name: np.where(total > 0, values / safe, 1.0 / len(raw)) for name, values in raw.items()}


def _raw(relative: FloatArray, amount: FloatArray, weighing: Weighing) -> FloatArray:
    """Unnormalised weights from log relative errors and how many horizons they rest on: [series]."""
    known = amount > 0
    pooled = float(np.average(relative[known], weights=amount[known])) if known.any() else 0.0
    trust = OWN * amount / (amount + weighing.patience)
    return np.where(known, np.exp(-weighing.sharpness * (trust * relative + (1 - trust) * pooled)), 0.0)


def _ranked(record: Record, reference: list[Record]) -> tuple[FloatArray, FloatArray]:
    """Log error relative to the reference, mean of both scales, and the record's length: [series] each."""
    horizon = record.root.errors.shape[2]
    ratios = []
    for own, others in (
        (record.root, [other.root for other in reference]),
        (record.natural, [other.natural for other in reference]),
    ):
        mine = _loss(own)
        beside = np.mean([_loss(other) for other in others], axis=0) if others else mine
        both = np.isfinite(mine) & np.isfinite(beside)
        weights = np.where(both, own.weights(HALF_LIFE)[:, None], 0.0)
        sums = [(weights * np.where(both, loss, 0.0)).sum(axis=0) for loss in (mine, beside)]
        ratios.append(np.log((sums[0] + 1e-9) / (sums[1] + 1e-9)))
    return np.mean(ratios, axis=0), weights.sum(axis=0) * record.stride / horizon


def tilted(
    weights: Mapping[str, FloatArray],
    records: Mapping[str, Record],
    dense: tuple[str, ...],
    upheaval: BoolArray,
) -> dict[str, FloatArray]:
    """The weights, or where a series is in `upheaval` [series] what the last days' one-step errors say.

    A record of months knows nothing of a surge that began the day before yesterday.
    """
    recent = {name: _recent_loss(records[name].root) for name in dense}
    usual = np.mean(list(recent.values()), axis=0)
    fresh = {name: ((usual + 1e-6) / (loss + 1e-6)) ** TILT for name, loss in recent.items()}
    return {
        name: np.where(upheaval, (values > 0) * fresh.get(name, np.ones(len(values))), values)
        for name, values in weights.items()
    }


def _recent_loss(past: PastErrors) -> FloatArray:
    """Mean absolute one-step error of the last days: [series]."""
    errors = np.abs(past.errors[-1 - UPHEAVAL_DAYS : -1, :, 0])
    known = np.isfinite(errors)
    return np.asarray(np.where(known, errors, 0.0).sum(axis=0) / np.maximum(1, known.sum(axis=0)))


def _loss(past: PastErrors) -> FloatArray:
    """Mean absolute error over the horizons that are known: [cutoff, series]."""
    known = np.isfinite(past.errors)
    count = known.sum(axis=2)
    total = np.abs(np.where(known, past.errors, 0.0)).sum(axis=2)
    return np.where(count > 0, total / np.maximum(1, count), np.nan)
