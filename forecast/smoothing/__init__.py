"""Exponential smoothing of many series at once: a grid of settings instead of an optimiser, one pass over days."""

from forecast.smoothing.effects import Regression
from forecast.smoothing.memory import Bins, Memory, bell
from forecast.smoothing.scales import LOG, ROOT, Scale
from forecast.smoothing.stream import Smoothed, Smoother, Smoothing, run

__all__ = [
    "LOG",
    "ROOT",
    "Bins",
    "Memory",
    "Regression",
    "Scale",
    "Smoothed",
    "Smoother",
    "Smoothing",
    "bell",
    "run",
]
