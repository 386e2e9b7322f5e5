"""Configurations that were proposed, and by which steps one came in force; all of it appended."""

from collections.abc import Iterable
from dataclasses import asdict, fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from service.store.bulk import next_number
from service.store.database import Database
from service.store.errors import StoreError
from service.store.model_records import ModelEvent, ModelRecord, State
from service.store.model_schema import model_configuration, model_event

_FACTS = ("id", "hash", "document", "note", "proposed_by", "proposed_at")
_MAY: dict[str, tuple[State, ...]] = {
    "propose": ("retired",),
    "shadow": ("proposed",),
    "promote": ("proposed", "shadow", "retired"),
    "rollback": ("in force",),
    "retire": ("proposed", "shadow"),
}
"""In which states a configuration may take a step."""


class ModelStore:
    """One configuration is in force, that of the settings until another was promoted; some run in shadow."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def propose(self, record: ModelRecord) -> None:
        """Append a configuration, or propose a retired one anew; raises StoreError where it stands."""
        with self._database.write() as connection:
            known = {one.id for one in read(connection)}
            if record.id not in known:
                number = next_number(connection, model_configuration.c.number)
                facts = {name: getattr(record, name) for name in _FACTS}
                connection.execute(insert(model_configuration).values(number=number, **facts))
            event = ModelEvent(record.id, "propose", record.proposed_at, record.proposed_by, record.note)
            append(connection, event, new=record.id not in known)

    def act(self, event: ModelEvent) -> None:
        """Append a step; raises StoreError where the configuration's state does not allow it."""
        with self._database.write() as connection:
            append(connection, event)

    def all(self) -> tuple[ModelRecord, ...]:
        """All configurations in the order in which they were first proposed."""
        with self._database.read() as connection:
            return read(connection)

    def get(self, configuration_id: str) -> ModelRecord | None:
        """One configuration by its id."""
        return next((one for one in self.all() if one.id == configuration_id), None)

    def in_force(self) -> ModelRecord | None:
        """The configuration that was promoted last and not rolled back; None for that of the settings."""
        return next((one for one in self.all() if one.state == "in force"), None)

    def running(self, most: int) -> tuple[ModelRecord, ...]:
        """The configurations to run in shadow, at most so many: those that do, then the longest proposed."""
        known = self.all()
        running = [one for one in known if one.state == "shadow"]
        waiting = [one for one in known if one.state == "proposed"]
        return tuple((running + sorted(waiting, key=lambda one: one.since or one.proposed_at))[:most])

    def events(self, configuration_id: str | None = None) -> tuple[ModelEvent, ...]:
        """The steps of one configuration, or of all, oldest first."""
        with self._database.read() as connection:
            found = _events(connection)
        return tuple(one for one in found if configuration_id in (None, one.configuration_id))

    def before(self) -> ModelRecord | None:
        """The configuration that a rollback brings back; None for that of the settings."""
        with self._database.read() as connection:
            known, stack = read(connection), _standing(_events(connection))[1]
        return next((one for one in known if one.id == stack[-2]), None) if len(stack) > 1 else None


def append(connection: Connection, event: ModelEvent, *, new: bool = False) -> None:
    """Append a step within a transaction; raises StoreError where the state does not allow it."""
    state = {one.id: one.state for one in read(connection)}.get(event.configuration_id)
    if state is None:
        raise StoreError(
            f"there is no configuration {event.configuration_id!r}; `arrivals model list` shows all"
        )
    if not new and state not in _MAY[event.action]:
        raise StoreError(
            f"configuration {event.configuration_id} is {_words(state)}; it cannot be {_DONE[event.action]}"
        )
    number = next_number(connection, model_event.c.number)
    connection.execute(insert(model_event).values(number=number, **asdict(event)))


_DONE = {
    "propose": "proposed again",
    "shadow": "begun in shadow",
    "promote": "promoted",
    "rollback": "rolled back",
    "retire": "retired",
}


def _words(state: State) -> str:
    return {"proposed": "proposed already", "shadow": "in shadow"}.get(state, state)


def read(connection: Connection) -> tuple[ModelRecord, ...]:
    """All configurations within a transaction."""
    rows = connection.execute(select(model_configuration).order_by(model_configuration.c.number)).all()
    states, _ = _standing(_events(connection)) if rows else ({}, [])
    return tuple(_record(row, states) for row in rows)


def _record(row: Row[Any], states: dict[str, tuple[State, datetime]]) -> ModelRecord:
    record = ModelRecord(**{name: getattr(row, name) for name in _FACTS})
    if record.id not in states:
        return record
    state, since = states[record.id]
    return replace(record, state=state, since=since)


def _events(connection: Connection) -> tuple[ModelEvent, ...]:
    names = [one.name for one in fields(ModelEvent)]
    rows = connection.execute(select(model_event).order_by(model_event.c.number))
    return tuple(ModelEvent(**{name: getattr(row, name) for name in names}) for row in rows)


def _standing(events: Iterable[ModelEvent]) -> tuple[dict[str, tuple[State, datetime]], list[str]]:
    """Each configuration's state and since when, and those in force one after the other, none rolled back."""
    states: dict[str, tuple[State, datetime]] = {}
    stack: list[str] = []
    for one in events:
        if one.action == "promote":
            states |= {stack[-1]: ("retired", one.at)} if stack else {}
            stack.append(one.configuration_id)
            states[one.configuration_id] = ("in force", one.at)
        elif one.action == "rollback":
            stack.pop()
            states[one.configuration_id] = ("retired", one.at)
            states |= {stack[-1]: ("in force", one.at)} if stack else {}
        else:
            states[one.configuration_id] = (_AFTER[one.action], one.at)
    return states, stack


_AFTER: dict[str, State] = {"propose": "proposed", "shadow": "shadow", "retire": "retired"}
