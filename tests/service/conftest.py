"""A store on each database: `store` and `database_url` run a test on both, `sqlite_store` on one."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url

from service.store import Store
from tests.service.databases import migrated, postgresql_database, postgresql_server, sqlite_url

BOTH = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The URL of one server for all tests of a process."""
    with postgresql_server() as url:
        yield url


@pytest.fixture(scope="session")
def postgresql_template(postgresql: str) -> Iterator[str]:
    """The name of a migrated database that others are copied from."""
    with postgresql_database(postgresql) as url:
        yield str(make_url(migrated(url)).database)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file that others are copied from."""
    file = tmp_path_factory.mktemp("template") / "arrivals.db"
    migrated(sqlite_url(file))
    return file


@pytest.fixture
def sqlite_database_url(tmp_path: Path, sqlite_template: Path) -> str:
    """A migrated SQLite database of the test's own."""
    return sqlite_url(shutil.copy(sqlite_template, tmp_path / "arrivals.db"))


@pytest.fixture
def postgresql_database_url(postgresql: str, postgresql_template: str) -> Iterator[str]:
    """A migrated PostgreSQL database of the test's own."""
    with postgresql_database(postgresql, template=postgresql_template) as url:
        yield url


@pytest.fixture(params=BOTH)
def database_url(request: pytest.FixtureRequest) -> str:
    """A migrated database of the test's own, on each of the two systems."""
    url: str = request.getfixturevalue(f"{request.param}_database_url")
    return url


@pytest.fixture(params=BOTH)
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database that has not been migrated, on each of the two systems."""
    if request.param == "sqlite":
        yield sqlite_url(tmp_path / "empty.db")
    else:
        with postgresql_database(request.getfixturevalue("postgresql")) as url:
            yield url


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """An empty store, on each of the two systems."""
    with Store.open(database_url) as opened:
        yield opened


@pytest.fixture
def sqlite_store(sqlite_database_url: str) -> Iterator[Store]:
    """An empty store on SQLite, for tests to which the database makes no difference."""
    with Store.open(sqlite_database_url) as opened:
        yield opened
