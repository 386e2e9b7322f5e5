"""What was known when: the statements behind every read of counts, and the frames they fill."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import (
    CTE,
    ColumnElement,
    FromClause,
    Select,
    and_,
    case,
    exists,
    func,
    literal,
    or_,
    select,
    tuple_,
)

from service.store import bulk
from service.store.columns import name
from service.store.places import lying_in
from service.store.records import reporting_levels
from service.store.schema import observation, place

Chunk = Sequence[Sequence[Any]]
FACTS = (
    observation.c.place_id,
    bulk.raw(observation.c.day).label("day"),
    observation.c.value,
    observation.c.status,
    bulk.raw(observation.c.recorded_at).label("recorded_at"),
)
IN_ORDER = (observation.c.place_id, observation.c.day)


def newest(
    *window: ColumnElement[bool], as_of: datetime | None, last_observation: int | None = None
) -> Select[Any]:
    """The newest observation of each place and day in a window: place, day, value, status, `recorded_at`.

    An instant and a last id bound what was known. Without an order: ask for `IN_ORDER` where it matters.
    """
    return select(*FACTS).where(*window, _is_newest(as_of, last_observation))


def with_reports(
    *window: ColumnElement[bool], since: date, as_of: datetime, last_observation: int
) -> Select[Any]:
    """The same, and from a day on every observation, superseded or not, with its `id`."""
    known = _known(observation, as_of, last_observation)
    kept = or_(observation.c.day >= since, _is_newest(as_of, last_observation))
    return select(*FACTS, observation.c.id).where(*window, *known, kept)


def every(*window: ColumnElement[bool], as_of: datetime, last_observation: int) -> Select[Any]:
    """All observations in a window, superseded or not: place, day, value, status, `recorded_at`; by id."""
    return (
        select(*FACTS)
        .where(*window, *_known(observation, as_of, last_observation))
        .order_by(observation.c.id)
    )


def _is_newest(as_of: datetime | None, last_observation: int | None) -> ColumnElement[bool]:
    later = observation.alias("later")
    same_day = (later.c[key] == observation.c[key] for key in ("measure", "place_id", "day"))
    after = tuple_(later.c.recorded_at, later.c.id) > tuple_(observation.c.recorded_at, observation.c.id)
    superseded = exists().where(*same_day, *_known(later, as_of, last_observation), after)
    return and_(*_known(observation, as_of, last_observation), ~superseded)


def _known(
    rows: FromClause, as_of: datetime | None, last_observation: int | None = None
) -> Iterator[ColumnElement[bool]]:
    if as_of is not None:
        yield rows.c.recorded_at <= as_of
    if last_observation is not None:
        yield rows.c.id <= last_observation


def total(place_id: str, measure: str, days: tuple[date, date], *, as_of: datetime | None) -> Select[Any]:
    """The sums over the places that report and lie in a place, by day, in the columns of `newest`.

    A day is `reported` when each crossing that has begun to report is closed or complete, else `partial`.
    """
    begun = _begun(place_id, measure, as_of)
    among = observation.c.place_id.in_(select(begun.c.id))
    window = (observation.c.measure == measure, among, observation.c.day.between(*days))
    rows = newest(*window, as_of=as_of).subquery("newest")
    whole = func.count().filter(rows.c.status != "partial")
    awaited = select(func.count()).where(begun.c.first_day <= rows.c.day).scalar_subquery()
    complete = whole == awaited
    counted = func.sum(case((rows.c.status == "closed", 0.0), else_=rows.c.value))
    facts = (
        literal(place_id, name()).label("place_id"),
        rows.c.day,
        case((complete, counted)).label("value"),
        case((complete, "reported"), else_="partial").label("status"),
        func.max(rows.c.recorded_at).label("recorded_at"),
    )
    return select(*facts).group_by(rows.c.day).order_by(rows.c.day)


def _begun(place_id: str, measure: str, as_of: datetime | None) -> CTE:
    """The places in a place, itself included, that have reported, and since when."""
    its = (observation.c.measure == measure, observation.c.place_id == place.c.id)
    # Sought crossing by crossing, since the index leads straight to the first day of each.
    first = select(observation.c.day).where(*its, *_known(observation, as_of)).order_by(observation.c.day)
    inside = (place.c.level.in_(reporting_levels(measure)), place.c.id.in_(lying_in([place_id])))
    return select(place.c.id, first.limit(1).scalar_subquery().label("first_day")).where(*inside).cte("begun")


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
