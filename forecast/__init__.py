"""Forecasts of border arrivals: a pure library, counts in, quantiles out.

The names below are imported when first used, so that `import forecast` is quick. The functions
`forecast.backtest.backtest` and `forecast.simulate.simulate` are reached through their modules.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from forecast.backtest import parse_cutoffs, score
    from forecast.events import Event
    from forecast.nowcast import Reports, completed
    from forecast.panel import Panel, PanelError
    from forecast.paths import Paths
    from forecast.pipeline import Configuration, Forecasts, SeriesStatus, issue
    from forecast.places import Place, Places
    from forecast.quantiles import INTERVAL_LEVELS, QUANTILE_LEVELS, QuantileForecast

__all__ = [
    "INTERVAL_LEVELS",
    "QUANTILE_LEVELS",
    "Configuration",
    "Event",
    "Forecasts",
    "Panel",
    "PanelError",
    "Paths",
    "Place",
    "Places",
    "QuantileForecast",
    "Reports",
    "SeriesStatus",
    "completed",
    "issue",
    "parse_cutoffs",
    "score",
]

_HOMES = {
    "backtest": ("parse_cutoffs", "score"),
    "events": ("Event",),
    "nowcast": ("Reports", "completed"),
    "panel": ("Panel", "PanelError"),
    "paths": ("Paths",),
    "pipeline": ("Configuration", "Forecasts", "SeriesStatus", "issue"),
    "places": ("Place", "Places"),
    "quantiles": ("INTERVAL_LEVELS", "QUANTILE_LEVELS", "QuantileForecast"),
}


def __getattr__(name: str) -> Any:
    for module, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"forecast.{module}"), name)
    raise AttributeError(f"module 'forecast' has no attribute {name!r}")
