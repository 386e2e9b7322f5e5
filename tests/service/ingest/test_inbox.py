"""The watched folder: whole files, once each, none lost, whatever happens in between."""

import os
from datetime import date
from pathlib import Path

import pytest
from filelock import FileLock

from service.ingest import sweep_inbox
from service.store import Store
from service.store.records import Upload
from tests.service.ingest.borders import NOW, file_of, registered, stored

GOOD = file_of([("syrym", date(2022, 9, 26), 2600)])
BAD = file_of([("nowhere", date(2022, 9, 26), 2600)])
LONG_AGO = 1_600_000_000


@pytest.fixture
def border(sqlite_store: Store) -> Store:
    return registered(sqlite_store)


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


def lay(inbox: Path, name: str, content: bytes, *, at: int = LONG_AGO) -> Path:
    """A file that was finished elsewhere long ago and renamed into the inbox."""
    path = inbox / name
    path.write_bytes(content)
    os.utime(path, (at, at))
    return path


def sweep(store: Store, inbox: Path) -> list[tuple[str, str, int]]:
    return [(upload.name, upload.state, upload.stored) for upload in sweep_inbox(store, inbox, NOW)]


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def test_an_accepted_file_is_stored_and_moved_to_taken(border: Store, inbox: Path):
    lay(inbox, "counts.csv", GOOD)
    assert sweep(border, inbox) == [("counts.csv", "accepted", 1)]
    assert stored(border) == {"2022-09-26": 2600}
    assert contents(inbox / "taken") == {"counts.csv": GOOD}
    assert sweep(border, inbox) == []


def test_a_refused_file_is_kept_with_its_reasons_beside_it(border: Store, inbox: Path):
    lay(inbox, "counts.csv", BAD)
    assert sweep(border, inbox) == [("counts.csv", "refused", 0)]
    kept = contents(inbox / "refused")
    assert kept["counts.csv"] == BAD
    assert "row 1, crossing: found nowhere" in kept["counts.csv.reasons.txt"].decode()


def test_a_file_that_was_just_written_waits(border: Store, inbox: Path):
    (inbox / "counts.csv").write_bytes(GOOD)
    assert sweep(border, inbox) == []
    os.utime(inbox / "counts.csv", (LONG_AGO, LONG_AGO))
    assert sweep(border, inbox) == [("counts.csv", "accepted", 1)]


def test_a_file_that_is_open_for_writing_waits_however_long_its_writer_pauses(border: Store, inbox: Path):
    path = lay(inbox, "counts.csv", GOOD[:-8])
    with path.open("ab") as writer:
        os.utime(path, (LONG_AGO, LONG_AGO))
        assert sweep(border, inbox) == []
        writer.write(GOOD[-8:])
    os.utime(path, (LONG_AGO, LONG_AGO))
    assert sweep(border, inbox) == [("counts.csv", "accepted", 1)]


@pytest.mark.parametrize("name", ["counts.csv.part", ".counts.csv", "counts.csv.tmp", "counts.csv~"])
def test_a_file_named_as_unfinished_waits_until_it_is_renamed(border: Store, inbox: Path, name: str):
    path = lay(inbox, name, GOOD)
    assert sweep(border, inbox) == []
    path.rename(inbox / "counts.csv")
    assert sweep(border, inbox) == [("counts.csv", "accepted", 1)]


def test_folders_and_links_are_left_alone(border: Store, inbox: Path, tmp_path: Path):
    secret = tmp_path / "elsewhere.csv"
    secret.write_bytes(GOOD)
    (inbox / "link.csv").symlink_to(secret)
    (inbox / "folder").mkdir()
    os.mkfifo(inbox / "pipe.csv")
    assert sweep(border, inbox) == []
    assert (inbox / "link.csv").is_symlink()


def test_a_name_that_is_taken_does_not_overwrite(border: Store, inbox: Path):
    for content in (GOOD, GOOD, file_of([("syrym", date(2022, 9, 25), 1)])):
        lay(inbox, "counts.csv", content)
        sweep(border, inbox)
    kept = contents(inbox / "taken")
    assert len(kept) == 3
    assert sorted(kept.values()) == sorted([GOOD, GOOD, file_of([("syrym", date(2022, 9, 25), 1)])])


@pytest.mark.parametrize("name", ["é" * 120 + ".csv", "a\nb.csv", "=cmd().csv", os.fsdecode(b"caf\xe9.csv")])
def test_any_name_that_a_file_can_have_is_taken(border: Store, inbox: Path, name: str):
    lay(inbox, name, GOOD)
    ((_, state, _),) = sweep(border, inbox)
    assert state == "accepted"
    assert list(contents(inbox / "taken").values()) == [GOOD]


def test_corrections_follow_what_they_correct(border: Store, inbox: Path):
    lay(inbox, "a.csv", file_of([("syrym", date(2022, 9, 26), 2)]), at=LONG_AGO + 100)
    lay(inbox, "b.csv", file_of([("syrym", date(2022, 9, 26), 1)]), at=LONG_AGO)
    assert [name for name, _, _ in sweep(border, inbox)] == ["b.csv", "a.csv"]
    assert stored(border) == {"2022-09-26": 2}


def test_a_file_that_is_too_large_is_refused_unread(border: Store, inbox: Path):
    with (inbox / "huge.csv").open("wb") as huge:
        huge.truncate(10**12)
    os.utime(inbox / "huge.csv", (LONG_AGO, LONG_AGO))
    assert sweep(border, inbox) == [("huge.csv", "refused", 0)]
    (inbox / "refused" / "huge.csv").unlink()


class BrokenOffError(Exception):
    """The process ended here."""


class Breaking:
    """A store that ends the process when an upload is taken or audited: before or after the commit."""

    def __init__(self, store: Store, *, before: bool):
        self._store, self._before = store, before

    def __getattr__(self, name: str) -> object:
        if name == ("measures" if self._before else "audit"):
            raise BrokenOffError
        return getattr(self._store, name)


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("content", [GOOD, BAD])
def test_a_sweep_that_was_interrupted_is_completed_by_the_next_and_takes_no_file_twice(
    border: Store, inbox: Path, content: bytes, before: bool
):
    lay(inbox, "counts.csv", content)
    with pytest.raises(BrokenOffError):
        sweep_inbox(Breaking(border, before=before), inbox, NOW)
    assert contents(inbox) == {".lock": b""}
    (upload,) = sweep_inbox(border, inbox, NOW)
    assert [found.id for found in border.uploads.recent(10)] == [upload.id]
    assert len(border.audit.read(10)) == 1
    folder = inbox / ("taken" if content == GOOD else "refused")
    assert contents(folder)["counts.csv"] == content


def test_an_interrupted_file_does_not_undo_a_correction_that_came_meanwhile(border: Store, inbox: Path):
    lay(inbox, "counts.csv", GOOD)
    with pytest.raises(BrokenOffError):
        sweep_inbox(Breaking(border, before=False), inbox, NOW)
    lay(inbox, "correction.csv", file_of([("syrym", date(2022, 9, 26), 3000)]), at=LONG_AGO + 5)
    sweep(border, inbox)
    assert stored(border) == {"2022-09-26": 3000}


def test_what_a_file_manager_leaves_behind_does_not_stop_the_sweep(border: Store, inbox: Path):
    claim = inbox / ".taking" / "0123456789abcdef"
    (claim / "folder").mkdir(parents=True)
    for folder in (claim.parent, claim):
        (folder / ".DS_Store").write_bytes(b"view")
    lay(claim, "counts.csv", GOOD)
    assert sweep(border, inbox) == [("counts.csv", "accepted", 1)]
    assert sweep(border, inbox) == []


def test_two_sweeps_at_once_do_not_meet(border: Store, inbox: Path):
    lay(inbox, "counts.csv", GOOD)
    with FileLock(inbox / ".lock"):
        # The lock of another process: this one holds it through another object.
        assert sweep(border, inbox) == []
    assert sweep(border, inbox) == [("counts.csv", "accepted", 1)]


def test_a_refusal_is_told_in_lines_for_people(border: Store, inbox: Path):
    lay(inbox, "counts.csv", b"\xff\xfe")
    (upload,) = sweep_inbox(border, inbox, NOW)
    assert isinstance(upload, Upload)
    text = (inbox / "refused" / "counts.csv.reasons.txt").read_text()
    assert "file: found UTF-16; wanted UTF-8 text" in text
