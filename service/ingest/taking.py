"""An upload taken whole or refused whole: the one way in for the CLI, the inbox, feeds and the API."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from secrets import token_hex

import pandas as pd

from service.ingest.counts import Counts, draft, settle
from service.ingest.examining import examine
from service.ingest.formats import read_table
from service.ingest.reasons import Reasons, Refusal, quoted
from service.ingest.register import check_days, check_places
from service.store import Store
from service.store.records import AuditEntry, QualityFlag, Upload

LARGEST_UPLOAD = 64_000_000


@dataclass(frozen=True, slots=True)
class Delivery:
    """How an upload came: its name (whose ending tells the format), its source, when, and what it may hold.

    `history` lets it bring `recorded_at`; `allowed` limits it to some crossings; `id` names the upload,
    so that one which was interrupted is found again; `largest` is in bytes.
    """

    name: str
    source: str
    now: datetime
    history: bool = False
    allowed: Collection[str] | None = None
    largest: int = LARGEST_UPLOAD
    id: str = field(default_factory=lambda: token_hex(8))

    def upload(self, content: bytes, *, rows: int) -> Upload:
        """The record of the upload, before anything of it is stored."""
        return Upload(
            id=self.id,
            received_at=self.now.astimezone(UTC),
            source=quoted(self.source),
            name=quoted(self.name),
            sha256=sha256(content).hexdigest(),
            state="accepted",
            rows=rows,
        )


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of an upload: its record, how many counts were left empty, and what was marked."""

    upload: Upload
    empty: int = 0
    flags: tuple[QualityFlag, ...] = ()


def take(
    store: Store,
    content: bytes,
    *,
    name: str,
    source: str,
    now: datetime,
    history: bool = False,
    allowed: Collection[str] | None = None,
) -> Upload:
    """Store the counts in a file, whole, or keep it refused with every reason; no content makes it raise."""
    return receive(store, content, Delivery(name, source, now, history, allowed)).upload


def receive(store: Store, content: bytes, delivery: Delivery) -> Taken:
    """Take a delivery; the store keeps only what is news, so the same file twice changes nothing.

    Raises what the store raises when it cannot write; then nothing of the upload is stored.
    """
    counts = check(store, content, delivery)
    if isinstance(counts, Refusal):
        return refuse(store, content, delivery, counts)
    upload = delivery.upload(content, rows=counts.rows)
    flags = examine(store, counts.frame, upload)
    stored = store.observations.accept(upload, counts.frame, flags)
    return Taken(replace(upload, stored=stored), counts.empty, flags)


def receive_file(store: Store, path: Path, delivery: Delivery) -> Taken:
    """Take a file; one that is too large is refused unread, as is one that may not be read."""
    try:
        size = path.stat().st_size
        if size <= delivery.largest:
            return receive(store, path.read_bytes(), delivery)
    except PermissionError:
        return refuse(store, b"", delivery, Refusal.of("a file that may not be read", "the right to read it"))
    return refuse(store, b"", delivery, _too_large(size, delivery))


def _too_large(size: int, delivery: Delivery) -> Refusal:
    return Refusal.of(f"{size} bytes", f"at most {delivery.largest} bytes; send it in parts")


def refuse(store: Store, content: bytes, delivery: Delivery, refusal: Refusal) -> Taken:
    """Keep a refused upload with its reasons; one that is too large is kept by its reasons alone."""
    upload = delivery.upload(content, rows=refusal.rows)
    refused = replace(upload, state="refused", reasons=refusal.reasons)
    store.uploads.refuse(refused, content if len(content) <= delivery.largest else b"")
    return Taken(refused)


def audit(store: Store, upload: Upload, *, actor: str, now: datetime) -> None:
    """Write down that an upload was taken or refused, and on whose behalf."""
    facts = {"state": upload.state, "name": upload.name, "rows": upload.rows, "stored": upload.stored}
    store.audit.append(AuditEntry(now, actor, "observations.write", upload.id, facts))


def check(store: Store, content: bytes, delivery: Delivery) -> Counts | Refusal:
    """The counts of a delivery, all fit to be stored, or every reason why they are not."""
    if len(content) > delivery.largest:
        return _too_large(len(content), delivery)
    reasons = Reasons()
    measures = {measure.id: measure.unit for measure in store.measures()}
    table = read_table(content, delivery.name, reasons)
    frame = draft(table, measures, reasons, history=delivery.history)
    if frame is not None:
        register = store.places.all()
        check_places(frame, register, reasons, allowed=delivery.allowed)
        check_days(frame, register, reasons, now=delivery.now)
    if reasons or frame is None:
        return reasons.refusal(rows=len(table) if table else 0)
    return _complete(settle(frame, len(table or ())), delivery)


def _complete(counts: Counts, delivery: Delivery) -> Counts:
    """The counts with what the delivery says of them all: the source, and when they became known."""
    frame = counts.frame
    now = pd.Timestamp(delivery.now.astimezone(UTC).replace(tzinfo=None)).as_unit("us")
    recorded_at = frame["recorded_at"] if "recorded_at" in frame else pd.Series(now, index=frame.index)
    source = quoted(delivery.source)
    completed = frame.assign(
        date=frame["date"].astype("datetime64[ns]"),
        source=frame["source"].map(lambda text: text or source).astype("category"),
        recorded_at=recorded_at.dt.tz_localize(UTC),
    )
    return replace(counts, frame=completed)
