"""What is read to tell which counts are too small: every vintage of some days, and who stood in whom."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
import numpy.typing as npt
from sqlalchemy import func, select

from service.store import bulk
from service.store.database import Database
from service.store.schema import observation, place_version

PLACES_AT_ONCE = 5_000
Standing = tuple[int, int]
"""The last observation and the last change of the register."""


@dataclass(frozen=True, slots=True, eq=False)
class Reports:
    """Every row of some places and days, by position: [row] each; instants in microseconds.

    `place` counts the place among those asked for, `day` the days since the first.
    """

    place: npt.NDArray[np.int64]
    day: npt.NDArray[np.int64]
    value: npt.NDArray[np.float64]
    status: npt.NDArray[np.str_]
    recorded: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Registration:
    """Where a place stood in the tree from an instant on."""

    place_id: str
    level: str
    parent: str | None
    recorded_at: datetime


class SmallCountStore:
    """Reads counts and register as needed to tell what of them is not to be told."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def standing(self) -> Standing:
        """How far counts and register have come; whatever is hidden can only change when this does."""
        last = select(
            select(func.max(observation.c.id)).scalar_subquery(),
            select(func.max(place_version.c.number)).scalar_subquery(),
        )
        with self._database.read() as connection:
            counts, places = connection.execute(last).one()
        return counts or 0, places or 0

    def changed(self, since: int) -> dict[str, tuple[date, date]]:
        """By measure, the first and the last day that rows after an observation are about."""
        days = func.min(observation.c.day), func.max(observation.c.day)
        rows = select(observation.c.measure, *days).where(observation.c.id > since)
        with self._database.read() as connection:
            found = connection.execute(rows.group_by(observation.c.measure)).all()
        return {measure: (first, last) for measure, first, last in found}

    def registrations(self) -> tuple[Registration, ...]:
        """Every version of every place, oldest first."""
        facts = ("id", "level", "parent", "recorded_at")
        rows = select(*(place_version.c[fact] for fact in facts)).order_by(place_version.c.number)
        with self._database.read() as connection:
            return tuple(Registration(*row) for row in connection.execute(rows))

    def few(
        self, measure: str, place_ids: Iterable[str], *, below: int, first: date, last: date
    ) -> frozenset[str]:
        """The places that once reported fewer than `below` on one of these days, over or not."""
        small = (observation.c.status != "closed", observation.c.value < below)
        days = (observation.c.measure == measure, observation.c.day.between(first, last))
        found: set[str] = set()
        with self._database.read() as connection:
            for some in _parts(place_ids):
                among = select(observation.c.place_id).where(observation.c.place_id.in_(some), *days, *small)
                found.update(connection.scalars(among.distinct()))
        return frozenset(found)

    def reports(self, measure: str, place_ids: Iterable[str], *, first: date, last: date) -> Reports:
        """Every row of these places and days, superseded or not."""
        ids = sorted(place_ids)
        position = {place_id: row for row, place_id in enumerate(ids)}
        chunks = [_columns([()] * 5, position, first)]
        facts = (observation.c.place_id, bulk.raw(observation.c.day), observation.c.value)
        rows = select(*facts, observation.c.status, bulk.raw(observation.c.recorded_at)).where(
            observation.c.measure == measure, observation.c.day.between(first, last)
        )
        with self._database.read() as connection:
            for some in _parts(ids):
                among = rows.where(observation.c.place_id.in_(some))
                chunks += [_columns(chunk, position, first) for chunk in bulk.fetch(connection, among)]
        return Reports(*(np.concatenate(column) for column in zip(*chunks, strict=True)))


def _parts(place_ids: Iterable[str]) -> Iterator[list[str]]:
    ids = sorted(place_ids)
    return (ids[start : start + PLACES_AT_ONCE] for start in range(0, len(ids), PLACES_AT_ONCE))


def _columns(
    chunk: list[tuple[object, ...]], position: dict[str, int], first: date
) -> tuple[npt.NDArray, ...]:  # type: ignore[type-arg]
    places, days, values, statuses, recorded = chunk
    return (
        np.array([position[str(place_id)] for place_id in places], dtype=np.int64),
        bulk.days(days).astype(np.int64) - np.datetime64(first, "D").astype(np.int64),
        np.array(values, dtype=float),
        np.array(statuses, dtype="U8"),
        bulk.instants(recorded).astype("datetime64[us]").astype(np.int64),
    )
