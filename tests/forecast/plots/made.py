"""A small world without a surge, forecast at three cutoffs: what the tests of figures draw."""

from datetime import date
from functools import cache
from typing import NamedTuple

import pandas as pd

from forecast.backtests import Vintages, backtest
from forecast.panel import Panel
from forecast.pipeline import Configuration, Forecasts, issue
from forecast.scoring import scored_days
from forecast.simulate import World, simulate

CONFIGURATION = Configuration(horizon=9, paths=60, members=("weekly_naive", "root"))
CUTOFFS = tuple(date(2021, 5, day) for day in (1, 8, 15))


class Made(NamedTuple):
    """The panel as known last, one issue, the backtest of three cutoffs and its scored days."""

    panel: Panel
    forecasts: Forecasts
    past: pd.DataFrame
    days: pd.DataFrame


@cache
def made() -> Made:
    world = World(series=2, days=150, surging=0.0, missing=0.02)
    panel = simulate(world, seed=4).panel
    past = backtest(panel, CUTOFFS, CONFIGURATION)
    forecasts = issue(panel.until(CUTOFFS[-1]), CONFIGURATION)
    return Made(panel, forecasts, past, scored_days(past, Vintages.of(panel)))
