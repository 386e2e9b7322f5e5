"""Quantiles for a method that only says how many it expects: its medians and its own past errors."""

from collections.abc import Sequence

import numpy as np

from forecast.arrays import FloatArray
from forecast.quantiles import QUANTILE_LEVELS
from forecast.smoothing import FIRST_SPREAD, ROOT, Bins, Memory, bell

MEDIAN = QUANTILE_LEVELS.index(0.5)


def quantiles_of(
    medians: FloatArray,
    made_on: Sequence[int],
    counts: FloatArray,
    cutoffs: Sequence[int],
    *,
    like: FloatArray | None = None,
) -> FloatArray:
    """Quantiles around a method's medians [day it was made on, series, horizon].

    They are [cutoff, series, horizon, level]; `made_on` and `cutoffs` are day indices, ascending; `counts`
    [series, day]. Errors are kept on the root scale. Before a method has errors of its own they are those of
    another's quantiles `like` [cutoff, series, horizon, level], or a wide bell. NaN at a
    cutoff without a median.
    """
    series, horizon = medians.shape[1:]
    roots, said = np.sqrt(counts), np.sqrt(medians)
    memory = Memory.start(series, horizon, Bins.of(ROOT.finest, ROOT.widest))
    place = {day: row for row, day in enumerate(made_on)}
    made = np.full((len(cutoffs), series, horizon, len(QUANTILE_LEVELS)), np.nan)
    known = made_on[0] if len(made_on) else 0
    for row, cutoff in enumerate(cutoffs):
        for day in range(known + 1, cutoff + 1):
            memory.add(_errors(said, place, roots[:, day], day), day, special=False)
        known = max(known, cutoff)
        if cutoff in place:
            centre = said[place[cutoff]][:, :, None]
            prior = _bell(counts[:, : cutoff + 1], horizon) if like is None else _offsets(like[row])
            errors = memory.quantiles(cutoff, np.zeros(horizon, dtype=bool), prior)
            made[row] = np.sort(np.maximum(centre + errors, 0.0) ** 2, axis=2)
    return made


def _errors(said: FloatArray, place: dict[int, int], came: FloatArray, day: int) -> FloatArray:
    """Errors of all forecasts for a day, by horizon: [series, horizon]."""
    errors = np.full((len(came), said.shape[2]), np.nan)
    for ahead in range(1, said.shape[2] + 1):
        row = place.get(day - ahead)
        if row is not None:
            errors[:, ahead - 1] = came - said[row, :, ahead - 1]
    return errors


def _bell(counts: FloatArray, horizon: int) -> FloatArray:
    recent = counts[:, -90:]
    known = np.isfinite(recent)
    mean = np.where(known, recent, 0.0).sum(axis=1) / np.maximum(1, known.sum(axis=1))
    return bell(FIRST_SPREAD * ROOT.unit(np.sqrt(mean)), horizon)


def _offsets(quantiles: FloatArray) -> FloatArray:
    """How far quantiles [series, horizon, level] lie from their median, on the root scale."""
    roots = np.sqrt(quantiles)
    return np.asarray(np.nan_to_num(roots - roots[:, :, MEDIAN : MEDIAN + 1]))
