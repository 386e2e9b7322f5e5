"""The tables of scenarios: what was assumed, what would come of it, and what became of both."""

from sqlalchemy import (
    JSON,
    BigInteger,
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

__all__ = ["metadata", "scenario", "scenario_block", "scenario_place", "scenario_score", "scenario_verdict"]

scenario = Table(
    "scenario",
    metadata,
    Column("number", number(), primary_key=True, autoincrement=False),
    Column("id", name(), nullable=False, unique=True),
    Column("issue_id", name(), ForeignKey("issue.id"), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("actor", name(), nullable=False),
    Column("title", Text, nullable=False),
    Column("assumptions", JSON, nullable=False),
    Column("touched", JSON, nullable=False),
    Column("shut", JSON, nullable=False),
    Column("last_capacity", BigInteger, nullable=False),
    Column("model_version", name(), nullable=False),
    Column("last_target", Date, nullable=False, index=True),
)

scenario_place = Table(
    "scenario_place",
    metadata,
    Column("scenario_id", name(), ForeignKey("scenario.id"), primary_key=True),
    Column("place_id", name(), ForeignKey("place.id"), primary_key=True),
)

scenario_block = Table(
    "scenario_block",
    metadata,
    Column("scenario_id", name(), ForeignKey("scenario.id"), primary_key=True),
    Column("place_id", name(), ForeignKey("place.id"), primary_key=True),
    Column("measure", name(), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("forecast", LargeBinary, nullable=False),
    Column("scenario", LargeBinary, nullable=False),
    Column("difference", LargeBinary, nullable=False),
    Column("expected", LargeBinary, nullable=False),
    Column("paths", LargeBinary),
)

scenario_verdict = Table(
    "scenario_verdict",
    metadata,
    Column("number", number(), primary_key=True, autoincrement=False),
    Column("scenario_id", name(), ForeignKey("scenario.id"), nullable=False, index=True),
    Column("as_of", Instant, nullable=False),
    Column("state", name(), nullable=False),
    Column("known_days", Integer, nullable=False),
    Column("observed", Double),
    Column("assumed", Double),
    Column("reason", Text, nullable=False),
    CheckConstraint("state IN ('open', 'met', 'not met', 'not judged')", name="scenario_verdict_state"),
)

scenario_score = Table(
    "scenario_score",
    metadata,
    Column("number", number(), primary_key=True, autoincrement=False),
    Column("scenario_id", name(), ForeignKey("scenario.id"), nullable=False),
    Column("place_id", name(), ForeignKey("place.id"), nullable=False),
    Column("target_date", Date, nullable=False),
    Column("as_of", Instant, nullable=False),
    Column("observed", Double, nullable=False),
    Column("wis", Double, nullable=False),
    Column("forecast_wis", Double, nullable=False),
    Index("ix_scenario_score_scenario_place_day", "scenario_id", "place_id", "target_date"),
)
