"""Counts and registers: read, checked by row, taken whole or refused whole with every reason."""

from service.ingest.capacities import CapacityDesk, read_capacities
from service.ingest.counts import Counts, read_counts, read_rows
from service.ingest.events import Desk, event_from, read_events, withdrawn
from service.ingest.feeds import pull
from service.ingest.inbox import reason_line, sweep_inbox
from service.ingest.lengths import read_lengths
from service.ingest.places import place_from, read_places
from service.ingest.reasons import Refusal
from service.ingest.recipients import RecipientDesk, read_recipients, recipient_from
from service.ingest.taking import LARGEST_UPLOAD, Delivery, Taken, audit, receive, receive_file, take

__all__ = [
    "LARGEST_UPLOAD",
    "CapacityDesk",
    "Counts",
    "Delivery",
    "Desk",
    "RecipientDesk",
    "Refusal",
    "Taken",
    "audit",
    "event_from",
    "place_from",
    "pull",
    "read_capacities",
    "read_counts",
    "read_events",
    "read_lengths",
    "read_places",
    "read_recipients",
    "read_rows",
    "reason_line",
    "receive",
    "receive_file",
    "recipient_from",
    "sweep_inbox",
    "take",
    "withdrawn",
]
