"""Uploaded counts, read and checked as far as they can be without the register of places."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecast.panel import STATUSES
from service.ingest import cells
from service.ingest.checks import check_numbers, check_twice, check_units
from service.ingest.formats import read_table, rows_table
from service.ingest.header import Layout, layout_of
from service.ingest.reasons import Reasons, Refusal
from service.ingest.tables import Table

MEASURES = {
    "arrivals": "people/day",
    "departures": "people/day",
    "waiting": "people",
    "occupied_beds": "beds",
}


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """Checked counts, one row each: row, place, measure, date, value, status, source, unit[, recorded_at].

    `rows` is how many rows the upload has; `empty` how many of its counts were left empty: they are
    missing, so nothing is stored for them.
    """

    frame: pd.DataFrame
    rows: int
    empty: int


def read_counts(
    content: bytes, *, name: str, measures: Mapping[str, str] = MEASURES, history: bool = False
) -> Counts | Refusal:
    """The counts in a file, or every reason why it cannot be taken; `measures` maps each to its unit."""
    reasons = Reasons()
    return _checked(read_table(content, name, reasons), measures, reasons, history=history)


def read_rows(
    rows: Sequence[object], *, measures: Mapping[str, str] = MEASURES, history: bool = False
) -> Counts | Refusal:
    """The counts in a list of objects such as `{"crossing": ..., "date": ..., "arrivals": ...}`."""
    reasons = Reasons()
    return _checked(rows_table(rows, reasons), measures, reasons, history=history)


def _checked(
    table: Table | None, measures: Mapping[str, str], reasons: Reasons, *, history: bool
) -> Counts | Refusal:
    frame = draft(table, measures, reasons, history=history)
    rows = len(table) if table else 0
    return reasons.refusal(rows=rows) if reasons or frame is None else settle(frame, rows)


def settle(frame: pd.DataFrame, rows: int) -> Counts:
    """The counts of a draft without a reason against it; empty cells are left out."""
    kept = frame["value"].notna() | (frame["status"] == "closed")
    counted = frame[kept].reset_index(drop=True)
    counted["status"] = counted["status"].fillna("reported")
    return Counts(counted, rows, int(len(frame) - kept.sum()))


def draft(
    table: Table | None, measures: Mapping[str, str], reasons: Reasons, *, history: bool
) -> pd.DataFrame | None:
    """All counts of a table, one row each, with every reason noted that speaks against them."""
    if table is None:
        return None
    layout = layout_of(tuple(table.columns), measures, reasons, history=history)
    if layout is None:
        return None
    if not len(table):
        reasons.add(0, None, found="no rows", wanted="at least one row of counts below the header")
        return None
    frame = _frame(table, layout, measures, reasons)
    check_numbers(frame, reasons)
    check_units(frame, measures, reasons)
    check_twice(frame, reasons)
    return frame


def _frame(table: Table, layout: Layout, measures: Mapping[str, str], reasons: Reasons) -> pd.DataFrame:
    """The table in long form: its rows once for each column of a measure."""
    shared = _shared(table, layout, reasons)
    if layout.long:
        named = _labels(table, "measure", _one_of(measures), tuple(measures), reasons)
        return shared.assign(measure=named, value=_numbers(table, "value", reasons))
    parts = []
    for at, measure in enumerate(layout.measures):
        named = _category(np.full(len(table), at, np.int8), layout.measures)
        parts.append(shared.assign(measure=named, value=_numbers(table, measure, reasons)))
    return parts[0] if len(parts) == 1 else pd.concat(parts, ignore_index=True)


def _shared(table: Table, layout: Layout, reasons: Reasons) -> pd.DataFrame:
    """What a row says of all its counts: place, day, status, source, unit and, in history, the instant."""
    place = table.columns[layout.place]
    frame = pd.DataFrame(
        {
            "row": table.rows,
            "place": _category(place.codes, place.texts),
            "date": _instants(table, "date", cells.day, reasons),
            "status": _labels(table, "status", cells.status, STATUSES, reasons),
            "source": _texts(table, "source", cells.source, reasons),
            "unit": _texts(table, "unit", cells.plain, reasons),
        }
    )
    if "recorded_at" in layout.columns:
        frame["recorded_at"] = _instants(table, "recorded_at", cells.instant, reasons)
    return frame


def _numbers(table: Table, name: str, reasons: Reasons) -> npt.NDArray[np.float64]:
    """A column of counts: [row], NaN where empty."""
    return np.array(table.read(name, cells.count, reasons, otherwise=np.nan))[table.columns[name].codes]


def _instants(
    table: Table, name: str, parse: Callable[[str], date | None], reasons: Reasons
) -> npt.NDArray[np.datetime64]:
    """A column of days or of instants in UTC: [row], to the microsecond, not-a-time where wrong."""
    meanings = table.read(name, parse, reasons, otherwise=None)
    naive = [found.replace(tzinfo=None) if isinstance(found, datetime) else found for found in meanings]
    return np.array(naive, dtype="datetime64[us]")[table.columns[name].codes]


def _labels(
    table: Table,
    name: str,
    parse: Callable[[str], str | None],
    labels: Sequence[str],
    reasons: Reasons,
) -> pd.Categorical:
    """A column of known words; missing where empty, wrong or no such column."""
    codes = np.full(len(table), -1, dtype=np.int8)
    if name in table.columns:
        meanings = table.read(name, parse, reasons, otherwise=None)
        numbers = [-1 if label is None else labels.index(label) for label in meanings]
        codes = np.array(numbers, dtype=np.int8)[table.columns[name].codes]
    return _category(codes, labels)


def _texts(table: Table, name: str, parse: Callable[[str], str], reasons: Reasons) -> pd.Categorical:
    """A column of free words; the empty text where there is none."""
    if name not in table.columns:
        return _category(np.zeros(len(table), dtype=np.int8), [""])
    table.read(name, parse, reasons, otherwise="")
    column = table.columns[name]
    return _category(column.codes, column.texts)


def _one_of(measures: Collection[str]) -> Callable[[str], str]:
    def measure(text: str) -> str:
        if text not in measures:
            raise ValueError(f"one of {', '.join(measures)}")
        return text

    return measure


def _category(codes: npt.NDArray[np.signedinteger[Any]], labels: Sequence[str]) -> pd.Categorical:
    """Words as pandas keeps them: one number a row."""
    return pd.Categorical.from_codes(codes, pd.Index(labels, dtype=object))  # type: ignore[arg-type]
