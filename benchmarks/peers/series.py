"""One series as a peer sees it, and how a method for one series forecasts a panel."""

import logging
import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from forecast.arrays import FloatArray
from forecast.panel import Panel
from forecast.quantiles import QUANTILE_LEVELS

LEAST_DAYS = 21
FILL_WEEKS = 4


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """A series from its first count to the cutoff: `counts` [day], NaN where missing, zero where closed."""

    dates: pd.DatetimeIndex
    counts: FloatArray
    country: str | None

    @property
    def filled(self) -> FloatArray:
        """The counts with each gap filled from the same weekday of up to four weeks before, else the day."""
        counts = pd.Series(self.counts)
        for _ in range(FILL_WEEKS):
            counts = counts.fillna(counts.shift(7))
        return np.asarray(counts.ffill())


Method = Callable[[History, int], FloatArray]


def histories(panel: Panel) -> list[History | None]:
    """Each series of a panel as peers see it; None below 21 counts."""
    return [_history(panel, row) for row in range(len(panel.places))]


def _history(panel: Panel, row: int) -> History | None:
    counts = panel.complete[row]
    known = np.flatnonzero(np.isfinite(counts))
    if len(known) < LEAST_DAYS:
        return None
    return History(panel.dates[known[0] :], counts[known[0] :], panel.places[row].country)


def each(method: Method, panel: Panel, horizon: int) -> FloatArray:
    """A method's quantiles of every series, NaN where it fails: [series, horizon, level]."""
    made = np.full((len(panel.places), horizon, len(QUANTILE_LEVELS)), np.nan)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        for row, history in enumerate(histories(panel)):
            if history is not None:
                made[row] = _tried(method, history, horizon)
    return made


def _tried(method: Method, history: History, horizon: int) -> FloatArray:
    try:
        return method(history, horizon)
    except Exception as error:  # whatever a library trips over costs one forecast, which is counted
        logging.getLogger(__name__).warning("%s failed: %s", method, error)
        return np.full((horizon, len(QUANTILE_LEVELS)), np.nan)
