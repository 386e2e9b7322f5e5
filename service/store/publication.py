"""Publishing an issue: everything is prepared first, then written in one transaction."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, delete, insert, select

from forecast.paths import Paths
from service.store import beside, blocks, hindcasts, jobs, outlook_scores, plans, scenarios, scores
from service.store.bulk import append, next_number
from service.store.planning_schema import plan_block, plan_path_block
from service.store.records import (
    NO_PLAN,
    Issue,
    Lease,
    OutlookScore,
    PublishedForecast,
    PublishedPlan,
    Score,
)
from service.store.scenario_records import Fate
from service.store.schema import explanation, forecast_block, issue, latest_forecast, path_block

PLAIN_LEVELS = {
    "q025": 0.025, "q05": 0.05, "q10": 0.1, "q25": 0.25, "median": 0.5,
    "q75": 0.75, "q90": 0.9, "q95": 0.95, "q975": 0.975,
}  # fmt: skip
"""The columns of the plain table of the latest issue."""
FORECASTS_AT_ONCE = 200
"""Forecasts whose plain rows are in memory together."""

Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Publication:
    """An issue as rows, encoded before the writer's turn so that the turn is short."""

    issue: Issue
    forecasts: Sequence[PublishedForecast]
    blocks: Rows
    explanations: Rows
    paths: Rows
    kept: Mapping[str, npt.NDArray[np.float64]]
    scores: Sequence[Score | OutlookScore | Fate]
    plan_blocks: Rows
    plan_paths: Rows

    @classmethod
    def of(
        cls,
        new: Issue,
        forecasts: Sequence[PublishedForecast],
        paths: Mapping[str, Paths],
        kept: Mapping[str, npt.NDArray[np.float64]],
        scored: Sequence[Score | OutlookScore | Fate],
        plan: PublishedPlan = NO_PLAN,
    ) -> "Publication":
        """Encode an issue; raises ValueError when it does not bear the checksum of its content."""
        expected = blocks.checksum(forecasts, paths, plan)
        if new.checksum != expected:
            raise ValueError(
                f"issue {new.id} bears the checksum {new.checksum}, but its content has {expected}"
            )
        encoded = [_forecast_row(new.id, position, one) for position, one in enumerate(forecasts)]
        explained = list(_explanation_rows(new.id, forecasts))
        planned = list(plans.block_rows(new.id, plan)), list(plans.path_rows(new.id, plan))
        return cls(
            new, forecasts, encoded, explained, list(_path_rows(new.id, paths)), kept, scored, *planned
        )


def write(connection: Connection, prepared: Publication, *, lease: Lease | None, keep_paths: int) -> None:
    """Write an issue and all that goes with it; raises LeaseLost before anything is written."""
    if lease is not None:
        jobs.complete(connection, lease, now=prepared.issue.issued_at, detail={"issue": prepared.issue.id})
    number = next_number(connection, issue.c.number)
    connection.execute(insert(issue).values(number=number, **_issue_row(prepared.issue)))
    tables = {
        forecast_block: prepared.blocks,
        explanation: prepared.explanations,
        path_block: prepared.paths,
        plan_block: prepared.plan_blocks,
        plan_path_block: prepared.plan_paths,
    }
    for table, rows in tables.items():
        if rows:
            connection.execute(insert(table), rows)
    _rewrite_latest(connection, prepared)
    _prune_paths(connection, number - keep_paths)
    hindcasts.keep(connection, prepared.kept, number)
    scores.append(connection, [one for one in prepared.scores if isinstance(one, Score)])
    outlook_scores.append(connection, [one for one in prepared.scores if isinstance(one, OutlookScore)])
    scenarios.append(connection, [one for one in prepared.scores if isinstance(one, Fate)])


def _issue_row(new: Issue) -> dict[str, Any]:
    return {**asdict(new), "last_target": new.cutoff + timedelta(days=new.horizon)}


def _forecast_row(issue_id: str, position: int, forecast: PublishedForecast) -> dict[str, Any]:
    return {
        "issue_id": issue_id,
        "measure": forecast.measure,
        "place_id": forecast.place_id,
        "position": position,
        "quantiles": blocks.encode_quantiles(forecast.values),
        "baseline": blocks.encode_quantiles(forecast.baseline),
        "modes": blocks.encode_modes(forecast.modes),
        "flags": list(forecast.flags),
        "weights": forecast.weights,
        "outlook": beside.outlook_as_json(forecast.outlook),
        "trust": beside.trust_as_json(forecast.trust),
    }


def _explanation_rows(issue_id: str, forecasts: Sequence[PublishedForecast]) -> Iterator[dict[str, Any]]:
    for forecast in forecasts:
        if forecast.explanation is not None:
            series = {"issue_id": issue_id, "measure": forecast.measure, "place_id": forecast.place_id}
            yield {**series, "content": beside.encode_explanation(forecast.explanation)}


def _path_rows(issue_id: str, paths: Mapping[str, Paths]) -> Iterator[dict[str, Any]]:
    for measure, sample in paths.items():
        for position, place_id in enumerate(sample.ids):
            block = blocks.encode_paths(sample.values[:, position])
            series = {"issue_id": issue_id, "measure": measure, "place_id": place_id}
            yield {**series, "position": position, "paths": block}


def _rewrite_latest(connection: Connection, prepared: Publication) -> None:
    connection.execute(delete(latest_forecast))
    for start in range(0, len(prepared.forecasts), FORECASTS_AT_ONCE):
        some = prepared.forecasts[start : start + FORECASTS_AT_ONCE]
        parts = [_plain_columns(prepared.issue, forecast) for forecast in some]
        append(
            connection,
            latest_forecast,
            {name: list(chain(*(part[name] for part in parts))) for name in parts[0]},
        )


def _plain_columns(new: Issue, forecast: PublishedForecast) -> dict[str, list[Any]]:
    values = blocks.published(forecast.values)
    days = len(values)
    horizons = list(range(1, days + 1))
    return {
        "measure": [forecast.measure] * days,
        "place_id": [forecast.place_id] * days,
        "target_date": [(new.cutoff + timedelta(days=ahead)).isoformat() for ahead in horizons],
        "issue_id": [new.id] * days,
        "horizon": horizons,
        "mode": list(forecast.modes),
        **{column: _at(values, new.levels, level) for column, level in PLAIN_LEVELS.items()},
        "flags": ["; ".join(forecast.flags)] * days,
        "trust": [forecast.trust_on(ahead) for ahead in horizons],
    }


def _at(values: npt.NDArray[np.float64], levels: tuple[float, ...], level: float) -> list[float | None]:
    found = np.flatnonzero(np.isclose(levels, level))
    return values[:, found[0]].tolist() if len(found) else [None] * len(values)


def _prune_paths(connection: Connection, last_pruned: int) -> None:
    old = select(issue.c.id).where(issue.c.number <= last_pruned)
    for table in (path_block, plan_path_block):
        connection.execute(delete(table).where(table.c.issue_id.in_(old)))
