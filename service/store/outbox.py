"""Letters on their way out: each claimed by one worker at a time, and what became of it kept."""

from collections.abc import Iterable
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)

from service.store.audit import append
from service.store.bulk import next_number
from service.store.database import Database
from service.store.errors import StoreError
from service.store.mail_records import (
    LETTER_STATES,
    Channel,
    Dispatch,
    Letter,
    LetterKind,
    LetterState,
    Verdict,
)
from service.store.mail_schema import outbox
from service.store.records import AuditEntry

_LETTER = tuple(field.name for field in fields(Letter))
_KEY = ("kind", "place_id", "period", "recipient")
_OWN = tuple(field.name for field in fields(Dispatch) if field.name != "letter")
_WAITING = outbox.c.state == "pending"
_LISTED = tuple(column for column in outbox.c if column.name != "content")  # up to some 400 kB each
_TROUBLED = and_(
    outbox.c.state.in_(("failed", "uncertain")), outbox.c.settled_by.is_(None), outbox.c.kind != "test"
)


def lay(connection: Connection, letters: Iterable[Letter]) -> int:
    """Lay letters into the outbox within another writer's transaction; returns how many are new.

    One of the same kind, place, period and recipient is left as it is, whatever became of it.
    """
    number = first = next_number(connection, outbox.c.number)
    for letter in letters:
        if not _is_there(connection, letter):
            facts = {"number": number, "state": "pending", "attempts": 0, "next_try_at": letter.queued_at}
            connection.execute(insert(outbox).values(**facts, **asdict(letter)))
            number += 1
    return number - first


class OutboxStore:
    """Every letter and its state: pending, sending, sent, uncertain or failed."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, letters: Iterable[Letter]) -> int:
        """Lay letters into the outbox in one transaction; returns how many are new."""
        with self._database.write() as connection:
            return lay(connection, letters)

    def is_due(self, now: datetime) -> bool:
        """Whether there is anything to do: a letter to try, or one that a dead worker left."""
        something = select(outbox.c.number).where(or_(_due(now), _left(now))).limit(1)
        with self._database.read() as connection:
            return connection.scalar(something) is not None

    def claim(
        self,
        channel: Channel,
        *,
        owner: str,
        now: datetime,
        lease_until: datetime,
        only: int | None = None,
    ) -> Dispatch | None:
        """The next letter that is due, now `sending` and nobody else's until its lease is over; or None."""
        due = and_(_due(now), outbox.c.channel == channel, outbox.c.give_up_at > now)
        if only is not None:
            due = and_(due, outbox.c.number == only)
        first = select(outbox.c.number).where(due).order_by(outbox.c.next_try_at, outbox.c.number).limit(1)
        held = {"state": "sending", "owner": owner, "lease_until": lease_until}
        with self._database.write() as connection:
            number = connection.scalar(first)
            if number is None:
                return None
            taken = update(outbox).where(outbox.c.number == number)
            connection.execute(taken.values(attempts=outbox.c.attempts + 1, settled_by=None, **held))
            return _read(connection.execute(_one(number)).one())

    def sent(self, claimed: Dispatch, *, at: datetime) -> bool:
        """Note that a letter was taken, also where its lease was over meanwhile; whether it was noted."""
        gone = {"state": "sent", "sent_at": at, "reason": None}
        return self._conclude(claimed, gone, at, late=True)

    def deferred(self, claimed: Dispatch, reason: str, *, at: datetime, until: datetime) -> bool:
        """Lay a letter that was certainly not taken back until an instant; whether it was noted."""
        return self._conclude(claimed, {"state": "pending", "next_try_at": until, "reason": reason}, at)

    def failed(self, claimed: Dispatch, reason: str, *, at: datetime, settled_by: str | None = None) -> bool:
        """Give a letter up that was certainly not taken; whether it was noted."""
        return self._conclude(claimed, {"state": "failed", "reason": reason, "settled_by": settled_by}, at)

    def uncertain(self, claimed: Dispatch, reason: str, *, at: datetime) -> bool:
        """Note that a letter may have been taken, so that nothing sends it again; whether it was noted."""
        return self._conclude(claimed, {"state": "uncertain", "reason": reason}, at)

    def recover(self, *, now: datetime) -> tuple[Dispatch, ...]:
        """What becomes of letters that a dead worker left in `sending`, as they are now.

        A mail may have been taken and becomes uncertain; a webhook's receiver drops repeats: it waits again.
        """
        ended = {"lease_until": None, "reason": "the worker ended before the answer was noted"}
        again = {"state": "pending", "next_try_at": now, **ended}
        with self._database.write() as connection:
            mail = and_(_left(now), outbox.c.channel == "mail")
            unsure = _change_all(connection, mail, {"state": "uncertain", **ended}, now)
            return (*unsure, *_change_all(connection, _left(now), again, now))

    def expire(self, *, now: datetime) -> tuple[Dispatch, ...]:
        """Give up the letters that nobody tried in their time, as they are now."""
        why = func.coalesce(outbox.c.reason, "it could not be tried in its time")
        late = {"state": "failed", "reason": literal("given up: ").concat(why)}
        with self._database.write() as connection:
            return _change_all(connection, and_(_WAITING, outbox.c.give_up_at <= now), late, now)

    def settle(self, number: int, verdict: Verdict, *, by: str, at: datetime, until: datetime) -> Dispatch:
        """What an operator says of a failed or uncertain letter: it came, send it again until an instant,
        or leave it as it is; raises StoreError where there is nothing to settle."""
        with self._database.write() as connection:
            found = _settleable(connection, number, verdict)
            values: dict[Verdict, dict[str, Any]] = {
                "came": {"state": "sent", "sent_at": at},
                "send-again": {"state": "pending", "next_try_at": at, "give_up_at": until, "owner": None},
                "leave": {},
            }
            settled = {**values[verdict], "settled_by": by}
            connection.execute(update(outbox).where(outbox.c.number == number).values(**settled))
            detail = {"number": number, "verdict": verdict}
            append(connection, AuditEntry(at, by, "letter.settle", found.recipient, detail))
            return _read(connection.execute(_one(number)).one())

    def forget(self, *, before: datetime) -> int:
        """Empty the letters that were queued before an instant and are at rest; returns how many."""
        rest = outbox.c.state.in_(("sent", "failed", "uncertain"))
        old = and_(rest, outbox.c.queued_at < before, outbox.c.content != b"")
        with self._database.read() as connection:
            if connection.scalar(select(outbox.c.number).where(old).limit(1)) is None:
                return 0
        with self._database.write() as connection:
            return connection.execute(update(outbox).where(old).values(content=b"")).rowcount

    def page(
        self, limit: int, *, states: tuple[LetterState, ...] = LETTER_STATES, before: int | None = None
    ) -> tuple[Dispatch, ...]:
        """The newest letters in some states, newest first, without content; with `before`, those below it."""
        statement = select(*_LISTED).where(outbox.c.state.in_(states)).order_by(outbox.c.number.desc())
        if before is not None:
            statement = statement.where(outbox.c.number < before)
        with self._database.read() as connection:
            return tuple(_read(row) for row in connection.execute(statement.limit(limit)))

    def find(self, kind: LetterKind, place_id: str, period: str, recipient: str) -> Dispatch | None:
        """The one letter of a kind, place, period and recipient."""
        same = _same((kind, place_id, period, recipient))
        with self._database.read() as connection:
            row = connection.execute(select(outbox).where(same)).one_or_none()
            return None if row is None else _read(row)

    def get(self, number: int) -> Dispatch | None:
        """One letter by its number."""
        with self._database.read() as connection:
            row = connection.execute(_one(number)).one_or_none()
            return None if row is None else _read(row)

    def troubled(self, limit: int = 1_000) -> tuple[Dispatch, ...]:
        """The failed and uncertain letters that no operator has settled, newest first, without content.

        Test mails are left out: whoever sends one is told at once.
        """
        statement = select(*_LISTED).where(_TROUBLED).order_by(outbox.c.number.desc()).limit(limit)
        with self._database.read() as connection:
            return tuple(_read(row) for row in connection.execute(statement))

    def held_up(self) -> tuple[int, str | None]:
        """How many letters wait after a try that went wrong, and the newest's reason."""
        tried = and_(_WAITING, outbox.c.attempts > 0)
        newest = select(outbox.c.reason).where(tried).order_by(outbox.c.number.desc()).limit(1)
        with self._database.read() as connection:
            number = connection.scalar(select(func.count()).select_from(outbox).where(tried))
            return int(number or 0), connection.scalar(newest)

    def counts(self) -> dict[LetterState, int]:
        """How many letters are in each state."""
        statement = select(outbox.c.state, func.count().label("letters")).group_by(outbox.c.state)
        with self._database.read() as connection:
            found = {row.state: row.letters for row in connection.execute(statement)}
        return {state: found.get(state, 0) for state in LETTER_STATES}

    def _conclude(
        self, claimed: Dispatch, values: dict[str, Any], at: datetime, *, late: bool = False
    ) -> bool:
        """Write what became of the try that was claimed, unless the letter has become another's."""
        states = ("sending", "uncertain") if late else ("sending",)
        tried = and_(outbox.c.owner == claimed.owner, outbox.c.attempts == claimed.attempts)
        own = and_(outbox.c.number == claimed.number, outbox.c.state.in_(states), tried)
        with self._database.write() as connection:
            return bool(_change_all(connection, own, {"lease_until": None, **values}, at))


def _change_all(
    connection: Connection, condition: ColumnElement[bool], values: dict[str, Any], at: datetime
) -> tuple[Dispatch, ...]:
    """Change the letters of a condition, and write what is final into the audit log; as they are now."""
    numbers = list(connection.scalars(select(outbox.c.number).where(condition)))
    if not numbers:
        return ()
    connection.execute(update(outbox).where(outbox.c.number.in_(numbers)).values(**values))
    rows = connection.execute(select(*_LISTED).where(outbox.c.number.in_(numbers)).order_by(outbox.c.number))
    changed = tuple(map(_read, rows))
    append(connection, *(_entry(one, at) for one in changed if one.state != "pending"))
    return changed


def _entry(letter: Dispatch, at: datetime) -> AuditEntry:
    """What the audit log keeps of a letter's end: its recipient's id, no address."""
    of = letter.letter
    detail = {"number": letter.number, "kind": of.kind, "place": of.place_id, "period": of.period}
    told = {**detail, "reason": letter.reason} if letter.reason else detail
    return AuditEntry(at, letter.owner or "outbox", f"letter.{letter.state}", of.recipient, told)


def _is_there(connection: Connection, letter: Letter) -> bool:
    same = _same(tuple(getattr(letter, name) for name in _KEY))
    return connection.scalar(select(outbox.c.number).where(same)) is not None


def _same(key: tuple[str, ...]) -> ColumnElement[bool]:
    return and_(*(outbox.c[name] == value for name, value in zip(_KEY, key, strict=True)))


def _one(number: int) -> Select[Any]:
    return select(outbox).where(outbox.c.number == number)


def _due(now: datetime) -> ColumnElement[bool]:
    return and_(_WAITING, outbox.c.next_try_at <= now)


def _left(now: datetime) -> ColumnElement[bool]:
    return and_(outbox.c.state == "sending", outbox.c.lease_until <= now)


def _settleable(connection: Connection, number: int, verdict: Verdict) -> Row[Any]:
    found = connection.execute(_one(number)).one_or_none()
    if found is None:
        raise StoreError(f"there is no letter {number}; `arrivals mail list` shows them")
    if found.state not in ("failed", "uncertain"):
        raise StoreError(
            f"letter {number} is {found.state}; only one that failed or is uncertain can be settled"
        )
    if verdict == "send-again" and not found.content:
        raise StoreError(f"letter {number} is too old to be sent again: its content is no longer kept")
    return found


def _read(row: Row[Any]) -> Dispatch:
    facts: dict[str, Any] = {name: getattr(row, name, b"") for name in _LETTER}
    letter = Letter(**facts)
    return Dispatch(letter=letter, **{name: getattr(row, name) for name in _OWN})
