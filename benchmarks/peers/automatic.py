"""statsforecast's automatic models with a weekly season, on the counts or on their log1p."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.peers.series import History
from forecast.arrays import FloatArray
from forecast.quantiles import QUANTILE_LEVELS

SEASON = 7
ARIMA_DAYS = (
    365  # it differences, so that a year tells it what it can learn; all of it takes up to 15 s a fit
)
WIDTHS = (98, 95, 90, 80, 70, 60, 50, 40, 30, 20, 10)  # percent: the intervals that the levels make


@dataclass(frozen=True, slots=True)
class Automatic:
    """A model by its name in statsforecast; on log1p its quantiles are taken back by expm1."""

    model: str
    log: bool = False

    def __call__(self, history: History, horizon: int) -> FloatArray:
        """Quantiles of one series, its gaps filled: [horizon, level]; raises what the library raises."""
        counts = history.filled
        if self.model == "AutoARIMA":
            counts = counts[-ARIMA_DAYS:]
        np.random.seed(1)  # some of the models draw their intervals from the global generator
        made = _model(self.model).forecast(
            y=np.log1p(np.maximum(counts, 0.0)) if self.log else counts, h=horizon, level=list(WIDTHS)
        )
        quantiles = np.column_stack([made[_column(level)] for level in QUANTILE_LEVELS])
        return np.asarray(np.expm1(quantiles) if self.log else quantiles, dtype=np.float64)


def _model(name: str) -> Any:
    from statsforecast import models

    options = {"approximation": True} if name == "AutoARIMA" else {}
    return getattr(models, name)(season_length=SEASON, **options)


def _column(level: float) -> str:
    """The library's name of a quantile: the end of an interval, or the mean for the median."""
    if level == 0.5:
        return "mean"
    width = round(100 * abs(1 - 2 * level))
    return f"{'lo' if level < 0.5 else 'hi'}-{width}"
