"""Members' past forecasts, kept between nights under a hash of what they were made from."""

import hashlib
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import structlog
from sqlalchemy import Connection, bindparam, delete, insert, select, update

from service.store.database import Database
from service.store.schema import hindcast

ISSUES_KEPT = 7
"""A hindcast that none of so many issues used is dropped."""
DIGEST = 16
"""Bytes before a hindcast's own, by which damage is noticed."""

log = structlog.get_logger(__name__)


class HindcastStore:
    """Arrays by key; a key is a hash of content, so that what it names never changes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> dict[str, npt.NDArray[np.float64]]:
        """All hindcasts, as they were; a damaged one is dropped with a warning, so that it is made anew."""
        with self._database.read() as connection:
            rows = connection.execute(select(hindcast.c.key, hindcast.c.shape, hindcast.c.content))
            found = {row.key: _opened(row.key, row.shape, row.content) for row in rows}
        damaged = [key for key, array in found.items() if array is None]
        if damaged:
            log.warning("damaged hindcasts dropped, to be made anew", number=len(damaged), first=damaged[0])
            with self._database.write() as connection:
                named = hindcast.c.key == bindparam("damaged")
                connection.execute(delete(hindcast).where(named), [{"damaged": key} for key in damaged])
        return {key: array for key, array in found.items() if array is not None}


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
    content, shape = np.ascontiguousarray(array, dtype="<f8").tobytes(), list(array.shape)
    sealed = _digest(key, shape, content) + content
    return {"key": key, "shape": shape, "content": sealed, "last_used": number}


def _opened(key: str, shape: Sequence[int], sealed: bytes) -> npt.NDArray[np.float64] | None:
    """The array that was stored, or None if a bit of it is not as it was."""
    content = sealed[DIGEST:]
    if len(content) != 8 * math.prod(shape) or sealed[:DIGEST] != _digest(key, shape, content):
        return None
    return np.frombuffer(content, "<f8").reshape(shape).copy()


def _digest(key: str, shape: Sequence[int], content: bytes) -> bytes:
    hasher = hashlib.blake2b(f"{key}|{list(shape)}|".encode(), digest_size=DIGEST)
    hasher.update(content)
    return hasher.digest()
