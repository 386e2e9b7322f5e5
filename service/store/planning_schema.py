"""The tables of what a plan rests on and of what it says, beside those of `schema`."""

from sqlalchemy import JSON, Boolean, Column, Date, ForeignKey, Table

from service.store.columns import Instant, name, number
from service.store.schema import metadata

__all__ = ["capacity_version", "metadata"]

capacity_version = Table(
    "capacity_version",
    metadata,
    Column("number", number(), primary_key=True, autoincrement=False),
    Column("place_id", name(), ForeignKey("place.id"), nullable=False, index=True),
    Column("valid_from", Date, nullable=False),
    Column("valid_until", Date),
    Column("document", JSON, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("withdrawn", Boolean, nullable=False),
    Column("actor", name(), nullable=False),
)
