"""How published outlooks did: appended when their days are known, again when a correction changes it."""

from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import date

import pandas as pd
from sqlalchemy import Connection, insert, select

from service.store import bulk
from service.store.asked import Asked
from service.store.database import Database
from service.store.newest import newest
from service.store.records import EVERYTHING, OutlookScore, Scope
from service.store.schema import outlook_score

FACTS = tuple(field.name for field in fields(OutlookScore))
ORDER = ("target_date", "place_id", "kind", "first", "issue_id")
PART = ("issue_id", "place_id", "measure", "kind", "first")


class OutlookScoreStore:
    """The record of chances and what came; the newest score of a part of an outlook counts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def read(
        self,
        scope: Scope = EVERYTHING,
        *,
        place_id: str | None = None,
        measure: str | None = None,
        days: tuple[date | None, date | None] = (None, None),
    ) -> pd.DataFrame:
        """The newest scores in scope, by target date (the part's last day), place and part."""
        asked = Asked(scope, place_id, measure, *days)
        rows = newest(outlook_score, PART, FACTS, asked=asked).subquery()
        statement = select(*(rows.c[name] for name in FACTS)).order_by(*(rows.c[name] for name in ORDER))
        with self._database.read() as connection:
            found = connection.execute(statement).all()
        return pd.DataFrame([tuple(row) for row in found], columns=list(FACTS))


def append(connection: Connection, scores: Sequence[OutlookScore]) -> None:
    """Append scores; an earlier score of the same part stays, and no longer counts."""
    if not scores:
        return
    number = bulk.next_number(connection, outlook_score.c.id)
    rows = [{"id": number + ahead, **asdict(one)} for ahead, one in enumerate(scores)]
    connection.execute(insert(outlook_score), rows)
