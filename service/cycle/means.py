"""By what a cycle works."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from forecast.hindcasts import Run
from service.store.records import Lease


def _told_nobody(step: str) -> None:
    """The progress of a cycle that nobody watches."""


@dataclass(frozen=True, slots=True)
class Means:
    """By what a cycle works: what spreads the fits, the slot it works for, and who is told of each step."""

    run: Run[Any, Any]
    lease: Lease | None = None
    progress: Callable[[str], None] = _told_nobody
