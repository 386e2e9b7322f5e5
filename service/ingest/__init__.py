"""Counts and places taken in: read, checked by row, stored whole or refused whole with every reason."""

from service.ingest.counts import Counts, read_counts, read_rows
from service.ingest.places import place_from, read_places
from service.ingest.reasons import Reasons, Refusal

__all__ = ["Counts", "Reasons", "Refusal", "place_from", "read_counts", "read_places", "read_rows"]
