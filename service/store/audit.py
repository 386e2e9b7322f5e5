"""Who did what and when: appended, never changed."""

from typing import Any

from sqlalchemy import Connection, Row, insert, select

from service.store.bulk import next_number
from service.store.database import Database
from service.store.records import AuditEntry
from service.store.schema import audit_entry


class AuditStore:
    """The log of reads, writes and changes that the safeguards ask for."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def append(self, *entries: AuditEntry) -> None:
        """Append entries in one transaction, which numbers them."""
        with self._database.write() as connection:
            append(connection, *entries)

    def read(self, limit: int, before: int | None = None) -> tuple[AuditEntry, ...]:
        """The newest entries, newest first; with `before`, those below that number."""
        statement = select(audit_entry).order_by(audit_entry.c.number.desc()).limit(limit)
        if before is not None:
            statement = statement.where(audit_entry.c.number < before)
        with self._database.read() as connection:
            return tuple(_read(row) for row in connection.execute(statement))


def append(connection: Connection, *entries: AuditEntry) -> None:
    """Append entries within another writer's transaction."""
    number = next_number(connection, audit_entry.c.number)
    rows = [_row(entry, number + i) for i, entry in enumerate(entries)]
    if rows:
        connection.execute(insert(audit_entry), rows)


def _row(entry: AuditEntry, number: int) -> dict[str, Any]:
    facts = {fact: getattr(entry, fact) for fact in ("at", "actor", "action", "subject", "detail")}
    return {**facts, "number": number}


def _read(row: Row[Any]) -> AuditEntry:
    return AuditEntry(row.at, row.actor, row.action, row.subject, row.detail, number=row.number)
