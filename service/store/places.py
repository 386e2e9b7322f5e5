"""The register of places, its history, and which of it a reader may see."""

from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, func, insert, select, true, update

from forecast.places import Place, Places
from service.store.bulk import next_number
from service.store.database import Database
from service.store.errors import StoreError
from service.store.records import EVERYTHING, PublicationStop, Scope
from service.store.schema import place, place_version, publication_event

FACTS = ("id", "name", "level", "parent", "time_zone", "country", "neighbour", "capacity")


def lying_in(place_ids: Iterable[str]) -> Select[tuple[str]]:
    """The ids of the named places and of all that lies in them."""
    within = select(place.c.id).where(place.c.id.in_(sorted(place_ids))).cte("within", recursive=True)
    return select(within.union(select(place.c.id).join(within, place.c.parent == within.c.id)).c.id)


def seen_by(scope: Scope, place_id: ColumnElement[str]) -> ColumnElement[bool]:
    """The condition that a place lies in a scope."""
    return true() if scope.everything else place_id.in_(lying_in(scope.places))


class PlaceStore:
    """Places as they are and as they were, and the operators' stops of publication."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self, scope: Scope = EVERYTHING, *, as_of: datetime | None = None) -> Places:
        """The places of a scope, now or as registered at an instant.

        A place whose parent lies outside of the scope stands at the top of its tree.
        """
        with self._database.read() as connection:
            return registered(connection, scope, as_of=as_of)

    def put(self, places: Iterable[Place], *, at: datetime) -> None:
        """Register places, or change them; raises ValueError when the whole would be no tree."""
        with self._database.write() as connection:
            before = {known.id: known for known in registered(connection)}
            given = {new.id: new for new in places}
            whole = Places({**before, **given}.values())
            _check_levels(before, given)
            changed = {new.id: new for new in whole if before.get(new.id) != new}
            _write(connection, whole, changed, set(before))
            _note(connection, whole, changed, at)

    def scope_ids(self, scope: Scope) -> frozenset[str]:
        """The ids of the places that a scope covers."""
        with self._database.read() as connection:
            return frozenset(connection.scalars(select(place.c.id).where(seen_by(scope, place.c.id))))

    def stops(self) -> tuple[PublicationStop, ...]:
        """The places whose publication is stopped now."""
        newest = select(func.max(publication_event.c.number)).group_by(publication_event.c.place_id)
        stopped = select(publication_event).where(
            publication_event.c.number.in_(newest), publication_event.c.stopped
        )
        with self._database.read() as connection:
            rows = connection.execute(stopped.order_by(publication_event.c.place_id))
            return tuple(PublicationStop(row.place_id, row.at, row.actor, row.reason) for row in rows)

    def stop(self, place_id: str, *, at: datetime, by: str, reason: str) -> None:
        """Stop the publication of a place; raises StoreError when it is not registered."""
        self._record(place_id, {"stopped": True, "at": at, "actor": by, "reason": reason})

    def resume(self, place_id: str, *, at: datetime, by: str) -> None:
        """Publish a place again; raises StoreError when it is not registered."""
        self._record(place_id, {"stopped": False, "at": at, "actor": by, "reason": ""})

    def _record(self, place_id: str, event: dict[str, Any]) -> None:
        with self._database.write() as connection:
            check_registered(connection, {place_id})
            number = next_number(connection, publication_event.c.number)
            connection.execute(insert(publication_event).values(number=number, place_id=place_id, **event))


def registered(connection: Connection, scope: Scope = EVERYTHING, *, as_of: datetime | None = None) -> Places:
    """The places of a scope in register order, now or as registered at an instant."""
    visible = seen_by(scope, place.c.id)
    if as_of is None:
        rows = connection.execute(select(place).where(visible).order_by(place.c.position)).all()
    else:
        rows = _as_registered(connection, as_of, visible)
    ids = {row.id for row in rows}
    return Places(_read(row, ids) for row in rows)


def _as_registered(connection: Connection, as_of: datetime, visible: ColumnElement[bool]) -> list[Row[Any]]:
    versions = select(place_version).join(place, place.c.id == place_version.c.id).where(visible)
    known: dict[str, Row[Any]] = {}
    for row in connection.execute(versions.order_by(place_version.c.number)):
        # Counts may be older than the register: before its first version a place was as that says.
        if row.id not in known or row.recorded_at <= as_of:
            known[row.id] = row
    return sorted(known.values(), key=lambda row: row.position)


def _read(row: Row[Any], ids: set[str]) -> Place:
    found = Place(**{fact: getattr(row, fact) for fact in FACTS})
    return found if found.parent in ids else replace(found, parent=None)


def check_registered(connection: Connection, place_ids: Iterable[str]) -> None:
    """Raise StoreError when a place is not registered."""
    wanted = set(place_ids)
    unknown = wanted - set(connection.scalars(select(place.c.id)))
    if unknown:
        raise StoreError(
            f"place {min(unknown)!r} is not registered; register it with: arrivals places import"
        )


def _check_levels(before: dict[str, Place], given: dict[str, Place]) -> None:
    for new in given.values():
        old = before.get(new.id, new)
        if old.level != new.level:
            raise ValueError(
                f"{old.level} {new.id!r} cannot become a {new.level}; register it under another id"
            )


def _write(connection: Connection, whole: Places, changed: dict[str, Place], known: set[str]) -> None:
    positions = {known_place.id: position for position, known_place in enumerate(whole)}
    # Parents first, for the foreign key.
    for new in sorted(changed.values(), key=lambda found: len(whole.ancestors(found.id))):
        facts = asdict(new)
        if new.id in known:
            connection.execute(update(place).where(place.c.id == new.id).values(facts))
        else:
            connection.execute(insert(place).values(position=positions[new.id], **facts))


def _note(connection: Connection, whole: Places, changed: dict[str, Place], at: datetime) -> None:
    positions = {known_place.id: position for position, known_place in enumerate(whole)}
    number = next_number(connection, place_version.c.number)
    rows = [
        {"number": number + i, "recorded_at": at, "position": positions[new.id], **asdict(new)}
        for i, new in enumerate(changed.values())
    ]
    if rows:
        connection.execute(insert(place_version), rows)
