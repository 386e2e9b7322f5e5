"""Members become one forecast: quantiles from their own past errors, a weighted median across members."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from forecast.arrays import BoolArray, FloatArray
from forecast.combine.errors import Prior, error_quantiles, past_errors
from forecast.combine.mixing import caps, weighted_median, widened
from forecast.combine.scale import from_root, intermittent, to_root
from forecast.combine.weights import Record, member_weights, tilted
from forecast.regimes import deviations

PRIOR_CUTOFFS = 20.0
PRIOR_CUTOFFS_INTERMITTENT = 3.0  # a bell is a poor guess where most days are zero
LEVEL_DAYS = 28
ENOUGH = 50  # errors of the whole panel that tell what a new series may be like


@dataclass(frozen=True, slots=True, eq=False)
class Combined:
    """The ensemble: `quantiles` [series, horizon, level], members' `weights` [series] each, and past errors.

    `errors` [cutoff, series, horizon] are those of the members hindcast on every day, on the root scale.
    """

    quantiles: FloatArray
    weights: Mapping[str, FloatArray]
    errors: FloatArray


def combine(
    medians: Mapping[str, FloatArray],
    counts: FloatArray,
    *,
    cutoffs: tuple[int, ...],
    strides: Mapping[str, int],
) -> Combined:
    """The ensemble of members' hindcasts [cutoff, series, horizon], the last of which looks ahead.

    `counts` [series, day] holds open, whole days; a series that no member forecasts comes out as NaN.
    """
    records = {name: _record(medians[name], counts, cutoffs, strides[name]) for name in medians}
    dense = tuple(name for name in medians if strides[name] == 1)
    upheaval = deviations(counts).upheaval
    weights = _able(tilted(member_weights(records, dense), records, dense, upheaval), medians)
    errors = _dense_errors(records, weights, dense)
    bursty = intermittent(counts)
    prior = _prior(errors, counts, bursty)
    quantiles = weighted_median(
        np.stack(
            [
                to_root(medians[name][-1])[:, :, None] + error_quantiles(record.root, prior)
                for name, record in records.items()
            ]
        ),
        np.stack([weights[name] for name in medians]),
    )
    quantiles = from_root(widened(np.sort(quantiles, axis=2), errors, bursty, upheaval))
    return Combined(np.minimum(quantiles, caps(counts)[:, None, None]), weights, errors)


def _record(medians: FloatArray, counts: FloatArray, cutoffs: tuple[int, ...], stride: int) -> Record:
    root = past_errors(to_root(medians), to_root(counts), cutoffs)
    return Record(root, past_errors(medians, counts, cutoffs), stride)


def _able(weights: Mapping[str, FloatArray], medians: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
    """The weights of members that say something today; equal ones where none of these has a record."""
    speaking = {name: np.isfinite(medians[name][-1]).all(axis=1) for name in weights}
    able = {name: np.where(speaking[name], values, 0.0) for name, values in weights.items()}
    total = np.sum(list(able.values()), axis=0)
    voices = np.maximum(1, np.sum(list(speaking.values()), axis=0))
    safe = np.where(total > 0, total, 1.0)
    return {name: np.where(total > 0, able[name] / safe, speaking[name] / voices) for name in able}


def _prior(errors: FloatArray, counts: FloatArray, bursty: BoolArray) -> Prior:
    """A new series' spread is the panel's middle one relative to the level, or a third of the level."""
    level = np.maximum(1.0, np.nan_to_num(_mean(to_root(_last_known(counts)), axis=1)))
    relative = np.abs(errors[:, :, 0]) / level
    known = relative[np.isfinite(relative)]
    usual = 1.4826 * float(np.median(known)) if len(known) >= ENOUGH else 1 / 3
    worth = np.where(bursty, PRIOR_CUTOFFS_INTERMITTENT, PRIOR_CUTOFFS)
    return Prior(np.maximum(0.05, usual) * level, worth)


def _last_known(counts: FloatArray) -> FloatArray:
    """The newest counts [series, day]; of a series that has long been silent, the last it had."""
    last = counts[:, -LEVEL_DAYS:].copy()
    for row in np.flatnonzero(~np.isfinite(last).any(axis=1)):
        heard = counts[row, np.isfinite(counts[row])][-last.shape[1] :]
        last[row, : len(heard)] = heard
    return last


def _mean(values: FloatArray, *, axis: int) -> FloatArray:
    known = np.isfinite(values).sum(axis=axis)
    return np.where(known > 0, np.nansum(values, axis=axis) / np.maximum(1, known), np.nan)


def _dense_errors(
    records: Mapping[str, Record], weights: Mapping[str, FloatArray], dense: tuple[str, ...]
) -> FloatArray:
    """Past errors of the every-day members, mixed as the ensemble is: [cutoff, series, horizon]."""
    errors = np.stack([records[name].root.errors for name in dense])
    mass = np.isfinite(errors) * np.stack([weights[name] + 1e-6 for name in dense])[:, None, :, None]
    total = mass.sum(axis=0)
    mixed = (mass * np.nan_to_num(errors)).sum(axis=0)
    return np.where(total > 0, mixed / np.where(total > 0, total, 1.0), np.nan)
