"""What one would use instead, each with its own intervals, and how it is run on a set."""

from collections.abc import Callable
from functools import partial

import numpy as np
import pandas as pd

from benchmarks.peers.automatic import Automatic
from benchmarks.peers.prophet import prophet
from benchmarks.peers.series import each
from benchmarks.peers.simple import hub_random_walk, weekday_mean
from benchmarks.peers.trees import lightgbm_quantiles
from benchmarks.records import Made, records
from benchmarks.tasks import HORIZON, TaskSet, newest, observed
from forecast.arrays import FloatArray
from forecast.baseline import baseline
from forecast.panel import Panel
from service.engine import Processes

Peer = Callable[[Panel, int], FloatArray]
AUTOMATIC = ("AutoETS", "AutoTheta", "AutoCES", "AutoARIMA")

PEERS: dict[str, Peer] = {
    "hub random walk": partial(each, hub_random_walk),
    "12-week mean": partial(each, weekday_mean),
    "Prophet": partial(each, prophet),
    **{name: partial(each, Automatic(name)) for name in AUTOMATIC[:3]},
    **{f"{name}, log1p": partial(each, Automatic(name, log=True)) for name in AUTOMATIC[:3]},
    "LightGBM": lightgbm_quantiles,
    "AutoARIMA": partial(each, Automatic("AutoARIMA")),
    "AutoARIMA, log1p": partial(each, Automatic("AutoARIMA", log=True)),
}
PACKAGES = ("statsforecast", "mlforecast", "lightgbm", "prophet", "numpy", "pandas", "holidays")


def score_peer(name: str, task_set: TaskSet, engine: Processes) -> pd.DataFrame:
    """A peer fitted anew at every cutoff of a set, as records; where it fails it gets the baseline."""
    panels = [_seen(panel, task_set.peers_see) for panel in task_set.panels()]
    forecasts = engine.run(partial(_forecast, name), panels)
    whole = newest(task_set)
    return pd.concat(
        [
            records(_completed(name, panel, values), observed(whole, panel), task_set.phases_of(panel))
            for panel, values in zip(panels, forecasts, strict=True)
        ],
        ignore_index=True,
    )


def _seen(panel: Panel, crossings: tuple[str, ...]) -> Panel:
    return (
        panel.select([row for row, name in enumerate(panel.ids) if name in crossings]) if crossings else panel
    )


def _forecast(name: str, panel: Panel) -> FloatArray:
    return PEERS[name](panel, HORIZON)


def _completed(name: str, panel: Panel, values: FloatArray) -> Made:
    """The forecasts with the baseline where they are missing or not finite."""
    failed = np.asarray(~np.isfinite(values).all(axis=(1, 2)))
    filled = np.where(failed[:, None, None], baseline(panel, HORIZON).values, values)
    return Made(name, panel, filled, failed)
