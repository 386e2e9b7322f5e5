"""Mail as files in a folder, for a service without a mail server, and for the demo."""

import os
import re
import threading
from pathlib import Path

from service.mail.outcomes import SENT, Outcome
from service.store.mail_records import Letter

_UNFIT = re.compile(r"[^A-Za-z0-9-]+")


class Folder:
    """A folder in which each letter becomes one `.eml` file, whole or not at all."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def send(self, letter: Letter) -> Outcome:
        """Lay one letter into the folder; one that lies there already is left."""
        try:
            _write(self._path / file_name(letter), letter.content)
        except OSError as error:
            return Outcome(
                "deferred", f"the mail folder cannot be written ({type(error).__name__})", closed=True
            )
        return SENT

    def close(self) -> None:
        """Nothing is held between letters."""


def file_name(letter: Letter) -> str:
    """A name without an address that sorts by the instant of queueing."""
    words = (letter.kind, letter.place_id, letter.period, letter.message_id.strip("<")[:8])
    told = "-".join(_UNFIT.sub("-", word)[:60] for word in words if word)
    return f"{letter.queued_at:%Y-%m-%dT%H%M%SZ}-{told}.eml"


def _write(file: Path, content: bytes) -> None:
    if file.exists():
        return
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    partial = file.with_name(f".{file.name}.{os.getpid()}-{threading.get_ident()}")
    try:
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as written:
            written.write(content)
            written.flush()
            os.fsync(descriptor)
        partial.replace(file)
    finally:
        partial.unlink(missing_ok=True)
