"""Analysts' overrides: appended, withdrawn by another row, read as known at an instant, scored later."""

from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import date, datetime
from typing import Any

import pandas as pd
from sqlalchemy import Row, Select, insert, or_, select

from service.store.asked import Asked
from service.store.bulk import next_number
from service.store.database import Database
from service.store.errors import StoreError
from service.store.model_records import Override, OverrideScore
from service.store.model_schema import forecast_override, override_score, override_withdrawal
from service.store.newest import newest
from service.store.places import seen_by
from service.store.records import EVERYTHING, Issue, Scope
from service.store.schema import issue

_FACTS = tuple(one.name for one in fields(Override) if one.name != "withdrawn_at")
_SCORED = tuple(one.name for one in fields(OverrideScore))


class OverrideStore:
    """What analysts held against the forecast, and how both did."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, override: Override) -> None:
        """Append an override."""
        with self._database.write() as connection:
            number = next_number(connection, forecast_override.c.number)
            facts = {name: getattr(override, name) for name in _FACTS}
            connection.execute(insert(forecast_override).values(number=number, **facts))

    def withdraw(self, override_id: str, *, at: datetime, actor: str, reason: str) -> None:
        """End an override; raises StoreError where there is none of that id that still holds."""
        with self._database.write() as connection:
            found = connection.execute(_all().where(forecast_override.c.id == override_id)).one_or_none()
            if found is None or found.withdrawn_at is not None:
                fault = "is withdrawn already" if found else "is none; `arrivals overrides list` shows all"
                raise StoreError(f"override {override_id!r} {fault}")
            row = {"override_id": override_id, "at": at, "actor": actor, "reason": reason}
            connection.execute(insert(override_withdrawal).values(**row))

    def get(self, override_id: str, scope: Scope = EVERYTHING) -> Override | None:
        """One override by its id, if it is of a place of the scope."""
        found = self._read(_seen(scope).where(forecast_override.c.id == override_id))
        return found[0] if found else None

    def page(self, asked: Asked, limit: int, *, as_of: datetime | None = None) -> tuple[Override, ...]:
        """Overrides of what is asked, newest first; with an instant, those that held then."""
        table = forecast_override
        statement = _seen(asked.scope)
        statement = (
            statement if asked.place_id is None else statement.where(table.c.place_id == asked.place_id)
        )
        statement = statement if asked.measure is None else statement.where(table.c.measure == asked.measure)
        statement = statement if asked.first is None else statement.where(table.c.last >= asked.first)
        statement = statement if asked.last is None else statement.where(table.c.first <= asked.last)
        if as_of is not None:
            statement = _held(statement, as_of)
        return self._read(statement.order_by(table.c.number.desc()).limit(limit))

    def beside(
        self, told: Issue, scope: Scope = EVERYTHING, *, measure: str, as_of: datetime
    ) -> tuple[Override, ...]:
        """The overrides of an issue's days, made on it or on an earlier one, that held at an instant.

        Oldest first: of two of a place and day the later one counts.
        """
        table, last = forecast_override, pd.Timestamp(told.cutoff) + pd.Timedelta(told.horizon, "D")
        made_on = issue.alias("made_on")
        asked = select(issue.c.number).where(issue.c.id == told.id).scalar_subquery()
        days = (table.c.last > told.cutoff, table.c.first <= last.date(), table.c.measure == measure)
        statement = _seen(scope).join(made_on, made_on.c.id == table.c.issue_id)
        statement = statement.where(made_on.c.number <= asked, *days)
        return self._read(_held(statement, as_of).order_by(table.c.number))

    def reaching(self, first: date) -> tuple[Override, ...]:
        """All overrides that speak of a day or of later ones, oldest first."""
        table = forecast_override
        return self._read(_all().where(table.c.last >= first).order_by(table.c.number))

    def append_scores(self, scored: Sequence[OverrideScore]) -> None:
        """Append scores; an earlier one of the same override and day stays, and no longer counts."""
        if not scored:
            return
        with self._database.write() as connection:
            number = next_number(connection, override_score.c.id)
            rows = [{"id": number + at, **asdict(one)} for at, one in enumerate(scored)]
            connection.execute(insert(override_score), rows)

    def scores(self, asked: Asked) -> tuple[OverrideScore, ...]:
        """The newest score of each override and day, by day and place."""
        rows = newest(override_score, ("override_id", "target_date"), _SCORED, asked=asked).subquery()
        order = (rows.c.target_date, rows.c.place_id, rows.c.override_id)
        statement = select(*(rows.c[name] for name in _SCORED)).order_by(*order)
        with self._database.read() as connection:
            return tuple(OverrideScore(*row) for row in connection.execute(statement))

    def _read(self, statement: Select[Any]) -> tuple[Override, ...]:
        with self._database.read() as connection:
            return tuple(_override(row) for row in connection.execute(statement))


def _all() -> Select[Any]:
    """Overrides with the instant of their withdrawal."""
    withdrawn = override_withdrawal.c.at.label("withdrawn_at")
    return select(forecast_override, withdrawn).outerjoin(override_withdrawal)


def _seen(scope: Scope) -> Select[Any]:
    return _all().where(seen_by(scope, forecast_override.c.place_id))


def _held(statement: Select[Any], as_of: datetime) -> Select[Any]:
    until = override_withdrawal.c.at
    return statement.where(forecast_override.c.recorded_at <= as_of, or_(until.is_(None), until > as_of))


def _override(row: Row[Any]) -> Override:
    return Override(**{one.name: getattr(row, one.name) for one in fields(Override)})
