"""What proposed configurations would have published: stored apart from issues, and never told as one."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import date, datetime
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import Row, func, insert, select

from service.store import blocks, hindcasts, models, scores
from service.store.database import Database
from service.store.model_records import ModelEvent, Shadow
from service.store.model_schema import model_configuration, shadow_block, shadow_issue
from service.store.records import PublishedForecast
from service.store.schema import issue

_FACTS = ("configuration_id", "issue_id", "made_at", "horizon", "last_target", "model_version")


class ShadowStore:
    """The forecasts that ran beside issues, by configuration."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def publish(self, shadow: Shadow, *, kept: Mapping[str, npt.NDArray[np.float64]] | None = None) -> None:
        """Append a shadow, the scores of earlier ones and the hindcasts it used, in one transaction.

        The first one says that the configuration is in shadow from then on. Raises StoreError where the
        configuration is no longer to run.
        """
        rows = [_row(shadow, position, one) for position, one in enumerate(shadow.forecasts)]
        with self._database.write() as connection:
            known = {one.id: one.state for one in models.read(connection)}
            if known.get(shadow.configuration_id) != "shadow":
                event = ModelEvent(shadow.configuration_id, "shadow", shadow.made_at, "cycle")
                models.append(connection, event)
            facts = {name: getattr(shadow, name) for name in _FACTS}
            connection.execute(insert(shadow_issue).values(**facts))
            if rows:
                connection.execute(insert(shadow_block), rows)
            scores.append(connection, shadow.scores, configuration_id=shadow.configuration_id)
            number = connection.scalar(select(issue.c.number).where(issue.c.id == shadow.issue_id))
            hindcasts.keep(connection, kept or {}, int(number or 0))

    def last(self, configuration_id: str) -> Shadow | None:
        """The newest shadow of a configuration, without its forecasts."""
        own = shadow_issue.c.configuration_id == configuration_id
        newest = select(shadow_issue).join(issue).where(own).order_by(issue.c.number.desc()).limit(1)
        with self._database.read() as connection:
            row = connection.execute(newest).one_or_none()
        return None if row is None else _shadow(row)

    def covering(self, configuration_id: str, first: date, last: date) -> tuple[Shadow, ...]:
        """The shadows of a configuration that speak of any of these days, without forecasts, newest first."""
        own = (shadow_issue.c.configuration_id == configuration_id, shadow_issue.c.last_target >= first)
        statement = select(shadow_issue).join(issue).where(*own, issue.c.cutoff < last)
        with self._database.read() as connection:
            rows = connection.execute(statement.order_by(issue.c.number.desc()))
            return tuple(_shadow(row) for row in rows)

    def forecasts(
        self, configuration_id: str, issue_id: str, *, measure: str | None = None
    ) -> tuple[PublishedForecast, ...]:
        """What a configuration said beside an issue, in the order in which it was stored."""
        own = (shadow_block.c.configuration_id == configuration_id, shadow_block.c.issue_id == issue_id)
        statement = select(shadow_block).where(*own).order_by(shadow_block.c.position)
        if measure is not None:
            statement = statement.where(shadow_block.c.measure == measure)
        with self._database.read() as connection:
            return tuple(_forecast(row) for row in connection.execute(statement))

    def nights(self) -> dict[str, tuple[int, datetime | None]]:
        """By configuration: beside how many issues it ran, and when last."""
        counted = select(
            model_configuration.c.id, func.count(shadow_issue.c.issue_id), func.max(shadow_issue.c.made_at)
        )
        statement = counted.outerjoin(shadow_issue).group_by(model_configuration.c.id)
        with self._database.read() as connection:
            return {row[0]: (row[1], row[2]) for row in connection.execute(statement)}


def _row(shadow: Shadow, position: int, forecast: PublishedForecast) -> dict[str, Any]:
    return {
        "configuration_id": shadow.configuration_id,
        "issue_id": shadow.issue_id,
        "measure": forecast.measure,
        "place_id": forecast.place_id,
        "position": position,
        "quantiles": blocks.encode_quantiles(forecast.values),
        "baseline": blocks.encode_quantiles(forecast.baseline),
        "modes": blocks.encode_modes(forecast.modes),
        "flags": list(forecast.flags),
    }


def _shadow(row: Row[Any]) -> Shadow:
    return Shadow(**{one.name: getattr(row, one.name) for one in fields(Shadow) if one.name in _FACTS})


def _forecast(row: Row[Any]) -> PublishedForecast:
    return PublishedForecast(
        place_id=row.place_id,
        measure=row.measure,
        values=blocks.decode_quantiles(row.quantiles),
        baseline=blocks.decode_quantiles(row.baseline),
        modes=blocks.decode_modes(row.modes),
        flags=tuple(row.flags),
    )
