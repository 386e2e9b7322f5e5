"""The newest score of each thing scored: corrections are appended, and the last one counts."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, func, select

from service.store.asked import Asked


def newest(
    table: Table,
    part: Sequence[str],
    facts: Sequence[str],
    *,
    asked: Asked,
    among: Sequence[ColumnElement[bool]] = (),
) -> Select[Any]:
    """Some facts of the newest of the rows `among` some that agree in a `part` of their columns."""
    rank = func.row_number().over(
        partition_by=[table.c[name] for name in part], order_by=(table.c.as_of.desc(), table.c.id.desc())
    )
    # what is not asked for is not carried through the sorting
    ranked = select(*(table.c[name] for name in facts), rank.label("rank")).where(
        *among, *asked.of(table, day="target_date")
    )
    rows = ranked.subquery("ranked")
    return select(rows).where(rows.c.rank == 1)
