"""What one would use instead, each with its own intervals: a rule of thumb, Prophet, smoothing."""

import logging
import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd

from forecast.arrays import FloatArray
from forecast.panel import Panel
from forecast.quantiles import QUANTILE_LEVELS

SAMPLES = 500
LEAST_DAYS = 21


@dataclass(frozen=True)
class PeerTask:
    """One series up to its cutoff, for one peer."""

    peer: str
    dates: pd.DatetimeIndex
    counts: FloatArray
    country: str | None
    horizon: int


def peer_tasks(peer: str, panel: Panel, horizon: int) -> list[PeerTask]:
    """A task for every series of a panel."""
    return [
        PeerTask(peer, panel.dates, panel.complete[row], place.country, horizon)
        for row, place in enumerate(panel.places)
    ]


def forecast_peer(task: PeerTask) -> FloatArray:
    """A peer's quantiles, negative ones put to 0: [horizon, level]; NaN where it fails or lacks history."""
    known = np.flatnonzero(np.isfinite(task.counts))
    if len(known) < LEAST_DAYS:
        return np.full((task.horizon, len(QUANTILE_LEVELS)), np.nan)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            samples = PEERS[task.peer](task, known[0])
        except (ValueError, RuntimeError, ArithmeticError, np.linalg.LinAlgError) as error:
            logging.getLogger(__name__).warning("%s failed: %s", task.peer, error)
            return np.full((task.horizon, len(QUANTILE_LEVELS)), np.nan)
    return np.asarray(np.maximum(np.quantile(samples, QUANTILE_LEVELS, axis=1).T, 0))


def _prophet(task: PeerTask, first: int) -> FloatArray:
    """Prophet's defaults with the country's holidays: samples [horizon, sample]."""
    from prophet import Prophet

    logging.getLogger("cmdstanpy").disabled = True
    history = pd.DataFrame({"ds": task.dates[first:], "y": task.counts[first:]})
    model = Prophet(uncertainty_samples=SAMPLES)
    if task.country:
        model.add_country_holidays(task.country)
    np.random.seed(1)  # Prophet draws from the global generator
    model.fit(history, seed=1)
    ahead = pd.DataFrame({"ds": pd.date_range(task.dates[-1], periods=task.horizon + 1)[1:]})
    return np.asarray(model.predictive_samples(ahead)["yhat"])


def _ets(task: PeerTask, first: int) -> FloatArray:
    """Additive damped trend and weekly season, gaps filled from a week before: samples [horizon, sample]."""
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    counts = pd.Series(task.counts[first:], index=task.dates[first:])
    for _ in range(4):
        counts = counts.fillna(counts.shift(7))
    counts = counts.ffill()
    fitted = ETSModel(counts, trend="add", damped_trend=True, seasonal="add", seasonal_periods=7).fit(
        disp=False
    )
    return np.asarray(
        fitted.simulate(task.horizon, anchor="end", repetitions=SAMPLES, rng=np.random.default_rng(1))
    )


def _weekday_mean(task: PeerTask, first: int) -> FloatArray:
    """Mean of the weekday over 12 weeks, and its errors of a year with their mirror image: samples."""
    counts = pd.Series(task.counts[first:], index=task.dates[first:])
    weekday = pd.Series(task.dates[first:].dayofweek, index=counts.index)
    means = counts.groupby(weekday).transform(lambda same: same.rolling(12, min_periods=3).mean())
    errors = (counts - means.groupby(weekday).shift(1)).dropna().to_numpy()[-365:]
    if not len(errors):
        raise ValueError("fewer than four weeks of counts")
    latest = means.groupby(weekday).last()
    ahead = (task.dates[-1].dayofweek + np.arange(1, task.horizon + 1)) % 7
    return np.asarray(latest.reindex(ahead).to_numpy()[:, None] + np.concatenate([errors, -errors]))


PEERS = {"prophet": _prophet, "ets": _ets, "weekday_mean": _weekday_mean}
