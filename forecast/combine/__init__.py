"""Members become one forecast: quantiles from their own past errors, a weighted median across members."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from forecast.combine.errors import PastErrors, error_quantiles, past_errors
from forecast.combine.scale import ErrorScale, error_scale
from forecast.combine.weights import Record, member_weights
from forecast.members import FloatArray
from forecast.quantiles import QUANTILE_LEVELS

MEDIAN = QUANTILE_LEVELS.index(0.5)
DRIFT_DAYS = 7
DRIFT_LIMIT = 2.5  # standard errors beyond which recent one-step errors are a drift


@dataclass(frozen=True, slots=True, eq=False)
class Combined:
    """The ensemble: `quantiles` [series, horizon, level], members' `weights` [series] each, and its past errors.

    `errors` [cutoff, series, horizon] are on the error scale, for members hindcast on every day.
    """

    quantiles: FloatArray
    weights: Mapping[str, FloatArray]
    errors: FloatArray


def combine(
    medians: Mapping[str, FloatArray],
    counts: FloatArray,
    cutoffs: tuple[int, ...],
    strides: Mapping[str, int],
) -> Combined:
    """The ensemble of members' hindcasts [cutoff, series, horizon], the last of which looks ahead.

    `counts` [series, day] holds open, whole days; a series that no member forecasts comes out as NaN.
    """
    scale = error_scale(counts)
    records = {
        name: _record(values, counts, cutoffs, scale, strides[name]) for name, values in medians.items()
    }
    dense = tuple(name for name in medians if strides[name] == 1)
    weights = _able(member_weights(records, dense), medians)
    default = _default_spread(records, dense)
    spreads = {name: error_quantiles(record.scaled, default=default) for name, record in records.items()}
    errors = _dense_errors(records, weights, dense)
    ensemble = _weighted_median(
        np.stack([scale.forward(medians[name][-1])[:, :, None] + spreads[name] for name in medians]),
        np.stack([weights[name] for name in medians]),
    )
    ensemble = _widened(np.sort(ensemble, axis=2), errors)
    capped = np.minimum(scale.back(ensemble), caps(counts)[:, None, None])
    return Combined(np.maximum.accumulate(capped, axis=2), weights, errors)


def _record(
    medians: FloatArray, counts: FloatArray, cutoffs: tuple[int, ...], scale: ErrorScale, stride: int
) -> Record:
    scaled = np.moveaxis(scale.forward(np.moveaxis(medians, 1, 0)), 0, 1)
    return Record(
        past_errors(scaled, scale.forward(counts), cutoffs), past_errors(medians, counts, cutoffs), stride
    )


def _able(weights: Mapping[str, FloatArray], medians: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
    """The weights without those of members that say nothing today; without any record, all that speak are equal."""
    speaking = {name: np.isfinite(medians[name][-1]).all(axis=1) for name in weights}
    able = {name: np.where(speaking[name], values, 0.0) for name, values in weights.items()}
    total = np.sum(list(able.values()), axis=0)
    voices = np.maximum(1, np.sum(list(speaking.values()), axis=0))
    safe = np.where(total > 0, total, 1.0)
    return {name: np.where(total > 0, able[name] / safe, speaking[name] / voices) for name in able}


def _default_spread(records: Mapping[str, Record], dense: tuple[str, ...]) -> FloatArray:
    """One-step spread of series without past errors: the panel's middle one, else a guess: [series]."""
    one_step = [np.abs(records[name].scaled.errors[:, :, 0]) for name in dense]
    series = next(iter(records.values())).scaled.errors.shape[1]
    known = np.concatenate([errors[np.isfinite(errors)] for errors in one_step] or [np.zeros(0)])
    return np.full(series, max(0.1, 1.4826 * float(np.median(known))) if len(known) > 50 else 0.4)


def _dense_errors(
    records: Mapping[str, Record], weights: Mapping[str, FloatArray], dense: tuple[str, ...]
) -> FloatArray:
    """Past errors of the every-day members, mixed as the ensemble is: [cutoff, series, horizon]."""
    errors = np.stack([records[name].scaled.errors for name in dense])
    mass = np.isfinite(errors) * np.stack([weights[name] + 1e-6 for name in dense])[:, None, :, None]
    total = mass.sum(axis=0)
    mixed = (mass * np.nan_to_num(errors)).sum(axis=0)
    return np.where(total > 0, mixed / np.where(total > 0, total, 1.0), np.nan)


def _weighted_median(quantiles: FloatArray, weights: FloatArray) -> FloatArray:
    """The weighted median across members, quantile by quantile: quantiles [member, series, horizon, level]."""
    mass = np.where(np.isfinite(quantiles), weights[:, :, None, None], 0.0)
    order = np.argsort(quantiles, axis=0)
    values, mass = (np.take_along_axis(array, order, axis=0) for array in (quantiles, mass))
    total = mass.sum(axis=0)
    position = (np.cumsum(mass, axis=0) - mass / 2) / np.where(total > 0, total, 1.0)
    values = np.where(mass > 0, values, np.nan)
    low = np.where((mass > 0) & (position <= 0.5), np.nan_to_num(position), -1.0)
    high = np.where((mass > 0) & (position > 0.5), position, 2.0)
    below, above = np.argmax(low, axis=0)[None], np.argmin(high, axis=0)[None]
    at = [np.take_along_axis(array, place, axis=0)[0] for array, place in ((low, below), (high, above))]
    ends = [np.take_along_axis(values, place, axis=0)[0] for place in (below, above)]
    share = (0.5 - at[0]) / np.where(at[1] > at[0], at[1] - at[0], 1.0)
    both = ends[0] + share * (ends[1] - ends[0])
    return np.where(at[0] < 0, ends[1], np.where(at[1] > 1, ends[0], both))


def _widened(quantiles: FloatArray, errors: FloatArray) -> FloatArray:
    """Wider by the drift of recent one-step errors, growing with the horizon; on the error scale."""
    recent = errors[-1 - DRIFT_DAYS : -1, :, 0]
    known = np.isfinite(recent).sum(axis=0)
    drift = np.where(known > 0, np.nansum(recent, axis=0) / np.maximum(1, known), 0.0)
    median = quantiles[:, :, MEDIAN : MEDIAN + 1]
    spread = (quantiles[:, :, -4] - quantiles[:, :, 3]) / (2 * 1.2816)
    standard_error = np.maximum(spread[:, 0], 1e-9) / np.sqrt(np.maximum(1, known))
    drifting = np.abs(drift) > DRIFT_LIMIT * standard_error
    ahead = np.arange(1, quantiles.shape[1] + 1)
    growth = 0.2 * np.abs(drift)[:, None] * ahead / np.maximum(spread, 1e-9)
    factor = np.where(drifting[:, None], np.minimum(2.0, np.sqrt(1 + growth**2)), 1.0)
    return median + (quantiles - median) * factor[:, :, None]


def caps(counts: FloatArray) -> FloatArray:
    """What no quantile exceeds: 1.2 x the largest of three years, 2 x that of one, 10 at least: [series]."""
    largest = [np.nanmax(counts[:, -days:], axis=1, initial=0.0) for days in (1096, 366)]
    return np.maximum(10.0, np.maximum(1.2 * largest[0], 2.0 * largest[1]))
