"""Add what each issue plans: ready answers by place, and the joint paths behind them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Column

from service.store.columns import name
from service.store.migrations.guards import guard

revision = "r0005"
down_revision = "r0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables; issues made before have no plan."""
    op.create_table(
        "plan_block",
        Column("issue_id", name(), nullable=False),
        Column("kind", name(), nullable=False),
        Column("place_id", name(), nullable=False),
        Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"]),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"]),
        sa.PrimaryKeyConstraint("issue_id", "kind", "place_id"),
        sa.CheckConstraint("kind IN ('waits', 'staff', 'beds')", name="plan_block_kind"),
    )
    op.create_table(
        "plan_path_block",
        Column("issue_id", name(), nullable=False),
        Column("measure", name(), nullable=False),
        Column("place_id", name(), nullable=False),
        Column("position", sa.Integer(), nullable=False),
        Column("paths", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"]),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"]),
        sa.PrimaryKeyConstraint("issue_id", "measure", "place_id"),
    )
    guard("plan_block", "DELETE")
    for table in ("plan_block", "plan_path_block"):
        guard(table, "UPDATE")


def downgrade() -> None:
    """A migration takes nothing back."""
    raise RuntimeError("plans that were published cannot be taken back; restore a backup instead")
