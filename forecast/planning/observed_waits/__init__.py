"""Waits learnt from an hourly history of people, booths and waits at a staffed crossing."""

from forecast.planning.observed_waits.learning import HistoryError, WaitModel, learn_waits

__all__ = ["HistoryError", "WaitModel", "learn_waits"]
