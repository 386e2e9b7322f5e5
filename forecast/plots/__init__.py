"""Figures of counts and forecasts: each draws on the axes it is handed and returns them."""

from forecast.plots.fan import Fan, FanWords, draw_fan

__all__ = ["Fan", "FanWords", "draw_fan"]
