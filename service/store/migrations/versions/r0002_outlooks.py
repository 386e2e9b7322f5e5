"""Add outlooks and their scores, explanations, and trust by horizon."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Column

from service.store.columns import Instant, name, number
from service.store.migrations.guards import guard

revision = "r0002"
down_revision = "r0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Extend the forecasts, and create what stands beside them; older issues have none of it."""
    op.add_column("forecast_block", Column("outlook", sa.JSON(none_as_null=True)))
    op.add_column("forecast_block", Column("trust", sa.JSON(), server_default="[]", nullable=False))
    op.add_column("latest_forecast", Column("trust", name(), server_default="unproven", nullable=False))
    _create_explanations()
    _create_outlook_scores()
    for table in ("explanation", "outlook_score"):
        guard(table, "DELETE")
        guard(table, "UPDATE")


def downgrade() -> None:
    """A migration takes nothing back."""
    raise RuntimeError("outlooks that were published cannot be taken back; restore a backup instead")


def _create_explanations() -> None:
    op.create_table(
        "explanation",
        Column("issue_id", name(), nullable=False),
        Column("measure", name(), nullable=False),
        Column("place_id", name(), nullable=False),
        Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"]),
        sa.ForeignKeyConstraint(["measure"], ["measure.id"]),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"]),
        sa.PrimaryKeyConstraint("issue_id", "measure", "place_id"),
    )


def _create_outlook_scores() -> None:
    op.create_table(
        "outlook_score",
        Column("id", number(), autoincrement=False),
        Column("issue_id", name(), nullable=False),
        Column("place_id", name(), nullable=False),
        Column("measure", name(), nullable=False),
        Column("kind", name(), nullable=False),
        Column("first", sa.Integer(), nullable=False),
        Column("last", sa.Integer(), nullable=False),
        Column("target_date", sa.Date(), nullable=False),
        Column("as_of", Instant(), nullable=False),
        Column("outcome", sa.Integer(), nullable=False),
        Column("score", sa.Double(), nullable=False),
        Column("reference", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"]),
        sa.ForeignKeyConstraint(["measure"], ["measure.id"]),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_outlook_score_target_date", "outlook_score", ["target_date"])
    op.create_index("outlook_score_place", "outlook_score", ["place_id", "measure", "target_date"])
