"""Members' past forecasts, kept between nights under a hash of what they were made from."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, bindparam, delete, insert, select, update

from service.store.database import Database
from service.store.schema import hindcast

ISSUES_KEPT = 7
"""A hindcast that none of so many issues used is dropped."""


class HindcastStore:
    """Arrays by key; a key is a hash of content, so that what it names never changes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> dict[str, npt.NDArray[np.float64]]:
        """All hindcasts, as they were."""
        with self._database.read() as connection:
            rows = connection.execute(select(hindcast.c.key, hindcast.c.shape, hindcast.c.content))
            return {row.key: np.frombuffer(row.content, "<f8").reshape(row.shape).copy() for row in rows}


def keep(connection: Connection, used: Mapping[str, npt.NDArray[np.float64]], number: int) -> None:
    """Store the hindcasts that an issue used, and drop those that none has used of late."""
    known = set(connection.scalars(select(hindcast.c.key)))
    fresh = [_row(key, array, number) for key, array in used.items() if key not in known]
    if fresh:
        connection.execute(insert(hindcast), fresh)
    again = [{"again": key} for key in used if key in known]
    if again:
        named = hindcast.c.key == bindparam("again")
        connection.execute(update(hindcast).where(named).values(last_used=number), again)
    connection.execute(delete(hindcast).where(hindcast.c.last_used <= number - ISSUES_KEPT))


def _row(key: str, array: npt.NDArray[np.float64], number: int) -> dict[str, Any]:
    content = np.ascontiguousarray(array, dtype="<f8").tobytes()
    return {"key": key, "shape": list(array.shape), "content": content, "last_used": number}
