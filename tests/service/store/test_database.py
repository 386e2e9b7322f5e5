import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from sqlalchemy import text

from service.store import Store, StoreBusy, StoreError, StoreFull
from service.store.database import Database
from service.store.records import AuditEntry
from tests.service.store.builders import DAY, NOW, REGISTER, accept, counts, publish

CLAIM = """
import sys
from datetime import UTC, datetime
from service.store import Store
with Store.open(sys.argv[1]) as store:
    print("ready", flush=True)
    sys.stdin.readline()
    slots = [f"slot-{number}" for number in range(20)]
    now = datetime(2022, 9, 26, tzinfo=UTC)
    leases = [store.jobs.claim("cycle", slot, owner=sys.argv[2], now=now, lease_seconds=60) for slot in slots]
    print(" ".join(lease.slot for lease in leases if lease))
"""


def start(url, owner):
    command = [sys.executable, "-c", CLAIM, url, owner]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_of_two_processes_that_claim_the_same_slots_each_slot_goes_to_one(store, database_url):
    processes = [start(database_url, owner) for owner in "ab"]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    claimed = [slot for process in processes for slot in process.communicate(timeout=60)[0].split()]
    assert sorted(claimed) == sorted(f"slot-{number}" for number in range(20))
    assert {run.epoch for run in store.jobs.runs()} == {1}


WRITE = """
import sys
from sqlalchemy import text
from service.store import Store
with Store.open(sys.argv[1]) as store, store.database.write() as connection:
    connection.execute(text("INSERT INTO measure VALUES ('lorries', 'lorries/day', 9)"))
    print("written", flush=True)
    sys.stdin.readline()
"""


def test_a_writer_that_is_killed_leaves_nothing_and_holds_nobody_up(store, database_url):
    command = [sys.executable, "-c", WRITE, database_url]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "written\n"
        process.kill()
    store.places.put(REGISTER, at=NOW)
    assert [measure.id for measure in store.measures()][-1] == "occupied_beds"


def test_of_many_threads_that_claim_one_slot_one_wins(store):
    def claim(owner):
        return store.jobs.claim("cycle", "monday", owner=str(owner), now=NOW, lease_seconds=60)

    with ThreadPoolExecutor(8) as pool:
        leases = [lease for lease in pool.map(claim, range(16)) if lease]
    assert len(leases) == 1


def test_writers_wait_for_each_other_and_nothing_is_lost(store):
    def append(number):
        store.audit.append(AuditEntry(NOW, "a", f"write {number}", "b"))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(append, range(40)))
    entries = store.audit.read(100)
    assert sorted(entry.number for entry in entries) == list(range(1, 41))
    assert len({entry.action for entry in entries}) == 40


def test_a_second_store_waits_for_the_first_one_s_writer(store, database_url):
    wrote = threading.Event()
    with Store.open(database_url) as other:
        thread = threading.Thread(target=lambda: (other.places.put(REGISTER, at=NOW), wrote.set()))
        with store.database.write():
            thread.start()
            assert not wrote.wait(0.3)
        thread.join(10)
        assert wrote.is_set()
    assert len(store.places.all()) == len(REGISTER)


def test_a_writer_that_waits_too_long_says_what_to_do(store, database_url):
    with (
        Store.open(database_url, writer_wait=0.05) as other,
        store.database.write(),
        pytest.raises(StoreBusy, match=r"has been writing to .* wait for it to end"),
    ):
        other.places.put(REGISTER, at=NOW)


def test_a_thread_that_waits_too_long_says_so_too(store):
    store.database.writer_wait = 0.05
    busy = []

    def write():
        try:
            store.places.put(REGISTER, at=NOW)
        except StoreBusy as error:
            busy.append(error)

    with store.database.write():
        thread = threading.Thread(target=write)
        thread.start()
        thread.join(10)
    assert len(busy) == 1


def test_the_writer_s_turn_ends_with_an_error(store):
    with pytest.raises(RuntimeError, match="power cut"), store.database.write():
        raise RuntimeError("power cut")
    store.places.put(REGISTER, at=NOW)


def test_readers_do_not_wait_for_a_writer_and_see_what_was_before(border, database_url):
    accept(border, counts("ferry", [1]))
    with Store.open(database_url) as other, border.database.write() as connection:
        connection.execute(text("DELETE FROM latest_forecast"))
        connection.execute(text("INSERT INTO measure VALUES ('lorries', 'lorries/day', 9)"))
        assert len(other.measures()) == 4
        assert len(other.observations.known("arrivals", ["ferry"], DAY, DAY)) == 1


def test_a_read_sees_one_snapshot_however_many_statements_it_takes(border, database_url):
    count = text("SELECT count(*) FROM issue")
    with Store.open(database_url) as other, other.database.read() as connection:
        assert connection.scalar(count) == 0
        publish(border, "first", "ferry")
        assert connection.scalar(count) == 0
    assert border.issues.latest().id == "first"


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("sqlite://", "name a file"),
        ("sqlite:///:memory:", "name a file"),
        ("mysql://host/arrivals", "mysql is not supported"),
        ("arrivals.db", "cannot be read"),
    ],
)
def test_a_url_that_names_no_lasting_database_is_refused(url, message):
    with pytest.raises(StoreError, match=message):
        Store.open(url)


def test_an_error_never_shows_the_password():
    url = "postgresql://arrivals:s3cret-word@127.0.0.1:1/arrivals?connect_timeout=1"
    with pytest.raises(Exception, match=r"127\.0\.0\.1") as refused:
        Store.open(url)
    assert "s3cret-word" not in str(refused.value)
    assert "s3cret-word" not in str(Database(url)._busy())


def test_a_plain_postgresql_url_takes_the_installed_driver():
    assert Database("postgresql://host/arrivals").url.drivername == "postgresql+psycopg"


def test_sqlite_writes_ahead_syncs_fully_and_keeps_references(sqlite_store):
    with sqlite_store.database.read() as connection:
        pragmas = {
            name: connection.scalar(text(f"PRAGMA {name}"))
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_a_new_file_and_its_folder_are_made_and_only_the_owner_reads_it(tmp_path):
    file = tmp_path / "var" / "deep" / "arrivals.db"
    Store.open(f"sqlite:///{file}").close()
    assert file.stat().st_mode & 0o077 == 0


def test_a_database_that_cannot_be_opened_is_told_with_the_remedy(tmp_path):
    (tmp_path / "arrivals.db").mkdir()
    with pytest.raises(StoreError, match=r"cannot be opened .*; this user must be able to write"):
        Store.open(f"sqlite:///{tmp_path / 'arrivals.db'}")


def test_a_server_that_is_not_there_is_told_without_the_password():
    with pytest.raises(StoreError, match=r"PostgreSQL at 127\.0\.0\.1:1 lets nobody in") as told:
        Store.open("postgresql+psycopg://border:s3cret@127.0.0.1:1/arrivals")
    assert "s3cret" not in str(told.value)


def test_a_full_disk_is_told_as_such_and_nothing_is_kept(sqlite_store):
    sqlite_store.places.put(REGISTER, at=NOW)
    with sqlite_store.database.write() as connection:
        pages = connection.scalar(text("PRAGMA page_count"))
        connection.execute(text(f"PRAGMA max_page_count = {pages + 2}"))
    with pytest.raises(StoreFull, match="disk is full and nothing was written; free some space"):
        accept(sqlite_store, counts("ferry", range(2_000)))
    assert sqlite_store.observations.vintage() == 0
    assert sqlite_store.uploads.recent(1) == ()


def test_a_writer_that_knows_nothing_of_the_lock_is_waited_for_as_well(sqlite_store):
    with sqlite_store.database.read() as connection:
        connection.execute(text("PRAGMA busy_timeout = 50"))
    with closing(sqlite3.connect(sqlite_store.database.file, isolation_level=None)) as stranger:
        stranger.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreBusy):
            sqlite_store.places.put(REGISTER, at=NOW)
