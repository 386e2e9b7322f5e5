"""Add recipients, the outbox, reports, alerts and mutes."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Column

from service.store.columns import Instant, name, number
from service.store.migrations.guards import guard

revision = "r0007"
down_revision = "r0006"
branch_labels = None
depends_on = None
_WHILE_OPEN = sa.text("ended_at IS NULL")


def upgrade() -> None:
    """Create the tables; nothing was mailed before."""
    _create_recipients()
    _create_outbox()
    _create_reports()
    _create_alerts()
    for verb in ("DELETE", "UPDATE"):
        guard("report", verb)


def _create_recipients() -> None:
    op.create_table(
        "recipient",
        Column("id", name(), nullable=False),
        Column("address", sa.Text(), nullable=False),
        Column("language", name(), nullable=False),
        Column("kinds", sa.JSON(), nullable=False),
        Column("places", sa.JSON(), nullable=False),
        Column("created_at", Instant(), nullable=False),
        Column("ended_at", Instant()),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "recipient_address",
        "recipient",
        ["address"],
        unique=True,
        sqlite_where=_WHILE_OPEN,
        postgresql_where=_WHILE_OPEN,
    )


def _create_outbox() -> None:
    op.create_table(
        "outbox",
        Column("number", number(), autoincrement=False),
        Column("kind", name(), nullable=False),
        Column("place_id", name(), nullable=False),
        Column("period", name(), nullable=False),
        Column("recipient", name(), nullable=False),
        Column("channel", name(), nullable=False),
        Column("message_id", sa.Text(), nullable=False),
        Column("subject", sa.Text(), nullable=False),
        Column("content", sa.LargeBinary(), nullable=False),
        Column("queued_at", Instant(), nullable=False),
        Column("give_up_at", Instant(), nullable=False),
        Column("state", name(), nullable=False),
        Column("attempts", sa.Integer(), nullable=False),
        Column("next_try_at", Instant(), nullable=False),
        Column("owner", name()),
        Column("lease_until", Instant()),
        Column("sent_at", Instant()),
        Column("reason", sa.Text()),
        Column("settled_by", name()),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("kind", "place_id", "period", "recipient"),
        sa.CheckConstraint("kind IN ('report', 'correction', 'alert', 'test')", name="outbox_kind"),
        sa.CheckConstraint("channel IN ('mail', 'webhook')", name="outbox_channel"),
        sa.CheckConstraint(
            "state IN ('pending', 'sending', 'sent', 'uncertain', 'failed')", name="outbox_state"
        ),
    )
    op.create_index("outbox_due", "outbox", ["state", "next_try_at"])


def _create_reports() -> None:
    op.create_table(
        "report",
        Column("number", number(), autoincrement=False),
        Column("place_id", name(), nullable=False),
        Column("week", name(), nullable=False),
        Column("edition", sa.Integer(), nullable=False),
        Column("issue_id", name(), nullable=False),
        Column("made_at", Instant(), nullable=False),
        Column("note", sa.Text(), nullable=False),
        Column("content", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"]),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"]),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("place_id", "week", "edition"),
    )


def _create_alerts() -> None:
    op.create_table(
        "alert",
        Column("number", number(), autoincrement=False),
        Column("kind", name(), nullable=False),
        Column("place_id", name(), nullable=False),
        Column("subject", name(), nullable=False),
        Column("raised_at", Instant(), nullable=False),
        Column("ended_at", Instant()),
        Column("issue_id", name()),
        Column("cutoff", sa.Date()),
        Column("chance", sa.Double()),
        Column("threshold", sa.Double()),
        Column("detail", sa.JSON(), nullable=False),
        Column("seen_issue_id", name()),
        Column("quiet", sa.Integer(), nullable=False),
        Column("acknowledged_at", Instant()),
        Column("acknowledged_by", name()),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"]),
        sa.ForeignKeyConstraint(["seen_issue_id"], ["issue.id"]),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("ix_alert_place_id", "alert", ["place_id"])
    op.create_index("ix_alert_raised_at", "alert", ["raised_at"])
    op.create_index(
        "alert_open",
        "alert",
        ["kind", "place_id", "subject"],
        unique=True,
        sqlite_where=_WHILE_OPEN,
        postgresql_where=_WHILE_OPEN,
    )
    op.create_table(
        "judged_issue",
        Column("issue_id", name(), nullable=False),
        Column("judged_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"]),
        sa.PrimaryKeyConstraint("issue_id"),
    )
    op.create_table(
        "mute",
        Column("number", number(), autoincrement=False),
        Column("place_id", name(), nullable=False),
        Column("kind", name(), nullable=False),
        Column("until", Instant(), nullable=False),
        Column("muted_at", Instant(), nullable=False),
        Column("actor", name(), nullable=False),
        Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("ix_mute_place_id", "mute", ["place_id"])


def downgrade() -> None:
    """A migration takes nothing back."""
    raise RuntimeError("what was mailed cannot be taken back; restore a backup instead")
