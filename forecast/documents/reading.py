"""Configurations out of TOML documents, and out of what an issue recorded of its own."""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from typing import Any, TypeVar

from forecast.calendars import Calendars
from forecast.combine import Weighing, Widening
from forecast.configuration import Configuration
from forecast.documents.entries import (
    ConfigurationError,
    day,
    days,
    instant,
    known,
    number,
    one_of,
    refusing,
    table_of,
    text,
    texts,
    truth,
    untold,
    whole,
    wrong,
)
from forecast.events import KINDS, Event
from forecast.members import Member, member_of, with_settings

T = TypeVar("T")
WHOLE = ("horizon", "paths", "seed", "slow_series")
KEYS = (*WHOLE, "members", "settings", "events", "calendars", "weighing", "widening")
RECORDED = (*KEYS, "own")
WANTED = {"kind": f"one of {', '.join(KINDS)}", "first": "a day such as 2026-03-01"}
EVENT_KEYS = ("id", "kind", "place", "first", "last", "multiple", "note", "recorded_at", "withdrawn")


def configuration_from_toml(document: str) -> Configuration:
    """The configuration of a TOML document; raises ConfigurationError."""
    try:
        found = tomllib.loads(document)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"this is no TOML: {error}") from None
    known(found, KEYS, "")
    return _configuration(found)


def configuration_from_dict(recorded: Mapping[str, Any]) -> Configuration:
    """The configuration of which `as_dict` told; raises ConfigurationError."""
    known(recorded, RECORDED, "")
    return _configuration(recorded)


def _configuration(found: Mapping[str, Any]) -> Configuration:
    given: dict[str, Any] = {name: whole(found[name], name) for name in WHOLE if name in found}
    members = texts(found["members"], "members") if "members" in found else Configuration().names
    settings = table_of(found.get("settings", {}), "settings")
    known(settings, members, "settings")
    if "members" in found or settings:
        given["members"] = tuple(_member(name, settings.get(name, {})) for name in members)
    if "events" in found:
        given["events"] = tuple(_events(found["events"]))
    if "calendars" in found:
        given["calendars"] = _calendars(table_of(found["calendars"], "calendars"))
    for name, kind in (("weighing", Weighing), ("widening", Widening)):
        if name in found:
            given[name] = _numbers(kind, table_of(found[name], name), name)
    return refusing(lambda: Configuration(**given))


def _member(name: str, settings: Any) -> str | Member:
    """A member's name, or the member with its settings."""
    values = table_of(settings, f"settings.{name}")
    plain = {key: untold(value, f"settings.{name}.{key}") for key, value in values.items()}
    member = refusing(lambda: member_of(name))
    return refusing(lambda: with_settings(member, plain)) if plain else name


def _events(found: Any) -> Sequence[Event]:
    if not isinstance(found, list):
        raise wrong(found, "tables [[events]]", "events")
    return [_event(table_of(event, f"events[{at}]"), f"events[{at}]") for at, event in enumerate(found)]


def _event(found: Mapping[str, Any], at: str) -> Event:
    known(found, EVENT_KEYS, at)
    for name in ("kind", "first"):
        if name not in found:
            raise ConfigurationError(f"{at}.{name}: is missing; wanted {WANTED[name]}")
    kind = one_of(found["kind"], KINDS, f"{at}.kind")
    first = day(found["first"], f"{at}.first")
    given: dict[str, Any] = {
        "id": f"{kind} {found.get('place', 'everywhere')} {first}",
        "kind": kind,
        "first": first,
    }
    readers: dict[str, Callable[[Any, str], Any]] = {
        "id": text,
        "place": text,
        "last": day,
        "multiple": number,
        "note": text,
        "recorded_at": instant,
        "withdrawn": truth,
    }
    given |= {name: read(found[name], f"{at}.{name}") for name, read in readers.items() if name in found}
    return refusing(lambda: Event(**given), at)


def _calendars(found: Mapping[str, Any]) -> Calendars:
    known(found, ("countries", "holidays"), "calendars")
    countries = table_of(found.get("countries", {}), "calendars.countries")
    holidays = table_of(found.get("holidays", {}), "calendars.holidays")
    return refusing(
        lambda: Calendars(
            {place: texts(codes, f"calendars.countries.{place}") for place, codes in countries.items()},
            {code: days(free, f"calendars.holidays.{code}") for code, free in holidays.items()},
        ),
        "calendars",
    )


def _numbers(kind: Callable[..., T], found: Mapping[str, Any], at: str) -> T:
    """A record of numbers, of which some are given."""
    known(found, [field.name for field in fields(kind)], at)  # type: ignore[arg-type]
    given = {name: number(value, f"{at}.{name}") for name, value in found.items()}
    return refusing(lambda: kind(**given), at)
