"""The newest score of each thing scored: corrections are appended, and the last one counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, func, select

from service.store.places import seen_by
from service.store.records import EVERYTHING, Scope


@dataclass(frozen=True, slots=True)
class Asked:
    """Which scores are asked for: of a scope, a place, a measure, and target days from first to last."""

    scope: Scope = EVERYTHING
    place_id: str | None = None
    measure: str | None = None
    first: date | None = None
    last: date | None = None

    def of(self, table: Table) -> list[ColumnElement[bool]]:
        """The conditions on a table of scores."""
        wanted = [seen_by(self.scope, table.c.place_id)]
        wanted += [] if self.place_id is None else [table.c.place_id == self.place_id]
        wanted += [] if self.measure is None else [table.c.measure == self.measure]
        wanted += [] if self.first is None else [table.c.target_date >= self.first]
        return wanted + ([] if self.last is None else [table.c.target_date <= self.last])


def newest(table: Table, part: Sequence[str], facts: Sequence[str], *, asked: Asked) -> Select[Any]:
    """Some facts of the newest of the rows that agree in a `part` of their columns."""
    rank = func.row_number().over(
        partition_by=[table.c[name] for name in part], order_by=(table.c.as_of.desc(), table.c.id.desc())
    )
    # what is not asked for is not carried through the sorting
    ranked = select(*(table.c[name] for name in facts), rank.label("rank")).where(*asked.of(table))
    rows = ranked.subquery("ranked")
    return select(rows).where(rows.c.rank == 1)
