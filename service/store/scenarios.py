"""Scenarios: appended whole, read as far as a scope reaches, and their fates appended later."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, Select, Table, func, insert, select

from service.store import blocks
from service.store.bulk import next_number
from service.store.database import Database
from service.store.places import seen_by
from service.store.records import EVERYTHING, Scope
from service.store.scenario_records import Fate, ScenarioBlock, ScenarioRecord, ScenarioScore, ScenarioVerdict
from service.store.scenario_schema import (
    scenario,
    scenario_block,
    scenario_place,
    scenario_score,
    scenario_verdict,
)

_PLAIN = tuple(
    one.name for one in fields(ScenarioRecord) if one.name not in ("assumptions", "places", "touched", "shut")
)


class ScenarioStore:
    """What was assumed, what would come of it, and whether it came true."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, record: ScenarioRecord, results: Sequence[ScenarioBlock]) -> None:
        """Append a scenario with its results, in one transaction."""
        rows = [_block_row(record.id, position, block) for position, block in enumerate(results)]
        places = [{"scenario_id": record.id, "place_id": place} for place in sorted(record.places)]
        with self._database.write() as connection:
            number = next_number(connection, scenario.c.number)
            connection.execute(insert(scenario).values(number=number, **_row(record)))
            for table, some in ((scenario_place, places), (scenario_block, rows)):
                if some:
                    connection.execute(insert(table), some)

    def page(
        self, limit: int, scope: Scope = EVERYTHING, *, before: str | None = None
    ) -> tuple[ScenarioRecord, ...]:
        """The newest scenarios that name a place of the scope, newest first, or those before one of them."""
        statement = _seen(scope).order_by(scenario.c.number.desc()).limit(limit)
        if before is not None:
            number = select(scenario.c.number).where(scenario.c.id == before).scalar_subquery()
            statement = statement.where(scenario.c.number < number)
        return self._read(statement)

    def get(self, scenario_id: str, scope: Scope = EVERYTHING) -> ScenarioRecord | None:
        """One scenario by its id, if it names a place of the scope."""
        found = self._read(_seen(scope).where(scenario.c.id == scenario_id))
        return found[0] if found else None

    def reaching(self, first: date) -> tuple[ScenarioRecord, ...]:
        """The scenarios that speak of a day or of later ones, oldest first."""
        return self._read(
            _seen(EVERYTHING).where(scenario.c.last_target >= first).order_by(scenario.c.number)
        )

    def results(self, scenario_id: str, scope: Scope = EVERYTHING) -> tuple[ScenarioBlock, ...]:
        """The results of a scenario at the places of a scope, in the order in which they were stored."""
        own = scenario_block.c.scenario_id == scenario_id
        statement = select(scenario_block).where(own, seen_by(scope, scenario_block.c.place_id))
        with self._database.read() as connection:
            rows = connection.execute(statement.order_by(scenario_block.c.position))
            return tuple(_block(row) for row in rows)

    def verdict(self, scenario_id: str) -> ScenarioVerdict | None:
        """What is known of a scenario's premise."""
        own = select(scenario_verdict).where(scenario_verdict.c.scenario_id == scenario_id)
        with self._database.read() as connection:
            row = connection.execute(own.order_by(scenario_verdict.c.number.desc()).limit(1)).one_or_none()
        return None if row is None else ScenarioVerdict(**_facts(row, ScenarioVerdict))

    def scores(self, scenario_id: str, scope: Scope = EVERYTHING) -> tuple[ScenarioScore, ...]:
        """The newest score of each place and day of a scenario, by place and day."""
        own = (scenario_score.c.scenario_id == scenario_id, seen_by(scope, scenario_score.c.place_id))
        newest = select(func.max(scenario_score.c.number)).where(*own)
        newest = newest.group_by(scenario_score.c.place_id, scenario_score.c.target_date)
        statement = select(scenario_score).where(scenario_score.c.number.in_(newest))
        ordered = statement.order_by(scenario_score.c.place_id, scenario_score.c.target_date)
        with self._database.read() as connection:
            return tuple(ScenarioScore(**_facts(row, ScenarioScore)) for row in connection.execute(ordered))

    def _read(self, statement: Select[Any]) -> tuple[ScenarioRecord, ...]:
        with self._database.read() as connection:
            rows = connection.execute(statement).all()
            ids = [row.id for row in rows]
            named = connection.execute(select(scenario_place).where(scenario_place.c.scenario_id.in_(ids)))
            places: dict[str, set[str]] = {one: set() for one in ids}
            for row in named:
                places[row.scenario_id].add(row.place_id)
        return tuple(_record(row, places[row.id]) for row in rows)


def append(connection: Connection, fates: Iterable[Fate]) -> None:
    """Append what became of scenarios: verdicts and scores."""
    known = list(fates)
    kinds: tuple[tuple[Table, type[Fate]], ...] = (
        (scenario_verdict, ScenarioVerdict),
        (scenario_score, ScenarioScore),
    )
    for table, kind in kinds:
        number = next_number(connection, table.c.number)
        own = [one for one in known if isinstance(one, kind)]
        if own:
            connection.execute(
                insert(table), [{"number": number + at, **asdict(one)} for at, one in enumerate(own)]
            )


def _seen(scope: Scope) -> Select[Any]:
    """The scenarios that name a place of the scope."""
    if scope.everything:
        return select(scenario)
    named = select(scenario_place.c.scenario_id).where(seen_by(scope, scenario_place.c.place_id))
    return select(scenario).where(scenario.c.id.in_(named))


def _row(record: ScenarioRecord) -> dict[str, Any]:
    return {
        **{name: getattr(record, name) for name in _PLAIN},
        "assumptions": list(record.assumptions),
        "touched": {place: list(days) for place, days in record.touched.items()},
        "shut": {place: list(days) for place, days in record.shut.items()},
    }


def _record(row: Row[Any], places: set[str]) -> ScenarioRecord:
    return ScenarioRecord(
        **{name: getattr(row, name) for name in _PLAIN},
        assumptions=tuple(row.assumptions),
        places=frozenset(places),
        touched={place: tuple(days) for place, days in row.touched.items()},
        shut={place: tuple(days) for place, days in row.shut.items()},
    )


def _block_row(scenario_id: str, position: int, block: ScenarioBlock) -> dict[str, Any]:
    return {
        "scenario_id": scenario_id,
        "place_id": block.place_id,
        "measure": block.measure,
        "position": position,
        "forecast": blocks.encode_quantiles(block.forecast),
        "scenario": blocks.encode_quantiles(block.scenario),
        "difference": blocks.encode_quantiles(block.difference),
        "expected": blocks.encode_quantiles(block.expected[:, None]),
        "paths": None if block.paths is None else blocks.encode_paths(block.paths),
    }


def _block(row: Row[Any]) -> ScenarioBlock:
    return ScenarioBlock(
        row.place_id,
        row.measure,
        blocks.decode_quantiles(row.forecast),
        blocks.decode_quantiles(row.scenario),
        blocks.decode_quantiles(row.difference),
        blocks.decode_quantiles(row.expected)[:, 0],
        None if row.paths is None else blocks.decode_paths(row.paths),
    )


def _facts(row: Row[Any], kind: type[Fate]) -> dict[str, Any]:
    return {one.name: getattr(row, one.name) for one in fields(kind)}
