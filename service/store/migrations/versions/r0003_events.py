"""Add the register of events, and to each issue the last event it saw."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Column

from service.store.columns import Instant, name, number
from service.store.migrations.guards import guard

revision = "r0003"
down_revision = "r0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the register; issues made before it saw no event."""
    op.add_column("issue", Column("last_event", sa.BigInteger(), server_default="0", nullable=False))
    op.create_table(
        "event_version",
        Column("number", number(), autoincrement=False),
        Column("id", name(), nullable=False),
        Column("kind", name(), nullable=False),
        Column("first", sa.Date(), nullable=False),
        Column("last", sa.Date()),
        Column("place_id", name()),
        Column("multiple", sa.Double()),
        Column("note", sa.Text(), nullable=False),
        Column("recorded_at", Instant(), nullable=False),
        Column("withdrawn", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('closure', 'opening', 'surge-expected', 'disruption')", name="event_version_kind"
        ),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"]),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("ix_event_version_id", "event_version", ["id"])
    op.create_index("ix_event_version_place_id", "event_version", ["place_id"])
    for verb in ("DELETE", "UPDATE"):
        guard("event_version", verb)


def downgrade() -> None:
    """A migration takes nothing back."""
    raise RuntimeError("events that issues have seen cannot be taken back; restore a backup instead")
