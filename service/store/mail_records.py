"""What the store speaks of where something is told by mail: recipients, letters, reports, alerts."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

Topic = Literal["report", "alert"]
TOPICS: tuple[Topic, ...] = ("report", "alert")
LetterKind = Literal["report", "correction", "alert", "test"]
Channel = Literal["mail", "webhook"]
LetterState = Literal["pending", "sending", "sent", "uncertain", "failed"]
LETTER_STATES: tuple[LetterState, ...] = ("pending", "sending", "sent", "uncertain", "failed")
Verdict = Literal["came", "send-again", "leave"]
"""What an operator says of a letter that failed or may have been taken."""
AlertKind = Literal["surge", "arrivals", "wait", "beds", "silent", "implausible", "degraded", "job-late"]
ALERT_KINDS: tuple[AlertKind, ...] = (
    "surge", "arrivals", "wait", "beds", "silent", "implausible", "degraded", "job-late",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Recipient:
    """An address that gets mail about some regions or countries, in a language, of some kinds."""

    id: str
    address: str
    language: str
    kinds: frozenset[Topic]
    places: frozenset[str]
    created_at: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """A message that is ready to go out: its bytes and Message-ID are fixed before the first try.

    There is at most one of a kind, place, period (week, or alert) and recipient.
    """

    kind: LetterKind
    place_id: str
    period: str
    recipient: str
    channel: Channel
    message_id: str
    subject: str
    content: bytes
    queued_at: datetime
    give_up_at: datetime


@dataclass(frozen=True, slots=True)
class Dispatch:
    """A letter in the outbox and what became of it; `attempts` counts the tries, this one too.

    `settled_by` is the operator who saw to a failed or uncertain one.
    """

    number: int
    letter: Letter
    state: LetterState
    attempts: int
    next_try_at: datetime
    owner: str | None = None
    lease_until: datetime | None = None
    sent_at: datetime | None = None
    reason: str | None = None
    settled_by: str | None = None


@dataclass(frozen=True, slots=True)
class ReportRecord:
    """A report as it was made for a place and ISO week; edition 0 is the first, later ones correct it."""

    place_id: str
    week: str
    edition: int
    issue_id: str
    made_at: datetime
    note: str
    content: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Matter:
    """What an alert is about: its kind, the place, and what of it (a measure, a feed, a job)."""

    kind: AlertKind
    place_id: str
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Alert:
    """A matter that asks for a decision, from when it was raised until it ended.

    `cutoff` is that of the newest issue seen, `seen_issue_id`; `chance`, `threshold` and `detail` are of the
    newest one that did not find it quiet, and `quiet` counts those that did since. The store gives the
    `number`.
    """

    matter: Matter
    raised_at: datetime
    ended_at: datetime | None = None
    issue_id: str | None = None
    cutoff: date | None = None
    chance: float | None = None
    threshold: float | None = None
    detail: dict[str, Any] = field(default_factory=dict)
    seen_issue_id: str | None = None
    quiet: int = 0
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = None
    number: int = 0


@dataclass(frozen=True, slots=True)
class Mute:
    """No mail about a kind of alert at a place, or "" for all kinds, until an instant."""

    place_id: str
    kind: str
    until: datetime
    muted_at: datetime
    actor: str
    reason: str
