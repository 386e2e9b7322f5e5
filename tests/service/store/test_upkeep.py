import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from service.store import NewerDatabase, Store, StoreError, upkeep
from service.store.schema import REVISION
from tests.service.mail.builders import a_letter
from tests.service.store.builders import DAY, NOW, REGISTER, accept, counts, publish, sample_paths


@pytest.fixture
def full(sqlite_store):
    """A store on SQLite with something of most kinds in it."""
    sqlite_store.places.put(REGISTER, at=NOW)
    accept(sqlite_store, counts("ferry", [5, 6]))
    publish(sqlite_store, "first", "ferry", paths={"arrivals": sample_paths("ferry")})
    return sqlite_store


def file_of(store) -> Path:
    return store.database.file


def url(file: Path) -> str:
    return f"sqlite:///{file}"


def break_page(file: Path, table: str = "ix_issue_cutoff") -> None:
    """Overwrite the first page of a table or index."""
    with closing(sqlite3.connect(file)) as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()
    content = bytearray(file.read_bytes())
    content[(page - 1) * 4096 : page * 4096] = b"\xa5" * 4096
    file.write_bytes(content)


def test_the_doctor_tells_versions_rows_and_sizes(border):
    accept(border, counts("ferry", [5, 6]))
    publish(border, "first", "ferry")
    state = border.doctor()
    assert (state["integrity"], state["revision"], state["expected_revision"]) == ("ok", REVISION, REVISION)
    assert (state["rows"]["observation"], state["rows"]["issue"], state["rows"]["score"]) == (2, 1, 0)
    assert state["last_issue_at"] == border.issues.latest().issued_at
    assert state["bytes"]["database"] > 0
    assert any(name in state["version"] for name in ("SQLite 3.", "PostgreSQL 1"))


def test_the_doctor_of_an_empty_store_knows_no_issue(store):
    assert store.doctor()["last_issue_at"] is None


@pytest.mark.parametrize(("version", "warned"), [((3, 40, 1), True), ((3, 51, 2), True), ((3, 51, 3), False)])
def test_the_doctor_warns_of_an_sqlite_whose_checkpoints_may_race(sqlite_store, monkeypatch, version, warned):
    monkeypatch.setattr(upkeep.sqlite3, "sqlite_version_info", version)
    assert any("3.51.3" in warning for warning in sqlite_store.doctor()["warnings"]) == warned


def test_the_doctor_sees_damage(full):
    full.close()
    break_page(file_of(full))
    with Store.open(url(file_of(full))) as store:
        state = store.doctor()
    assert state["integrity"] != "ok"
    assert any("restore a backup" in warning for warning in state["warnings"])


def test_a_backup_holds_everything_and_is_restored_elsewhere(full, tmp_path):
    full.backup(tmp_path / "monday.db")
    Store.restore(tmp_path / "monday.db", url(tmp_path / "new" / "arrivals.db"))
    with Store.open(url(tmp_path / "new" / "arrivals.db")) as restored:
        assert restored.doctor()["rows"] == full.doctor()["rows"]
        assert restored.issues.latest() == full.issues.latest()
        assert tuple(restored.places.all()) == REGISTER


def test_a_backup_is_one_file_that_its_owner_alone_reads(full, tmp_path):
    (tmp_path / "backups").mkdir()
    full.backup(tmp_path / "backups" / "monday.db")
    assert [path.name for path in (tmp_path / "backups").iterdir()] == ["monday.db"]
    assert (tmp_path / "backups" / "monday.db").stat().st_mode & 0o077 == 0


def test_a_backup_is_made_while_another_writes_and_holds_what_was_committed(full, tmp_path):
    with full.database.write() as connection:
        connection.exec_driver_sql("DELETE FROM latest_forecast")
        full.backup(tmp_path / "monday.db")
    with Store.open(url(tmp_path / "monday.db")) as copy:
        assert copy.doctor()["rows"]["latest_forecast"] == 3


def test_a_backup_makes_no_folder_since_its_disk_may_not_be_mounted(full, tmp_path):
    with pytest.raises(StoreError, match="no folder"):
        full.backup(tmp_path / "backups" / "monday.db")
    assert not (tmp_path / "backups").exists()


def test_a_backup_overwrites_nothing(full, tmp_path):
    (tmp_path / "monday.db").write_text("precious")
    with pytest.raises(StoreError, match="exists"):
        full.backup(tmp_path / "monday.db")
    assert (tmp_path / "monday.db").read_text() == "precious"


def test_a_damaged_database_is_not_backed_up_as_if_it_were_sound(full, tmp_path):
    full.close()
    break_page(file_of(full))
    with (
        Store.open(url(file_of(full))) as store,
        pytest.raises(StoreError, match=r"damaged|no sound copy|cannot be copied"),
    ):
        store.backup(tmp_path / "monday.db")
    assert not (tmp_path / "monday.db").exists()
    assert not (tmp_path / "monday.db.partial").exists()


def test_restoring_goes_back_and_lays_aside_what_was_there(full, tmp_path):
    full.backup(tmp_path / "monday.db")
    accept(full, counts("ferry", [7], first=DAY.replace(day=25)))
    full.close()
    Store.restore(tmp_path / "monday.db", url(file_of(full)))
    with Store.open(url(file_of(full))) as restored:
        assert restored.observations.vintage() == 2
    with Store.open(url(file_of(full).with_name("arrivals.db.before-restore-1"))) as aside:
        assert aside.observations.vintage() == 3


def test_letters_that_waited_in_a_backup_are_not_sent_again_by_themselves(full, tmp_path):
    full.outbox.put([a_letter(f"2022-W{week}", at=NOW) for week in (37, 38, 39)])
    sent, _ = (full.outbox.claim("mail", owner="one", now=NOW, lease_until=NOW) for _ in range(2))
    full.outbox.sent(sent, at=NOW)
    full.backup(tmp_path / "monday.db")
    full.close()
    Store.restore(tmp_path / "monday.db", url(file_of(full)))
    with Store.open(url(file_of(full))) as restored:
        assert [one.state for one in restored.outbox.page(9)] == ["uncertain", "uncertain", "sent"]
        assert not restored.outbox.is_due(NOW)
        assert "since" in restored.outbox.troubled()[0].reason


def test_a_database_that_somebody_has_open_is_not_replaced(full, tmp_path):
    full.backup(tmp_path / "monday.db")
    with pytest.raises(StoreError, match="is in use; stop `arrivals serve`"):
        Store.restore(tmp_path / "monday.db", url(file_of(full)))
    assert full.observations.vintage() == 2


def test_a_database_beyond_repair_can_be_replaced(full, tmp_path):
    full.backup(tmp_path / "monday.db")
    full.close()
    file_of(full).write_bytes(b"\x00" * 10_000)
    Store.restore(tmp_path / "monday.db", url(file_of(full)))
    with Store.open(url(file_of(full))) as restored:
        assert restored.observations.vintage() == 2


@pytest.mark.parametrize("content", [b"", b"place,date,arrivals\n", b"SQLite format 3\x00" + b"\x00" * 5_000])
def test_what_is_no_backup_is_not_restored(full, tmp_path, content):
    (tmp_path / "monday.db").write_bytes(content)
    full.close()
    with pytest.raises(StoreError):
        Store.restore(tmp_path / "monday.db", url(file_of(full)))
    with Store.open(url(file_of(full))) as store:
        assert store.observations.vintage() == 2


def test_a_damaged_backup_is_not_restored(full, tmp_path):
    full.backup(tmp_path / "monday.db")
    break_page(tmp_path / "monday.db")
    with pytest.raises(StoreError, match=r"damaged|no sound copy|cannot be copied"):
        Store.restore(tmp_path / "monday.db", url(tmp_path / "new.db"))
    assert not (tmp_path / "new.db").exists()


def test_a_backup_of_newer_code_is_not_restored(full, tmp_path):
    full.backup(tmp_path / "monday.db")
    with sqlite3.connect(tmp_path / "monday.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = 'r9998'")
    connection.close()
    with pytest.raises(NewerDatabase, match="r9998"):
        Store.restore(tmp_path / "monday.db", url(tmp_path / "new.db"))


def test_a_missing_backup_is_named(tmp_path):
    with pytest.raises(StoreError, match=r"no backup .*monday\.db"):
        Store.restore(tmp_path / "monday.db", url(tmp_path / "new.db"))


def test_postgresql_is_left_to_its_own_tools(postgresql_database_url, tmp_path):
    with Store.open(postgresql_database_url) as store, pytest.raises(StoreError, match="pg_dump"):
        store.backup(tmp_path / "monday.dump")
    with pytest.raises(StoreError, match="pg_restore"):
        Store.restore(tmp_path / "monday.dump", postgresql_database_url)


@pytest.mark.parametrize(
    "content", [b"place,date,arrivals\n" * 300, b"SQLite format 3\x00" + b"\xa5" * 5_000]
)
def test_a_file_that_is_no_sound_database_is_not_opened(tmp_path, content):
    (tmp_path / "arrivals.db").write_bytes(content)
    with pytest.raises(StoreError, match=r"damaged or no database .*; restore a backup"):
        Store.open(url(tmp_path / "arrivals.db"))
