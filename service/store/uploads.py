"""Uploads as they were taken or refused, and the flags that accepted counts carry."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from service.store.asked import Asked
from service.store.bulk import next_number
from service.store.database import Database
from service.store.records import EVERYTHING, QualityFlag, Reason, Scope, Upload
from service.store.schema import quality_flag, upload

KEPT_BYTES = 256_000_000
"""What all refused uploads' contents may take together: who may send must not be able to fill the disk."""
FACTS = ("id", "received_at", "source", "name", "sha256", "state", "rows", "stored", "reasons")


class UploadStore:
    """Every file and request of counts; the refused ones with their content and the reasons."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def refuse(self, refused: Upload, content: bytes) -> None:
        """Keep a refused upload with its reasons and its bytes; the oldest ones' bytes make room for it."""
        with self._database.write() as connection:
            note(connection, refused, content=content)
            _make_room(connection)

    def recent(self, limit: int, state: str | None = None) -> tuple[Upload, ...]:
        """The newest uploads, newest first; of one state if given."""
        statement = select(*(upload.c[fact] for fact in FACTS)).order_by(upload.c.number.desc()).limit(limit)
        if state is not None:
            statement = statement.where(upload.c.state == state)
        with self._database.read() as connection:
            return tuple(_read(row) for row in connection.execute(statement))

    def get(self, upload_id: str) -> Upload | None:
        """One upload by its id."""
        with self._database.read() as connection:
            row = connection.execute(select(upload).where(upload.c.id == upload_id)).one_or_none()
            return _read(row) if row else None

    def content(self, upload_id: str) -> bytes | None:
        """The bytes of a refused upload; those of an accepted one are not kept."""
        with self._database.read() as connection:
            return connection.scalar(select(upload.c.content).where(upload.c.id == upload_id))


def quality(
    database: Database,
    scope: Scope = EVERYTHING,
    *,
    place_id: str | None = None,
    measure: str | None = None,
    days: tuple[date | None, date | None] = (None, None),
    limit: int = 1_000,
) -> tuple[QualityFlag, ...]:
    """The flags of the places in scope, newest first."""
    asked = Asked(scope, place_id, measure, *days)
    statement = select(quality_flag).where(*asked.of(quality_flag, day="day"))
    with database.read() as connection:
        rows = connection.execute(statement.order_by(quality_flag.c.number.desc()).limit(limit))
        return tuple(_flag(row) for row in rows)


def note(
    connection: Connection,
    noted: Upload,
    *,
    stored: int = 0,
    span: tuple[int | None, int | None] = (None, None),
    content: bytes | None = None,
) -> None:
    """Write an upload down, with the span of observation ids that it brought or the bytes refused."""
    facts = {**asdict(noted), "stored": stored, "reasons": [asdict(reason) for reason in noted.reasons]}
    number = next_number(connection, upload.c.number)
    ends = dict(zip(("first_observation", "last_observation"), span, strict=True))
    connection.execute(insert(upload).values(number=number, content=content, **facts, **ends))


def _make_room(connection: Connection) -> None:
    """Forget the bytes, not the reasons, of the oldest refused uploads beyond what all may take."""
    together = func.sum(func.length(upload.c.content)).over(order_by=upload.c.number.desc())
    sizes = (
        select(upload.c.number, together.label("together")).where(upload.c.content.is_not(None)).subquery()
    )
    beyond = select(sizes.c.number).where(sizes.c.together > KEPT_BYTES)
    connection.execute(update(upload).where(upload.c.number.in_(beyond)).values(content=None))


def flag(connection: Connection, flags: Sequence[QualityFlag]) -> None:
    """Write flags down."""
    number = next_number(connection, quality_flag.c.number)
    rows = [_flag_row(raised, number + i) for i, raised in enumerate(flags)]
    if rows:
        connection.execute(insert(quality_flag), rows)


def _flag_row(raised: QualityFlag, number: int) -> dict[str, Any]:
    facts = asdict(raised)
    day = facts.pop("date")
    return {**facts, "number": number, "day": day}


def _flag(row: Row[Any]) -> QualityFlag:
    return QualityFlag(
        row.place_id, row.measure, row.day, row.kind, row.detail, row.raised_at, upload_id=row.upload_id
    )


def _read(row: Row[Any]) -> Upload:
    facts = {fact: getattr(row, fact) for fact in FACTS}
    return Upload(**{**facts, "reasons": tuple(Reason(**reason) for reason in row.reasons)})
