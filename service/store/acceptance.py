"""Taking an upload's counts in: what is new is appended, what was known is left out."""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sqlalchemy import Connection, select

from service.store import bulk, uploads
from service.store.errors import StoreError
from service.store.places import check_registered
from service.store.records import QualityFlag, Upload
from service.store.schema import measure, observation

ROWS_AT_ONCE = 50_000
Rows = dict[str, npt.NDArray[Any]]


def accept(connection: Connection, upload: Upload, frame: pd.DataFrame, flags: Sequence[QualityFlag]) -> int:
    """Append the new rows of a frame, the upload and its flags; returns the rows appended."""
    first = bulk.next_number(connection, observation.c.id)
    after = first
    if len(frame):
        _check(connection, frame)
        for rows in _groups(frame):
            after += _append(connection, _new(connection, rows), after)
    span = (first, after - 1) if after > first else (None, None)
    uploads.note(connection, upload, stored=after - first, span=span)
    uploads.flag(connection, flags)
    return after - first


def _check(connection: Connection, frame: pd.DataFrame) -> None:
    check_registered(connection, frame["place"].unique())
    unknown = set(frame["measure"].unique()) - set(connection.scalars(select(measure.c.id)))
    if unknown:
        raise StoreError(f"measure {min(unknown)!r} is not known")
    if frame["recorded_at"].dt.tz is None:
        raise ValueError("recorded_at has no time zone; instants in the store are aware")


def _groups(frame: pd.DataFrame) -> Iterator[Rows]:
    """The rows in the order of the index, in parts of whole places of one measure."""
    codes = {column: pd.factorize(frame[column], sort=True) for column in ("measure", "place")}
    series = codes["measure"][0] * len(codes["place"][1]) + codes["place"][0]
    days = frame["date"].to_numpy("datetime64[D]")
    recorded = frame["recorded_at"].dt.tz_convert("UTC").dt.tz_localize(None).to_numpy("datetime64[us]")
    order = np.lexsort((recorded, days, series))
    ends = np.flatnonzero(np.diff(series[order])) + 1
    start = 0
    for end in [*ends, len(order)]:
        if end - start >= ROWS_AT_ONCE or end == len(order) or _measure_ends(codes["measure"][0], order, end):
            picked = order[start:end]
            yield _rows(frame, picked, days[picked], recorded[picked])
            start = end


def _measure_ends(measures: npt.NDArray[np.intp], order: npt.NDArray[np.intp], end: int) -> bool:
    return bool(measures[order[end - 1]] != measures[order[end]])


def _rows(
    frame: pd.DataFrame,
    picked: npt.NDArray[np.intp],
    days: npt.NDArray[np.datetime64],
    recorded: npt.NDArray[np.datetime64],
) -> Rows:
    columns = ("measure", "place", "status", "source", "unit")
    rows = {column: frame[column].to_numpy(dtype=object)[picked] for column in columns}
    values = frame["value"].to_numpy(dtype=float)[picked]
    return {**rows, "value": values, "date": days, "recorded_at": recorded}


def _new(connection: Connection, rows: Rows) -> Rows:
    """The rows that change what was known of their day when they were recorded."""
    known = _known(connection, rows)
    both = {column: np.concatenate([known[column], rows[column]]) for column in known}
    place, _ = pd.factorize(both["place"])
    fresh = np.arange(len(place)) >= len(known["place"])
    order = np.lexsort((np.arange(len(place)), both["recorded_at"], both["date"], place))
    same = np.ones(len(order) - 1, dtype=bool)
    for column in (place, both["date"], _comparable(both["value"]), both["status"]):
        same &= column[order][1:] == column[order][:-1]
    repeats = np.zeros(len(order), dtype=bool)
    repeats[order[1:]] = same
    return {column: values[~repeats[fresh]] for column, values in rows.items()}


def _comparable(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.where(np.isnan(values), -1.0, values)


def _known(connection: Connection, rows: Rows) -> Rows:
    """Every vintage of the days and places that the rows are about."""
    facts = (observation.c.place_id, bulk.raw(observation.c.day), observation.c.value, observation.c.status)
    statement = (
        select(*facts, bulk.raw(observation.c.recorded_at))
        .where(observation.c.measure == rows["measure"][0])
        .where(observation.c.place_id.in_(np.unique(rows["place"]).tolist()))
        .where(observation.c.day.between(rows["date"].min().item(), rows["date"].max().item()))
        .order_by(observation.c.id)
    )
    chunks = list(bulk.fetch(connection, statement)) or [[(), (), (), (), ()]]
    place, day, value, status, recorded = (list(chain(*parts)) for parts in zip(*chunks, strict=True))
    return {
        "place": np.array(place, dtype=object),
        "date": bulk.days(day),
        "value": np.array(value, dtype=float),
        "status": np.array(status, dtype=object),
        "recorded_at": bulk.instants(recorded),
    }


def _append(connection: Connection, rows: Rows, first: int) -> int:
    count = len(rows["place"])
    if not count:
        return 0
    columns = {
        "id": list(range(first, first + count)),
        "measure": rows["measure"].tolist(),
        "place_id": rows["place"].tolist(),
        "day": bulk.text_days(rows["date"]),
        "value": _or_none(rows["value"], np.isnan(rows["value"])),
        "status": rows["status"].tolist(),
        "source": rows["source"].tolist(),
        "unit": _or_none(rows["unit"], pd.isna(rows["unit"])),
        "recorded_at": bulk.text_instants(rows["recorded_at"]),
    }
    bulk.append(connection, observation, columns)
    return count


def _or_none(values: npt.NDArray[Any], missing: npt.NDArray[np.bool_]) -> list[Any]:
    return [
        None if absent else value for value, absent in zip(values.tolist(), missing.tolist(), strict=True)
    ]
