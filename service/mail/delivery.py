"""One pass over the outbox: claim a letter, try it, note what became of it, until nothing is due."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

import structlog

from service.addresses import mailbox_of
from service.mail.console import Console
from service.mail.folder import Folder
from service.mail.outcomes import Outcome, Transport
from service.mail.smtp import PATIENCE, Mailer
from service.mail.webhooks import Webhooks
from service.settings import Settings
from service.store import Store
from service.store.mail_records import Channel, Dispatch, LetterState

BACK_OFF = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1))
"""After the first, second, third and every later try."""
RUN_SECONDS = 120.0
"""Seconds after which a pass begins no further letter; what is left waits for the next."""
SLACK = timedelta(minutes=5)
KEPT = timedelta(days=90)
CHANNELS: tuple[Channel, ...] = ("webhook", "mail")
REGISTER = "register"
LEFT = Outcome("failed", "the recipient was taken off the register")

log = structlog.get_logger("arrivals.mail")


@dataclass(frozen=True, slots=True)
class Deliveries:
    """How many letters a pass sent, laid back, gave up, and left uncertain."""

    sent: int = 0
    deferred: int = 0
    failed: int = 0
    uncertain: int = 0

    def plus(self, state: LetterState) -> "Deliveries":
        """One more letter that is now in a state."""
        name = "deferred" if state == "pending" else state
        return replace(self, **{name: getattr(self, name) + 1})

    def as_detail(self) -> dict[str, Any]:
        """The numbers for the ledger, those that are not zero."""
        numbers = {name: getattr(self, name) for name in ("sent", "deferred", "failed", "uncertain")}
        return {name: number for name, number in numbers.items() if number}


@dataclass(frozen=True, slots=True)
class Pass:
    """One worker's pass at an instant; `only` names the one letter that it is for."""

    store: Store
    now: datetime
    owner: str
    lease_until: datetime
    only: int | None = None

    def claim(self, channel: Channel) -> Dispatch | None:
        """The next letter of a channel."""
        return self.store.outbox.claim(
            channel, owner=self.owner, now=self.now, lease_until=self.lease_until, only=self.only
        )


def deliver(
    store: Store, settings: Settings, *, now: datetime, owner: str, only: int | None = None
) -> Deliveries:
    """Try every letter that is due, for some minutes at most; what became of them.

    A letter whose worker died becomes uncertain first, and one whose time is over fails.
    """
    patience = timedelta(seconds=RUN_SECONDS + 3 * PATIENCE * _timeout(settings))
    this = Pass(store, now, owner, now + patience + SLACK, only)
    counted = Deliveries()
    for letter in (*store.outbox.recover(now=now), *store.outbox.expire(now=now)):
        counted = counted.plus(_logged(letter))
    store.outbox.forget(before=now - KEPT)
    for channel in CHANNELS:
        with closing(_way(settings, channel, now)) as transport:
            counted = _empty(this, channel, transport, counted)
    return counted


def _empty(this: Pass, channel: Channel, transport: Transport, counted: Deliveries) -> Deliveries:
    """Send what is due on a channel until it is empty or closed, or the time is over."""
    begun = monotonic()
    while monotonic() - begun < RUN_SECONDS and (claimed := this.claim(channel)) is not None:
        outcome = _tried(this.store, transport, claimed)
        counted = counted.plus(_logged(_noted(this, claimed, outcome)))
        if outcome.closed:
            break
    return counted


def _way(settings: Settings, channel: Channel, now: datetime) -> Transport:
    if channel == "webhook":
        return Webhooks(settings.webhooks, now=now)
    ways: dict[str, Callable[[], Transport]] = {
        "folder": lambda: Folder(settings.mail_home),
        "console": Console,
        "smtp": lambda: _mailer(settings),
    }
    return ways[settings.mail_transport]()


def _mailer(settings: Settings) -> Mailer:
    if settings.smtp is None:
        raise ValueError("mail_transport is smtp, but no server is named")
    return Mailer(settings.smtp, name=mailbox_of(settings.mail_sender)[1].rpartition("@")[2])


def _timeout(settings: Settings) -> float:
    return settings.smtp.timeout_seconds if settings.smtp else 0.0


def _tried(store: Store, transport: Transport, claimed: Dispatch) -> Outcome:
    if _has_left(store, claimed):
        return LEFT
    return transport.send(claimed.letter)


def _has_left(store: Store, claimed: Dispatch) -> bool:
    """Whether a mail's reader was taken off the register since it was made."""
    if claimed.letter.channel != "mail" or claimed.letter.kind == "test":
        return False
    reader = store.recipients.get(claimed.letter.recipient)
    return reader is None or reader.ended_at is not None


def _noted(this: Pass, claimed: Dispatch, outcome: Outcome) -> Dispatch:
    """Write what became of a try; the letter as it is now."""
    outbox, now = this.store.outbox, this.now
    if outcome.state == "sent":
        outbox.sent(claimed, at=now)
        return replace(claimed, state="sent", sent_at=now, reason=None)
    if outcome.state == "uncertain":
        outbox.uncertain(claimed, outcome.reason, at=now)
        return replace(claimed, state="uncertain", reason=outcome.reason)
    again_at = now + BACK_OFF[min(claimed.attempts, len(BACK_OFF)) - 1]
    if outcome.state == "deferred" and again_at < claimed.letter.give_up_at:
        outbox.deferred(claimed, outcome.reason, at=now, until=again_at)
        return replace(claimed, state="pending", next_try_at=again_at, reason=outcome.reason)
    reason = outcome.reason if outcome.state == "failed" else f"given up: {outcome.reason}"
    outbox.failed(claimed, reason, at=now, settled_by=REGISTER if outcome is LEFT else None)
    return replace(claimed, state="failed", reason=reason)


def _logged(letter: Dispatch) -> LetterState:
    """Log what became of a letter, without its address; its state."""
    of = letter.letter
    facts = {"kind": of.kind, "place": of.place_id, "period": of.period, "recipient": of.recipient}
    say = log.info if letter.state == "sent" else log.warning
    say(
        "letter",
        number=letter.number,
        state=letter.state,
        tries=letter.attempts,
        reason=letter.reason,
        **facts,
    )
    return letter.state
