"""The register of capacities: every version appended, read as it was known at an instant."""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, insert, select, true

from forecast.planning.documents import filled, version_of
from forecast.planning.registers import CapacityError, Registers
from service.store.bulk import next_number
from service.store.database import Database
from service.store.places import registered, seen_by
from service.store.planning_schema import capacity_version
from service.store.records import EVERYTHING, CapacityRecord, Scope

FACTS = tuple(field.name for field in fields(CapacityRecord))
Key = tuple[str, date]


class CapacityStore:
    """How crossings work and what regions can house, with all versions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, records: Sequence[CapacityRecord], *, at: datetime) -> int:
        """Append what is new or changed, in one transaction; returns how many versions that were.

        Raises CapacityError when the register would contradict itself afterwards: an unknown place or one of
        the wrong level, validity that overlaps, or a version older than the one it changes.
        """
        with self._database.write() as connection:
            rows = _rows(connection)
            before = _newest(rows, at)
            new = [record for record in records if not _is_known(record, before.get(_key(record)))]
            _check_order(rows, new)
            places = registered(connection)
            for record in new:
                version_of(record.document, places)
            registers_of(_newest([*rows, *new], at).values())
            _append(connection, new)
            return len(new)

    def known(self, *, as_of: datetime, last_capacity: int | None = None) -> Registers:
        """The capacities of all places as known at an instant, of the versions up to a number."""
        return registers_of(self.records(as_of=as_of, last_capacity=last_capacity))

    def records(
        self, scope: Scope = EVERYTHING, *, as_of: datetime, last_capacity: int | None = None
    ) -> tuple[CapacityRecord, ...]:
        """The versions of a scope's places as they were registered, by place and first day."""
        with self._database.read() as connection:
            rows = _rows(connection, seen_by(scope, capacity_version.c.place_id))
        kept = [row for row in rows if last_capacity is None or row.number <= last_capacity]
        return tuple(record for _, record in sorted(_newest(kept, as_of).items()))

    def vintage(self) -> int:
        """The number of the newest version; 0 when there is none."""
        with self._database.read() as connection:
            return connection.scalar(select(func.max(capacity_version.c.number))) or 0


def registers_of(records: Iterable[CapacityRecord]) -> Registers:
    """The values of documents. Raises CapacityError where versions of a place overlap."""
    return Registers(version_of(record.document) for record in records)


def in_force(records: Iterable[CapacityRecord], day: date) -> dict[str, CapacityRecord]:
    """By place the version that holds on a day: the last one begun, unless it has ended."""
    last = {one.place_id: one for one in sorted(records, key=_key) if one.valid_from <= day}
    return {place: one for place, one in last.items() if one.valid_until is None or one.valid_until >= day}


def _key(record: CapacityRecord) -> Key:
    return record.place_id, record.valid_from


def _newest(rows: Iterable[CapacityRecord], as_of: datetime) -> dict[Key, CapacityRecord]:
    """Of each place and first day the version recorded last by an instant, unless that took it back."""
    known = sorted((row for row in rows if row.recorded_at <= as_of), key=lambda row: row.recorded_at)
    newest = {_key(row): row for row in known}
    return {key: row for key, row in newest.items() if not row.withdrawn}


def _is_known(record: CapacityRecord, known: CapacityRecord | None) -> bool:
    """Whether a version says what is known already, whenever that was recorded; or takes back nothing."""
    if known is None:
        return record.withdrawn
    return not record.withdrawn and filled(record.document) == filled(known.document)


def _check_order(rows: Sequence[CapacityRecord], new: Sequence[CapacityRecord]) -> None:
    newest = {_key(row): row.recorded_at for row in sorted(rows, key=lambda row: row.recorded_at)}
    for record in new:
        since = newest.get(_key(record), record.recorded_at)
        if record.recorded_at < since:
            wanted = f"an instant from {since.isoformat()} on, when the version that it changes was recorded"
            raise CapacityError(
                "recorded_at", found=record.recorded_at.isoformat(), wanted=wanted, place=record.place_id
            )


def _rows(connection: Connection, wanted: ColumnElement[bool] | None = None) -> list[CapacityRecord]:
    statement = select(capacity_version).where(true() if wanted is None else wanted)
    rows = connection.execute(statement.order_by(capacity_version.c.number))
    return [CapacityRecord(**{fact: getattr(row, fact) for fact in FACTS}) for row in rows]


def _append(connection: Connection, records: Sequence[CapacityRecord]) -> None:
    number = next_number(connection, capacity_version.c.number)
    rows = [_row(record, number + position) for position, record in enumerate(records)]
    if rows:
        connection.execute(insert(capacity_version), rows)


def _row(record: CapacityRecord, number: int) -> dict[str, Any]:
    return {**{fact: getattr(record, fact) for fact in FACTS}, "number": number}
