"""Alerts: raised where something changed that needs a decision, told once, and ended when it is over."""

from service.alerts.watching import Watched, watch

__all__ = ["Watched", "watch"]
