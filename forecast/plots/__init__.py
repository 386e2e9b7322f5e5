"""Figures of counts, forecasts and scores: each draws on axes it is handed, or new ones, and returns them.

`axes.figure.savefig("name.png")` keeps one; no figure is known to pyplot. Matplotlib is imported when the
first one is drawn.
"""

from forecast.plots.fans import Fan, FanWords, draw_fan, stamp
from forecast.plots.issued import components, evolution, fan, weights
from forecast.plots.judged import coverage, pit, residuals, scoreboard

__all__ = [
    "Fan",
    "FanWords",
    "components",
    "coverage",
    "draw_fan",
    "evolution",
    "fan",
    "pit",
    "residuals",
    "scoreboard",
    "stamp",
    "weights",
]
