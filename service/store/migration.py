"""Bringing a database up to the code's migration, and refusing one that is ahead of it."""

import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DatabaseError, OperationalError

from service.store.database import Database
from service.store.errors import NewerDatabase, StoreError
from service.store.schema import REVISION

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parent / "migrations"


def bring_up_to_date(database: Database, *, migrate: bool = True) -> None:
    """Migrate an empty or older database; raises NewerDatabase for one that is ahead of the code."""
    database.create()
    found = _standing(database)
    if found == REVISION:
        return
    check_known(found)
    if not migrate:
        raise StoreError(
            "the database is older than the code or empty; a command that writes, such as `arrivals cycle`, "
            "brings it up to date"
        )
    with database.write() as connection:
        # Another process may have migrated it while this one waited for its turn.
        found = revision(connection)
        if found != REVISION:
            check_known(found)
            _check_ours(connection, found)
            upgrade(connection)


def _standing(database: Database) -> str | None:
    try:
        with database.read() as connection:
            return revision(connection)
    except OperationalError as error:
        raise StoreError(_closed(database, error)) from None
    except DatabaseError as error:
        if isinstance(error.orig, sqlite3.DatabaseError):
            raise StoreError(
                f"{database.file} is damaged or no database ({error.orig}); "
                "restore a backup: arrivals restore FILE"
            ) from None
        raise


def _closed(database: Database, error: OperationalError) -> str:
    if database.file:
        return (
            f"{database.file} cannot be opened ({error.orig}); this user must be able to write to its folder"
        )
    where = f"{database.url.host or 'the local socket'}:{database.url.port or 5432}"
    return (
        f"PostgreSQL at {where} lets nobody in; check that it runs, and the user and password in the settings"
    )


def revision(connection: Connection) -> str | None:
    """The migration that a database stands at; None for one without any."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def check_known(found: str | None) -> None:
    """Raise NewerDatabase when the code does not know a database's migration."""
    if found is None:
        return
    from alembic.script import ScriptDirectory  # imported only when a database is not up to date

    known = {script.revision for script in ScriptDirectory.from_config(configuration()).walk_revisions()}
    if found not in known:
        raise NewerDatabase(
            f"the database stands at migration {found}, this code at {REVISION}: it was written by a newer "
            "version; install that version, or restore a backup made by this one"
        )


def _check_ours(connection: Connection, found: str | None) -> None:
    if found is None and inspect(connection).get_table_names():
        raise StoreError(
            "the database holds tables of another program; give the service a database of its own"
        )


def upgrade(connection: Connection, target: str = "head") -> None:
    """Run the migrations up to a revision in the connection's transaction."""
    from alembic import command

    settings = configuration()
    settings.attributes["connection"] = connection
    command.upgrade(settings, target)


def configuration() -> "Config":
    """Alembic's settings, without a file of them."""
    from alembic.config import Config

    settings = Config()
    settings.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return settings
