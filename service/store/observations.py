"""Counts: appended, never changed, read as they were known at an instant."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

import pandas as pd
from sqlalchemy import func, select

from forecast.nowcast import LOOK_BACK
from forecast.panel import Panel
from service.store import acceptance, bulk, vintages
from service.store.database import Database
from service.store.panels import PanelRows
from service.store.places import registered, seen_by
from service.store.records import EVERYTHING, QualityFlag, Scope, Upload, reporting_levels
from service.store.schema import observation, place

PLACES_AT_ONCE = 5_000
"""Place ids in one statement; SQLite takes 32,766 parameters."""


class ObservationStore:
    """The counts of all places and measures, with all their vintages."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def accept(self, upload: Upload, frame: pd.DataFrame, flags: Sequence[QualityFlag] = ()) -> int:
        """Store an upload's counts, itself and its flags in one transaction; returns the rows stored.

        `frame` has place, measure, date, value, status, source, unit, recorded_at. Rows that say what
        was already known at their `recorded_at` are left out. Raises StoreError for an unknown place.
        """
        with self._database.write() as connection:
            return acceptance.accept(connection, upload, frame, flags)

    def known(
        self,
        measure: str,
        place_ids: Iterable[str],
        first: date,
        last: date,
        *,
        as_of: datetime | None = None,
    ) -> pd.DataFrame:
        """The newest count of each place and day: place, date, value, status, recorded_at; in that order."""
        wanted = sorted(set(place_ids))
        parts = [vintages.frame([])]
        with self._database.read() as connection:
            for start in range(0, len(wanted), PLACES_AT_ONCE):
                among = observation.c.place_id.in_(wanted[start : start + PLACES_AT_ONCE])
                window = (observation.c.measure == measure, among, observation.c.day.between(first, last))
                statement = vintages.newest(*window, as_of=as_of).order_by(*vintages.IN_ORDER)
                parts.extend(vintages.frame(chunk) for chunk in bulk.fetch(connection, statement))
        return vintages.joined(parts)

    def stocks(self, measure: str, *, as_of: datetime, last_observation: int, cutoff: date) -> pd.DataFrame:
        """What was reported to stand at the days' ends: place, date, value, status, recorded_at, unit.

        Of crossings and regions alike, as known at a vintage, up to a cutoff, by place and day.
        """
        window = (observation.c.measure == measure, observation.c.day <= cutoff)
        statement = vintages.newest(*window, as_of=as_of, last_observation=last_observation)
        units: list[str] = []
        parts = [vintages.frame([])]
        with self._database.read() as connection:
            rows = statement.add_columns(observation.c.unit).order_by(*vintages.IN_ORDER)
            for *facts, unit in bulk.fetch(connection, rows):
                parts.append(vintages.frame(facts))
                units.extend(unit)
        return vintages.joined(parts).assign(unit=pd.Series(units, dtype=object))

    def vintage(self) -> int:
        """The largest observation id; 0 when there is none."""
        with self._database.read() as connection:
            return connection.scalar(select(func.max(observation.c.id))) or 0

    def panel(self, measure: str, *, as_of: datetime, last_observation: int, cutoff: date) -> Panel | None:
        """The counts of all crossings as known at a vintage, up to a cutoff; None where there are none.

        The last days are completed by how earlier days became known; all of it is one statement.
        """
        window = (observation.c.measure == measure, observation.c.day <= cutoff)
        since = cutoff - timedelta(days=LOOK_BACK - 1)
        statement = vintages.with_reports(
            *window, since=since, as_of=as_of, last_observation=last_observation
        )
        with self._database.read() as connection:
            rows = PanelRows(registered(connection, as_of=as_of).crossings, cutoff, since=since)
            for chunk in bulk.fetch(connection, statement):
                rows.add(chunk)
        return rows.panel(measure, as_of=as_of)

    def reports(self, measure: str, *, as_of: datetime, last_observation: int) -> pd.DataFrame:
        """All that crossings ever reported, superseded or not: place, date, value, status, recorded_at.

        In the order in which it was stored, as known at a vintage.
        """
        crossings = select(place.c.id).where(place.c.level == "crossing")
        window = (observation.c.measure == measure, observation.c.place_id.in_(crossings))
        statement = vintages.every(*window, as_of=as_of, last_observation=last_observation)
        with self._database.read() as connection:
            return vintages.joined([vintages.frame(chunk) for chunk in bulk.fetch(connection, statement)])

    def read(
        self,
        scope: Scope = EVERYTHING,
        *,
        place_id: str | None = None,
        measure: str,
        first: date,
        last: date,
        as_of: datetime | None = None,
        limit: int = 100_000,
    ) -> pd.DataFrame:
        """Counts for readers: place, date, value, status, recorded_at, complete; at most `limit` rows.

        Without `place_id`, those of the places in scope that report. The count of a region or country is the
        sum over its crossings (of beds: also its regions), on days on which each that has begun to report is
        closed or complete, and NaN on the others. A place out of scope has no rows.
        """
        window = (observation.c.measure == measure, observation.c.day.between(first, last))
        levels = reporting_levels(measure)
        sought = place.c.level.in_(levels) if place_id is None else place.c.id == place_id
        visible = select(place.c.id).where(sought, seen_by(scope, place.c.id))
        with self._database.read() as connection:
            level = connection.scalar(visible.with_only_columns(place.c.level).limit(1))
            if place_id is not None and level in ("region", "country"):
                statement = vintages.total(place_id, measure, (first, last), as_of=as_of)
            else:
                among = observation.c.place_id.in_(visible)
                statement = vintages.newest(*window, among, as_of=as_of).order_by(*vintages.IN_ORDER)
            chunks = bulk.fetch(connection, statement.limit(limit))
            return vintages.with_complete([vintages.frame(chunk) for chunk in chunks])
