"""One database, SQLite or PostgreSQL: reads see one snapshot, and one writer writes at a time."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from filelock import FileLock, Timeout
from sqlalchemy import URL, Connection, create_engine, event, func, make_url, select, text
from sqlalchemy.exc import ArgumentError, OperationalError

from service.store.errors import StoreBusy, StoreError, StoreFull

WRITER_WAIT_SECONDS = 30.0
WRITER_LOCK = 0x6172_7269_7661_6C73
"""PostgreSQL's advisory lock of the one writer: the product's name as an integer."""
LOCK_NOT_AVAILABLE, DISK_FULL = "55P03", "53100"
"""Codes of PostgreSQL's errors."""
PRAGMAS = (
    "journal_mode = WAL",
    "synchronous = FULL",
    "busy_timeout = 30000",
    "foreign_keys = ON",
    "journal_size_limit = 67108864",  # a large ingest leaves a large log behind otherwise
)


class Database:
    """An engine with two ways in: `read()` and `write()`, each one transaction.

    One that is `read_only` has the first alone, and makes no file.
    """

    def __init__(
        self, url: str, *, writer_wait: float = WRITER_WAIT_SECONDS, read_only: bool = False
    ) -> None:
        self.url = _checked(url)
        self.writer_wait = writer_wait
        self.read_only = read_only
        self.file = Path(self.url.database) if self.is_sqlite and self.url.database else None
        # Errors end up in the ledger and in logs, and parameters hold counts.
        self.engine = create_engine(self.url, hide_parameters=True, **_arguments(self.url))
        self._writing = threading.Lock()
        if self.file:
            self._file_lock = FileLock(f"{self.file}.lock")
            event.listen(self.engine, "connect", _set_pragmas)
            if read_only:
                event.listen(self.engine, "connect", _refuse_writes)
            event.listen(self.engine, "begin", _begin)

    @property
    def is_sqlite(self) -> bool:
        """Whether this is a file of SQLite's."""
        return self.url.get_backend_name() == "sqlite"

    def create(self) -> None:
        """Make the file and its folder where they are missing, readable by their owner alone.

        Raises StoreError instead where the database is only to be read.
        """
        if self.file and not self.file.exists():
            if self.read_only:
                raise StoreError(f"there is no database {self.file} to read")
            self.file.parent.mkdir(parents=True, exist_ok=True)
            self.file.touch(mode=0o600)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection whose statements all see the same snapshot; it ends by rolling back."""
        with self.engine.connect() as connection:
            if not self.is_sqlite:
                connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """The one writing transaction; raises StoreBusy when another writer does not end in time.

        Raises StoreFull when the disk is full; nothing of the transaction is kept then. Raises StoreError
        where the database was opened to be read only.
        """
        if self.read_only:
            raise StoreError("the database was opened to be read only; nothing was written")
        with self._alone(), self.engine.connect() as connection:
            connection.execution_options(writer=True)
            try:
                with connection.begin():
                    if not self.is_sqlite:
                        self._queue(connection)
                    yield connection
            except OperationalError as error:
                raise self._told(error) from error

    @contextmanager
    def _alone(self) -> Iterator[None]:
        if not self.is_sqlite:
            yield
            return
        # Threads queue on their own lock first: they need not poll the file's.
        if not self._writing.acquire(timeout=self.writer_wait):
            raise self._busy()
        try:
            with self._file_lock.acquire(timeout=self.writer_wait):
                yield
        except Timeout:
            raise self._busy() from None
        finally:
            self._writing.release()

    @contextmanager
    def exclusive(self) -> Iterator[Path]:
        """SQLite's file while nobody else has it open; raises StoreError when somebody has."""
        if self.file is None:
            raise StoreError("only a database of SQLite's is a file")
        self.file.parent.mkdir(parents=True, exist_ok=True)
        with self._alone():
            if self.file.exists() and not _unused(self.file):
                raise StoreError(f"{self.file} is in use; stop `arrivals serve` and try again")
            yield self.file

    def _queue(self, connection: Connection) -> None:
        """Wait for PostgreSQL's writers before this one."""
        connection.execute(select(func.set_config("lock_timeout", f"{int(self.writer_wait * 1000)}ms", True)))
        connection.execute(select(func.pg_advisory_xact_lock(WRITER_LOCK)))

    def _told(self, error: OperationalError) -> Exception:
        """The driver's error, or what it means where there is a remedy."""
        said, state = str(error.orig), getattr(error.orig, "sqlstate", None)
        if state == LOCK_NOT_AVAILABLE or "database is locked" in said:
            return self._busy()
        if state == DISK_FULL or "disk is full" in said:
            return StoreFull("the disk is full and nothing was written; free some space and try again")
        return error

    def _busy(self) -> StoreBusy:
        return StoreBusy(
            f"another process has been writing to {self.url.render_as_string()} for {self.writer_wait:g} s; "
            "wait for it to end (a large ingest or a cycle), or stop it, and try again"
        )

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()


def _checked(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise StoreError(
            "the database's URL cannot be read; write sqlite:///FILE or postgresql+psycopg://..."
        ) from None
    if parsed.get_backend_name() == "postgresql":
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() != "sqlite":
        raise StoreError(f"{parsed.get_backend_name()} is not supported; use SQLite or PostgreSQL")
    if parsed.database in (None, "", ":memory:"):
        raise StoreError("a database in memory is lost with its connection; name a file: sqlite:///FILE")
    return parsed


def _arguments(url: URL) -> dict[str, Any]:
    if url.get_backend_name() == "sqlite":
        return {"connect_args": {"timeout": WRITER_WAIT_SECONDS, "check_same_thread": False}}
    return {"connect_args": {"options": "-c timezone=UTC"}, "pool_pre_ping": True}


def _set_pragmas(connection: Any, _record: Any) -> None:
    # The driver would begin transactions of its own accord, and too late; `_begin` does it.
    connection.isolation_level = None
    for pragma in PRAGMAS:
        _patiently(connection, f"PRAGMA {pragma}")


def _refuse_writes(connection: Any, _record: Any) -> None:
    # the engine's own way round `write` is shut as well
    connection.execute("PRAGMA query_only = ON")


def _patiently(connection: sqlite3.Connection, statement: str) -> None:
    """Try again while a file is locked: SQLite does not wait while another enters write-ahead logging."""
    last = monotonic() + WRITER_WAIT_SECONDS
    while True:
        try:
            connection.execute(statement)
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or monotonic() > last:
                raise
            sleep(0.02)


def _begin(connection: Connection) -> None:
    writer = connection.get_execution_options().get("writer", False)
    connection.execute(text("BEGIN IMMEDIATE" if writer else "BEGIN"))


def _unused(file: Path) -> bool:
    with closing(sqlite3.connect(file, timeout=0)) as connection:
        try:
            # SQLite leaves the write-ahead log only for the last connection there is.
            connection.execute("PRAGMA journal_mode = DELETE")
        except sqlite3.OperationalError as error:
            return "locked" not in str(error)
        except sqlite3.DatabaseError:
            return True  # too damaged to tell, which is why it is being replaced
    return True
