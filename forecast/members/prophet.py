"""Prophet with the holidays of both sides; only its point forecast is used."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from forecast.arrays import FloatArray
from forecast.calendars import SHAPES, break_shapes
from forecast.members.one_by_one import Series

YEAR = 365


@dataclass(frozen=True, slots=True, eq=False)
class FittedProphet:
    """A fitted Prophet model of the root of the counts."""

    model: Any
    series: Series

    def forecast(self, horizon: int) -> FloatArray:
        """Medians after the last day: [horizon]."""
        first = len(self.series.counts)
        ahead = pd.DataFrame({"ds": pd.date_range(self.series.day(first), periods=horizon)})
        roots = self.model.predict(ahead)["yhat"].to_numpy()
        return np.asarray(np.maximum(np.round(roots, 6), 0.0) ** 2)


@dataclass(frozen=True, slots=True)
class ProphetMethod:
    """Trend, weekday, yearly season once two open years are known, and breaks of both countries."""

    name: str = "prophet"
    stride: int = 28
    least: int = 28
    window: int = 1461

    def fit(self, series: Series) -> FittedProphet:
        """Fit the newest window; raises RuntimeError where the optimiser gives up."""
        first = max(0, len(series.counts) - self.window)
        known = first + np.flatnonzero(np.isfinite(series.counts[first:]))
        dates = pd.date_range(series.start, periods=len(series.counts))
        history = pd.DataFrame({"ds": dates[known], "y": np.sqrt(series.counts[known])})
        holidays = _holidays(series.countries, series.day(first), series.day(len(series.counts) + 90))
        make = _library()
        with _quiet():
            model = make(
                holidays=holidays,
                yearly_seasonality=len(known) >= 2 * YEAR,
                weekly_seasonality=True,
                daily_seasonality=False,
                uncertainty_samples=0,
            )
            model.fit(history, seed=1)
        return FittedProphet(model, series)

    def hindcast(self, series: Series, cutoffs: Sequence[int], horizon: int) -> FloatArray:
        """A fit at every cutoff: [cutoff, horizon]."""
        return np.stack([self.fit(series.until(cutoff)).forecast(horizon) for cutoff in cutoffs])


def _holidays(countries: Sequence[str], first: date, last: date) -> pd.DataFrame | None:
    """Prophet's table of holidays: the shapes of breaks, so that every break teaches about the others."""
    shapes = break_shapes(countries, first, last)
    days, columns = np.nonzero(shapes)
    if not len(days):
        return None
    names = [f"{country} {shape}" for country in countries for shape in SHAPES]
    dates = pd.date_range(first, last)
    return pd.DataFrame({"ds": dates[days], "holiday": [names[column] for column in columns]})


def _library() -> Any:
    """The Prophet class; slow and noisy to import, so only where it is used."""
    with _quiet():
        from prophet import Prophet
    return Prophet


@contextmanager
def _quiet() -> Iterator[None]:
    """Without the progress lines of Prophet and of the process that it starts."""
    loggers = [logging.getLogger(name) for name in ("prophet", "prophet.plot", "cmdstanpy")]
    before = [logger.disabled for logger in loggers]
    for logger in loggers:
        logger.disabled = True  # a level would not do: cmdstanpy sets its own when it is first imported
    try:
        yield
    finally:
        for logger, disabled in zip(loggers, before, strict=True):
            logger.disabled = disabled
