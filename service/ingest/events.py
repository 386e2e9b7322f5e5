"""A file of events, checked by row, against the register of places and against the events known already."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from difflib import get_close_matches
from typing import Any

from forecast.events import KINDS, LARGEST_MULTIPLE, Event, EventError, check
from forecast.places import Places
from service.ingest import cells
from service.ingest.formats import read_table, rows_table
from service.ingest.reasons import Reasons, Refusal
from service.ingest.tables import Table

LONGEST_NOTE = 500
NEEDED = ("id", "kind", "first")
Fields = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Desk:
    """What events are checked against: the places that the sender may speak of, events known, the instant."""

    register: Places
    known: Sequence[Event]
    now: datetime
    everywhere: bool = True


def read_events(content: bytes, *, name: str, desk: Desk) -> tuple[Event, ...] | Refusal:
    """The events in a CSV or JSON file, fit to be registered, or every reason why they are not.

    Columns: id, kind, first, last, place, multiple, note, recorded_at. An event of an id that is known
    takes the known one's place.
    """
    reasons = Reasons()
    return check_events_table(read_table(content, name, reasons), desk, reasons)


def event_from(fields: Mapping[str, object], desk: Desk) -> tuple[Event, ...] | Refusal:
    """One event from named fields, such as the options of a command, checked like a row of a file."""
    reasons = Reasons()
    return check_events_table(rows_table([fields], reasons), desk, reasons)


def check_events_table(table: Table | None, desk: Desk, reasons: Reasons) -> tuple[Event, ...] | Refusal:
    """The events of a table, or the reasons against them."""
    events: dict[int, Event] = {}
    if table is not None and not _refuse_columns(table, reasons):
        if not len(table):
            reasons.add(0, None, found="no rows", wanted="at least one event")
        meanings = table.meanings(PARSERS, reasons)
        _check_places(meanings, desk, reasons)
        events = _events(meanings, len(table.columns), desk, reasons)
        _check_ids(events, desk, reasons)
        if not reasons:
            _check_closures(events, desk, reasons)
    return reasons.refusal(rows=len(table) if table else 0) if reasons else tuple(events.values())


def _refuse_columns(table: Table, reasons: Reasons) -> bool:
    table.refuse_unknown_columns(PARSERS, reasons)
    for name in NEEDED:
        if name not in table.columns:
            reasons.add(0, name, found="no such column", wanted=f"the columns {', '.join(NEEDED)} at least")
    return bool(reasons)


def _events(meanings: Mapping[int, Fields], cells: int, desk: Desk, reasons: Reasons) -> dict[int, Event]:
    """The events by row; one with fewer right cells than it should have, or wrong as a whole, is left out."""
    events = {}
    for row, fields in meanings.items():
        event, errors = _event(fields, desk)
        for error in errors:
            reasons.add(row, error.field, found=_text(fields[error.field]), wanted=_remedy(error))
        if event is not None and len(fields) == cells and not errors:
            events[row] = event
    return events


def _event(fields: Fields, desk: Desk) -> tuple[Event | None, list[EventError]]:
    """The event that a row's right cells make, if they suffice, and all that is wrong with it as a whole."""
    told = {name: value for name, value in fields.items() if value is not None}
    errors: list[EventError] = []
    while told.keys() >= set(NEEDED):
        try:
            return _known_by(desk.now, Event(**{"recorded_at": desk.now, **told})), errors
        except EventError as error:
            errors.append(error)
            del told[error.field]  # what is wrong beside it shows without it
    return None, errors


def _known_by(now: datetime, event: Event) -> Event:
    if event.recorded_at > now:
        problem = f"event {event.id!r}: an instant up to now, {now:%Y-%m-%dT%H:%M:%SZ}, or an empty cell"
        raise EventError(problem, field="recorded_at", event=event.id)
    return event


def _check_ids(events: Mapping[int, Event], desk: Desk, reasons: Reasons) -> None:
    """Each id stands once, and none is that of an event which the sender may not speak of."""
    rows: dict[str, int] = {}
    foreign = {event.id for event in desk.known if not _may(event, desk)}
    since = {event.id: event.recorded_at for event in desk.known}
    for row, event in events.items():
        if event.id in rows:
            found = f"{event.id}, which stands in row {rows[event.id]} too"
            reasons.add(row, "id", found=found, wanted="each id once")
        elif event.id in foreign:
            reasons.add(row, "id", found=event.id, wanted="an id that is not taken, such as one with a date")
        elif event.recorded_at < since.get(event.id, event.recorded_at):
            wanted = f"an instant from {since[event.id].isoformat()} on, when {event.id} was known, or none"
            reasons.add(row, "recorded_at", found=str(event.recorded_at), wanted=wanted)
        rows.setdefault(event.id, row)


def _may(event: Event, desk: Desk) -> bool:
    return desk.everywhere if event.place is None else event.place in desk.register


def _check_places(meanings: Mapping[int, Fields], desk: Desk, reasons: Reasons) -> None:
    ids = [place.id for place in desk.register]
    for row, fields in meanings.items():
        place = fields.get("place")
        if place is not None and place not in desk.register:
            near = get_close_matches(place, ids, n=1)
            wanted = f"the id of a registered place{f', such as {near[0]}' if near else ''}"
            reasons.add(row, "place", found=place, wanted=wanted)
        elif place is None and not desk.everywhere:
            reasons.add(row, "place", found="no place", wanted="a place that this key covers")


def _check_closures(events: Mapping[int, Event], desk: Desk, reasons: Reasons) -> None:
    """No closure of a place overlaps another, of the file or known."""
    given = {event.id for event in events.values()}
    standing = [event for event in desk.known if event.id not in given]
    for row, event in events.items():
        try:
            check([*standing, event])
        except EventError as error:
            reasons.add(row, error.field, found=_text(getattr(event, error.field)), wanted=_remedy(error))
        standing.append(event)


def withdrawn(ids: Iterable[str], desk: Desk) -> tuple[Event, ...]:
    """The versions that take events back; raises EventError for an id that is not known."""
    known = {event.id: event for event in desk.known if _may(event, desk)}
    found = []
    for event_id in ids:
        if event_id not in known:
            problem = f"event {event_id!r} is not registered; `arrivals events list` names those that are"
            raise EventError(problem, field="id", event=event_id)
        found.append(replace(known[event_id], recorded_at=desk.now, withdrawn=True))
    return tuple(found)


def _remedy(error: EventError) -> str:
    return str(error).removeprefix(f"event {error.event!r}: ").removeprefix(f"event {error.event!r} ")


def _text(value: object) -> str:
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def _id(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,63}", text):
        raise ValueError("at most 64 small letters a-z, digits, - or _, such as kairak-repairs-2022")
    return text


def _kind(text: str) -> str:
    if text not in KINDS:
        raise ValueError(f"one of {', '.join(KINDS)}")
    return text


def _last(text: str) -> Any:
    return cells.day(text) if text else None


def _place(text: str) -> str | None:
    return text or None


def _multiple(text: str) -> float | None:
    wanted = f"a number above 0, at most {LARGEST_MULTIPLE:g}, or empty"
    if text and not (
        re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,3})?", text) and 0 < float(text) <= LARGEST_MULTIPLE
    ):
        raise ValueError(wanted)
    return float(text) if text else None


def _note(text: str) -> str | None:
    if len(text) > LONGEST_NOTE or not text.isprintable():
        raise ValueError(f"at most {LONGEST_NOTE} letters on one line")
    return text.strip() or None


def _recorded_at(text: str) -> datetime | None:
    return cells.instant(text) if text else None


PARSERS: dict[str, Callable[[str], Any]] = {
    "id": _id,
    "kind": _kind,
    "first": cells.day,
    "last": _last,
    "place": _place,
    "multiple": _multiple,
    "note": _note,
    "recorded_at": _recorded_at,
}
