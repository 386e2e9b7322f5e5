"""Add scenarios, their results, and how they fared."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Column

from service.store.columns import Instant, name, number
from service.store.migrations.guards import guard

revision = "r0006"
down_revision = "r0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables; their rows are only ever appended."""
    _create_scenarios()
    _create_results()
    _create_fates()
    for table in ("scenario", "scenario_place", "scenario_block", "scenario_verdict", "scenario_score"):
        for verb in ("DELETE", "UPDATE"):
            guard(table, verb)


def _create_scenarios() -> None:
    op.create_table(
        "scenario",
        Column("number", number(), autoincrement=False),
        Column("id", name(), nullable=False),
        Column("issue_id", name(), nullable=False),
        Column("created_at", Instant(), nullable=False),
        Column("actor", name(), nullable=False),
        Column("title", sa.Text(), nullable=False),
        Column("assumptions", sa.JSON(), nullable=False),
        Column("touched", sa.JSON(), nullable=False),
        Column("shut", sa.JSON(), nullable=False),
        Column("last_capacity", sa.BigInteger(), nullable=False),
        Column("model_version", name(), nullable=False),
        Column("last_target", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"]),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("id"),
    )
    op.create_index("ix_scenario_last_target", "scenario", ["last_target"])


def _create_results() -> None:
    op.create_table(
        "scenario_place",
        Column("scenario_id", name(), nullable=False),
        Column("place_id", name(), nullable=False),
        sa.ForeignKeyConstraint(["scenario_id"], ["scenario.id"]),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"]),
        sa.PrimaryKeyConstraint("scenario_id", "place_id"),
    )
    op.create_table(
        "scenario_block",
        Column("scenario_id", name(), nullable=False),
        Column("place_id", name(), nullable=False),
        Column("measure", name(), nullable=False),
        Column("position", sa.Integer(), nullable=False),
        Column("forecast", sa.LargeBinary(), nullable=False),
        Column("scenario", sa.LargeBinary(), nullable=False),
        Column("difference", sa.LargeBinary(), nullable=False),
        Column("expected", sa.LargeBinary(), nullable=False),
        Column("paths", sa.LargeBinary()),
        sa.ForeignKeyConstraint(["scenario_id"], ["scenario.id"]),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"]),
        sa.PrimaryKeyConstraint("scenario_id", "place_id", "measure"),
    )


def _create_fates() -> None:
    op.create_table(
        "scenario_verdict",
        Column("number", number(), autoincrement=False),
        Column("scenario_id", name(), nullable=False),
        Column("as_of", Instant(), nullable=False),
        Column("state", name(), nullable=False),
        Column("known_days", sa.Integer(), nullable=False),
        Column("observed", sa.Double()),
        Column("assumed", sa.Double()),
        Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["scenario_id"], ["scenario.id"]),
        sa.PrimaryKeyConstraint("number"),
        sa.CheckConstraint(
            "state IN ('open', 'met', 'not met', 'not judged')", name="scenario_verdict_state"
        ),
    )
    op.create_index("ix_scenario_verdict_scenario_id", "scenario_verdict", ["scenario_id"])
    op.create_table(
        "scenario_score",
        Column("number", number(), autoincrement=False),
        Column("scenario_id", name(), nullable=False),
        Column("place_id", name(), nullable=False),
        Column("target_date", sa.Date(), nullable=False),
        Column("as_of", Instant(), nullable=False),
        Column("observed", sa.Double(), nullable=False),
        Column("wis", sa.Double(), nullable=False),
        Column("forecast_wis", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["scenario_id"], ["scenario.id"]),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"]),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index(
        "ix_scenario_score_scenario_place_day",
        "scenario_score",
        ["scenario_id", "place_id", "target_date"],
    )


def downgrade() -> None:
    """A migration takes nothing back."""
    raise RuntimeError("scenarios that were told cannot be taken back; restore a backup instead")
