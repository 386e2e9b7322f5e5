"""Reports as they were made, kept so that the next one can say how right they were."""

from collections.abc import Sequence
from dataclasses import asdict, fields
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, insert, select

from service.store import audit, outbox
from service.store.bulk import next_number
from service.store.database import Database
from service.store.mail_records import Letter, ReportRecord
from service.store.mail_schema import outbox as letters_laid
from service.store.mail_schema import report
from service.store.records import AuditEntry

FACTS = tuple(one.name for one in fields(ReportRecord))


class ReportStore:
    """Every edition of every report; a report is never changed, only followed by the next edition."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, made: ReportRecord, letters: Sequence[Letter], *, by: str) -> int | None:
        """Write an edition, its letters and who made it down, in one transaction; how many letters are new.

        None, and nothing is written, where another of the same place, week and edition is there already.
        """
        key = {"place": made.place_id, "week": made.week, "edition": made.edition, "issue": made.issue_id}
        with self._database.write() as connection:
            if connection.scalar(select(report.c.number).where(_same(made))) is not None:
                return None
            number = next_number(connection, report.c.number)
            connection.execute(insert(report).values(number=number, **asdict(made)))
            laid = outbox.lay(connection, letters)
            entry = AuditEntry(made.made_at, by, "report.make", made.place_id, {**key, "letters": laid})
            audit.append(connection, entry)
            return laid

    def get(self, place_id: str, week: str, edition: int) -> ReportRecord | None:
        """One edition of a report."""
        return self._first(place_id, week, report.c.edition == edition)

    def latest(self, place_id: str, week: str) -> ReportRecord | None:
        """The newest edition of a place's report of a week."""
        return self._first(place_id, week)

    def page(self, limit: int) -> tuple[ReportRecord, ...]:
        """The editions made last, newest first."""
        with self._database.read() as connection:
            rows = connection.execute(select(report).order_by(report.c.number.desc()).limit(limit))
            return tuple(map(_read, rows))

    def before(self, place_id: str, week: str) -> ReportRecord | None:
        """The newest edition of the newest report of a place from an earlier week."""
        order = (report.c.week.desc(), report.c.edition.desc())
        statement = select(report).where(report.c.place_id == place_id, report.c.week < week)
        with self._database.read() as connection:
            row = connection.execute(statement.order_by(*order).limit(1)).one_or_none()
            return None if row is None else _read(row)

    def readers(self, place_id: str, week: str) -> frozenset[str]:
        """The ids of the recipients to whom the first edition of a report was or may have been sent."""
        own = and_(letters_laid.c.place_id == place_id, letters_laid.c.period == week)
        wanted = and_(own, letters_laid.c.kind == "report", letters_laid.c.state != "failed")
        with self._database.read() as connection:
            return frozenset(connection.scalars(select(letters_laid.c.recipient).where(wanted)))

    def _first(self, place_id: str, week: str, *conditions: ColumnElement[bool]) -> ReportRecord | None:
        statement = select(report).where(report.c.place_id == place_id, report.c.week == week, *conditions)
        with self._database.read() as connection:
            row = connection.execute(statement.order_by(report.c.edition.desc()).limit(1)).one_or_none()
            return None if row is None else _read(row)


def _same(made: ReportRecord) -> ColumnElement[bool]:
    """The edition of a place and week."""
    return and_(
        report.c.place_id == made.place_id, report.c.week == made.week, report.c.edition == made.edition
    )


def _read(row: Row[Any]) -> ReportRecord:
    return ReportRecord(**{name: getattr(row, name) for name in FACTS})
