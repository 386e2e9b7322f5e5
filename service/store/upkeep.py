"""Looking after the database: what state it is in, copies of it, and the way back."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select, text
from sqlalchemy.exc import DatabaseError

from service.store import migration, schema
from service.store.database import Database
from service.store.errors import StoreError

SAFE_SQLITE = (3, 51, 3)
"""Before it, a checkpoint that races another connection can corrupt a database in WAL mode."""


def doctor(database: Database) -> dict[str, Any]:
    """Versions, integrity, migration, rows, sizes in bytes, the last issue, and warnings in words."""
    with database.read() as connection:
        version, warnings = _version(connection)
        integrity = _integrity(connection)
        known = _contents(connection) if integrity == "ok" else {"rows": {}, "last_issue_at": None}
        if integrity != "ok":
            warnings.append(f"the database is damaged ({integrity}); restore a backup: arrivals restore FILE")
        return {
            "database": database.url.render_as_string(),
            "version": version,
            "integrity": integrity,
            "revision": migration.revision(connection),
            "expected_revision": schema.REVISION,
            "bytes": _sizes(connection, database),
            "warnings": warnings,
            **known,
        }


def _contents(connection: Connection) -> dict[str, Any]:
    last_issue = select(schema.issue.c.issued_at).order_by(schema.issue.c.number.desc()).limit(1)
    rows = {
        table.name: int(connection.scalar(select(func.count()).select_from(table)) or 0)
        for table in schema.metadata.sorted_tables
    }
    return {"rows": rows, "last_issue_at": connection.scalar(last_issue)}


def _version(connection: Connection) -> tuple[str, list[str]]:
    if connection.dialect.name != "sqlite":
        return f"PostgreSQL {connection.scalar(text('SHOW server_version'))}", []
    found = sqlite3.sqlite_version_info
    wanted = ".".join(map(str, SAFE_SQLITE))
    warning = (
        f"SQLite {sqlite3.sqlite_version} is older than {wanted}, before which a checkpoint that races "
        "another connection can damage a database; the service writes through one connection at a time, so "
        "let no other program write to the file"
    )
    return f"SQLite {sqlite3.sqlite_version}", [warning] if found < SAFE_SQLITE else []


def _integrity(connection: Connection) -> str:
    if connection.dialect.name != "sqlite":
        return "ok"
    try:
        complaints = [str(line) for line in connection.scalars(text("PRAGMA integrity_check"))]
        strays = connection.execute(text("PRAGMA foreign_key_check")).all()
    except DatabaseError as error:
        return str(error.orig)
    found = [complaint for complaint in complaints if complaint != "ok"]
    found += [f"{row[0]} row {row[1]} refers to nothing" for row in strays]
    return "; ".join(found[:5]) or "ok"


def _sizes(connection: Connection, database: Database) -> dict[str, int]:
    if database.file is None:
        size = connection.scalar(select(func.pg_database_size(func.current_database())))
        return {"database": int(size or 0)}
    beside = {"database": database.file, "wal": database.file.with_name(f"{database.file.name}-wal")}
    return {part: path.stat().st_size for part, path in beside.items() if path.exists()}


def backup(database: Database, path: Path) -> None:
    """Copy a database in use to a file that must not exist; the copy is checked before it gets its name."""
    if database.file is None:
        raise StoreError(
            "PostgreSQL is backed up by its own tool: pg_dump --format=custom --file=FILE DATABASE"
        )
    if path.exists():
        raise StoreError(f"{path} exists; a backup overwrites nothing, so name another file")
    if not path.parent.is_dir():
        # Making it would hide that the backup disk is not mounted.
        raise StoreError(f"there is no folder {path.parent}; make it, or mount the disk it is on")
    with _partial(path) as partial:
        with closing(database.engine.raw_connection()) as source:
            _copy(source.driver_connection, partial)
        _verify(partial)
        partial.replace(path)


def restore(path: Path, url: str) -> None:
    """Check a backup and put it in the place of a database that nobody has open."""
    database = Database(url)
    try:
        if database.file is None:
            raise StoreError(
                "PostgreSQL is restored by its own tool: pg_restore --clean --dbname=DATABASE FILE"
            )
        if not path.is_file():
            raise StoreError(f"there is no backup {path}")
        with database.exclusive() as file, _partial(file) as partial:
            with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as source:
                _copy(source, partial)
            _verify(partial)
            _doubt_letters(partial)
            _lay_aside(file)
            partial.replace(file)
    finally:
        database.close()


@contextmanager
def _partial(path: Path) -> Iterator[Path]:
    partial = path.with_name(f"{path.name}.partial")
    partial.unlink(missing_ok=True)
    partial.touch(mode=0o600)
    try:
        yield partial
    finally:
        partial.unlink(missing_ok=True)


def _copy(source: Any, target: Path) -> None:
    with closing(sqlite3.connect(target)) as copy:
        try:
            source.backup(copy)
            # One file that stands alone; opening it turns the write-ahead log on again.
            copy.execute("PRAGMA journal_mode = DELETE")
        except sqlite3.DatabaseError as error:
            raise StoreError(f"the database cannot be copied: {error}") from None
    with target.open("rb") as written:
        os.fsync(written.fileno())


def _verify(copy: Path) -> None:
    with closing(sqlite3.connect(copy)) as connection:
        try:
            complaints = [
                *connection.execute("PRAGMA integrity_check"),
                *connection.execute("PRAGMA foreign_key_check"),
            ]
            found = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        except sqlite3.DatabaseError as error:
            raise StoreError(f"this is no sound copy of the service's database: {error}") from None
    if complaints != [("ok",)]:
        raise StoreError(f"the copy is damaged: {complaints[0]}; use an older backup")
    migration.check_known(found[0] if found else None)


def _doubt_letters(copy: Path) -> None:
    """What waited when the backup was made may have gone out since; nothing sends it again by itself."""
    waiting = "UPDATE outbox SET state = 'uncertain', lease_until = NULL, reason = ? WHERE state IN (?, ?)"
    with closing(sqlite3.connect(copy)) as connection:
        known = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'outbox'").fetchone()
        if known:  # a backup may be older than the outbox
            why = "a backup was brought back in which it waited; it may have been sent since"
            connection.execute(waiting, (why, "pending", "sending"))
            connection.commit()


def _lay_aside(file: Path) -> None:
    if not file.exists():
        return
    number = 1
    while (aside := file.with_name(f"{file.name}.before-restore-{number}")).exists():
        number += 1
    file.replace(aside)
    for ending in ("-wal", "-shm"):
        rest = file.with_name(file.name + ending)
        if rest.exists():
            rest.replace(aside.with_name(aside.name + ending))
