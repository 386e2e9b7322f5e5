from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace
from pathlib import Path

import pytest
from sqlalchemy import text

from service.store import NewerDatabase, Store, StoreError, migration
from service.store.database import Database
from service.store.schema import REVISION
from service.store.schema import issue as issues
from tests.service.store.builders import DAY, NOW, REGISTER, accept, counts, forecast, issue

NEXT = '''
"""Add a remark to uploads."""

import sqlalchemy as sa
from alembic import op

revision = "r9999"
down_revision = "{head}"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("upload", sa.Column("remark", sa.Text(), server_default="none"))
    {more}
'''


@pytest.fixture
def newer_code(monkeypatch, tmp_path):
    """Make the code stand one migration further; gives a function that takes the migration's last step."""

    def install(more: str = "") -> None:
        versions = tmp_path / "versions"
        versions.mkdir()
        (versions / "r9999_remark.py").write_text(NEXT.format(more=more, head=REVISION))
        known = migration.configuration

        def configuration():
            settings = known()
            both = (Path(migration.MIGRATIONS) / "versions", versions)
            settings.set_main_option("version_locations", "\n".join(map(str, both)))
            settings.set_main_option("path_separator", "newline")
            return settings

        monkeypatch.setattr(migration, "configuration", configuration)
        monkeypatch.setattr(migration, "REVISION", "r9999")

    return install


def revision(url):
    database = Database(url)
    with database.read() as connection:
        found = migration.revision(connection)
    database.close()
    return found


def test_an_empty_database_is_brought_up_to_date(empty_database_url):
    with Store.open(empty_database_url) as store:
        assert store.measures()
    assert revision(empty_database_url) == migration.REVISION


def test_opening_again_changes_nothing(store, database_url):
    store.places.put(REGISTER, at=NOW)
    with Store.open(database_url) as again:
        assert tuple(again.places.all()) == REGISTER


def test_an_older_database_is_migrated_with_all_that_is_in_it(border, database_url, newer_code):
    accept(border, counts("ferry", [7]))
    border.close()
    newer_code()
    with Store.open(database_url) as store:
        assert list(store.observations.known("arrivals", ["ferry"], DAY, DAY)["value"]) == [7]
        with store.database.read() as connection:
            assert connection.scalar(text("SELECT remark FROM upload")) == "none"
    assert revision(database_url) == "r9999"


def test_an_issue_from_before_libraries_were_recorded_is_still_read_and_still_never_changed(
    empty_database_url,
):
    old, database = issue("old", [forecast("ferry")]), Database(empty_database_url)
    database.create()
    with database.write() as connection:
        migration.upgrade(connection, "r0006")
        facts = {one.name: getattr(old, one.name) for one in fields(old) if one.name != "libraries"}
        connection.execute(issues.insert().values(number=1, last_target=old.cutoff, **facts))
    database.close()
    with Store.open(empty_database_url) as store:
        assert store.issues.latest() == replace(old, libraries={})
        assert store.reports.page(1) == ()
        with pytest.raises(Exception, match="never changed"), store.database.write() as connection:
            connection.execute(text("UPDATE issue SET libraries = '[]'"))


def test_a_migration_that_fails_leaves_the_database_as_it_was(border, database_url, newer_code):
    border.close()
    newer_code("raise RuntimeError('power cut')")
    with pytest.raises(RuntimeError, match="power cut"):
        Store.open(database_url)
    assert revision(database_url) == REVISION
    with Database(database_url).read() as connection, pytest.raises(Exception, match="remark"):
        connection.execute(text("SELECT remark FROM upload"))


def test_a_database_of_newer_code_is_refused_and_left_alone(store, database_url):
    with store.database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'r9998'"))
    with pytest.raises(NewerDatabase, match="at migration r9998, this code at " + REVISION):
        Store.open(database_url)
    assert revision(database_url) == "r9998"


def test_without_migrating_an_older_database_is_refused(empty_database_url):
    with pytest.raises(StoreError, match="older than the code or empty"):
        Store.open(empty_database_url, migrate=False)
    assert revision(empty_database_url) is None


def test_without_migrating_a_newer_database_is_called_newer(store, database_url):
    with store.database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'r9998'"))
    with pytest.raises(NewerDatabase):
        Store.open(database_url, migrate=False)


def test_the_tables_of_another_program_are_left_alone(empty_database_url):
    database = Database(empty_database_url)
    with database.write() as connection:
        connection.execute(text("CREATE TABLE recipe (name TEXT)"))
    database.close()
    with pytest.raises(StoreError, match="tables of another program"):
        Store.open(empty_database_url)


def test_two_that_open_an_empty_database_at_once_migrate_it_once(empty_database_url):
    with ThreadPoolExecutor(2) as pool:
        stores = list(pool.map(lambda _: Store.open(empty_database_url), range(2)))
    assert [len(store.measures()) for store in stores] == [4, 4]
    for store in stores:
        store.close()
