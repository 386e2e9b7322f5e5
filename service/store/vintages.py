"""What was known when: the statements behind every read of counts, and the frames they fill."""

import sys
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import ColumnElement, Select, Subquery, and_, case, func, literal, select

from service.store import bulk
from service.store.columns import name
from service.store.places import lying_in
from service.store.schema import observation, place

Chunk = Sequence[Sequence[Any]]


def newest(*conditions: ColumnElement[bool], as_of: datetime | None) -> Subquery:
    """The newest observation of each place and day among those that meet the conditions."""
    order = (observation.c.recorded_at.desc(), observation.c.id.desc())
    days = (observation.c.measure, observation.c.place_id, observation.c.day)
    rank = func.row_number().over(partition_by=days, order_by=order).label("rank")
    ranked = select(observation, rank).where(and_(*conditions, *_known_by(as_of))).subquery("ranked")
    return select(ranked).where(ranked.c.rank == 1).subquery("newest")


def _known_by(as_of: datetime | None) -> tuple[ColumnElement[bool], ...]:
    return () if as_of is None else (observation.c.recorded_at <= as_of,)


def columns(rows: Subquery) -> Select[Any]:
    """Place, day, value, status and `recorded_at` of observations, by place and day."""
    facts = (rows.c.place_id, bulk.raw(rows.c.day), rows.c.value, rows.c.status, bulk.raw(rows.c.recorded_at))
    return select(*facts).order_by(rows.c.place_id, rows.c.day)


def total(place_id: str, measure: str, days: tuple[date, date], *, as_of: datetime | None) -> Select[Any]:
    """The sums over the crossings that lie in a place, by day, in the columns of `columns`.

    A day is `reported` when each crossing that has begun to report is closed or complete, else `partial`.
    """
    begun = _begun(place_id, measure, as_of)
    among = observation.c.place_id.in_(select(begun.c.id))
    rows = newest(observation.c.measure == measure, among, observation.c.day.between(*days), as_of=as_of)
    whole = func.count().filter(rows.c.status != "partial")
    awaited = select(func.count()).where(begun.c.first_day <= rows.c.day).scalar_subquery()
    complete = whole == awaited
    counted = func.sum(case((rows.c.status == "closed", 0.0), else_=rows.c.value))
    facts = (
        literal(place_id, name()).label("place_id"),
        bulk.raw(rows.c.day).label("day"),
        case((complete, counted)).label("value"),
        case((complete, "reported"), else_="partial").label("status"),
        bulk.raw(func.max(rows.c.recorded_at)).label("recorded_at"),
    )
    return select(*facts).group_by(rows.c.day).order_by(rows.c.day)


def _begun(place_id: str, measure: str, as_of: datetime | None) -> Any:
    """The crossings in a place that have reported, and since when."""
    own = (observation.c.measure == measure, observation.c.place_id == place.c.id, *_known_by(as_of))
    # Sought crossing by crossing, since the index leads straight to the first day of each.
    first = select(observation.c.day).where(*own).order_by(observation.c.day).limit(1).scalar_subquery()
    inside = (place.c.level == "crossing", place.c.id.in_(lying_in([place_id])))
    since = select(place.c.id, first.label("first_day")).where(*inside).cte("begun")
    return since


def frame(chunk: Chunk) -> pd.DataFrame:
    """A chunk of columns as place, date, value, status, recorded_at."""
    places, days, values, statuses, recorded = chunk or ((), (), (), (), ())
    return pd.DataFrame(
        {
            "place": _shared(places),
            "date": bulk.days(days).astype("datetime64[ns]"),
            "value": np.array(values, dtype=float),
            "status": _shared(statuses),
            "recorded_at": pd.DatetimeIndex(bulk.instants(recorded).astype("datetime64[ns]")).tz_localize(
                "UTC"
            ),
        }
    )


def _shared(words: Iterable[str]) -> pd.Series:
    """Few words many times over, each kept once in memory."""
    return pd.Series([sys.intern(word) for word in words], dtype=object)


def joined(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Chunks of rows as one frame; the first may be empty and gives the types."""
    filled = [part for part in parts if len(part)]
    return pd.concat(filled, ignore_index=True) if filled else frame([])


def with_complete(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Chunks of rows as one frame that says which counts are whole."""
    rows = joined(parts)
    return rows.assign(complete=(rows["status"] != "partial").astype(bool))
