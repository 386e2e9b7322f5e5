"""A register of places read from CSV, JSON or TOML, checked by row and as a whole tree."""

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from pathlib import PurePath
from typing import cast
from zoneinfo import ZoneInfo

from forecast.places import LEVELS, Level, Place
from service.ingest.formats import read_table, refuse_encoding, rows_table
from service.ingest.reasons import Reasons, Refusal
from service.ingest.tables import Table

LARGEST_CAPACITY = 10_000_000.0


def read_places(content: bytes, *, name: str, known: Iterable[Place] = ()) -> tuple[Place, ...] | Refusal:
    """The places in a file, fit to join those already `known`, or every reason why they are not.

    Columns: id, name, level (crossing, region, country; empty means crossing), parent, time_zone,
    country and neighbour (ISO 3166 alpha-2), capacity (people/day).
    """
    reasons = Reasons()
    table = (
        _toml(content, reasons)
        if PurePath(name).suffix.lower() == ".toml"
        else read_table(content, name, reasons)
    )
    return check_places_table(table, known, reasons)


def place_from(fields: Mapping[str, object], known: Iterable[Place] = ()) -> tuple[Place, ...] | Refusal:
    """One place from named fields, such as the options of a command, checked like a row of a file."""
    reasons = Reasons()
    return check_places_table(rows_table([fields], reasons), known, reasons)


def _toml(content: bytes, reasons: Reasons) -> Table | None:
    """The table in TOML: one `[[place]]` a place."""
    if refuse_encoding(content, reasons):
        return None
    try:
        document = tomllib.loads(content.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        reasons.add(0, None, found=f"broken TOML: {error}", wanted="[[place]] with id, name, ...")
        return None
    if set(document) != {"place"} or not isinstance(document["place"], list):
        reasons.add(0, None, found=", ".join(document) or "nothing", wanted="[[place]] and no other table")
        return None
    return rows_table(document["place"], reasons)


def check_places_table(
    table: Table | None, known: Iterable[Place], reasons: Reasons
) -> tuple[Place, ...] | Refusal:
    """The places of a table, or the reasons against them."""
    places: dict[int, Place] = {}
    if table is not None and not _refuse_columns(table, reasons):
        if not len(table):
            reasons.add(0, None, found="no rows", wanted="at least one place")
        places = _places(table, reasons)
        _check_tree(places, {place.id: place for place in known}, reasons)
    return reasons.refusal(rows=len(table) if table else 0) if reasons else tuple(places.values())


def _refuse_columns(table: Table, reasons: Reasons) -> bool:
    table.refuse_unknown_columns(PARSERS, reasons)
    if "id" not in table.columns:
        reasons.add(0, "id", found="no such column", wanted="a column with each place's id")
    return bool(reasons)


def _places(table: Table, reasons: Reasons) -> dict[int, Place]:
    """The places by row; none where a cell is wrong, since others of the tree may hang on it."""
    before = reasons.total
    meanings = table.meanings(PARSERS, reasons)
    return {
        row: _place({name: value for name, value in fields.items() if value is not None})
        for row, fields in (meanings if reasons.total == before else {}).items()
    }


def _place(fields: Mapping[str, object]) -> Place:
    return Place(**{"name": fields["id"], **fields})  # type: ignore[arg-type]


def _check_tree(places: Mapping[int, Place], known: dict[str, Place], reasons: Reasons) -> None:
    """Ids stand once, parents exist and are of a higher level, and a known place keeps its level."""
    rows: dict[str, int] = {}
    for row, place in places.items():
        before = known.get(place.id)
        if place.id in rows:
            wanted = "each id once"
            reasons.add(
                row, "id", found=f"{place.id}, which stands in row {rows[place.id]} too", wanted=wanted
            )
        elif before is not None and before.level != place.level:
            reasons.add(
                row, "level", found=place.level, wanted=f"{before.level}, as {place.id} is registered"
            )
        rows.setdefault(place.id, row)
    everything = known | {place.id: place for place in places.values()}
    for row, place in places.items():
        if place.parent is not None and (right := _wanted_parent(place, everything)):
            reasons.add(row, "parent", found=place.parent, wanted=right)


def _wanted_parent(place: Place, everything: Mapping[str, Place]) -> str | None:
    """What would be a right parent, where the given one is not."""
    parent = everything.get(place.parent or "")
    if parent is None:
        return "the id of a registered place, or of one in this file"
    if LEVELS.index(parent.level) <= LEVELS.index(place.level):
        return f"a place above a {place.level}; {parent.id} is a {parent.level}"
    return None


def _id(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,63}", text):
        raise ValueError("at most 64 small letters a-z, digits, - or _, such as zhana-zhol")
    return text


def _name(text: str) -> str | None:
    if len(text) > 100 or not text.isprintable():
        raise ValueError("a name of at most 100 letters")
    return text.strip() or None


def _level(text: str) -> Level | None:
    if text and text not in LEVELS:
        raise ValueError(f"one of {', '.join(LEVELS)}; empty means crossing")
    return cast(Level, text) or None


def _parent(text: str) -> str | None:
    return _id(text) if text else None


def _time_zone(text: str) -> str | None:
    try:
        return ZoneInfo(text).key if text else None
    except (KeyError, ValueError, OSError):
        raise ValueError("an IANA time zone, such as Asia/Almaty") from None


def _country(text: str) -> str | None:
    if text and not re.fullmatch(r"[A-Z]{2}", text):
        raise ValueError("a country code of two capital letters (ISO 3166), such as KZ")
    return text or None


def _capacity(text: str) -> float | None:
    if text and not (
        re.fullmatch(r"[0-9]{1,8}(\.[0-9]{1,3})?", text) and 0 < float(text) <= LARGEST_CAPACITY
    ):
        raise ValueError(f"people/day above 0, at most {LARGEST_CAPACITY:.0f}, or empty")
    return float(text) if text else None


PARSERS: dict[str, Callable[[str], object]] = {
    "id": _id,
    "name": _name,
    "level": _level,
    "parent": _parent,
    "time_zone": _time_zone,
    "country": _country,
    "neighbour": _country,
    "capacity": _capacity,
}
