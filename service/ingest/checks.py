"""What must hold between the cells of a row and between rows; each check notes its reasons by row."""

from collections.abc import Mapping
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from service.ingest.header import QUEUE, QUEUE_UNITS
from service.ingest.reasons import Reasons


def check_numbers(frame: pd.DataFrame, reasons: Reasons) -> None:
    """A count is a whole number, save for the length of a queue, and a closed crossing counts nobody."""
    value = frame["value"]
    length = (frame["measure"] == QUEUE) & (frame["unit"] == "km")
    _refuse(frame[(value % 1 > 0) & ~length], "a whole number", reasons)
    _refuse(
        frame[(value > 0) & (frame["status"] == "closed")], "no count, or 0, on a day that is closed", reasons
    )


def _refuse(wrong: pd.DataFrame, wanted: str, reasons: Reasons) -> None:
    """Note the same reason for the counts of some rows, under the name of their measure."""
    for measure, rows in wrong.groupby("measure", observed=True):
        values = rows["value"].to_numpy()
        found = partial(_shown, values)
        reasons.add_rows(rows["row"].to_numpy(), str(measure), found=found, wanted=wanted)


def _shown(values: npt.NDArray[np.float64], position: int) -> str:
    return f"{values[position]:.12g}"


def check_units(frame: pd.DataFrame, measures: Mapping[str, str], reasons: Reasons) -> None:
    """A queue is counted in people, vehicles or km; every other measure has the one unit of the register."""
    units = frame["unit"].cat.categories
    codes = frame["unit"].cat.codes.to_numpy()
    # Beside a queue's column, the unit is the queue's.
    beside = QUEUE_UNITS if (frame["measure"] == QUEUE).any() else ()
    for measure in frame["measure"].cat.categories:
        allowed = QUEUE_UNITS if measure == QUEUE else (measures[measure],)
        wrong = np.array([unit not in {"", *allowed, *beside} for unit in units])
        at = np.flatnonzero(wrong[codes] & (frame["measure"] == measure).to_numpy())
        wanted = f"{' or '.join(allowed)} for {measure}"
        rows, found = frame["row"].to_numpy()[at], units[codes[at]]
        reasons.add_rows(rows, "unit", found=found.__getitem__, wanted=wanted)
    frame["unit"] = _units(frame, measures)


def _units(frame: pd.DataFrame, measures: Mapping[str, str]) -> pd.Categorical:
    """The unit of each count: a queue's own where it is given, else the measure's."""
    known = sorted({*measures.values(), *QUEUE_UNITS})
    usual = frame["measure"].map(measures).astype(pd.CategoricalDtype(known))
    queue = (frame["measure"] == QUEUE) & frame["unit"].isin(QUEUE_UNITS)
    own = frame["unit"].astype(pd.CategoricalDtype(known))
    return pd.Categorical(usual.where(~queue, own), categories=known)


def check_twice(frame: pd.DataFrame, reasons: Reasons) -> None:
    """A crossing, day and measure stand once in a file, in a history once per instant."""
    key = _key(frame)
    instant = (
        frame["recorded_at"].to_numpy().view("int64") if "recorded_at" in frame else np.zeros(len(frame))
    )
    order = np.lexsort((frame["row"], instant, key))
    same = (np.diff(key[order]) == 0) & (np.diff(instant[order]) == 0)
    later, earlier = order[1:][same], order[:-1][same]
    rows, places = frame["row"].to_numpy(), frame["place"].to_numpy()
    reasons.add_rows(
        rows[later],
        "date",
        found=lambda at: f"{places[later[at]]} has this day and measure in row {rows[earlier[at]]} too",
        wanted="each crossing, day and measure once; keep the right row",
    )


def _key(frame: pd.DataFrame) -> npt.NDArray[np.int64]:
    """A number for each crossing, day and measure: [row]; counts that are empty or undated get their own."""
    days = frame["date"].to_numpy().astype("datetime64[D]").astype(np.int64)
    measures = frame["measure"].cat.codes.to_numpy().astype(np.int64)
    places = frame["place"].cat.codes.to_numpy().astype(np.int64)
    # Days reach the year 9999, below four million; there are far fewer than sixty measures.
    key = (places * 64 + measures + 1) * 4_000_000 + days
    unclear = (frame["value"].isna() & (frame["status"] != "closed")) | frame["date"].isna() | (measures < 0)
    return np.where(unclear, -1 - np.arange(len(frame)), key)
