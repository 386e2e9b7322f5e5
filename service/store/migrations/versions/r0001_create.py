"""Create every table."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Column

from service.store.columns import Instant, name, number
from service.store.migrations.guards import guard

revision = "r0001"
down_revision = None
branch_labels = None
depends_on = None

MEASURES = (
    ("arrivals", "people/day"),
    ("departures", "people/day"),
    ("waiting", "people"),
    ("occupied_beds", "beds"),
)
APPEND_ONLY = (
    "observation", "issue", "forecast_block", "score", "audit_entry", "place_version", "publication_event",
)  # fmt: skip


def upgrade() -> None:
    """Create the tables, what is counted, and the guards of what is never changed."""
    _create_places()
    _create_counts()
    _create_uploads()
    _create_issues()
    _create_paths_and_plain_table()
    _create_memory()
    _create_jobs_and_keys()
    measures = sa.table("measure", sa.column("id"), sa.column("unit"), sa.column("position"))
    rows = [{"id": id_, "unit": unit, "position": i} for i, (id_, unit) in enumerate(MEASURES)]
    op.bulk_insert(measures, rows)
    for table in APPEND_ONLY:
        guard(table, "DELETE")
    for table in (*APPEND_ONLY, "path_block"):
        guard(table, "UPDATE")


def downgrade() -> None:
    """There is nothing before the first migration."""
    raise RuntimeError("the first migration cannot be taken back; restore a backup instead")


def _create_places() -> None:
    """Places now, as they were, and the stops of their publication."""
    op.create_table(
        "place",
        Column("id", name(), nullable=False),
        Column("position", sa.Integer(), nullable=False),
        Column("name", sa.Text(), nullable=False),
        Column("level", name(), nullable=False),
        Column("parent", name()),
        Column("time_zone", name(), nullable=False),
        Column("country", name()),
        Column("neighbour", name()),
        Column("capacity", sa.Double()),
        sa.ForeignKeyConstraint(["parent"], ["place.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_place_parent", "place", ["parent"])
    op.create_table(
        "place_version",
        Column("number", number(), autoincrement=False),
        Column("recorded_at", Instant(), nullable=False),
        Column("id", name(), nullable=False),
        Column("position", sa.Integer(), nullable=False),
        Column("name", sa.Text(), nullable=False),
        Column("level", name(), nullable=False),
        Column("parent", name()),
        Column("time_zone", name(), nullable=False),
        Column("country", name()),
        Column("neighbour", name()),
        Column("capacity", sa.Double()),
        sa.ForeignKeyConstraint(["id"], ["place.id"]),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_table(
        "publication_event",
        Column("number", number(), autoincrement=False),
        Column("place_id", name(), nullable=False),
        Column("stopped", sa.Boolean(), nullable=False),
        Column("at", Instant(), nullable=False),
        Column("actor", name(), nullable=False),
        Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"]),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("ix_publication_event_place_id", "publication_event", ["place_id"])


def _create_counts() -> None:
    """Measures and observations."""
    op.create_table(
        "measure",
        Column("id", name(), nullable=False),
        Column("unit", name(), nullable=False),
        Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "observation",
        Column("id", number(), autoincrement=False),
        Column("measure", name(), nullable=False),
        Column("place_id", name(), nullable=False),
        Column("day", sa.Date(), nullable=False),
        Column("value", sa.Double()),
        Column("status", name(), nullable=False),
        Column("source", name(), nullable=False),
        Column("unit", name()),
        Column("recorded_at", Instant(), nullable=False),
        sa.CheckConstraint("status IN ('reported', 'partial', 'closed')", name="observation_status"),
        sa.CheckConstraint("value >= 0 OR (value IS NULL AND status = 'closed')", name="observation_value"),
        sa.ForeignKeyConstraint(["measure"], ["measure.id"]),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "observation_vintage",
        "observation",
        ["measure", "place_id", "day", sa.literal_column("recorded_at DESC"), sa.literal_column("id DESC")],
    )


def _create_uploads() -> None:
    """Uploads and flags."""
    op.create_table(
        "upload",
        Column("number", number(), autoincrement=False),
        Column("id", name(), nullable=False),
        Column("received_at", Instant(), nullable=False),
        Column("source", name(), nullable=False),
        Column("name", sa.Text(), nullable=False),
        Column("sha256", name(), nullable=False),
        Column("state", name(), nullable=False),
        Column("rows", sa.BigInteger(), nullable=False),
        Column("stored", sa.BigInteger(), nullable=False),
        Column("reasons", sa.JSON(), nullable=False),
        Column("first_observation", sa.BigInteger()),
        Column("last_observation", sa.BigInteger()),
        Column("content", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("id"),
    )
    op.create_table(
        "quality_flag",
        Column("number", number(), autoincrement=False),
        Column("place_id", name(), nullable=False),
        Column("measure", name(), nullable=False),
        Column("day", sa.Date(), nullable=False),
        Column("kind", name(), nullable=False),
        Column("detail", sa.Text(), nullable=False),
        Column("raised_at", Instant(), nullable=False),
        Column("upload_id", name()),
        sa.ForeignKeyConstraint(["measure"], ["measure.id"]),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"]),
        sa.ForeignKeyConstraint(["upload_id"], ["upload.id"]),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("ix_quality_flag_place_id", "quality_flag", ["place_id"])


def _create_issues() -> None:
    """Issues with the blocks of their forecasts."""
    op.create_table(
        "issue",
        Column("number", number(), autoincrement=False),
        Column("id", name(), nullable=False),
        Column("cutoff", sa.Date(), nullable=False),
        Column("last_target", sa.Date(), nullable=False),
        Column("as_of", Instant(), nullable=False),
        Column("issued_at", Instant(), nullable=False),
        Column("horizon", sa.Integer(), nullable=False),
        Column("levels", sa.JSON(), nullable=False),
        Column("measures", sa.JSON(), nullable=False),
        Column("model_version", sa.Text(), nullable=False),
        Column("calendar_version", sa.Text(), nullable=False),
        Column("configuration", sa.JSON(), nullable=False),
        Column("configuration_hash", name(), nullable=False),
        Column("seed", sa.BigInteger(), nullable=False),
        Column("last_observation", sa.BigInteger(), nullable=False),
        Column("checksum", name(), nullable=False),
        Column("degraded", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("id"),
    )
    op.create_index("ix_issue_cutoff", "issue", ["cutoff"])
    op.create_index("ix_issue_issued_at", "issue", ["issued_at"])
    op.create_table(
        "forecast_block",
        Column("issue_id", name(), nullable=False),
        Column("measure", name(), nullable=False),
        Column("place_id", name(), nullable=False),
        Column("position", sa.Integer(), nullable=False),
        Column("quantiles", sa.LargeBinary(), nullable=False),
        Column("baseline", sa.LargeBinary(), nullable=False),
        Column("modes", sa.Text(), nullable=False),
        Column("flags", sa.JSON(), nullable=False),
        Column("weights", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"]),
        sa.ForeignKeyConstraint(["measure"], ["measure.id"]),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"]),
        sa.PrimaryKeyConstraint("issue_id", "measure", "place_id"),
    )


def _create_paths_and_plain_table() -> None:
    """Sample paths, and the plain table of the latest issue."""
    op.create_table(
        "path_block",
        Column("issue_id", name(), nullable=False),
        Column("measure", name(), nullable=False),
        Column("place_id", name(), nullable=False),
        Column("position", sa.Integer(), nullable=False),
        Column("paths", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"]),
        sa.ForeignKeyConstraint(["measure"], ["measure.id"]),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"]),
        sa.PrimaryKeyConstraint("issue_id", "measure", "place_id"),
    )
    op.create_table(
        "latest_forecast",
        Column("measure", name(), nullable=False),
        Column("place_id", name(), nullable=False),
        Column("target_date", sa.Date(), nullable=False),
        Column("issue_id", name(), nullable=False),
        Column("horizon", sa.Integer(), nullable=False),
        Column("mode", name(), nullable=False),
        Column("q025", sa.Double()),
        Column("q05", sa.Double()),
        Column("q10", sa.Double()),
        Column("q25", sa.Double()),
        Column("median", sa.Double()),
        Column("q75", sa.Double()),
        Column("q90", sa.Double()),
        Column("q95", sa.Double()),
        Column("q975", sa.Double()),
        Column("flags", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"]),
        sa.PrimaryKeyConstraint("measure", "place_id", "target_date"),
    )


def _create_memory() -> None:
    """Hindcasts and scores."""
    op.create_table(
        "hindcast",
        Column("key", name(), nullable=False),
        Column("shape", sa.JSON(), nullable=False),
        Column("content", sa.LargeBinary(), nullable=False),
        Column("last_used", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "score",
        Column("id", number(), autoincrement=False),
        Column("issue_id", name(), nullable=False),
        Column("place_id", name(), nullable=False),
        Column("measure", name(), nullable=False),
        Column("horizon", sa.Integer(), nullable=False),
        Column("target_date", sa.Date(), nullable=False),
        Column("as_of", Instant(), nullable=False),
        Column("observed", sa.Double(), nullable=False),
        Column("mode", name(), nullable=False),
        Column("wis", sa.Double(), nullable=False),
        Column("wis_log", sa.Double(), nullable=False),
        Column("overprediction", sa.Double(), nullable=False),
        Column("underprediction", sa.Double(), nullable=False),
        Column("dispersion", sa.Double(), nullable=False),
        Column("bias", sa.Double(), nullable=False),
        Column("baseline_wis", sa.Double(), nullable=False),
        Column("baseline_wis_log", sa.Double(), nullable=False),
        Column("covered", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"]),
        sa.ForeignKeyConstraint(["measure"], ["measure.id"]),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_score_target_date", "score", ["target_date"])
    op.create_index("score_place", "score", ["place_id", "measure", "target_date"])


def _create_jobs_and_keys() -> None:
    """The ledger of jobs, API keys and the audit log."""
    op.create_table(
        "job_run",
        Column("job", name(), nullable=False),
        Column("slot", name(), nullable=False),
        Column("state", name(), nullable=False),
        Column("epoch", sa.Integer(), nullable=False),
        Column("owner", name(), nullable=False),
        Column("lease_seconds", sa.Double(), nullable=False),
        Column("started_at", Instant(), nullable=False),
        Column("lease_until", Instant()),
        Column("finished_at", Instant()),
        Column("detail", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("job", "slot"),
    )
    op.create_index("ix_job_run_started_at", "job_run", ["started_at"])
    op.create_table(
        "api_key",
        Column("id", name(), nullable=False),
        Column("prefix", name(), nullable=False),
        Column("secret_hash", sa.LargeBinary(), nullable=False),
        Column("role", name(), nullable=False),
        Column("places", sa.JSON(), nullable=False),
        Column("label", sa.Text(), nullable=False),
        Column("created_at", Instant(), nullable=False),
        Column("expires_at", Instant()),
        Column("revoked_at", Instant()),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("prefix"),
    )
    op.create_table(
        "audit_entry",
        Column("number", number(), autoincrement=False),
        Column("at", Instant(), nullable=False),
        Column("actor", name(), nullable=False),
        Column("action", name(), nullable=False),
        Column("subject", sa.Text(), nullable=False),
        Column("detail", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
