"""How published outlooks did: appended when their days are known, again when a correction changes it."""

from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import date

import pandas as pd
from sqlalchemy import Connection, func, insert, select

from service.store import bulk
from service.store.database import Database
from service.store.places import seen_by
from service.store.records import EVERYTHING, OutlookScore, Scope
from service.store.schema import outlook_score

FACTS = tuple(field.name for field in fields(OutlookScore))
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
        score = outlook_score.c
        newest = (score.as_of.desc(), score.id.desc())
        rank = func.row_number().over(partition_by=[score[name] for name in PART], order_by=newest)
        wanted = [seen_by(scope, score.place_id)]
        wanted += [score.place_id == place_id] if place_id is not None else []
        wanted += [score.measure == measure] if measure is not None else []
        wanted += [score.target_date >= days[0]] if days[0] is not None else []
        wanted += [score.target_date <= days[1]] if days[1] is not None else []
        ranked = select(outlook_score, rank.label("rank")).where(*wanted).subquery()
        order = (ranked.c.target_date, ranked.c.place_id, ranked.c.kind, ranked.c.first, ranked.c.issue_id)
        statement = select(*(ranked.c[name] for name in FACTS)).where(ranked.c.rank == 1).order_by(*order)
        with self._database.read() as connection:
            rows = connection.execute(statement).all()
        return pd.DataFrame([tuple(row) for row in rows], columns=list(FACTS))


def append(connection: Connection, scores: Sequence[OutlookScore]) -> None:
    """Append scores; an earlier score of the same part stays, and no longer counts."""
    if not scores:
        return
    number = bulk.next_number(connection, outlook_score.c.id)
    rows = [{"id": number + ahead, **asdict(one)} for ahead, one in enumerate(scores)]
    connection.execute(insert(outlook_score), rows)
