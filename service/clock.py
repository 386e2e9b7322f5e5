"""What time it is: the system's, or a simulated instant that the demo moves."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol


class Clock(Protocol):
    """Tells the time; everything below a cycle takes the instant as an argument instead."""

    def now(self) -> datetime:
        """The current instant, aware, in UTC."""
        ...


@dataclass(frozen=True, slots=True)
class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """The current instant in UTC."""
        return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class SimulatedClock:
    """An instant kept in a file, so that a running service sees it move; it stands still in between."""

    path: Path

    def now(self) -> datetime:
        """The instant in the file, in UTC."""
        return datetime.fromisoformat(self.path.read_text().strip()).astimezone(UTC)

    def set(self, instant: datetime) -> None:
        """Move the clock; readers see the old instant or the new one."""
        beside = self.path.with_suffix(".new")
        beside.write_text(instant.astimezone(UTC).isoformat())
        beside.replace(self.path)


@dataclass(slots=True)
class FixedClock:
    """An instant in memory, moved by assignment; for tests."""

    instant: datetime

    def now(self) -> datetime:
        """The instant it was set to."""
        return self.instant
