"""The watched folder: each finished file is taken once, and none is ever lost."""

import fcntl
import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from secrets import token_hex

from filelock import FileLock, Timeout

from service.ingest.taking import LARGEST_UPLOAD, Delivery, Taken, audit, receive_file
from service.store import Store
from service.store.records import Reason, Upload

CLAIMED, TAKEN, REFUSED = ".taking", "taken", "refused"
SETTLE_SECONDS = 10.0
LONGEST_NAME = 240
_UNFINISHED = (".part", ".partial", ".tmp", ".temp", ".swp", ".crdownload", ".filepart", "~")


def sweep_inbox(
    store: Store,
    inbox: Path,
    now: datetime,
    *,
    settle_seconds: float = SETTLE_SECONDS,
    largest: int = LARGEST_UPLOAD,
) -> tuple[Upload, ...]:
    """Take every finished file, oldest first: into `taken/`, or into `refused/` with its reasons beside it.

    A file waits while it is open for writing, was written to within `settle_seconds`, or is named like an
    unfinished one. It is first moved to `.taking/` under the id of its upload, so that the next sweep
    completes one that was interrupted. Raises what the store raises; the file then stays in `.taking/`.
    """
    for folder in (CLAIMED, TAKEN, REFUSED):
        (inbox / folder).mkdir(parents=True, exist_ok=True)
    lock = FileLock(inbox / ".lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return ()
    try:
        _claim(inbox, settle_seconds)
        return tuple(_Claim(store, inbox, path, now, largest).settle() for path in _claimed(inbox))
    finally:
        lock.release()


def _claim(inbox: Path, settle_seconds: float) -> None:
    """Move every finished file out of its writer's reach."""
    # The file system's own clock: the inbox may lie on another machine, and ours may be simulated.
    os.utime(inbox / ".lock")
    present = (inbox / ".lock").stat().st_mtime
    for entry in list(os.scandir(inbox)):
        hidden = entry.name.startswith(".") or entry.name.endswith(_UNFINISHED)
        if hidden or not entry.is_file(follow_symlinks=False):
            continue
        with suppress(FileNotFoundError):
            times = entry.stat()
            # A file that was renamed in, or copied with its times, was last written to long before.
            settled = present - min(times.st_mtime, times.st_ctime) >= settle_seconds
            if settled and not _open_for_writing(Path(entry.path)):
                claim = inbox / CLAIMED / token_hex(8)
                claim.mkdir()
                Path(entry.path).rename(claim / entry.name)


def _open_for_writing(path: Path) -> bool:
    """Whether a process of this machine may still be writing: Linux grants a read lease only if none is."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except PermissionError:
        return False
    try:
        # A lease that is broken signals its holder; SIGIO, the default, would end this process.
        fcntl.fcntl(handle, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except BlockingIOError:
        return True
    except (OSError, AttributeError):
        return False  # Another system, a network drive, or another user's file: time alone decides.
    finally:
        os.close(handle)
    return False


def _claimed(inbox: Path) -> Iterator[Path]:
    """The claimed files, the oldest first, so that a correction follows what it corrects."""
    files = []
    # What file managers leave behind, such as .DS_Store, is no claim, and must not stop the others.
    for folder in filter(Path.is_dir, list((inbox / CLAIMED).iterdir())):
        inside = list(folder.iterdir())
        files += [path for path in inside if path.is_file() and not path.name.startswith(".")]
        if not inside:
            folder.rmdir()
    return iter(sorted(files, key=lambda path: (path.stat().st_mtime_ns, path.name)))


@dataclass(frozen=True, slots=True)
class _Claim:
    """A file of the inbox that is ours to take; its folder's name is the id of its upload."""

    store: Store
    inbox: Path
    path: Path
    now: datetime
    largest: int

    @property
    def id(self) -> str:
        return self.path.parent.name

    def settle(self) -> Upload:
        """Take the file unless an interrupted sweep has, then move it to where it belongs."""
        upload = self.store.uploads.get(self.id) or self._take().upload
        audit(self.store, upload, actor="inbox", now=self.now)
        refused = upload.state == "refused"
        target = self._target(self.inbox / (REFUSED if refused else TAKEN))
        if refused:
            target.with_name(f"{target.name}.reasons.txt").write_text(reasons_text(upload), encoding="utf-8")
        self.path.rename(target)
        with suppress(OSError):  # something else was left in it
            self.path.parent.rmdir()
        return upload

    def _take(self) -> Taken:
        name = os.fsencode(self.path.name).decode(errors="replace")
        delivery = Delivery(name, "inbox", self.now, largest=self.largest, id=self.id)
        return receive_file(self.store, self.path, delivery)

    def _target(self, folder: Path) -> Path:
        """A free name in a folder: the file's own if it can be."""
        name = self.path.name
        if len(os.fsencode(name)) <= LONGEST_NAME and not (folder / name).exists():
            return folder / name
        return folder / f"{self.path.stem[:40]}-{self.id}{self.path.suffix[:10]}"


def reasons_text(upload: Upload) -> str:
    """The reasons against an upload, a line each, for people."""
    lines = [
        f"{upload.name} was refused on {upload.received_at:%Y-%m-%d %H:%M} UTC (upload {upload.id}).",
        "",
    ]
    return "\n".join([*lines, *map(reason_line, upload.reasons), ""])


def reason_line(reason: Reason) -> str:
    """A reason as a line, such as `row 3, date: found 2022-04-31; wanted a day that the calendar has`."""
    place = f"row {reason.row}" if reason.row else "file"
    column = f", {reason.column}" if reason.column else ""
    return f"{place}{column}: found {reason.found}; wanted {reason.wanted}"
