"""Events, capacities and configuration as two issues knew them: what was registered, changed, taken back."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from forecast.events import Event
from forecast.places import Place, Places
from forecast.planning.documents import filled
from service.store import Store
from service.store.records import CapacityRecord, Issue

Documents = dict[tuple[str, date], dict[str, Any]]
BESIDE = ("place", "valid_from", "valid_until", "recorded_at")


@dataclass(frozen=True, slots=True)
class Registered:
    """Events by id and capacities by place and first day, as the issue before and this one knew them."""

    events: tuple[Mapping[str, Event], Mapping[str, Event]]
    capacities: tuple[Documents, Documents]

    @classmethod
    def read(cls, store: Store, before: Issue, now: Issue) -> "Registered":
        """Everything registered that either issue knew."""
        return cls(
            (_events(store, before), _events(store, now)),
            (_capacities(store, before), _capacities(store, now)),
        )


def _events(store: Store, issue: Issue) -> dict[str, Event]:
    known = store.events.known(as_of=issue.as_of, last_event=issue.last_event)
    return {event.id: event for event in known}


def _capacities(store: Store, issue: Issue) -> Documents:
    known = store.capacities.records(as_of=issue.as_of, last_capacity=issue.last_capacity)
    return {(one.place_id, one.valid_from): _document(one) for one in known}


def _document(record: CapacityRecord) -> dict[str, Any]:
    told = {name: value for name, value in filled(record.document).items() if name not in BESIDE}
    return told | {"valid_until": record.valid_until}


def event_reasons(known: Registered, place: Place, places: Places) -> Iterator[str]:
    """The events registered, changed or withdrawn since that concern a place."""
    then, now = known.events
    for event in (*now.values(), *(one for name, one in then.items() if name not in now)):
        if not _concerns(event, place, places):
            continue
        if event.id not in now:
            yield f"event withdrawn: {_event(event)}"
        elif event.id not in then:
            yield f"event registered: {_event(event)}"
        elif _facts(event) != _facts(then[event.id]):
            yield f"event changed: {_event(event)}"


def _concerns(event: Event, place: Place, places: Places) -> bool:
    """Whether an event is of a place, of one above it or of one in it."""
    if event.place is None or event.place == place.id:
        return True
    above = places.ancestors(place.id) if place.id in places else ()
    return event.place in above or (event.place in places and place.id in places.ancestors(event.place))


def _facts(event: Event) -> tuple[object, ...]:
    return event.kind, event.first, event.last, event.place, event.multiple


def _event(event: Event) -> str:
    until = "" if event.kind == "opening" else f" to {event.last}" if event.last else " with no end known"
    size = f", up to {event.multiple:g} times the ordinary count" if event.multiple else ""
    return f"{event.id} ({event.kind}, {event.first}{until}{size})"


def capacity_reasons(known: Registered, place_ids: Sequence[str]) -> Iterator[str]:
    """The capacities of places that were registered, changed or withdrawn since, and in which fields."""
    then, now = known.capacities
    for key in sorted({*then, *now}):
        if key[0] not in place_ids or then.get(key) == now.get(key):
            continue
        if key not in now:
            yield f"capacity of {key[0]} from {key[1]} withdrawn"
        else:
            yield f"capacity of {key[0]} from {key[1]}: {_differences(_held(then, key), now[key])}"


def _held(documents: Documents, key: tuple[str, date]) -> dict[str, Any] | None:
    """What had been known to hold of a place on a first day."""
    begun = [first for place_id, first in documents if place_id == key[0] and first <= key[1]]
    return documents[key[0], max(begun)] if begun else None


def _differences(before: dict[str, Any] | None, now: dict[str, Any]) -> str:
    if before is None:
        return "registered"
    differing = [name for name in now if now[name] != before.get(name)]
    if not differing:
        return "registered anew, unchanged"
    return ", ".join(_difference(name, before.get(name), now[name]) for name in differing)


def _difference(name: str, before: Any, now: Any) -> str:
    single = all(one is None or isinstance(one, int | float | date) for one in (before, now))
    return f"{name} {_or_none(now)} (was {_or_none(before)})" if single else f"{name} changed"


def _or_none(value: Any) -> str:
    return "none" if value is None else str(value)


def configuration_reasons(before: Issue, now: Issue) -> Iterator[str]:
    """What is forecast with: settings and versions that differ."""
    if before.model_version != now.model_version:
        yield f"forecast by version {now.model_version} (was {before.model_version})"
    if before.calendar_version != now.calendar_version:
        yield f"calendar {now.calendar_version} (was {before.calendar_version})"
    for name, value in now.configuration.items():
        was = before.configuration.get(name)
        if was != value:
            yield f"configuration: {name} {_listed(value)} (was {_listed(was)})"


def _listed(value: Any) -> str:
    return " ".join(map(str, value)) if isinstance(value, list | tuple) else _or_none(value)
