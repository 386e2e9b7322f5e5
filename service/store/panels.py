"""Rows of a vintage, as they stream in, laid out as a panel."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from forecast.panel import STATUSES, Panel
from forecast.places import Place
from service.store import bulk

STATUS_CODES = {status: code for code, status in enumerate(STATUSES)}


class PanelRows:
    """Collects counts chunk by chunk, some twenty bytes a row."""

    def __init__(self, crossings: tuple[Place, ...]) -> None:
        self._crossings = crossings
        self._rows = {crossing.id: row for row, crossing in enumerate(crossings)}
        self._chunks: list[tuple[npt.NDArray[Any], ...]] = []

    def add(self, chunk: Sequence[Sequence[Any]]) -> None:
        """Take a chunk of place, day, value, status and `recorded_at`, each place and day once."""
        places, days, values, statuses, _ = chunk
        self._chunks.append(
            (
                np.array([self._rows.get(place_id, -1) for place_id in places], dtype=np.int32),
                bulk.days(days).astype(np.int64),
                np.array(values, dtype=float),
                np.array([STATUS_CODES[status] for status in statuses], dtype=np.int8),
            )
        )

    def panel(self, measure: str, cutoff: date) -> Panel | None:
        """The panel of the crossings that have counts, in register order; None when there are none."""
        if not self._chunks:
            return None
        found, days, values, statuses = (np.concatenate(parts) for parts in zip(*self._chunks, strict=True))
        self._chunks.clear()
        own = found >= 0
        if not own.any():
            return None
        counted, rows = np.unique(found[own], return_inverse=True)
        start = days[own].min()
        at = (rows, days[own] - start)
        shape = (len(counted), int(np.datetime64(cutoff, "D").astype(np.int64) - start) + 1)
        counts, codes = np.full(shape, np.nan), np.zeros(shape, dtype=np.int8)
        counts[at], codes[at] = values[own], statuses[own]
        return Panel(
            measure=measure,
            places=tuple(self._crossings[row] for row in counted),
            start=np.datetime64(int(start), "D").astype(date),
            counts=counts,
            closed=codes == STATUS_CODES["closed"],
            partial=codes == STATUS_CODES["partial"],
        )
