"""The tables; the migrations build them, and a test compares the two."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    desc,
)

from service.store.columns import Instant, name, number

REVISION = "r0008"
"""The migration that this code was written for."""

APPEND_ONLY = (
    "observation",
    "issue",
    "forecast_block",
    "explanation",
    "score",
    "outlook_score",
    "audit_entry",
    "place_version",
    "publication_event",
    "event_version",
    "capacity_version",
    "scenario",
    "scenario_place",
    "scenario_block",
    "scenario_verdict",
    "scenario_score",
    "report",
)
"""Tables whose rows are neither changed nor deleted; triggers see to it."""

metadata = MetaData()

place = Table(
    "place",
    metadata,
    Column("id", name(), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("level", name(), nullable=False),
    Column("parent", name(), ForeignKey("place.id"), index=True),
    Column("time_zone", name(), nullable=False),
    Column("country", name()),
    Column("neighbour", name()),
    Column("capacity", Double),
)

place_version = Table(
    "place_version",
    metadata,
    Column("number", number(), primary_key=True, autoincrement=False),
    Column("recorded_at", Instant, nullable=False),
    Column("id", name(), ForeignKey("place.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("level", name(), nullable=False),
    Column("parent", name()),
    Column("time_zone", name(), nullable=False),
    Column("country", name()),
    Column("neighbour", name()),
    Column("capacity", Double),
)

publication_event = Table(
    "publication_event",
    metadata,
    Column("number", number(), primary_key=True, autoincrement=False),
    Column("place_id", name(), ForeignKey("place.id"), nullable=False, index=True),
    Column("stopped", Boolean, nullable=False),
    Column("at", Instant, nullable=False),
    Column("actor", name(), nullable=False),
    Column("reason", Text, nullable=False),
)

event_version = Table(
    "event_version",
    metadata,
    Column("number", number(), primary_key=True, autoincrement=False),
    Column("id", name(), nullable=False, index=True),
    Column("kind", name(), nullable=False),
    Column("first", Date, nullable=False),
    Column("last", Date),
    Column("place_id", name(), ForeignKey("place.id"), index=True),
    Column("multiple", Double),
    Column("note", Text, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("withdrawn", Boolean, nullable=False),
    CheckConstraint(
        "kind IN ('closure', 'opening', 'surge-expected', 'disruption')", name="event_version_kind"
    ),
)

measure = Table(
    "measure",
    metadata,
    Column("id", name(), primary_key=True),
    Column("unit", name(), nullable=False),
    Column("position", Integer, nullable=False),
)

observation = Table(
    "observation",
    metadata,
    Column("id", number(), primary_key=True, autoincrement=False),
    Column("measure", name(), ForeignKey("measure.id"), nullable=False),
    Column("place_id", name(), ForeignKey("place.id"), nullable=False),
    Column("day", Date, nullable=False),
    Column("value", Double),
    Column("status", name(), nullable=False),
    Column("source", name(), nullable=False),
    Column("unit", name()),
    Column("recorded_at", Instant, nullable=False),
    CheckConstraint("status IN ('reported', 'partial', 'closed')", name="observation_status"),
    CheckConstraint("value >= 0 OR (value IS NULL AND status = 'closed')", name="observation_value"),
)
# In the order in which a vintage is read, so that the newest row of a day is found without sorting.
Index(
    "observation_vintage",
    observation.c.measure,
    observation.c.place_id,
    observation.c.day,
    desc(observation.c.recorded_at),
    desc(observation.c.id),
)

upload = Table(
    "upload",
    metadata,
    Column("number", number(), primary_key=True, autoincrement=False),
    Column("id", name(), nullable=False, unique=True),
    Column("received_at", Instant, nullable=False),
    Column("source", name(), nullable=False),
    Column("name", Text, nullable=False),
    Column("sha256", name(), nullable=False),
    Column("state", name(), nullable=False),
    Column("rows", BigInteger, nullable=False),
    Column("stored", BigInteger, nullable=False),
    Column("reasons", JSON, nullable=False),
    Column("first_observation", BigInteger),
    Column("last_observation", BigInteger),
    Column("content", LargeBinary),
)

quality_flag = Table(
    "quality_flag",
    metadata,
    Column("number", number(), primary_key=True, autoincrement=False),
    Column("place_id", name(), ForeignKey("place.id"), nullable=False, index=True),
    Column("measure", name(), ForeignKey("measure.id"), nullable=False),
    Column("day", Date, nullable=False),
    Column("kind", name(), nullable=False),
    Column("detail", Text, nullable=False),
    Column("raised_at", Instant, nullable=False),
    Column("upload_id", name(), ForeignKey("upload.id")),
)

issue = Table(
    "issue",
    metadata,
    Column("number", number(), primary_key=True, autoincrement=False),
    Column("id", name(), nullable=False, unique=True),
    Column("cutoff", Date, nullable=False, index=True),
    Column("last_target", Date, nullable=False),
    Column("as_of", Instant, nullable=False),
    Column("issued_at", Instant, nullable=False, index=True),
    Column("horizon", Integer, nullable=False),
    Column("levels", JSON, nullable=False),
    Column("measures", JSON, nullable=False),
    Column("model_version", Text, nullable=False),
    Column("calendar_version", Text, nullable=False),
    Column("configuration", JSON, nullable=False),
    Column("configuration_hash", name(), nullable=False),
    Column("seed", BigInteger, nullable=False),
    Column("last_observation", BigInteger, nullable=False),
    Column("last_event", BigInteger, server_default="0", nullable=False),
    Column("last_capacity", BigInteger, server_default="0", nullable=False),
    Column("checksum", name(), nullable=False),
    Column("degraded", Boolean, nullable=False),
    Column("libraries", JSON, server_default="{}", nullable=False),
)

forecast_block = Table(
    "forecast_block",
    metadata,
    Column("issue_id", name(), ForeignKey("issue.id"), primary_key=True),
    Column("measure", name(), ForeignKey("measure.id"), primary_key=True),
    Column("place_id", name(), ForeignKey("place.id"), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("quantiles", LargeBinary, nullable=False),
    Column("baseline", LargeBinary, nullable=False),
    Column("modes", Text, nullable=False),
    Column("flags", JSON, nullable=False),
    Column("weights", JSON, nullable=False),
    Column("outlook", JSON(none_as_null=True)),
    Column("trust", JSON, server_default="[]", nullable=False),
)

explanation = Table(
    "explanation",
    metadata,
    Column("issue_id", name(), ForeignKey("issue.id"), primary_key=True),
    Column("measure", name(), ForeignKey("measure.id"), primary_key=True),
    Column("place_id", name(), ForeignKey("place.id"), primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

path_block = Table(
    "path_block",
    metadata,
    Column("issue_id", name(), ForeignKey("issue.id"), primary_key=True),
    Column("measure", name(), ForeignKey("measure.id"), primary_key=True),
    Column("place_id", name(), ForeignKey("place.id"), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("paths", LargeBinary, nullable=False),
)

# For people with SQL: the latest issue as plain rows, rewritten by every publication.
latest_forecast = Table(
    "latest_forecast",
    metadata,
    Column("measure", name(), primary_key=True),
    Column("place_id", name(), primary_key=True),
    Column("target_date", Date, primary_key=True),
    Column("issue_id", name(), ForeignKey("issue.id"), nullable=False),
    Column("horizon", Integer, nullable=False),
    Column("mode", name(), nullable=False),
    Column("q025", Double),
    Column("q05", Double),
    Column("q10", Double),
    Column("q25", Double),
    Column("median", Double),
    Column("q75", Double),
    Column("q90", Double),
    Column("q95", Double),
    Column("q975", Double),
    Column("flags", Text, nullable=False),
    Column("trust", name(), server_default="unproven", nullable=False),
)

hindcast = Table(
    "hindcast",
    metadata,
    Column("key", name(), primary_key=True),
    Column("shape", JSON, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("last_used", BigInteger, nullable=False),
)

score = Table(
    "score",
    metadata,
    Column("id", number(), primary_key=True, autoincrement=False),
    Column("issue_id", name(), ForeignKey("issue.id"), nullable=False),
    Column("place_id", name(), ForeignKey("place.id"), nullable=False),
    Column("measure", name(), ForeignKey("measure.id"), nullable=False),
    Column("horizon", Integer, nullable=False),
    Column("target_date", Date, nullable=False, index=True),
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
)
Index("score_place", score.c.place_id, score.c.measure, score.c.target_date)

outlook_score = Table(
    "outlook_score",
    metadata,
    Column("id", number(), primary_key=True, autoincrement=False),
    Column("issue_id", name(), ForeignKey("issue.id"), nullable=False),
    Column("place_id", name(), ForeignKey("place.id"), nullable=False),
    Column("measure", name(), ForeignKey("measure.id"), nullable=False),
    Column("kind", name(), nullable=False),
    Column("first", Integer, nullable=False),
    Column("last", Integer, nullable=False),
    Column("target_date", Date, nullable=False, index=True),
    Column("as_of", Instant, nullable=False),
    Column("outcome", Integer, nullable=False),
    Column("score", Double, nullable=False),
    Column("reference", Double, nullable=False),
)
Index("outlook_score_place", outlook_score.c.place_id, outlook_score.c.measure, outlook_score.c.target_date)

job_run = Table(
    "job_run",
    metadata,
    Column("job", name(), primary_key=True),
    Column("slot", name(), primary_key=True),
    Column("state", name(), nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("owner", name(), nullable=False),
    Column("lease_seconds", Double, nullable=False),
    Column("started_at", Instant, nullable=False, index=True),
    Column("lease_until", Instant),
    Column("finished_at", Instant),
    Column("detail", JSON, nullable=False),
)

api_key = Table(
    "api_key",
    metadata,
    Column("id", name(), primary_key=True),
    Column("prefix", name(), nullable=False, unique=True),
    Column("secret_hash", LargeBinary, nullable=False),
    Column("role", name(), nullable=False),
    Column("places", JSON, nullable=False),
    Column("label", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant),
    Column("revoked_at", Instant),
)

audit_entry = Table(
    "audit_entry",
    metadata,
    Column("number", number(), primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("actor", name(), nullable=False),
    Column("action", name(), nullable=False),
    Column("subject", Text, nullable=False),
    Column("detail", JSON, nullable=False),
)
