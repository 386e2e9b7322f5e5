"""A small border whose counts come in night by night, with a cycle for each, and configurations proposed."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from forecast.pipeline import in_order
from service.cycle import Means, Outcome, complete_cycle
from service.store import Store
from service.store.model_records import ModelRecord
from tests.service.borders import REGISTER, Border, accept, fast_settings

LONG = Border(days=100)
FIRST = 90
"""Days that are counted before the first night."""
ROOT = 'horizon = 28\npaths = 100\nseed = 1\nmembers = ["weekly_naive", "log"]\nslow_series = 0\n'
"""The document of a configuration that is quick, and not that of the settings."""


def morning(days: int = FIRST) -> Any:
    """The morning after so many days."""
    return replace(LONG, days=days).morning_after


def open_border(store: Store) -> None:
    """Register the places, with the first 90 days of counts."""
    store.places.put(REGISTER, at=morning() - timedelta(days=120))
    deliver(store, 0, FIRST)


def deliver(store: Store, first: int, last: int) -> None:
    """Bring in the counts of some days, by number."""
    frame = LONG.frame()
    number = (frame["date"] - frame["date"].min()).dt.days
    accept(store, frame[(number >= first) & (number < last)])


def night(store: Store, days: int = FIRST, *, means: Means | None = None, **changes: Any) -> Outcome:
    """The cycle of the morning after so many days."""
    return complete_cycle(store, fast_settings(**changes), means or Means(in_order), now=morning(days))


def propose(
    store: Store, configuration_id: str = "c0ffee", document: str = ROOT, *, days: int = FIRST
) -> None:
    """Propose a configuration on the evening before a night."""
    at = morning(days) - timedelta(hours=9)
    store.models.propose(ModelRecord(configuration_id, "0" * 64, document, "try", "analyst", at))
