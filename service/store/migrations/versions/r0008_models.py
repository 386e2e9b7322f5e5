"""Add proposed configurations, their shadow forecasts, overrides, and each issue's libraries."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Column

from service.store.columns import Instant, name, number
from service.store.migrations.guards import guard

revision = "r0008"
down_revision = "r0007"
branch_labels = None
depends_on = None
_APPENDED = (
    "model_configuration",
    "model_event",
    "shadow_issue",
    "shadow_block",
    "shadow_score",
    "forecast_override",
    "override_withdrawal",
    "override_score",
)


def upgrade() -> None:
    """Create the tables, whose rows are only ever appended; of older issues no library is known."""
    op.add_column("issue", Column("libraries", sa.JSON(), server_default="{}", nullable=False))
    _create_configurations()
    _create_shadows()
    _create_shadow_scores()
    _create_overrides()
    for table in _APPENDED:
        for verb in ("DELETE", "UPDATE"):
            guard(table, verb)


def _create_configurations() -> None:
    op.create_table(
        "model_configuration",
        Column("number", number(), autoincrement=False),
        Column("id", name(), nullable=False),
        Column("hash", name(), nullable=False),
        Column("document", sa.Text(), nullable=False),
        Column("note", sa.Text(), nullable=False),
        Column("proposed_by", name(), nullable=False),
        Column("proposed_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("id"),
    )
    op.create_table(
        "model_event",
        Column("number", number(), autoincrement=False),
        Column("configuration_id", name(), nullable=False),
        Column("action", name(), nullable=False),
        Column("at", Instant(), nullable=False),
        Column("actor", name(), nullable=False),
        Column("reason", sa.Text(), nullable=False),
        Column("detail", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["configuration_id"], ["model_configuration.id"]),
        sa.PrimaryKeyConstraint("number"),
        sa.CheckConstraint(
            "action IN ('propose', 'shadow', 'promote', 'rollback', 'retire')", name="model_event_action"
        ),
    )
    op.create_index("ix_model_event_configuration_id", "model_event", ["configuration_id"])


def _create_shadows() -> None:
    op.create_table(
        "shadow_issue",
        Column("configuration_id", name(), nullable=False),
        Column("issue_id", name(), nullable=False),
        Column("made_at", Instant(), nullable=False),
        Column("horizon", sa.Integer(), nullable=False),
        Column("last_target", sa.Date(), nullable=False),
        Column("model_version", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["configuration_id"], ["model_configuration.id"]),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"]),
        sa.PrimaryKeyConstraint("configuration_id", "issue_id"),
    )
    op.create_index("ix_shadow_issue_last_target", "shadow_issue", ["last_target"])
    op.create_table(
        "shadow_block",
        Column("configuration_id", name(), nullable=False),
        Column("issue_id", name(), nullable=False),
        Column("measure", name(), nullable=False),
        Column("place_id", name(), nullable=False),
        Column("position", sa.Integer(), nullable=False),
        Column("quantiles", sa.LargeBinary(), nullable=False),
        Column("baseline", sa.LargeBinary(), nullable=False),
        Column("modes", sa.Text(), nullable=False),
        Column("flags", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["configuration_id"], ["model_configuration.id"]),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"]),
        sa.ForeignKeyConstraint(["measure"], ["measure.id"]),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"]),
        sa.PrimaryKeyConstraint("configuration_id", "issue_id", "measure", "place_id"),
    )


def _create_shadow_scores() -> None:
    numbers = (
        "wis", "wis_log", "overprediction", "underprediction", "dispersion", "bias",
        "baseline_wis", "baseline_wis_log",
    )  # fmt: skip
    op.create_table(
        "shadow_score",
        Column("id", number(), autoincrement=False),
        Column("configuration_id", name(), nullable=False),
        Column("issue_id", name(), nullable=False),
        Column("place_id", name(), nullable=False),
        Column("measure", name(), nullable=False),
        Column("horizon", sa.Integer(), nullable=False),
        Column("target_date", sa.Date(), nullable=False),
        Column("as_of", Instant(), nullable=False),
        Column("observed", sa.Double(), nullable=False),
        Column("mode", name(), nullable=False),
        *(Column(one, sa.Double(), nullable=False) for one in numbers),
        Column("covered", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["configuration_id"], ["model_configuration.id"]),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"]),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"]),
        sa.ForeignKeyConstraint(["measure"], ["measure.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "ix_shadow_score_forecast",
        "shadow_score",
        ["configuration_id", "place_id", "measure", "target_date"],
    )


def _create_overrides() -> None:
    op.create_table(
        "forecast_override",
        Column("number", number(), autoincrement=False),
        Column("id", name(), nullable=False),
        Column("issue_id", name(), nullable=False),
        Column("place_id", name(), nullable=False),
        Column("measure", name(), nullable=False),
        Column("first", sa.Date(), nullable=False),
        Column("last", sa.Date(), nullable=False),
        Column("median", sa.Double(), nullable=False),
        Column("lower", sa.Double()),
        Column("upper", sa.Double()),
        Column("reason", sa.Text(), nullable=False),
        Column("actor", name(), nullable=False),
        Column("recorded_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"]),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"]),
        sa.ForeignKeyConstraint(["measure"], ["measure.id"]),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("id"),
        sa.CheckConstraint("first <= last", name="forecast_override_days"),
        sa.CheckConstraint("median >= 0", name="forecast_override_median"),
    )
    op.create_index("ix_forecast_override_last", "forecast_override", ["last"])
    op.create_table(
        "override_withdrawal",
        Column("override_id", name(), nullable=False),
        Column("at", Instant(), nullable=False),
        Column("actor", name(), nullable=False),
        Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["override_id"], ["forecast_override.id"]),
        sa.PrimaryKeyConstraint("override_id"),
    )
    _create_override_scores()


def _create_override_scores() -> None:
    op.create_table(
        "override_score",
        Column("id", number(), autoincrement=False),
        Column("override_id", name(), nullable=False),
        Column("place_id", name(), nullable=False),
        Column("measure", name(), nullable=False),
        Column("target_date", sa.Date(), nullable=False),
        Column("horizon", sa.Integer(), nullable=False),
        Column("as_of", Instant(), nullable=False),
        Column("observed", sa.Double(), nullable=False),
        Column("wis", sa.Double(), nullable=False),
        Column("model_wis", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["override_id"], ["forecast_override.id"]),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"]),
        sa.ForeignKeyConstraint(["measure"], ["measure.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_override_score_place", "override_score", ["place_id", "measure", "target_date"])


def downgrade() -> None:
    """A migration takes nothing back."""
    raise RuntimeError("what was proposed and judged cannot be taken back; restore a backup instead")
