"""What members' past quantiles were worth, on the scale of counts and on that of their logarithm."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from forecast.arrays import FloatArray, known_mean
from forecast.scores import wis, wis_log

BEYOND_COUNTS = 1e15  # stands for infinity, which would be no score at all
HEARD = 7  # days without a count after which a crossing counts as unheard of


@dataclass(frozen=True, slots=True, eq=False)
class Losses:
    """Mean scores over the known days ahead of past cutoffs, NaN without any: [cutoff, series] each."""

    natural: FloatArray
    log: FloatArray

    @property
    def known(self) -> FloatArray:
        """Whether there is a score: [cutoff, series]."""
        return np.isfinite(self.natural)


def losses_of(quantiles: FloatArray, counts: FloatArray, cutoffs: Sequence[int]) -> Losses:
    """Score quantiles [cutoff, series, horizon, level] on counts [series, day].

    A cutoff without a count in its last week says nothing of how an open crossing is forecast.
    """
    outcomes = _outcomes(counts, cutoffs, quantiles.shape[2])
    said = np.minimum(quantiles, BEYOND_COUNTS)
    return Losses(*(known_mean(score(said, outcomes), axis=2) for score in (wis, wis_log)))


def _outcomes(counts: FloatArray, cutoffs: Sequence[int], horizon: int) -> FloatArray:
    """What came after each cutoff, NaN where unknown: [cutoff, series, horizon]."""
    days = counts.shape[1]
    made_on = np.array(cutoffs, dtype=np.intp)  # of a panel's first days there are none
    targets = made_on[:, None] + np.arange(1, horizon + 1)
    came = np.where(targets < days, counts[:, np.minimum(targets, days - 1)], np.nan)
    seen = np.cumsum(np.isfinite(counts), axis=1)
    before = np.pad(seen, ((0, 0), (HEARD, 0)))[:, :days]
    heard = (seen > before)[:, made_on]
    return np.moveaxis(np.where(heard[:, :, None], came, np.nan), 0, 1)
