"""Counts taken in before a cycle reads: the watched folder and the feeds; none of them can stop a cycle."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog

from service.ingest import pull, reason_line, sweep_inbox
from service.settings import Feed, Settings
from service.store import Store
from service.store.records import Upload

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Intake:
    """The uploads that were settled, and a sentence on each that was refused or could not be read."""

    uploads: tuple[Upload, ...] = ()
    warnings: tuple[str, ...] = ()

    def __add__(self, other: "Intake") -> "Intake":
        return Intake(self.uploads + other.uploads, self.warnings + other.warnings)

    def as_detail(self) -> dict[str, Any]:
        """The record for the ledger: numbers and sentences."""
        return {
            "uploads": len(self.uploads),
            "rows": sum(upload.stored for upload in self.uploads),
            "warnings": list(self.warnings),
        }


def take_in(store: Store, settings: Settings, *, now: datetime) -> Intake:
    """Take in whatever waits in the inbox and at every feed."""
    intake = sweep(store, settings, now=now)
    for feed in settings.feeds:
        intake += pull_feed(store, settings, feed, now=now)
    return intake


def sweep(store: Store, settings: Settings, *, now: datetime) -> Intake:
    """Take in the files of the watched folder, if there is one."""
    if settings.inbox is None:
        return Intake()
    try:
        return _settled(sweep_inbox(store, settings.inbox, now, largest=settings.upload_bytes))
    except OSError as error:
        log.exception("inbox not swept", inbox=str(settings.inbox))
        return Intake(warnings=(f"inbox {settings.inbox}: {error.strerror or error}",))


def pull_feed(store: Store, settings: Settings, feed: Feed, *, now: datetime) -> Intake:
    """Take in what a feed serves now."""
    return _settled((pull(store, feed, now, largest=settings.upload_bytes),))


def _settled(uploads: tuple[Upload, ...]) -> Intake:
    refused = [upload for upload in uploads if upload.state == "refused"]
    return Intake(uploads, tuple(_refusal(upload) for upload in refused))


def _refusal(upload: Upload) -> str:
    first = reason_line(upload.reasons[0]) if upload.reasons else "no reason kept"
    return f"{upload.name} from {upload.source} refused ({len(upload.reasons)} reasons): {first}"
