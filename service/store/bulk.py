"""Many rows at once, column by column: no Python object per row is kept."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sqlalchemy import Connection, Select, String, Table, bindparam, func, insert, select, type_coerce

CHUNK = 20_000
Columns = dict[str, list[Any]]


def append(connection: Connection, table: Table, columns: Columns) -> None:
    """Insert rows given as columns of equal length, in one call of the driver."""
    names = [column.name for column in table.columns if column.name in columns]
    rows = list(zip(*(columns[name] for name in names), strict=True))
    if not rows:
        return
    if connection.dialect.name == "sqlite":
        # Compiled in the order of the table's columns, as are the rows.
        statement = insert(table).values({name: bindparam(name) for name in names})
        connection.exec_driver_sql(str(statement.compile(dialect=connection.dialect)), rows)
    else:
        _copy(connection, table, names, rows)


def _copy(connection: Connection, table: Table, columns: Sequence[str], rows: list[tuple[Any, ...]]) -> None:
    from psycopg import sql  # only where PostgreSQL is used

    target = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table.name), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    cursor = connection.connection.cursor()
    with cursor.copy(target) as copy:
        for row in rows:
            copy.write_row(row)


def next_number(connection: Connection, column: Any) -> int:
    """One more than the largest number in a column; safe because only one writer writes."""
    return int(connection.scalar(select(func.coalesce(func.max(column), 0))) or 0) + 1


def fetch(connection: Connection, statement: Select[Any]) -> Iterator[list[tuple[Any, ...]]]:
    """The columns of a statement's rows, chunk by chunk, as the driver gives them."""
    rows = connection.execute(statement, execution_options={"yield_per": CHUNK})
    for chunk in rows.partitions():
        yield list(zip(*chunk, strict=True))


def raw(column: Any) -> Any:
    """A column as the driver gives it, without a conversion per row."""
    return type_coerce(column, String)


def text_days(days: npt.NDArray[np.datetime64]) -> list[str]:
    """Days as YYYY-MM-DD, which both databases take."""
    return np.datetime_as_string(days.astype("datetime64[D]")).tolist()  # type: ignore[no-any-return]


def text_instants(instants: npt.NDArray[np.datetime64]) -> list[str]:
    """UTC instants in the text form of `Instant`, which both databases take."""
    texts = np.datetime_as_string(instants.astype("datetime64[us]"))
    return np.char.replace(texts, "T", " ").tolist()  # type: ignore[no-any-return]


def days(values: Iterable[Any]) -> npt.NDArray[np.datetime64]:
    """Days out of the text of SQLite or the dates of PostgreSQL."""
    return np.array(list(values), dtype="datetime64[D]")


def instants(values: Sequence[Any]) -> npt.NDArray[np.datetime64]:
    """UTC instants out of the text of SQLite or the aware datetimes of PostgreSQL."""
    if values and isinstance(values[0], str):
        return np.array(values, dtype="datetime64[us]")
    return (
        pd.DatetimeIndex(pd.to_datetime(list(values), utc=True)).tz_localize(None).to_numpy("datetime64[us]")
    )
