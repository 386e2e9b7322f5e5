"""The tables of proposed configurations, their shadow forecasts, and analysts' overrides."""

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    Date,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
)

from service.store.columns import Instant, name, number
from service.store.schema import metadata

__all__ = [
    "APPEND_ONLY",
    "forecast_override",
    "metadata",
    "model_configuration",
    "model_event",
    "override_score",
    "override_withdrawal",
    "shadow_block",
    "shadow_issue",
    "shadow_score",
]

APPEND_ONLY = (
    "model_configuration",
    "model_event",
    "shadow_issue",
    "shadow_block",
    "shadow_score",
    "forecast_override",
    "override_withdrawal",
    "override_score",
)
"""Those whose rows are neither changed nor deleted: all of them."""

model_configuration = Table(
    "model_configuration",
    metadata,
    Column("number", number(), primary_key=True, autoincrement=False),
    Column("id", name(), nullable=False, unique=True),
    Column("hash", name(), nullable=False),
    Column("document", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("proposed_by", name(), nullable=False),
    Column("proposed_at", Instant, nullable=False),
)

model_event = Table(
    "model_event",
    metadata,
    Column("number", number(), primary_key=True, autoincrement=False),
    Column("configuration_id", name(), ForeignKey("model_configuration.id"), nullable=False, index=True),
    Column("action", name(), nullable=False),
    Column("at", Instant, nullable=False),
    Column("actor", name(), nullable=False),
    Column("reason", Text, nullable=False),
    Column("detail", JSON, nullable=False),
    CheckConstraint(
        "action IN ('propose', 'shadow', 'promote', 'rollback', 'retire')", name="model_event_action"
    ),
)

shadow_issue = Table(
    "shadow_issue",
    metadata,
    Column("configuration_id", name(), ForeignKey("model_configuration.id"), primary_key=True),
    Column("issue_id", name(), ForeignKey("issue.id"), primary_key=True),
    Column("made_at", Instant, nullable=False),
    Column("horizon", Integer, nullable=False),
    Column("last_target", Date, nullable=False, index=True),
    Column("model_version", Text, nullable=False),
)

shadow_block = Table(
    "shadow_block",
    metadata,
    Column("configuration_id", name(), ForeignKey("model_configuration.id"), primary_key=True),
    Column("issue_id", name(), ForeignKey("issue.id"), primary_key=True),
    Column("measure", name(), ForeignKey("measure.id"), primary_key=True),
    Column("place_id", name(), ForeignKey("place.id"), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("quantiles", LargeBinary, nullable=False),
    Column("baseline", LargeBinary, nullable=False),
    Column("modes", Text, nullable=False),
    Column("flags", JSON, nullable=False),
)

shadow_score = Table(
    "shadow_score",
    metadata,
    Column("id", number(), primary_key=True, autoincrement=False),
    Column("configuration_id", name(), ForeignKey("model_configuration.id"), nullable=False),
    Column("issue_id", name(), ForeignKey("issue.id"), nullable=False),
    Column("place_id", name(), ForeignKey("place.id"), nullable=False),
    Column("measure", name(), ForeignKey("measure.id"), nullable=False),
    Column("horizon", Integer, nullable=False),
    Column("target_date", Date, nullable=False),
    Column("as_of", Instant, nullable=False),
    Column("observed", Double, nullable=False),
    Column("mode", name(), nullable=False),
    Column("wis", Double, nullable=False),
    Column("wis_log", Double, nullable=False),
    Column("overprediction", Double, nullable=False),
    Column("underprediction", Double, nullable=False),
    Column("dispersion", Double, nullable=False),
    Column("bias", Double, nullable=False),
    Column("baseline_wis", Double, nullable=False),
    Column("baseline_wis_log", Double, nullable=False),
    Column("covered", JSON, nullable=False),
    Index("ix_shadow_score_forecast", "configuration_id", "place_id", "measure", "target_date"),
)

forecast_override = Table(
    "forecast_override",
    metadata,
    Column("number", number(), primary_key=True, autoincrement=False),
    Column("id", name(), nullable=False, unique=True),
    Column("issue_id", name(), ForeignKey("issue.id"), nullable=False),
    Column("place_id", name(), ForeignKey("place.id"), nullable=False),
    Column("measure", name(), ForeignKey("measure.id"), nullable=False),
    Column("first", Date, nullable=False),
    Column("last", Date, nullable=False, index=True),
    Column("median", Double, nullable=False),
    Column("lower", Double),
    Column("upper", Double),
    Column("reason", Text, nullable=False),
    Column("actor", name(), nullable=False),
    Column("recorded_at", Instant, nullable=False),
    CheckConstraint("first <= last", name="forecast_override_days"),
    CheckConstraint("median >= 0", name="forecast_override_median"),
)

override_withdrawal = Table(
    "override_withdrawal",
    metadata,
    Column("override_id", name(), ForeignKey("forecast_override.id"), primary_key=True),
    Column("at", Instant, nullable=False),
    Column("actor", name(), nullable=False),
    Column("reason", Text, nullable=False),
)

override_score = Table(
    "override_score",
    metadata,
    Column("id", number(), primary_key=True, autoincrement=False),
    Column("override_id", name(), ForeignKey("forecast_override.id"), nullable=False),
    Column("place_id", name(), ForeignKey("place.id"), nullable=False),
    Column("measure", name(), ForeignKey("measure.id"), nullable=False),
    Column("target_date", Date, nullable=False),
    Column("horizon", Integer, nullable=False),
    Column("as_of", Instant, nullable=False),
    Column("observed", Double, nullable=False),
    Column("wis", Double, nullable=False),
    Column("model_wis", Double, nullable=False),
    Index("ix_override_score_place", "place_id", "measure", "target_date"),
)
