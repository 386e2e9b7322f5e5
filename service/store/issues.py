"""Published issues: read whole, never changed."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import date, datetime
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import Row, Select, and_, select

from forecast.paths import Paths
from service.store import beside, blocks, publication
from service.store.database import Database
from service.store.places import seen_by
from service.store.publication import Publication
from service.store.records import (
    EVERYTHING,
    NO_PLAN,
    Issue,
    Lease,
    OutlookScore,
    PublishedForecast,
    PublishedPlan,
    Scope,
    Score,
)
from service.store.scenario_records import Fate
from service.store.schema import explanation, forecast_block, issue, measure, path_block

FACTS = tuple(field.name for field in fields(Issue))


class IssueStore:
    """Every issue with its forecasts; the newest ones with their sample paths."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def publish(
        self,
        new: Issue,
        forecasts: Sequence[PublishedForecast],
        paths: Mapping[str, Paths],
        *,
        lease: Lease | None = None,
        kept: Mapping[str, npt.NDArray[np.float64]] | None = None,
        scores: Sequence[Score | OutlookScore | Fate] = (),
        plan: PublishedPlan = NO_PLAN,
        keep_paths: int = 35,
    ) -> None:
        """Publish an issue, its plan, its scores and the hindcasts it used, in one transaction.

        With a lease, its slot is done by the same transaction: a slot cannot publish twice. Raises
        LeaseLost when the slot belongs to another by now, ValueError when the checksum is not that of
        the forecasts, paths and plan.
        """
        prepared = Publication.of(new, forecasts, paths, kept or {}, scores, plan)
        with self._database.write() as connection:
            publication.write(connection, prepared, lease=lease, keep_paths=keep_paths)

    def latest(self, *, as_of: datetime | None = None) -> Issue | None:
        """The newest issue, or the newest that had been issued at an instant."""
        statement = _newest_first()
        if as_of is not None:
            statement = statement.where(issue.c.issued_at <= as_of)
        return self._first(statement)

    def get(self, issue_id: str) -> Issue | None:
        """One issue by its id."""
        return self._first(_newest_first().where(issue.c.id == issue_id))

    def page(self, limit: int, before: str | None = None) -> tuple[Issue, ...]:
        """The newest issues, newest first; with `before`, those issued before the issue of that id."""
        statement = _newest_first().limit(limit)
        if before is not None:
            number = select(issue.c.number).where(issue.c.id == before).scalar_subquery()
            statement = statement.where(issue.c.number < number)
        return self._all(statement)

    def covering(self, first: date, last: date) -> tuple[Issue, ...]:
        """The issues that forecast any of these days, newest first."""
        return self._all(_newest_first().where(issue.c.cutoff < last, issue.c.last_target >= first))

    def forecasts(
        self,
        issue_id: str,
        scope: Scope = EVERYTHING,
        *,
        measure: str | None = None,
        place_ids: Sequence[str] | None = None,
    ) -> tuple[PublishedForecast, ...]:
        """The forecasts of an issue that a scope covers: crossings, then regions, then the country."""
        statement = _blocks(scope).where(forecast_block.c.issue_id == issue_id)
        if measure is not None:
            statement = statement.where(forecast_block.c.measure == measure)
        if place_ids is not None:
            statement = statement.where(forecast_block.c.place_id.in_(list(place_ids)))
        with self._database.read() as connection:
            return tuple(_forecast(row) for row in connection.execute(statement))

    def explained(
        self, issue_id: str, measure: str, place_id: str, scope: Scope = EVERYTHING
    ) -> PublishedForecast | None:
        """One forecast with its explanation, if it has one; None where the scope covers no such forecast."""
        own = (forecast_block.c.issue_id == issue_id, forecast_block.c.measure == measure)
        statement = (
            _blocks(scope)
            .add_columns(explanation.c.content)
            .where(*own, forecast_block.c.place_id == place_id)
            .outerjoin(
                explanation,
                and_(
                    *(
                        explanation.c[key] == forecast_block.c[key]
                        for key in ("issue_id", "measure", "place_id")
                    )
                ),
            )
        )
        with self._database.read() as connection:
            row = connection.execute(statement).one_or_none()
        if row is None:
            return None
        why = beside.decode_explanation(row.content) if row.content is not None else None
        return replace(_forecast(row), explanation=why)

    def paths(self, issue_id: str, measure: str, *, place_ids: Sequence[str] | None = None) -> Paths | None:
        """The sample paths of an issue's crossings, or of some; None once they have been pruned."""
        own = (path_block.c.issue_id == issue_id, path_block.c.measure == measure)
        statement = (
            select(path_block.c.place_id, path_block.c.paths).where(*own).order_by(path_block.c.position)
        )
        if place_ids is not None:
            statement = statement.where(path_block.c.place_id.in_(list(place_ids)))
        with self._database.read() as connection:
            cutoff = connection.scalar(select(issue.c.cutoff).where(issue.c.id == issue_id))
            rows = connection.execute(statement).all()
        if cutoff is None or not rows:
            return None
        values = np.stack([blocks.decode_paths(row.paths) for row in rows], axis=1)
        return Paths(tuple(row.place_id for row in rows), cutoff, values)

    def evolution(
        self, place_id: str, measure: str, target_date: date, scope: Scope = EVERYTHING
    ) -> tuple[tuple[Issue, PublishedForecast], ...]:
        """Every issue's forecast of one place and day, oldest issue first."""
        statement = (
            _blocks(scope)
            .add_columns(issue)
            .join(issue, issue.c.id == forecast_block.c.issue_id)
            .where(forecast_block.c.place_id == place_id, forecast_block.c.measure == measure)
            .where(issue.c.cutoff < target_date, issue.c.last_target >= target_date)
            .order_by(None)
            .order_by(issue.c.number)
        )
        with self._database.read() as connection:
            return tuple((_issue(row), _forecast(row)) for row in connection.execute(statement))

    def _first(self, statement: Select[Any]) -> Issue | None:
        with self._database.read() as connection:
            row = connection.execute(statement.limit(1)).one_or_none()
            return _issue(row) if row else None

    def _all(self, statement: Select[Any]) -> tuple[Issue, ...]:
        with self._database.read() as connection:
            return tuple(_issue(row) for row in connection.execute(statement))


def _newest_first() -> Select[Any]:
    return select(issue).order_by(issue.c.number.desc())


def _blocks(scope: Scope) -> Select[Any]:
    """The blocks that a scope covers, in the order of measures and of publication."""
    return (
        select(forecast_block)
        .join(measure, measure.c.id == forecast_block.c.measure)
        .where(seen_by(scope, forecast_block.c.place_id))
        .order_by(measure.c.position, forecast_block.c.position)
    )


def _issue(row: Row[Any]) -> Issue:
    facts = {fact: getattr(row, fact) for fact in FACTS}
    return Issue(**{**facts, "levels": tuple(row.levels), "measures": tuple(row.measures)})


def _forecast(row: Row[Any]) -> PublishedForecast:
    return PublishedForecast(
        place_id=row.place_id,
        measure=row.measure,
        values=blocks.decode_quantiles(row.quantiles),
        baseline=blocks.decode_quantiles(row.baseline),
        modes=blocks.decode_modes(row.modes),
        flags=tuple(row.flags),
        weights=row.weights,
        outlook=beside.outlook_from_json(row.outlook),
        trust=beside.trust_from_json(row.trust),
    )
