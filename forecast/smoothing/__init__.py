"""Exponential smoothing of many series at once: a grid of settings, one pass over days."""

from forecast.smoothing.effects import Regression
from forecast.smoothing.gaps import LONG_GAP
from forecast.smoothing.memory import FIRST_SPREAD, Bins, Memory, bell
from forecast.smoothing.scales import LOG, ROOT, Scale
from forecast.smoothing.stream import Inputs, Smoothed, Smoother, Smoothing, advanced, forecast, start

__all__ = [
    "FIRST_SPREAD",
    "LOG",
    "LONG_GAP",
    "ROOT",
    "Bins",
    "Inputs",
    "Memory",
    "Regression",
    "Scale",
    "Smoothed",
    "Smoother",
    "Smoothing",
    "advanced",
    "bell",
    "forecast",
    "start",
]
