"""The register of events: every version appended, read as it was known at an instant."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select

from forecast.events import Event, EventError, check, known_at
from service.store.bulk import next_number
from service.store.database import Database
from service.store.places import registered
from service.store.records import EVERYTHING, Scope
from service.store.schema import event_version


class EventStore:
    """Closures, openings, expected surges and disruptions, with all their versions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, events: Sequence[Event], *, at: datetime) -> int:
        """Append what is new or changed, in one transaction; returns how many versions that were.

        Raises EventError when the register would contradict itself afterwards: an unknown place, closures of
        one place that overlap, or a version older than the one it changes.
        """
        with self._database.write() as connection:
            versions = _versions(connection)
            before = {event.id: event for event in known_at(versions, at)}
            new = [event for event in events if not _is_known(event, before.get(event.id))]
            _check_order(versions, new)
            check(known_at([*versions, *new], at), registered(connection))
            _append(connection, new)
            return len(new)

    def known(self, *, as_of: datetime, last_event: int | None = None) -> tuple[Event, ...]:
        """The events of all places as known at an instant, of the versions up to a number."""
        with self._database.read() as connection:
            return known_at(_versions(connection, last_event), as_of)

    def versions(self, *, as_of: datetime) -> tuple[Event, ...]:
        """Every version of every event that was recorded up to an instant."""
        with self._database.read() as connection:
            return tuple(event for event in _versions(connection) if event.recorded_at <= as_of)

    def seen(self, scope: Scope = EVERYTHING, *, as_of: datetime) -> tuple[Event, ...]:
        """The events of a scope's places, of what these lie in, and of all places."""
        with self._database.read() as connection:
            whole, own = registered(connection), registered(connection, scope)
            around = {place.id for place in own} | {up for place in own for up in whole.ancestors(place.id)}
            known = known_at(_versions(connection), as_of)
        return tuple(event for event in known if event.place is None or event.place in around)

    def vintage(self) -> int:
        """The number of the newest version; 0 when there is none."""
        with self._database.read() as connection:
            return connection.scalar(select(func.max(event_version.c.number))) or 0


def _check_order(versions: Sequence[Event], new: Sequence[Event]) -> None:
    newest = {version.id: version.recorded_at for version in versions}
    for event in new:
        if event.recorded_at < newest.get(event.id, event.recorded_at):
            problem = (
                f"event {event.id!r}: recorded_at {event.recorded_at.isoformat()} lies before that of the "
                f"version it changes, {newest[event.id].isoformat()}; leave it empty or give a later instant"
            )
            raise EventError(problem, field="recorded_at", event=event.id)


def _is_known(event: Event, known: Event | None) -> bool:
    """Whether an event says what is known already, whenever that was recorded; nothing is withdrawn twice."""
    if known is None:
        return event.withdrawn
    return _facts(event) == _facts(known)


def _facts(event: Event) -> tuple[object, ...]:
    facts = (event.kind, event.first, event.last, event.place, event.multiple, event.note)
    return (*facts, event.withdrawn)


def _versions(connection: Connection, last_event: int | None = None) -> tuple[Event, ...]:
    statement = select(event_version).order_by(event_version.c.number)
    if last_event is not None:
        statement = statement.where(event_version.c.number <= last_event)
    return tuple(_read(row) for row in connection.execute(statement))


def _append(connection: Connection, events: Sequence[Event]) -> None:
    number = next_number(connection, event_version.c.number)
    rows = [_row(event, number + position) for position, event in enumerate(events)]
    if rows:
        connection.execute(insert(event_version), rows)


def _row(event: Event, number: int) -> dict[str, Any]:
    names = ("id", "kind", "first", "last", "multiple", "note", "recorded_at", "withdrawn")
    return {"number": number, "place_id": event.place, **{name: getattr(event, name) for name in names}}


def _read(row: Row[Any]) -> Event:
    names = ("id", "kind", "first", "last", "multiple", "note", "recorded_at", "withdrawn")
    return Event(place=row.place_id, **{name: getattr(row, name) for name in names})
