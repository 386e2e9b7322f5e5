"""Rows of counts as an analyst's frame has them, under whatever names, checked and put in order."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal, TypedDict, cast

import numpy as np
import pandas as pd

from forecast.arrays import BoolArray

Status = Literal["reported", "partial", "closed"]
STATUSES: tuple[Status, ...] = ("reported", "partial", "closed")
ONLY = "all"  # the series of a frame that names no places
LONGEST = 36_525  # days; a longer history is a year that was mistyped


class PanelError(ValueError):
    """A frame that cannot become a panel; the message names the column, the row and the remedy."""


class Columns(TypedDict, total=False):
    """What a frame's columns are called, where it is not crossing, date, the measure, status, recorded_at."""

    place: str
    date: str
    value: str
    status: str
    recorded_at: str


def rows_of(frame: pd.DataFrame, measure: str, columns: Columns, *, as_of: datetime | None) -> pd.DataFrame:
    """One row a place and day: `crossing, date, count, status`, the row recorded last by `as_of`.

    Raises PanelError, whose rows are counted from 0, as `frame.iloc` does.
    """
    given = cast(Mapping[str, str], columns)
    usual = {"place": "crossing", "value": measure}
    known = {own: given.get(own, usual.get(own, own)) for own in Columns.__annotations__}
    _check_columns(frame, known, given)
    rows = pd.DataFrame({"date": _days(frame[known["date"]]), "count": _counts(frame[known["value"]])})
    there = known["place"] in frame.columns
    rows["crossing"] = _names(frame[known["place"]]) if there else ONLY
    rows["status"] = _statuses(frame[known["status"]]) if known["status"] in frame.columns else "reported"
    if known["recorded_at"] in frame.columns:
        rows = _newest(rows.assign(recorded_at=_instants(frame[known["recorded_at"]])), as_of)
    if rows.empty:
        raise PanelError("no rows; a panel needs at least one count known at its vintage")
    _check_once(rows, place=known["place"] if there else None)
    return rows


def renamed(frame: pd.DataFrame, measure: str, columns: Columns) -> pd.DataFrame:
    """The same rows under the usual names, a place where the frame has none, and no other column."""
    usual = {"place": "crossing", "value": measure}
    found = frame.rename(
        columns={own: usual.get(name, name) for name, own in cast(Mapping[str, str], columns).items()}
    )
    if "crossing" not in found.columns:
        found = found.assign(crossing=ONLY)
    return found[[name for name in ("crossing", "date", measure, "status", "recorded_at") if name in found]]


def _check_columns(frame: pd.DataFrame, known: Mapping[str, str], given: Mapping[str, str]) -> None:
    """Raise PanelError for a column that is wanted, or was named, and is not there."""
    for own, name in known.items():
        wanted = own in ("date", "value") or own in given
        if wanted and name not in frame.columns:
            raise PanelError(f"column {name!r} is missing; {_instead(frame, own)}")


def _instead(frame: pd.DataFrame, own: str) -> str:
    """The columns that are there, and the remedy: another separator where a line was read as one column."""
    names = [str(name) for name in frame.columns]
    if len(names) == 1 and ";" in names[0]:
        return f"found one column {names[0]!r}; read the file with pd.read_csv(..., sep=';')"
    return f"found {', '.join(names)}; say which it is by {own}='...'"


def _days(column: pd.Series) -> pd.Series:
    if pd.api.types.is_datetime64_any_dtype(column):
        days = pd.Series(column.dt.tz_localize(None).dt.normalize())
    else:
        days = pd.to_datetime(column, format="%Y-%m-%d", errors="coerce")
    days = days.reset_index(drop=True)
    name = str(column.name)
    _refuse_first(
        column, days.isna().to_numpy(),
        f"must hold days as YYYY-MM-DD; read the file with pd.read_csv(..., parse_dates=[{name!r}], "
        "date_format='%d.%m.%Y') or whatever it is written in",
    )  # fmt: skip
    far = ((days - days.median()).dt.days.abs() > LONGEST).to_numpy()
    _refuse_first(column, far, "lies a hundred years from the others; mend the year")
    return days


def _counts(column: pd.Series) -> pd.Series:
    numbers = pd.Series(pd.to_numeric(column, errors="coerce").astype(float)).reset_index(drop=True)
    missing = column.isna().to_numpy()
    wrong = (numbers.isna().to_numpy() & ~missing) | (numbers < 0).to_numpy() | np.isinf(numbers.to_numpy())
    _refuse_first(
        column, wrong,
        "must be a number of at least 0; write digits alone (pd.read_csv(..., thousands=',') drops commas) "
        "and leave the field empty where nobody counted",
    )  # fmt: skip
    return numbers


def _names(column: pd.Series) -> pd.Series:
    _refuse_first(column, column.isna().to_numpy(), "must name a place; fill it in or drop the row")
    return column.astype(str).reset_index(drop=True)


def _statuses(column: pd.Series) -> pd.Series:
    statuses = column.fillna("reported").astype(str).reset_index(drop=True)
    wrong = ~statuses.isin(STATUSES).to_numpy()
    _refuse_first(column, wrong, f"is none of {', '.join(STATUSES)}; leave it empty for a whole count")
    return statuses


def _instants(column: pd.Series) -> pd.Series:
    instants = pd.to_datetime(column, utc=True, format="ISO8601", errors="coerce").reset_index(drop=True)
    _refuse_first(
        column, instants.isna().to_numpy(), "must be an instant such as 2022-09-21T18:00:00Z; fill it in"
    )
    return instants


def _refuse_first(column: pd.Series, wrong: BoolArray, problem: str) -> None:
    """Raise PanelError for the first row that is wrong, with what was found there."""
    if wrong.any():
        row = int(np.argmax(wrong))
        found = column.tolist()[row]  # as Python has it: -1, not np.int64(-1)
        raise PanelError(f"column {str(column.name)!r}, row {row}: {found!r} {problem}")


def _newest(rows: pd.DataFrame, as_of: datetime | None) -> pd.DataFrame:
    """Of several vintages of a day the one recorded last, none after `as_of`."""
    known = rows if as_of is None else rows[rows["recorded_at"] <= pd.Timestamp(as_of)]
    ordered = known.sort_values("recorded_at", kind="stable")
    return ordered.drop_duplicates(["crossing", "date"], keep="last")


def _check_once(rows: pd.DataFrame, *, place: str | None) -> None:
    twice = rows.duplicated(["crossing", "date"])
    if not twice.any():
        return
    first = rows[twice].iloc[0]
    remedy = "keep one, or add recorded_at"
    if place is None:
        raise PanelError(
            f"row {first.name}: a second count for {first['date']:%Y-%m-%d}; say which column names the "
            f"place by place='...', {remedy}"
        )
    raise PanelError(
        f"row {first.name}: {first['crossing']} has two counts for {first['date']:%Y-%m-%d}; {remedy}"
    )
