"""Which rows are asked for, of the tables that have a place, a measure and a day."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Table

from service.store.places import seen_by
from service.store.records import EVERYTHING, Scope


@dataclass(frozen=True, slots=True)
class Asked:
    """Rows of a scope, of a place, of a measure, of the days from first to last."""

    scope: Scope = EVERYTHING
    place_id: str | None = None
    measure: str | None = None
    first: date | None = None
    last: date | None = None

    def of(self, table: Table, *, day: str) -> list[ColumnElement[bool]]:
        """The conditions on a table whose `day` is in the column of that name."""
        wanted = [seen_by(self.scope, table.c.place_id)]
        wanted += [] if self.place_id is None else [table.c.place_id == self.place_id]
        wanted += [] if self.measure is None else [table.c.measure == self.measure]
        wanted += [] if self.first is None else [table.c[day] >= self.first]
        return wanted + ([] if self.last is None else [table.c[day] <= self.last])
