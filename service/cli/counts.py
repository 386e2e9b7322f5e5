"""Reads an analyst's CSV of counts; every fault is one line that names file, line, column and remedy."""

import csv
import gzip
import io
import re
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecast.backtests import measure_of
from forecast.panel import STATUSES, PanelError
from service.cli import Refused

DAY = re.compile(r"\d{4}-\d\d-\d\d([T ]00:00(:00)?)?")
FIRST_DAY, LAST_DAY = pd.Timestamp("1950-01-01"), pd.Timestamp("2100-12-31")
MOST = 1e9
GZIP = b"\x1f\x8b"


class Checked(NamedTuple):
    """A column as values, which of its cells are wrong, and what was wanted of them."""

    values: "pd.Series[Any]"
    wrong: "pd.Series[bool]"
    wanted: str


def read_counts(path: Path) -> pd.DataFrame:
    """The frame `crossing, date, <measure>[, status][, recorded_at]` that a CSV holds; raises Refused."""
    lines, cells = _cells(path)
    try:
        measure = measure_of(cells)
    except PanelError as error:
        raise Refused(f"{path.name}, line 1: {error}; keep one, or call it arrivals") from None
    columns = {}
    for name in ("crossing", "date", measure, "status", "recorded_at"):
        if name in cells.columns:
            checked = DOORS.get(name, _counts)(cells[name])
            _refuse_first((path.name, name), checked, lines, cells[name])
            columns[name] = checked.values
    frame = pd.DataFrame(columns)
    _refuse_repeats(path.name, frame, lines)
    return frame


def _cells(path: Path) -> tuple[npt.NDArray[np.int64], pd.DataFrame]:
    """Each row's line in the file, and the columns as text."""
    rows = list(_rows(path))
    if not rows:
        raise Refused(f"{path.name}: the file is empty; its first line must be crossing,date,arrivals")
    header = [name.strip() for name in rows[0][1]]
    _check_header(path.name, header)
    for line, row in rows[1:]:
        if len(row) != len(header):
            raise Refused(
                f"{path.name}, line {line}: {len(row)} values where the header has {len(header)}; "
                "quote values that hold a comma"
            )
    if len(rows) == 1:
        raise Refused(f"{path.name}: no counts below the header; add at least one row")
    lines = np.array([line for line, _ in rows[1:]])
    columns = list(zip(*(row for _, row in rows[1:]), strict=True))
    return lines, pd.DataFrame(
        {name: pd.Series(column).str.strip() for name, column in zip(header, columns, strict=True)}
    )


def _rows(path: Path) -> Iterable[tuple[int, list[str]]]:
    content = _content(path)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Refused(f"{path.name}, line {line}: not UTF-8; save the file as CSV in UTF-8") from None
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for row in reader:
            if row:
                yield reader.line_num, row
    except csv.Error as error:
        raise Refused(f"{path.name}, line {reader.line_num}: {error}; save the file as plain CSV") from None


def _content(path: Path) -> bytes:
    try:
        content = path.read_bytes()
        return gzip.decompress(content) if content.startswith(GZIP) else content
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise Refused(f"{path}: a damaged gzip archive ({error}); unpack it, or fetch it anew") from None
    except OSError as error:
        raise Refused(f"{path}: {error.strerror}; name a CSV file that can be read") from None


def _check_header(name: str, header: list[str]) -> None:
    for column in ("crossing", "date"):
        if column not in header:
            remedy = (
                "; separate values by commas"
                if len(header) == 1
                else f"; rename one of {', '.join(header)[:200]}"
            )
            raise Refused(f"{name}, line 1: column {column} is missing{remedy}")
    twice = [column for column in header if header.count(column) > 1]
    if twice:
        raise Refused(f"{name}, line 1: column {twice[0]} stands there twice; remove one")


def _crossings(cells: "pd.Series[str]") -> Checked:
    return Checked(cells, cells == "", "name the crossing")


def _days(cells: "pd.Series[str]") -> Checked:
    days = pd.to_datetime(cells.str[:10], format="%Y-%m-%d", errors="coerce")
    wrong = ~cells.str.fullmatch(DAY) | ~days.between(FIRST_DAY, LAST_DAY)
    return Checked(days, wrong, f"write a day from {FIRST_DAY.year} to {LAST_DAY.year} as YYYY-MM-DD")


def _counts(cells: "pd.Series[str]") -> Checked:
    missing = cells.str.lower().isin(["", "na", "nan"])
    counts = pd.to_numeric(cells.mask(missing), errors="coerce").astype(float)
    wrong = ~missing & ~counts.between(0, MOST)
    return Checked(counts, wrong, f"write a number from 0 to {MOST:.0f}, or nothing where none is known")


def _statuses(cells: "pd.Series[str]") -> Checked:
    statuses = cells.replace("", "reported")
    return Checked(statuses, ~statuses.isin(STATUSES), f"write one of {', '.join(STATUSES)}")


def _instants(cells: "pd.Series[str]") -> Checked:
    instants = pd.to_datetime(cells, utc=True, format="ISO8601", errors="coerce")
    return Checked(instants, instants.isna(), "write an instant such as 2022-09-27T06:00:00Z")


DOORS: dict[str, Callable[["pd.Series[str]"], Checked]] = {
    "crossing": _crossings,
    "date": _days,
    "status": _statuses,
    "recorded_at": _instants,
}


def _refuse_first(
    where: tuple[str, str], checked: Checked, lines: npt.NDArray[np.int64], cells: "pd.Series[str]"
) -> None:
    wrong = checked.wrong.to_numpy()
    if wrong.any():
        row = int(wrong.argmax())
        more = f" (and {wrong.sum() - 1} more like it)" if wrong.sum() > 1 else ""
        file, column = where
        raise Refused(
            f"{file}, line {lines[row]}, column {column}: "
            f"found {cells.iloc[row][:80]!r}; {checked.wanted}{more}"
        )


def _refuse_repeats(name: str, frame: pd.DataFrame, lines: npt.NDArray[np.int64]) -> None:
    if "recorded_at" in frame.columns:
        return
    repeated = frame.duplicated(["crossing", "date"]).to_numpy()
    if repeated.any():
        row = int(repeated.argmax())
        crossing, day = frame["crossing"].iloc[row], frame["date"].iloc[row]
        raise Refused(
            f"{name}, line {lines[row]}, column date: {crossing} has a second count for {day:%Y-%m-%d}; "
            "keep one, or add a column recorded_at that says when each became known"
        )
