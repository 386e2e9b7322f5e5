"""An analyst's override from the fields sent, checked against the issue that it is held against."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from secrets import token_hex
from typing import Any

from forecast.places import Places
from forecast.planning import fields
from forecast.planning.registers import CapacityError
from service.cycle.overrides import day_over
from service.store import Store
from service.store.model_records import Override
from service.store.records import Issue

FIELDS = ("place", "measure", "first", "last", "median", "lower", "upper", "reason", "issue")
LONGEST_REASON = 500


class OverrideError(ValueError):
    """An override that cannot be; `field` is the one to mend."""

    def __init__(self, field: str | None, *, found: str | None, wanted: str) -> None:
        super().__init__(f"{field}: {found}; wanted: {wanted}" if field else wanted)
        self.field, self.found, self.wanted = field, found, wanted


@dataclass(frozen=True, slots=True)
class Judge:
    """Who overrides, when, and which places that may be of."""

    places: Places
    actor: str
    now: datetime


def make_override(store: Store, sent: Mapping[str, Any], judge: Judge) -> Override:
    """Store an override and return it. Raises OverrideError, and stores nothing, where a field cannot be.

    The forecast it is held against, by default of the latest issue, stays as it is; so do the totals of the
    place that is overridden.
    """
    override = override_of(store, sent, judge)
    store.overrides.put(override)
    return override


def override_of(store: Store, sent: Mapping[str, Any], judge: Judge) -> Override:
    """An override of the fields sent. Raises OverrideError."""
    for name in sent:
        if name not in FIELDS:
            raise OverrideError(fields.quoted(name), found=None, wanted=f"no field but {', '.join(FIELDS)}")
    place = sent.get("place")
    if not isinstance(place, str) or place not in judge.places:
        raise OverrideError("place", found=fields.quoted(place), wanted="a registered place's id")
    issue, measure = _issue(store, sent.get("issue")), sent.get("measure") or "arrivals"
    if not store.issues.forecasts(issue.id, measure=str(measure), place_ids=[place]):
        raise OverrideError(
            "measure", found=fields.quoted(measure), wanted="one that the issue forecasts there"
        )
    first, last = _days(sent, issue, place, judge)
    lower, median, upper = _numbers(sent)
    return Override(
        id=f"override-{token_hex(6)}",
        issue_id=issue.id,
        place_id=place,
        measure=str(measure),
        first=first,
        last=last,
        median=median,
        lower=lower,
        upper=upper,
        reason=_reason(sent.get("reason")),
        actor=judge.actor,
        recorded_at=judge.now,
    )


def _issue(store: Store, name: object) -> Issue:
    found = store.issues.latest() if name in (None, "latest") else None
    if isinstance(name, str) and name != "latest":
        found = store.issues.get(name)
    if found is None:
        raise OverrideError("issue", found=fields.quoted(name), wanted="an issue's id, or latest")
    return found


def _days(sent: Mapping[str, Any], issue: Issue, place: str, judge: Judge) -> tuple[date, date]:
    first = _read(fields.day, sent.get("first"), "first")
    last = first if sent.get("last") is None else _read(fields.day, sent["last"], "last")
    covered = issue.cutoff + timedelta(days=1), issue.cutoff + timedelta(days=issue.horizon)
    if not covered[0] <= first <= last <= covered[1]:
        wanted = f"days in their order from {covered[0]} to {covered[1]}, which the issue forecasts"
        raise OverrideError("first", found=f"{first} to {last}", wanted=wanted)
    if day_over(first, judge.places[place]) <= judge.now:
        raise OverrideError("first", found=str(first), wanted="a day that is not over at its place")
    return first, last


def _numbers(sent: Mapping[str, Any]) -> tuple[float | None, float, float | None]:
    """Lower end, median, upper end, in their order; both ends or none."""
    median = _people(sent.get("median"), "median")
    ends = [None if sent.get(name) is None else _people(sent[name], name) for name in ("lower", "upper")]
    if (ends[0] is None) != (ends[1] is None):
        raise OverrideError("lower", found="one end", wanted="both ends of the 80 % interval, or none")
    if ends[0] is not None and ends[1] is not None and not ends[0] <= median <= ends[1]:
        wanted = "lower, median and upper in this order"
        raise OverrideError("median", found=f"{ends[0]:g}, {median:g}, {ends[1]:g}", wanted=wanted)
    return ends[0], median, ends[1]


def _people(value: object, name: str) -> float:
    found: float = _read(fields.number, value, name)
    if found < 0:
        raise OverrideError(name, found=f"{found:g}", wanted="a number of people, not below 0")
    return found


def _reason(value: object) -> str:
    told = value.strip() if isinstance(value, str) else ""
    if not 0 < len(told) <= LONGEST_REASON or not told.isprintable():
        wanted = f"a reason in words, at most {LONGEST_REASON} letters on one line"
        raise OverrideError("reason", found=fields.quoted(value), wanted=wanted)
    return told


def _read(read: Any, value: object, name: str) -> Any:
    try:
        return read(value, name)
    except CapacityError as error:
        raise OverrideError(name, found=str(error.found), wanted=error.wanted) from None
