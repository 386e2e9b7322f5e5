"""Add the register of capacities, and to each issue the last version of one that it saw."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Column

from service.store.columns import Instant, name, number
from service.store.migrations.guards import guard

revision = "r0004"
down_revision = "r0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the register; issues made before it saw no capacity."""
    op.add_column("issue", Column("last_capacity", sa.BigInteger(), server_default="0", nullable=False))
    op.create_table(
        "capacity_version",
        Column("number", number(), autoincrement=False),
        Column("place_id", name(), nullable=False),
        Column("valid_from", sa.Date(), nullable=False),
        Column("valid_until", sa.Date()),
        Column("document", sa.JSON(), nullable=False),
        Column("recorded_at", Instant(), nullable=False),
        Column("withdrawn", sa.Boolean(), nullable=False),
        Column("actor", name(), nullable=False),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"]),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("ix_capacity_version_place_id", "capacity_version", ["place_id"])
    for verb in ("DELETE", "UPDATE"):
        guard("capacity_version", verb)


def downgrade() -> None:
    """A migration takes nothing back."""
    raise RuntimeError("capacities that issues have seen cannot be taken back; restore a backup instead")
