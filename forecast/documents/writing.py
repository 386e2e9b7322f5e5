"""Configurations as TOML documents."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from forecast.configuration import Configuration, changed_settings
from forecast.documents.entries import ConfigurationError, refusing
from forecast.members import Member, member_of, names, settings_of, with_settings

PLAIN = ("horizon", "paths", "seed", "slow_series", "members")
BARE = re.compile(r"[A-Za-z0-9_-]+")


def toml_of(configuration: Configuration) -> str:
    """A configuration as the TOML document that gives it back.

    Raises ConfigurationError for a member that was handed in and that no entry point names.
    """
    return "\n".join([*_lines(configuration), ""])


def _lines(configuration: Configuration) -> Iterator[str]:
    told = configuration.as_dict()
    calendars = told.get("calendars", {})
    yield from (_line(name, told[name]) for name in PLAIN)
    for member in configuration.chosen:
        yield from _table(f"settings.{_key(member.name)}", _settings(member))
    for name in ("weighing", "widening"):
        yield from _table(name, told.get(name, {}))
    yield from _table("calendars.countries", calendars.get("countries", {}))
    yield from _table(
        "calendars.holidays",
        {code: [*map(date.fromisoformat, days)] for code, days in calendars.get("holidays", {}).items()},
    )
    for event in told.get("events", ()):
        yield from ("", "[[events]]")
        yield from (_line(name, _as_dated(name, value)) for name, value in event.items())


def _settings(member: Member) -> dict[str, Any]:
    """What a document must say of a member's settings besides its name."""
    if member.name not in names():
        raise ConfigurationError(
            f"member {member.name!r} was handed in, which a file cannot do; install it under an entry "
            "point of the group forecast.members"
        )
    usual = settings_of(member_of(member.name))
    settings = changed_settings(member)
    changed = {name: value for name, value in settings.items() if usual.get(name) != value}
    again = refusing(lambda: with_settings(member_of(member.name), changed))
    if settings_of(again) != settings_of(member):
        raise ConfigurationError(f"settings of {member.name!r} cannot be told in a file")
    return changed


def _as_dated(name: str, value: Any) -> Any:
    """A day or an instant out of what JSON has of it."""
    if name in ("first", "last"):
        return date.fromisoformat(value)
    return datetime.fromisoformat(value) if name == "recorded_at" else value


def _table(name: str, values: Mapping[str, Any]) -> Iterator[str]:
    """A table after an empty line; nothing without values."""
    if values:
        yield from ("", f"[{name}]")
        yield from (_line(key, value) for key, value in values.items())


def _line(key: str, value: Any) -> str:
    return f"{_key(key)} = {_value(value)}"


def _key(key: str) -> str:
    return key if BARE.fullmatch(key) else _value(key)


def _value(value: Any) -> str:
    """A text as JSON writes it, which TOML reads but for one character that it wants escaped."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return repr(value)
