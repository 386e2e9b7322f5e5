"""What issues plan: read as it was published."""

import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
from sqlalchemy import Row, Select, select

from forecast.paths import Paths
from service.store import blocks
from service.store.database import Database
from service.store.places import seen_by
from service.store.planning_schema import capacity_version, plan_block, plan_path_block
from service.store.records import EVERYTHING, Issue, PlanBlock, PlanKind, PublishedPlan, Scope
from service.store.schema import issue as issues


class PlanStore:
    """The parts of every issue's plan by place; of the newest issues also the joint paths behind them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def blocks(
        self,
        issue_id: str,
        kind: PlanKind,
        scope: Scope = EVERYTHING,
        *,
        place_ids: Sequence[str] | None = None,
    ) -> tuple[PlanBlock, ...]:
        """One kind of part of an issue's plan, of the places that a scope covers, by place."""
        own = (plan_block.c.issue_id == issue_id, plan_block.c.kind == kind)
        statement = select(plan_block).where(*own, seen_by(scope, plan_block.c.place_id))
        if place_ids is not None:
            statement = statement.where(plan_block.c.place_id.in_(list(place_ids)))
        with self._database.read() as connection:
            rows = connection.execute(statement.order_by(plan_block.c.place_id))
            return tuple(PlanBlock(kind, row.place_id, decoded(row.content)) for row in rows)

    def paths(self, issue_id: str, measure: str, *, place_ids: Sequence[str] | None = None) -> Paths | None:
        """The joint paths of a plan measure, or of some places; None where none are kept."""
        own = (plan_path_block.c.issue_id == issue_id, plan_path_block.c.measure == measure)
        statement = select(plan_path_block.c.place_id, plan_path_block.c.paths).where(*own)
        if place_ids is not None:
            statement = statement.where(plan_path_block.c.place_id.in_(list(place_ids)))
        with self._database.read() as connection:
            cutoff = connection.scalar(select(issues.c.cutoff).where(issues.c.id == issue_id))
            rows = connection.execute(statement.order_by(plan_path_block.c.position)).all()
        if cutoff is None or not rows:
            return None
        values = np.stack([blocks.decode_paths(row.paths) for row in rows], axis=1)
        return Paths(tuple(row.place_id for row in rows), cutoff, values)

    def failed(self, issue: Issue) -> bool:
        """Whether an issue was published without a plan though a capacity was in force for its first day."""
        with self._database.read() as connection:
            part = select(plan_block.c.place_id).where(plan_block.c.issue_id == issue.id).limit(1)
            if connection.scalar(part) is not None:
                return False
            known = connection.execute(_versions(issue)).all()
        newest = {(row.place_id, row.valid_from): row for row in known}
        first = issue.cutoff + timedelta(days=1)
        latest = {row.place_id: row for row in _begun(newest.values(), first)}
        return any(row.valid_until is None or row.valid_until >= first for row in latest.values())


def _versions(issue: Issue) -> Select[Any]:
    """When the capacities that an issue knew are in force, the one recorded last behind those before."""
    facts = ("place_id", "valid_from", "valid_until", "withdrawn")
    return (
        select(*(capacity_version.c[fact] for fact in facts))
        .where(capacity_version.c.number <= issue.last_capacity)
        .where(capacity_version.c.recorded_at <= issue.as_of)
        .order_by(capacity_version.c.recorded_at, capacity_version.c.number)
    )


def _begun(versions: Iterable[Row[Any]], day: date) -> list[Row[Any]]:
    """The versions that stand and have begun by a day, the earliest first."""
    begun = [row for row in versions if not row.withdrawn and row.valid_from <= day]
    return sorted(begun, key=lambda row: row.valid_from)


def block_rows(issue_id: str, plan: PublishedPlan) -> Iterator[dict[str, Any]]:
    """The rows of a plan's parts."""
    for one in plan.blocks:
        content = zlib.compress(blocks.plan_words(one))
        yield {"issue_id": issue_id, "kind": one.kind, "place_id": one.place_id, "content": content}


def path_rows(issue_id: str, plan: PublishedPlan) -> Iterator[dict[str, Any]]:
    """The rows of a plan's joint paths."""
    for measure, sample in plan.paths.items():
        for position, place_id in enumerate(sample.ids):
            series = {"issue_id": issue_id, "measure": measure, "place_id": place_id}
            block = blocks.encode_paths(sample.values[:, position])
            yield {**series, "position": position, "paths": block}


def decoded(content: bytes) -> dict[str, Any]:
    """The plain values of a stored part."""
    found: dict[str, Any] = json.loads(zlib.decompress(content))
    return found
