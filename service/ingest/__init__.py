"""Counts, places and events: read, checked by row, stored whole or refused whole with every reason."""

from service.ingest.counts import Counts, read_counts, read_rows
from service.ingest.events import Desk, event_from, read_events, withdrawn
from service.ingest.feeds import pull
from service.ingest.inbox import reason_line, sweep_inbox
from service.ingest.places import place_from, read_places
from service.ingest.reasons import Refusal
from service.ingest.taking import LARGEST_UPLOAD, Delivery, Taken, audit, receive, receive_file, take

__all__ = [
    "LARGEST_UPLOAD",
    "Counts",
    "Delivery",
    "Desk",
    "Refusal",
    "Taken",
    "audit",
    "event_from",
    "place_from",
    "pull",
    "read_counts",
    "read_events",
    "read_places",
    "read_rows",
    "reason_line",
    "receive",
    "receive_file",
    "sweep_inbox",
    "take",
    "withdrawn",
]
