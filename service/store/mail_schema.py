"""The tables of reports, alerts and the mail that carries them."""

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
    UniqueConstraint,
    text,
)

from service.store.columns import Instant, name, number
from service.store.schema import metadata

__all__ = ["alert", "judged_issue", "metadata", "mute", "outbox", "recipient", "report"]

recipient = Table(
    "recipient",
    metadata,
    Column("id", name(), primary_key=True),
    Column("address", Text, nullable=False),
    Column("language", name(), nullable=False),
    Column("kinds", JSON, nullable=False),
    Column("places", JSON, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("ended_at", Instant),
)
# an address that has left may come back
Index(
    "recipient_address",
    recipient.c.address,
    unique=True,
    sqlite_where=text("ended_at IS NULL"),
    postgresql_where=text("ended_at IS NULL"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("number", number(), primary_key=True, autoincrement=False),
    Column("kind", name(), nullable=False),
    Column("place_id", name(), nullable=False),
    Column("period", name(), nullable=False),
    Column("recipient", name(), nullable=False),
    Column("channel", name(), nullable=False),
    Column("message_id", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("queued_at", Instant, nullable=False),
    Column("give_up_at", Instant, nullable=False),
    Column("state", name(), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_try_at", Instant, nullable=False),
    Column("owner", name()),
    Column("lease_until", Instant),
    Column("sent_at", Instant),
    Column("reason", Text),
    Column("settled_by", name()),
    UniqueConstraint("kind", "place_id", "period", "recipient"),
    CheckConstraint("kind IN ('report', 'correction', 'alert', 'test')", name="outbox_kind"),
    CheckConstraint("channel IN ('mail', 'webhook')", name="outbox_channel"),
    CheckConstraint("state IN ('pending', 'sending', 'sent', 'uncertain', 'failed')", name="outbox_state"),
    Index("outbox_due", "state", "next_try_at"),
)

report = Table(
    "report",
    metadata,
    Column("number", number(), primary_key=True, autoincrement=False),
    Column("place_id", name(), ForeignKey("place.id"), nullable=False),
    Column("week", name(), nullable=False),
    Column("edition", Integer, nullable=False),
    Column("issue_id", name(), ForeignKey("issue.id"), nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("note", Text, nullable=False),
    Column("content", JSON, nullable=False),
    UniqueConstraint("place_id", "week", "edition"),
)

alert = Table(
    "alert",
    metadata,
    Column("number", number(), primary_key=True, autoincrement=False),
    Column("kind", name(), nullable=False),
    Column("place_id", name(), nullable=False, index=True),
    Column("subject", name(), nullable=False),
    Column("raised_at", Instant, nullable=False, index=True),
    Column("ended_at", Instant),
    Column("issue_id", name(), ForeignKey("issue.id")),
    Column("cutoff", Date),
    Column("chance", Double),
    Column("threshold", Double),
    Column("detail", JSON, nullable=False),
    Column("seen_issue_id", name(), ForeignKey("issue.id")),
    Column("quiet", Integer, nullable=False),
    Column("acknowledged_at", Instant),
    Column("acknowledged_by", name()),
)
# one alert at a time of a matter
Index(
    "alert_open",
    alert.c.kind,
    alert.c.place_id,
    alert.c.subject,
    unique=True,
    sqlite_where=text("ended_at IS NULL"),
    postgresql_where=text("ended_at IS NULL"),
)

judged_issue = Table(
    "judged_issue",
    metadata,
    Column("issue_id", name(), ForeignKey("issue.id"), primary_key=True),
    Column("judged_at", Instant, nullable=False),
)

mute = Table(
    "mute",
    metadata,
    Column("number", number(), primary_key=True, autoincrement=False),
    Column("place_id", name(), nullable=False, index=True),
    Column("kind", name(), nullable=False),
    Column("until", Instant, nullable=False),
    Column("muted_at", Instant, nullable=False),
    Column("actor", name(), nullable=False),
    Column("reason", Text, nullable=False),
)
