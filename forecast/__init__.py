"""Forecasts of border arrivals: a pure library, counts in, quantiles out.

A frame of counts becomes a `Panel`; `issue` forecasts it, `backtest` does so as of past days, `score` and
`scored_days` hold the forecasts against the counts that came, `compared` one configuration against another.
`frames` turns what was made into tidy frames, `plots` draws it; `Place`, `Places`, `Event` and
`Configuration` say what else a forecast depends on. Counts are people/day, arrays [series, day] or
[series, horizon, level]. Names are imported when first used, so that `import forecast` is quick.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from forecast import frames, plots
    from forecast.backtests import Vintages, backtest, parse_cutoffs
    from forecast.comparison import compared
    from forecast.events import Event
    from forecast.panel import Panel, PanelError
    from forecast.pipeline import Configuration, Forecasts, issue
    from forecast.places import Place, Places
    from forecast.scoring import score, scored_days

__all__ = [
    "Configuration",
    "Event",
    "Forecasts",
    "Panel",
    "PanelError",
    "Place",
    "Places",
    "Vintages",
    "backtest",
    "compared",
    "frames",
    "issue",
    "parse_cutoffs",
    "plots",
    "score",
    "scored_days",
]

_HOMES = {
    "backtests": ("Vintages", "backtest", "parse_cutoffs"),
    "comparison": ("compared",),
    "events": ("Event",),
    "panel": ("Panel", "PanelError"),
    "pipeline": ("Configuration", "Forecasts", "issue"),
    "places": ("Place", "Places"),
    "scoring": ("score", "scored_days"),
}


def __getattr__(name: str) -> Any:
    if name in ("frames", "plots"):
        return import_module(f"forecast.{name}")
    for module, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"forecast.{module}"), name)
    raise AttributeError(f"module 'forecast' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
