"""How strongly each matter speaks at a moment, between 0 and 1."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from service.store.mail_records import Matter


@dataclass(frozen=True, slots=True)
class Signal:
    """A matter, the chance of it (1 or 0 where it is known), from which it is raised, and what to tell of it.

    It goes quiet below `quiet_below`.
    """

    matter: Matter
    chance: float
    threshold: float
    quiet_below: float
    detail: dict[str, Any] = field(default_factory=dict)

    @property
    def loud(self) -> bool:
        """Whether an alert is raised."""
        return self.chance >= self.threshold

    @property
    def quiet(self) -> bool:
        """Whether an alert may end."""
        return self.chance < self.quiet_below


@dataclass(frozen=True, slots=True)
class Look:
    """One look at what matters: the instant and, where it is a look at an issue, which one."""

    at: datetime
    issue_id: str | None = None
    cutoff: date | None = None
