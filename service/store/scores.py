"""How published forecasts did: appended when counts come in, again when counts are corrected."""

import json
from collections.abc import Sequence
from dataclasses import fields
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import ColumnElement, Connection, case, func, select

from service.store import bulk
from service.store.asked import Asked
from service.store.database import Database
from service.store.model_schema import shadow_score
from service.store.newest import newest
from service.store.records import EVERYTHING, Scope, Score
from service.store.schema import score

FACTS = tuple(field.name for field in fields(Score) if field.name != "covered")
TIMES = ("target_date", "as_of")
# issue and horizon name the forecast; the rest comes first because an index has that order
FORECAST = ("place_id", "measure", "target_date", "issue_id", "horizon")
SUMMED = ("place_id", "measure", "horizon", "mode", "target_date", "wis", "baseline_wis")
ORDER = ("target_date", "place_id", "measure", "horizon", "id")
BRIEF = (
    "issue_id", "place_id", "measure", "horizon", "target_date", "as_of", "mode", "observed",
    "wis", "wis_log", "baseline_wis", "baseline_wis_log",
)  # fmt: skip
OBSERVED = ("issue_id", "place_id", "measure", "horizon", "target_date", "as_of", "observed")


class ScoreStore:
    """The record of hits and misses; the newest score of a forecast counts."""

    def __init__(self, database: Database, configuration_id: str | None = None) -> None:
        self._database = database
        self._table = score if configuration_id is None else shadow_score
        self._among = () if configuration_id is None else (_of(configuration_id),)

    def of_shadow(self, configuration_id: str) -> "ScoreStore":
        """The same of what a proposed configuration would have published."""
        return ScoreStore(self._database, configuration_id)

    def read(
        self,
        scope: Scope = EVERYTHING,
        *,
        place_id: str | None = None,
        measure: str | None = None,
        first: date | None = None,
        last: date | None = None,
    ) -> pd.DataFrame:
        """The newest scores in scope by target date, place and horizon: the fields of Score.

        `covered` becomes one column per interval level: `covered_0.8` holds booleans.
        """
        rows = self._frame((*FACTS, "covered"), Asked(scope, place_id, measure, first, last))
        covered = pd.DataFrame(list(rows.pop("covered")), index=rows.index, dtype=object)
        return rows.join(covered.add_prefix("covered_"))

    def observed(self, *, first: date | None = None, last: date | None = None) -> pd.DataFrame:
        """Which forecasts have been scored, against which count: the newest row of each.

        issue_id, place_id, measure, horizon, target_date, as_of, observed.
        """
        return self._frame(OBSERVED, Asked(first=first, last=last))

    def brief(self, *, first: date | None = None, last: date | None = None) -> pd.DataFrame:
        """The newest scores without their parts: which forecasts, mode, count, scores on both scales."""
        return self._frame(BRIEF, Asked(first=first, last=last))

    def sums(self, bands: Sequence[tuple[int, int]], *, first: date, last: date) -> pd.DataFrame:
        """Sums of the newest scores by place, measure, band of horizons, mode and target day.

        place_id, measure, band (the position among `bands`), mode, target_date, wis, baseline_wis.
        """
        asked = Asked(first=first, last=last)
        rows = newest(self._table, FORECAST, SUMMED, asked=asked, among=self._among).subquery()
        whens = [(rows.c.horizon.between(*band), number) for number, band in enumerate(bands)]
        band = case(*whens, else_=None).label("band")
        keys = (rows.c.place_id, rows.c.measure, band, rows.c.mode, rows.c.target_date)
        totals = (func.sum(rows.c[name]).label(name) for name in ("wis", "baseline_wis"))
        statement = select(*keys, *totals).where(band.is_not(None)).group_by(*keys).order_by(*keys)
        with self._database.read() as connection:
            sums = connection.execute(statement).all()
        names = [column.name for column in statement.selected_columns]
        return pd.DataFrame([tuple(row) for row in sums], columns=names)

    def _frame(self, names: Sequence[str], asked: Asked) -> pd.DataFrame:
        facts = tuple(dict.fromkeys((*names, *ORDER)))
        rows = newest(self._table, FORECAST, facts, asked=asked, among=self._among).subquery()
        picked = [bulk.raw(rows.c[name]) if name in TIMES else rows.c[name] for name in names]
        order = [rows.c[name] for name in ORDER]
        with self._database.read() as connection:
            chunks = [
                _chunk(names, chunk) for chunk in bulk.fetch(connection, select(*picked).order_by(*order))
            ]
        return pd.concat(chunks, ignore_index=True) if chunks else _chunk(names, [()] * len(names))


def _chunk(names: Sequence[str], columns: Sequence[Sequence[Any]]) -> pd.DataFrame:
    frame = pd.DataFrame(dict(zip(names, map(list, columns), strict=True)), columns=list(names))
    frame["target_date"] = bulk.days(frame["target_date"]).astype("datetime64[ns]")
    recorded = bulk.instants(frame["as_of"].tolist()).astype("datetime64[ns]")
    frame["as_of"] = pd.DatetimeIndex(recorded).tz_localize("UTC")
    return frame


def _of(configuration_id: str) -> ColumnElement[bool]:
    return shadow_score.c.configuration_id == configuration_id


def append(connection: Connection, scores: Sequence[Score], *, configuration_id: str | None = None) -> None:
    """Append scores; an earlier score of the same forecast stays, and no longer counts.

    With an id they are those of a proposed configuration.
    """
    if not scores:
        return
    table = score if configuration_id is None else shadow_score
    number = bulk.next_number(connection, table.c.id)
    columns = {fact: [getattr(one, fact) for one in scores] for fact in FACTS}
    columns["id"] = list(range(number, number + len(scores)))
    columns["target_date"] = [one.target_date.isoformat() for one in scores]
    columns["as_of"] = bulk.text_instants(
        np.array([_naive_utc(one.as_of) for one in scores], "datetime64[us]")
    )
    columns["covered"] = [
        json.dumps({f"{level:g}": hit for level, hit in one.covered.items()}) for one in scores
    ]
    if configuration_id is not None:
        columns["configuration_id"] = [configuration_id] * len(scores)
    bulk.append(connection, table, columns)


def _naive_utc(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError(f"{instant} has no time zone; instants in the store are aware")
    return instant.astimezone(UTC).replace(tzinfo=None)
