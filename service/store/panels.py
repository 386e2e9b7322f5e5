"""Rows of a vintage, as they stream in, laid out as a panel whose last days are completed."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import numpy.typing as npt

from forecast.nowcast import Reports, completed
from forecast.panel import STATUSES, Panel
from forecast.places import Place
from service.store import bulk

STATUS_CODES = {status: code for code, status in enumerate(STATUSES)}
Columns = tuple[npt.NDArray[Any], ...]
DAY = 86_400_000_000  # microseconds


class PanelRows:
    """Collects counts chunk by chunk, some twenty bytes a row; of the days from `since` on every report."""

    def __init__(self, crossings: tuple[Place, ...], cutoff: date, *, since: date) -> None:
        self._crossings = crossings
        self._rows = {crossing.id: row for row, crossing in enumerate(crossings)}
        self._cutoff, self._since = (int(_number(day)) for day in (cutoff, since))
        self._chunks: list[Columns] = []
        self._reports: list[Columns] = []

    def add(self, chunk: Sequence[Sequence[Any]]) -> None:
        """Take a chunk of place, day, value, status, `recorded_at` and id; before `since` each day once."""
        places, days, values, statuses, recorded, ids = chunk
        columns = (
            np.array([self._rows.get(place_id, -1) for place_id in places], dtype=np.int32),
            bulk.days(days).astype(np.int64),
            np.array(values, dtype=float),
            np.array([STATUS_CODES[status] for status in statuses], dtype=np.int8),
        )
        own = columns[0] >= 0
        recent = own & (columns[1] >= self._since)
        self._chunks.append(tuple(column[own & ~recent] for column in columns))
        if recent.any():
            instants = bulk.instants([recorded[row] for row in np.flatnonzero(recent).tolist()])
            order = np.array(ids, dtype=np.int64)[recent]
            self._reports.append((*(column[recent] for column in columns), instants, order))

    def panel(self, measure: str, *, as_of: datetime) -> Panel | None:
        """The panel of the crossings that have counts, in register order; None when there are none."""
        reports = _joined(self._reports, 6)
        # By instant, then by id: assigned in this order, the newest report of a day is the one that stays.
        reports = tuple(column[np.lexsort((reports[5], reports[4]))] for column in reports)
        found, days, values, statuses = _joined([*self._chunks, reports[:4]], 4)
        self._chunks.clear()
        if not len(found):
            return None
        counted, rows = np.unique(found, return_inverse=True)
        start = days.min()
        shape = (len(counted), self._cutoff - int(start) + 1)
        counts, codes = np.full(shape, np.nan), np.zeros(shape, dtype=np.int8)
        counts[rows, days - start], codes[rows, days - start] = values, statuses
        panel = Panel(
            measure=measure,
            places=tuple(self._crossings[row] for row in counted),
            start=np.datetime64(int(start), "D").astype(date),
            counts=counts,
            closed=codes == STATUS_CODES["closed"],
            partial=codes == STATUS_CODES["partial"],
        )
        positions = np.searchsorted(counted, reports[0]), reports[1] - start
        return completed(panel, _reports(positions, reports, as_of))


def _number(day: date) -> np.int64:
    return np.datetime64(day, "D").astype(np.int64)


def _joined(parts: Sequence[Columns], width: int) -> Columns:
    """Chunks of columns as one of each."""
    kinds = (np.int32, np.int64, float, np.int8, "datetime64[us]", np.int64)
    empty = tuple(np.zeros(0, dtype=kind) for kind in kinds[:width])
    return tuple(np.concatenate(column) for column in zip(empty, *parts, strict=True))


def _reports(
    positions: tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]], reports: Columns, as_of: datetime
) -> Reports:
    """The reports in their order, by position in the panel."""
    now = np.datetime64(as_of.astimezone(UTC).replace(tzinfo=None), "us")
    age = (now - reports[4]).astype("timedelta64[us]").astype(np.int64) // DAY
    shut = reports[3] == STATUS_CODES["closed"]
    counts = np.where(shut, np.nan, reports[2])
    return Reports(*positions, age, counts, reports[3] == STATUS_CODES["partial"])
