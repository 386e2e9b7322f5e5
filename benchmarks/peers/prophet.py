"""Prophet with its defaults and the country's holidays."""

import logging

import numpy as np
import pandas as pd

from benchmarks.peers.series import History
from forecast.arrays import FloatArray
from forecast.quantiles import QUANTILE_LEVELS

SAMPLES = 500


def prophet(history: History, horizon: int) -> FloatArray:
    """Quantiles of its predictive samples: [horizon, level]; raises what the library raises."""
    from prophet import Prophet

    logging.getLogger("cmdstanpy").disabled = True
    model = Prophet(uncertainty_samples=SAMPLES)
    if history.country:
        model.add_country_holidays(history.country)
    np.random.seed(1)  # Prophet draws from the global generator
    model.fit(pd.DataFrame({"ds": history.dates, "y": history.counts}), seed=1)
    ahead = pd.DataFrame({"ds": pd.date_range(history.dates[-1], periods=horizon + 1)[1:]})
    samples = model.predictive_samples(ahead)["yhat"]
    return np.asarray(np.quantile(samples, QUANTILE_LEVELS, axis=1).T)
