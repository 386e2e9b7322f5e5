"""The tables of what a plan rests on and of what it says, beside those of `schema`."""

from sqlalchemy import JSON, Boolean, CheckConstraint, Column, Date, ForeignKey, Integer, LargeBinary, Table

from service.store.columns import Instant, name, number
from service.store.schema import metadata

__all__ = ["capacity_version", "metadata", "plan_block", "plan_path_block"]

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

plan_block = Table(
    "plan_block",
    metadata,
    Column("issue_id", name(), ForeignKey("issue.id"), primary_key=True),
    Column("kind", name(), primary_key=True),
    Column("place_id", name(), ForeignKey("place.id"), primary_key=True),
    Column("content", LargeBinary, nullable=False),
    CheckConstraint("kind IN ('waits', 'staff', 'beds')", name="plan_block_kind"),
)

plan_path_block = Table(
    "plan_path_block",
    metadata,
    Column("issue_id", name(), ForeignKey("issue.id"), primary_key=True),
    Column("measure", name(), primary_key=True),
    Column("place_id", name(), ForeignKey("place.id"), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("paths", LargeBinary, nullable=False),
)
