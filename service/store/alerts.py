"""Alerts from when they are raised until they end, who has seen to them, and what is muted."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Row, Select, delete, func, insert, or_, select, update

from service.store import outbox
from service.store.bulk import next_number
from service.store.database import Database
from service.store.errors import StoreError
from service.store.mail_records import Alert, AlertKind, Letter, Matter, Mute
from service.store.mail_schema import alert, judged_issue, mute
from service.store.places import seen_by
from service.store.records import EVERYTHING, Scope
from service.store.schema import issue, observation

State = Literal["open", "ended", "all"]
SERVICE = ""
"""The place of what concerns the service as a whole; every reader sees it."""
_PLAIN = tuple(one.name for one in fields(Alert) if one.name != "matter")


@dataclass(frozen=True, slots=True)
class Standing:
    """The alerts and mutes at an instant, the number of the next alert, and whether an issue was judged."""

    open: tuple[Alert, ...]
    mutes: tuple[Mute, ...]
    next_number: int
    judged: bool


@dataclass(frozen=True, slots=True)
class Settlement:
    """Alerts that are raised, under new numbers, those that change or end, and the letters."""

    raised: tuple[Alert, ...] = ()
    changed: tuple[Alert, ...] = ()
    letters: tuple[Letter, ...] = ()


@dataclass(frozen=True, slots=True)
class Sought:
    """Which alerts are asked for: of some places, or of all; those of the places `without` are left out."""

    state: State = "open"
    places: frozenset[str] | None = None
    kind: AlertKind | None = None
    since: datetime | None = None
    without: frozenset[str] = frozenset()


class AlertStore:
    """Every alert; at most one of a matter is open."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def standing(self, issue_id: str | None, *, now: datetime) -> Standing:
        """What stands now, and whether an issue or a later one was judged."""
        with self._database.read() as connection:
            return _standing(connection, issue_id, now)

    def settle(
        self, decide: Callable[[Standing], Settlement], *, issue_id: str | None, now: datetime
    ) -> Settlement:
        """Decide on what stands and write it with the letters, in one transaction; the issue is judged by it.

        `decide` may be called while others wait to write.
        """
        with self._database.write() as connection:
            standing = _standing(connection, issue_id, now)
            settled = decide(standing)
            _write(connection, settled)
            outbox.lay(connection, settled.letters)
            if issue_id is not None and not standing.judged:
                connection.execute(insert(judged_issue).values(issue_id=issue_id, judged_at=now))
            return settled

    def open(self, scope: Scope = EVERYTHING) -> tuple[Alert, ...]:
        """The open alerts that a scope covers, oldest first."""
        with self._database.read() as connection:
            return _open(connection, scope)

    def page(self, limit: int, scope: Scope = EVERYTHING, *, sought: Sought) -> tuple[Alert, ...]:
        """The newest alerts sought that a scope covers, newest first."""
        statement = select(alert).where(_seen(scope), *_conditions(sought))
        with self._database.read() as connection:
            rows = connection.execute(statement.order_by(alert.c.number.desc()).limit(limit))
            return tuple(_alert(row) for row in rows)

    def between(self, first: datetime, until: datetime, scope: Scope = EVERYTHING) -> tuple[Alert, ...]:
        """The alerts that stood at any time between two instants, oldest first."""
        stood = (alert.c.raised_at < until, or_(alert.c.ended_at.is_(None), alert.c.ended_at >= first))
        statement = select(alert).where(_seen(scope), *stood).order_by(alert.c.number)
        with self._database.read() as connection:
            return tuple(_alert(row) for row in connection.execute(statement))

    def get(self, number: int, scope: Scope = EVERYTHING) -> Alert | None:
        """One alert by its number, if the scope covers it."""
        with self._database.read() as connection:
            row = connection.execute(_one(number).where(_seen(scope))).one_or_none()
            return None if row is None else _alert(row)

    def acknowledge(self, number: int, *, at: datetime, by: str) -> Alert:
        """Note that somebody saw to an alert, once; raises StoreError where there is none."""
        unseen = update(alert).where(alert.c.number == number, alert.c.acknowledged_at.is_(None))
        with self._database.write() as connection:
            connection.execute(unseen.values(acknowledged_at=at, acknowledged_by=by))
            row = connection.execute(_one(number)).one_or_none()
            if row is None:
                raise StoreError(f"there is no alert {number}; `arrivals alerts list` shows them")
            return _alert(row)

    def mute(self, new: Mute) -> int:
        """Let no mail go out about a place and kind until an instant; returns the mute's number."""
        with self._database.write() as connection:
            number = next_number(connection, mute.c.number)
            connection.execute(insert(mute).values(number=number, **asdict(new)))
            return number

    def mutes(self, scope: Scope = EVERYTHING, *, now: datetime) -> dict[int, Mute]:
        """What is muted now in a scope, by number."""
        statement = select(mute).where(mute.c.until > now, seen_by(scope, mute.c.place_id))
        with self._database.read() as connection:
            rows = connection.execute(statement.order_by(mute.c.number))
            return {row.number: _mute(row) for row in rows}

    def unmute(self, number: int) -> None:
        """Take a mute back; raises StoreError where there is none."""
        with self._database.write() as connection:
            if connection.execute(delete(mute).where(mute.c.number == number)).rowcount != 1:
                raise StoreError(f"there is no mute {number}; `arrivals alerts list` shows them")

    def heard(self, measure: str, *, since: date, as_of: datetime) -> dict[str, date]:
        """By place the last day of which anything was known at an instant, of the days from `since` on."""
        own = (
            observation.c.measure == measure,
            observation.c.day >= since,
            observation.c.recorded_at <= as_of,
        )
        last = func.max(observation.c.day, type_=observation.c.day.type)
        statement = select(observation.c.place_id, last.label("day")).where(*own)
        with self._database.read() as connection:
            rows = connection.execute(statement.group_by(observation.c.place_id))
            return {row.place_id: row.day for row in rows}


def _standing(connection: Connection, issue_id: str | None, now: datetime) -> Standing:
    muted = connection.execute(select(mute).where(mute.c.until > now).order_by(mute.c.number))
    return Standing(
        open=_open(connection, EVERYTHING),
        mutes=tuple(_mute(row) for row in muted),
        next_number=next_number(connection, alert.c.number),
        judged=_judged(connection, issue_id),
    )


def _judged(connection: Connection, issue_id: str | None) -> bool:
    """Whether an issue or one published after it was judged; a slow worker must not go back to it."""
    number = select(issue.c.number).where(issue.c.id == issue_id).scalar_subquery()
    later = select(judged_issue.c.issue_id).join(issue, issue.c.id == judged_issue.c.issue_id)
    return connection.scalar(later.where(issue.c.number >= number).limit(1)) is not None


def _open(connection: Connection, scope: Scope) -> tuple[Alert, ...]:
    statement = select(alert).where(alert.c.ended_at.is_(None), _seen(scope)).order_by(alert.c.number)
    return tuple(_alert(row) for row in connection.execute(statement))


def _one(number: int) -> Select[Any]:
    return select(alert).where(alert.c.number == number)


def _seen(scope: Scope) -> ColumnElement[bool]:
    return or_(seen_by(scope, alert.c.place_id), alert.c.place_id == SERVICE)


def _conditions(sought: Sought) -> list[ColumnElement[bool]]:
    states = {"open": [alert.c.ended_at.is_(None)], "ended": [alert.c.ended_at.is_not(None)], "all": []}
    found: list[ColumnElement[bool]] = [*states[sought.state]]
    if sought.places is not None:
        found.append(alert.c.place_id.in_(sorted(sought.places)))
    if sought.kind is not None:
        found.append(alert.c.kind == sought.kind)
    if sought.since is not None:
        found.append(alert.c.raised_at >= sought.since)
    return [*found, alert.c.place_id.not_in(sorted(sought.without))] if sought.without else found


def _write(connection: Connection, settled: Settlement) -> None:
    for one in settled.changed:
        connection.execute(update(alert).where(alert.c.number == one.number).values(_row(one)))
    for one in settled.raised:
        connection.execute(insert(alert).values(_row(one)))


def _row(one: Alert) -> dict[str, Any]:
    matter = {"kind": one.matter.kind, "place_id": one.matter.place_id, "subject": one.matter.subject}
    return matter | {name: getattr(one, name) for name in _PLAIN}


def _alert(row: Row[Any]) -> Alert:
    return Alert(Matter(row.kind, row.place_id, row.subject), **{name: getattr(row, name) for name in _PLAIN})


def _mute(row: Row[Any]) -> Mute:
    return Mute(**{one.name: getattr(row, one.name) for one in fields(Mute)})
