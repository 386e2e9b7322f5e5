"""How strongly each matter speaks at a moment."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from service.store.mail_records import Matter


@dataclass(frozen=True, slots=True)
class Signal:
    """A matter, and how it speaks: it is `observed`, or has a chance, or both; `detail` is told of it.

    A chance is loud from `threshold` on and quiet below `quiet_below`.
    """

    matter: Matter
    chance: float | None = None
    observed: bool = False
    threshold: float | None = None
    quiet_below: float | None = None
    detail: dict[str, Any] = field(default_factory=dict)

    @property
    def loud(self) -> bool:
        """Whether an alert is raised."""
        return self.observed or self._reaches(self.threshold)

    @property
    def quiet(self) -> bool:
        """Whether an alert may end."""
        return not self.observed and not self._reaches(self.quiet_below)

    def _reaches(self, least: float | None) -> bool:
        return self.chance is not None and least is not None and self.chance >= least


@dataclass(frozen=True, slots=True)
class Look:
    """One look at what matters: the instant and, where it is a look at an issue, which one."""

    at: datetime
    issue_id: str | None = None
    cutoff: date | None = None
