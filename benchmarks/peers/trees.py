"""mlforecast with LightGBM: gradient boosting of quantiles, one model for all series of a panel."""

import warnings
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.peers.series import histories
from forecast.arrays import FloatArray
from forecast.panel import Panel
from forecast.quantiles import QUANTILE_LEVELS

LAGS = {7: (7, 14, 21, 28, 364), 14: (14, 21, 28, 364), 28: (28, 35, 42, 364)}
YEAR = 364
LEAST = 500  # days: the longest lag and some to learn from; shorter panels go without the lag of a year


def lightgbm_quantiles(panel: Panel, horizon: int) -> FloatArray:
    """Quantiles of every series on log1p, NaN where it could not: [series, horizon, level].

    One set of models for days 1-7, 8-14 and 15-28 each, whose lags lie before the cutoff, so that no model
    feeds on its own forecasts.
    """
    known = [(row, history) for row, history in enumerate(histories(panel)) if history is not None]
    made = np.full((len(panel.places), horizon, len(QUANTILE_LEVELS)), np.nan)
    if not known:
        return made
    frame = pd.concat(
        pd.DataFrame({"unique_id": row, "ds": history.dates, "y": np.log1p(history.filled)})
        for row, history in known
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        done = 0
        for last, lags in LAGS.items():
            usable = [lag for lag in lags if lag < YEAR or panel.days >= LEAST]
            if panel.days <= max(usable) + last:
                break  # nothing left to learn from
            for (row, _), values in zip(known, _forecast(frame, usable, last), strict=True):
                made[row, done:last] = np.expm1(values[done:])
            done = last
    return made


def _forecast(frame: pd.DataFrame, lags: list[int], horizon: int) -> FloatArray:
    """The models' quantiles up to a horizon, in the frame's order of series: [series, horizon, level]."""
    from lightgbm import LGBMRegressor
    from mlforecast import MLForecast
    from mlforecast.lag_transforms import RollingMean

    shared: dict[str, Any] = {
        "objective": "quantile",
        "n_estimators": 60,
        "n_jobs": 1,
        "verbosity": -1,
        "random_state": 1,
    }
    models = {f"{level}": LGBMRegressor(alpha=level, **shared) for level in QUANTILE_LEVELS}
    booster = MLForecast(
        models=models,
        freq="D",
        lags=lags,
        lag_transforms={lags[0]: [RollingMean(7, min_samples=1), RollingMean(28, min_samples=1)]},
        date_features=["dayofweek", "dayofyear"],
    )
    booster.fit(frame, static_features=[])
    made = booster.predict(horizon).sort_values(["unique_id", "ds"], kind="stable")
    return np.asarray(made[list(models)].to_numpy().reshape(-1, horizon, len(QUANTILE_LEVELS)))
