"""Capacities as documents: what a file or a request says of a place, read into checked values.

A document is what JSON gives: an object with `place`, `valid_from`, `valid_until`, and the fields of a
crossing or of a region. What is left out takes the default that `filled` shows.
"""

from collections.abc import Mapping
from typing import Any, cast

import numpy as np

from forecast.arrays import FloatArray
from forecast.places import Level, Places
from forecast.planning import fields, stays
from forecast.planning.fields import Document
from forecast.planning.registers import (
    Capacity,
    CapacityError,
    CrossingCapacity,
    RegionCapacity,
    Stay,
    Transit,
    Version,
)

_LEVELS: tuple[Level, ...] = ("crossing", "region")
_DOCUMENT_NAMES = {"rates": "service_rate"}
DEFAULTS: Mapping[Level, Document] = {
    "crossing": {
        "valid_until": None,
        "profile": [[1 / 24] * 24] * 7,
        "staff_hours_limit": None,
        "other_post": None,
        "queue_room": None,
        "walking": 0,
        "people_per_vehicle": 3,
        "metres_per_vehicle": 7,
        "lanes": 1,
        "peakedness": 1,
        "service_variability": 1,
        "wait_target": 30,
        "service_level": 0.8,
        "costs": {"short": 3, "over": 1},
    },
    "region": {
        "valid_until": None,
        "overflow": [],
        "bus_seats": 45,
        "costs": {"short": 4, "over": 1},
        "bus_costs": {"short": 4, "over": 1},
    },
}
NEEDED: Mapping[Level, tuple[str, ...]] = {
    "crossing": ("place", "valid_from", "booths", "service_rate"),
    "region": ("place", "valid_from", "beds", "bed_share", "stays"),
}
UNITS: Mapping[Level, Mapping[str, str]] = {
    "crossing": {
        "booths": "booths by weekday (Monday first) and hour",
        "service_rate": "people/h of one booth, by number of open booths",
        "profile": "share of the day's people by weekday (Monday first) and hour",
        "booths_limit": "booths",
        "staff_hours_limit": "booth-hours/day",
        "other_post": "people/h",
        "queue_room": "people",
        "walking": "min",
        "people_per_vehicle": "people/vehicle",
        "metres_per_vehicle": "m/vehicle",
        "lanes": "lanes",
        "peakedness": "variance to mean of arrivals",
        "service_variability": "squared coefficient of variation of a service",
        "wait_target": "min",
        "service_level": "share served within wait_target",
        "costs": "money per booth-hour",
    },
    "region": {
        "beds": "beds",
        "bed_share": "share of the people who arrive",
        "overflow": "places, the first to help first",
        "stays": "weight: people seen; mean_nights, survival, lengths: nights",
        "bus_seats": "people/bus",
        "costs": "money per bed and night",
        "bus_costs": "money per seat and day",
    },
}


def version_of(document: object, places: Places | None = None) -> Version:
    """The capacity that a document states. Raises CapacityError, which names the field and the place.

    With `places`, the place has to be registered and of the level whose fields the document has, and so have
    the regions that help.
    """
    if not isinstance(document, Mapping):
        raise CapacityError("document", found=fields.quoted(document), wanted="an object with place, ...")
    place = None
    try:
        place = fields.text(document.get("place"), "place")
        level = level_of(document) if places is None else _registered_level(place, places)
        _check_fields(document, level)
        version = _version(place, document, level)
        if places is not None and isinstance(version.capacity, RegionCapacity):
            _check_overflow(place, version.capacity.overflow, places)
    except CapacityError as error:
        field = _DOCUMENT_NAMES.get(error.field, error.field)
        raise CapacityError(field, found=error.found, wanted=error.wanted, place=place) from None
    return version


def level_of(document: Document) -> Level:
    """Whether a document speaks of a crossing or of a region, by the fields that it has."""
    return "region" if any(name in document for name in ("beds", "bed_share", "stays")) else "crossing"


def filled(document: Document) -> dict[str, Any]:
    """The document with the defaults of what it leaves out."""
    return {**DEFAULTS[level_of(document)], **document}


def _version(place: str, document: Document, level: Level) -> Version:
    given = filled(document)
    first = fields.day(given["valid_from"], "valid_from")
    last = None if given["valid_until"] is None else fields.day(given["valid_until"], "valid_until")
    capacity: Capacity = _crossing(given) if level == "crossing" else _region(given)
    return Version(place, first, capacity, last)


def _registered_level(place: str, places: Places) -> Level:
    if place not in places:
        raise CapacityError("place", found=place, wanted=f"a registered place{fields.near(place, places)}")
    if places[place].level == "country":
        raise CapacityError("place", found=f"the country {place}", wanted="a crossing or a region")
    return places[place].level


def _check_fields(document: Document, level: Level) -> None:
    (other,) = set(_LEVELS) - {level}
    own, foreign = (
        tuple(dict.fromkeys((*NEEDED[one], *UNITS[one], "valid_until"))) for one in (level, other)
    )
    for name in document:
        if name not in own:
            found = f"a field of a {other}" if name in foreign else "a field of that name"
            wanted = f"only the fields of a {level}: {', '.join(own)}"
            raise CapacityError(fields.quoted(name), found=found, wanted=wanted)
    for name in NEEDED[level]:
        if name not in document:
            raise CapacityError(name, found="nothing", wanted=f"a value, which a {level} needs")


def _check_overflow(place: str, regions: tuple[str, ...], places: Places) -> None:
    for region in regions:
        if region not in places or places[region].level != "region":
            raise CapacityError(
                "overflow", found=region, wanted=f"registered regions{fields.near(region, places)}"
            )
        if region == place:
            raise CapacityError("overflow", found=region, wanted="other regions than the place itself")


def _crossing(given: Document) -> CrossingCapacity:
    numbers = ("walking", "people_per_vehicle", "metres_per_vehicle", "peakedness", "service_variability",
               "wait_target", "service_level")  # fmt: skip
    booths = fields.booths(given["booths"])
    limit = given.get("booths_limit")
    return CrossingCapacity(
        booths=booths,
        rates=fields.rates(given["service_rate"]),
        profile=fields.profile(given["profile"]),
        booths_limit=max(1, int(booths.max())) if limit is None else fields.whole(limit, "booths_limit"),
        staff_hours_limit=fields.limit(given["staff_hours_limit"], "staff_hours_limit"),
        other_post=fields.limit(given["other_post"], "other_post"),
        queue_room=fields.limit(given["queue_room"], "queue_room"),
        lanes=fields.whole(given["lanes"], "lanes"),
        cost=fields.cost(given["costs"], "costs"),
        **{name: fields.number(given[name], name) for name in numbers},
    )


def _region(given: Document) -> RegionCapacity:
    for name in ("overflow", "stays"):
        if not isinstance(given[name], list):
            raise CapacityError(name, found=fields.quoted(given[name]), wanted="a list")
    return RegionCapacity(
        beds=fields.whole(given["beds"], "beds"),
        bed_share=fields.number(given["bed_share"], "bed_share"),
        stays=tuple(_stay(one) for one in given["stays"]),
        overflow=tuple(fields.text(region, "overflow") for region in given["overflow"]),
        bus_seats=fields.whole(given["bus_seats"], "bus_seats"),
        bed_cost=fields.cost(given["costs"], "costs"),
        bus_cost=fields.cost(given["bus_costs"], "bus_costs"),
    )


def _stay(given: object) -> Stay:
    forms = ("mean_nights", "survival", "lengths")
    wanted = f'objects with "kind", "weight" and one of {", ".join(forms)}'
    if not isinstance(given, Mapping) or not {"kind", "weight"} <= set(given):
        raise CapacityError("stays", found=fields.quoted(given), wanted=wanted)
    told = [form for form in forms if form in given]
    more = set(given) - {"kind", "weight", "still_present", *forms}
    if len(told) != 1 or more or ("still_present" in given and "lengths" not in given):
        raise CapacityError("stays", found=", ".join(map(fields.quoted, given)), wanted=wanted)
    kind = cast(Transit, fields.text(given["kind"], "stays.kind"))
    return Stay(kind, fields.number(given["weight"], "stays.weight"), _survival(given, told[0]))


def _survival(given: Document, form: str) -> FloatArray:
    """P(stay longer than j nights): [night]."""
    if form == "mean_nights":
        mean = fields.number(given["mean_nights"], "stays.mean_nights")
        if not 0 < mean <= stays.LONGEST:
            wanted = f"above 0, at most {stays.LONGEST}"
            raise CapacityError("stays.mean_nights", found=f"{mean:g}", wanted=wanted)
        return stays.exponential(mean)
    if form == "lengths":
        return stays.kaplan_meier(lengths_of(given["lengths"], given.get("still_present", {})))
    told = given["survival"]
    if not isinstance(told, list) or not 0 < len(told) <= stays.LONGEST:
        raise CapacityError("stays.survival", found=fields.quoted(told), wanted="a list of shares by night")
    return np.array([fields.number(share, "stays.survival") for share in told])


def lengths_of(left: object, present: object) -> list[tuple[int, int, int]]:
    """Lengths of stay as rows: whole nights, how many left after them, how many were still there then."""
    for name, told in (("lengths", left), ("still_present", present)):
        if not isinstance(told, Mapping):
            wanted = 'an object of counts by whole nights, such as {"1": 200}'
            raise CapacityError(f"stays.{name}", found=fields.quoted(told), wanted=wanted)
    gone, there = (
        {_nights(nights): fields.whole(count, "stays.lengths") for nights, count in told.items()}
        for told in (cast(Document, left), cast(Document, present))
    )
    return [(nights, gone.get(nights, 0), there.get(nights, 0)) for nights in sorted(gone | there)]


def _nights(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 4 and int(text) <= stays.LONGEST):
        found = fields.quoted(text)
        raise CapacityError("stays.lengths", found=found, wanted=f"whole nights, 0 to {stays.LONGEST}")
    return int(text)
