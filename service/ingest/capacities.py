"""A file of capacities, checked document by document, against the places and the versions known already."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from forecast.places import Places
from forecast.planning.documents import filled, version_of
from forecast.planning.fields import quoted
from forecast.planning.registers import CapacityError, Registers, Version
from service.ingest import cells
from service.ingest.formats import json_document, refuse_encoding
from service.ingest.reasons import Reasons, Refusal
from service.store import Store
from service.store.capacities import in_force, registers_of
from service.store.records import AuditEntry, CapacityRecord

MOST_DOCUMENTS = 10_000
ENVELOPE = {"capacities", "note"}
Key = tuple[str, date]


@dataclass(frozen=True, slots=True)
class CapacityDesk:
    """What capacities are checked against: the places, the versions known, the instant, and who sends."""

    places: Places
    known: Sequence[CapacityRecord]
    now: datetime
    actor: str

    @classmethod
    def of(cls, store: Store, *, now: datetime, actor: str) -> "CapacityDesk":
        """The desk as it stands now."""
        return cls(store.places.all(), store.capacities.records(as_of=now), now, actor)


def read_capacities(content: bytes, desk: CapacityDesk) -> tuple[CapacityRecord, ...] | Refusal:
    """The versions in JSON, fit to be registered, or every reason why they are not.

    One document, a list of them, or `{"capacities": [...]}` with or without a `note`; each has `place`,
    `valid_from`, and the fields of a crossing or a region; optional `valid_until`, `recorded_at`.
    """
    reasons = Reasons()
    documents = _documents(content, reasons)
    found: dict[int, tuple[CapacityRecord, Version]] = {}
    for row, document in enumerate(documents, 1):
        try:
            found[row] = _record(document, desk)
        except CapacityError as error:
            _note(row, error, reasons)
    _check_twice({row: record for row, (record, _) in found.items()}, reasons)
    if not reasons:
        _check_validity(found, desk, reasons)
    if reasons:
        return reasons.refusal(rows=len(documents))
    return tuple(record for record, _ in found.values())


def register(store: Store, records: Sequence[CapacityRecord], desk: CapacityDesk) -> int:
    """Register versions and write down that it was done; returns how many were new or changed.

    Raises CapacityError where another process changed the register meanwhile, so that they contradict it.
    """
    changed = store.capacities.put(records, at=desk.now)
    facts = {
        "versions": [f"{record.place_id} from {record.valid_from}" for record in records[:100]],
        "count": len(records),
        "changed": changed,
    }
    store.audit.append(AuditEntry(desk.now, desk.actor, "capacities.write", "capacities", facts))
    return changed


def withdrawn(place_id: str, first: date, desk: CapacityDesk) -> CapacityRecord:
    """The record that takes a version back. Raises CapacityError where there is none such."""
    known = _known(desk).get((place_id, first))
    if known is None:
        wanted = "a version that `arrivals capacities list` shows"
        raise CapacityError("valid_from", found=first, wanted=wanted, place=place_id)
    return replace(known, recorded_at=desk.now, actor=desk.actor, withdrawn=True)


def revised(
    place_id: str, first: date, changes: Mapping[str, Any], desk: CapacityDesk
) -> tuple[CapacityRecord, ...]:
    """The version in force at a place, with some fields changed from a day on, until when it was to end.

    Raises CapacityError where none is in force, or where the changes cannot be.
    """
    base = _in_force(place_id, first, desk)
    begun = {**base.document, "valid_from": first.isoformat(), **changes}
    version_of(begun, desk.places)
    new = replace(_signed(base, desk), valid_from=first, document=begun)
    if base.valid_until is None or base.valid_from == first:
        return (new,)
    eve = first - timedelta(days=1)
    cut = {**base.document, "valid_until": eve.isoformat()}
    return replace(_signed(base, desk), valid_until=eve, document=cut), new


def _signed(record: CapacityRecord, desk: CapacityDesk) -> CapacityRecord:
    return replace(record, recorded_at=desk.now, actor=desk.actor, number=0)


def _in_force(place_id: str, day: date, desk: CapacityDesk) -> CapacityRecord:
    found = in_force(desk.known, day).get(place_id)
    if found is None:
        wanted = "a place with a capacity in force; register one with `arrivals capacities import`"
        raise CapacityError("place", found=f"{place_id} on {day}", wanted=wanted)
    return found


def _documents(content: bytes, reasons: Reasons) -> list[Any]:
    """The documents in a file, whatever they are."""
    found = None if refuse_encoding(content, reasons) else json_document(content, reasons)
    if reasons:
        return []
    if isinstance(found, dict) and "capacities" in found:
        for name in sorted(set(found) - ENVELOPE):
            reasons.add(0, name, found="a field of that name", wanted="only capacities, and a note")
        found = found["capacities"]
    listed = [found] if isinstance(found, dict) else found
    if not isinstance(listed, list) or not 0 < len(listed) <= MOST_DOCUMENTS:
        wanted = f"an object with a place's capacity, or a list of 1 to {MOST_DOCUMENTS}"
        reasons.add(0, None, found=quoted(listed), wanted=wanted)
        return []
    return listed


def _record(document: object, desk: CapacityDesk) -> tuple[CapacityRecord, Version]:
    fields = dict(document) if isinstance(document, Mapping) else document
    told = fields.pop("recorded_at", None) if isinstance(fields, dict) else None
    version = version_of(fields, desk.places)
    recorded_at = desk.now if told is None else _instant(told, version.place_id, desk.now)
    record = CapacityRecord(
        place_id=version.place_id,
        valid_from=version.valid_from,
        valid_until=version.valid_until,
        document=dict(fields),  # type: ignore[call-overload]
        recorded_at=recorded_at,
        actor=desk.actor,
    )
    _check_closing(record, desk)
    return record, version


def _instant(told: object, place: str, now: datetime) -> datetime:
    wanted = f"an instant up to now, {now:%Y-%m-%dT%H:%M:%SZ}, or none"
    try:
        found = cells.instant(told) if isinstance(told, str) else None
    except ValueError:
        found = None
    if found is None or found > now:
        raise CapacityError("recorded_at", found=quoted(told), wanted=wanted, place=place)
    return found


def _check_closing(record: CapacityRecord, desk: CapacityDesk) -> None:
    """What is new cannot be over already on the day on which it becomes known."""
    today = record.recorded_at.date()
    known = _known(desk).get((record.place_id, record.valid_from))
    if record.valid_until is None or record.valid_until >= today:
        return
    if known is None or filled(known.document) != filled(record.document):
        wanted = f"a day from {today} on, when this becomes known; what is past is not planned"
        raise CapacityError("valid_until", found=record.valid_until, wanted=wanted, place=record.place_id)


def _check_twice(records: Mapping[int, CapacityRecord], reasons: Reasons) -> None:
    rows: dict[Key, int] = {}
    for row, record in records.items():
        key = (record.place_id, record.valid_from)
        if key in rows:
            found = f"{record.valid_from} at {record.place_id}, which stands in row {rows[key]} too"
            reasons.add(row, "valid_from", found=found, wanted="each place and first day once")
        rows.setdefault(key, row)


def _check_validity(
    found: Mapping[int, tuple[CapacityRecord, Version]], desk: CapacityDesk, reasons: Reasons
) -> None:
    """No version of a place begins within another, of the file or known, that ends on a day."""
    given = {(record.place_id, record.valid_from) for record, _ in found.values()}
    standing = list(registers_of(one for key, one in _known(desk).items() if key not in given))
    for row, (_, version) in found.items():
        try:
            Registers([*(one for one in standing if one.place_id == version.place_id), version])
        except CapacityError as error:
            _note(row, error, reasons)
        standing.append(version)


def _known(desk: CapacityDesk) -> dict[Key, CapacityRecord]:
    return {(record.place_id, record.valid_from): record for record in desk.known}


def _note(row: int, error: CapacityError, reasons: Reasons) -> None:
    whose = f", at {error.place}" if error.place else ""
    reasons.add(row, error.field, found=f"{error.found}{whose}", wanted=error.wanted)
