"""Which slots of a job are due: local wall times through the zone's rules, without a clock or a store."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Slot:
    """One piece of work of a job: its name in the ledger and the UTC instant from which it is due."""

    name: str
    at: datetime


class Schedule(Protocol):
    """Lays a job's slots on the time line; names sort as their instants do."""

    def latest(self, now: datetime) -> Slot:
        """The newest slot that is due at an instant."""
        ...

    def following(self, name: str) -> Slot:
        """The slot after the one of that name."""
        ...


@dataclass(frozen=True, slots=True)
class Daily:
    """One slot a local civil day, named by the day, due at a local wall time."""

    at: time
    zone: str

    def latest(self, now: datetime) -> Slot:
        """The newest day whose hour has struck."""
        slot = self._on(now.astimezone(ZoneInfo(self.zone)).date())
        return slot if slot.at <= now else self._on(date.fromisoformat(slot.name) - timedelta(days=1))

    def following(self, name: str) -> Slot:
        """The next day's slot."""
        return self._on(date.fromisoformat(name) + timedelta(days=1))

    def _on(self, day: date) -> Slot:
        return Slot(day.isoformat(), wall_instant(day, self.at, ZoneInfo(self.zone)))


@dataclass(frozen=True, slots=True)
class Weekly:
    """One slot a week, named by the ISO week in which its day lies, due on a weekday at a local wall time.

    `weekday` counts from 0, a Monday.
    """

    weekday: int
    at: time
    zone: str

    def latest(self, now: datetime) -> Slot:
        """The newest week whose hour has struck."""
        today = now.astimezone(ZoneInfo(self.zone)).date()
        slot = self._on(today - timedelta(days=(today.weekday() - self.weekday) % 7))
        return slot if slot.at <= now else self._on(self.day(slot.name) - timedelta(days=7))

    def following(self, name: str) -> Slot:
        """The next week's slot."""
        return self._on(self.day(name) + timedelta(days=7))

    def day(self, name: str) -> date:
        """The local day of the slot of a name."""
        year, week = name.split("-W")
        return date.fromisocalendar(int(year), int(week), self.weekday + 1)

    def _on(self, day: date) -> Slot:
        year, week, _ = day.isocalendar()
        return Slot(f"{year}-W{week:02d}", wall_instant(day, self.at, ZoneInfo(self.zone)))


@dataclass(frozen=True, slots=True)
class Every:
    """One slot each so many minutes of UTC, named by its instant."""

    minutes: int

    def latest(self, now: datetime) -> Slot:
        """The slot in which an instant lies."""
        step = self.minutes * 60
        return self._at(datetime.fromtimestamp(int(now.timestamp()) // step * step, UTC))

    def following(self, name: str) -> Slot:
        """The next slot of the grid, also when the grid was another one at the time of the name."""
        return self._at(
            self.latest(datetime.fromisoformat(name)).at.astimezone(UTC) + timedelta(minutes=self.minutes)
        )

    def _at(self, instant: datetime) -> Slot:
        return Slot(f"{instant:%Y-%m-%dT%H:%MZ}", instant)


def wall_instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The UTC instant of a local wall time: the first valid one after a gap, the first of an overlap."""
    wall = datetime.combine(day, at)
    instant = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == wall:
        return instant
    return _transition(wall.replace(tzinfo=zone, fold=1).astimezone(UTC), instant, zone)


def _transition(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The instant, to the second, at which the zone's offset changes between two instants."""
    old = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        before, after = (middle, after) if middle.astimezone(zone).utcoffset() == old else (before, middle)
    return after


def due_slots(schedule: Schedule, *, last: str | None, now: datetime) -> tuple[Slot, ...]:
    """The slots due at `now` and later than the last one known, oldest first; the newest alone if none is."""
    if last is None:
        return (schedule.latest(now),)
    return tuple(_from(schedule, last, now))


def _from(schedule: Schedule, last: str, now: datetime) -> Iterator[Slot]:
    slot = schedule.following(last)
    while slot.at <= now:
        yield slot
        slot = schedule.following(slot.name)
