"""Scenarios as documents: what a file or a request assumes, read into checked values."""

from collections.abc import Callable, Mapping
from datetime import date

from forecast.planning import fields
from forecast.planning.fields import Document
from forecast.planning.registers import CapacityError
from forecast.planning.scenarios.assumptions import (
    Assumption,
    Change,
    Close,
    Multiply,
    Release,
    Setting,
    Shift,
)
from forecast.planning.scenarios.scenario import Scenario, within
from forecast.planning.scenarios.shapes import ANALOGUES, Shape, Step, Surge

MOST_ASSUMPTIONS = 20
MOST_PLACES = 50
LONGEST = 90
KINDS = ("multiply", "shift", "release", "close", "change")
SHAPES = ("step", "surge")


def scenario_of(documents: object, setting: Setting) -> Scenario:
    """The scenario that a list of assumptions states. Raises CapacityError, which names the field."""
    if not isinstance(documents, list) or not 0 < len(documents) <= MOST_ASSUMPTIONS:
        found = fields.quoted(documents)
        raise CapacityError("assumptions", found=found, wanted=f"a list of 1 to {MOST_ASSUMPTIONS} objects")
    return Scenario(tuple(_read(one, position, setting) for position, one in enumerate(documents)), setting)


def _read(document: object, position: int, setting: Setting) -> Assumption:
    try:
        if not isinstance(document, Mapping):
            raise CapacityError(
                "kind", found=fields.quoted(document), wanted=f"an object of {', '.join(KINDS)}"
            )
        kind = document.get("kind")
        if kind not in KINDS:
            raise CapacityError("kind", found=fields.quoted(kind), wanted=f"one of {', '.join(KINDS)}")
        return _READERS[str(kind)](document, setting)
    except CapacityError as error:
        raise within(error, f"assumptions[{position}]") from None


def _multiply(document: Document, setting: Setting) -> Multiply:
    _only(document, ("places", "from", "multiple", "shape", "analogue"))
    named = document.get("analogue")
    if named is not None and (not isinstance(named, str) or named not in ANALOGUES):
        raise CapacityError("analogue", found=fields.quoted(named), wanted=f"one of {', '.join(ANALOGUES)}")
    analogue = None if named is None else ANALOGUES[named]
    told = document.get("multiple", None if analogue is None else analogue.multiple)
    shape = (
        analogue.shape if analogue and "shape" not in document else _shape(document.get("shape"), document)
    )
    return Multiply(
        _places(document),
        _first(document, setting),
        fields.number(told, "multiple"),
        shape,
        named,
    )


def _shift(document: Document, setting: Setting) -> Shift:
    _only(document, ("places", "from", "people", "shape"))
    people = fields.whole(document.get("people"), "people")
    return Shift(
        _places(document), _first(document, setting), people, _shape(document.get("shape"), document)
    )


def _release(document: Document, setting: Setting) -> Release:
    _only(document, ("places", "from", "until", "over_days", "share"))
    return Release(
        _places(document),
        _first(document, setting),
        fields.day(document.get("until"), "until"),
        fields.whole(document.get("over_days", 3), "over_days"),
        fields.number(document.get("share", 1), "share"),
    )


def _close(document: Document, setting: Setting) -> Close:
    _only(document, ("place", "from", "until", "to"))
    to = document.get("to", {})
    if not isinstance(to, Mapping) or len(to) > MOST_PLACES:
        wanted = 'an object of shares by neighbour, such as {"taskala": 0.6}'
        raise CapacityError("to", found=fields.quoted(to), wanted=wanted)
    shares = {
        fields.text(name, "to"): fields.number(share, f"to.{fields.quoted(name)}")
        for name, share in to.items()
    }
    last = setting.last if document.get("until") is None else fields.day(document["until"], "until")
    place = fields.text(document.get("place"), "place")
    return Close(place, _first(document, setting), last, tuple(shares.items()))


def _change(document: Document, setting: Setting) -> Change:
    _only(document, ("place", "from", "until", "change"))
    change = document.get("change")
    if not isinstance(change, Mapping) or any(
        name in change for name in ("place", "valid_from", "valid_until")
    ):
        wanted = "an object of the capacity's fields, without place and days"
        raise CapacityError("change", found=fields.quoted(change), wanted=wanted)
    for name in ("mean_nights", "weights"):
        if not isinstance(change.get(name, {}), Mapping):
            wanted = "an object of numbers by kind of guest"
            raise CapacityError(f"change.{name}", found=fields.quoted(change[name]), wanted=wanted)
    last = None if document.get("until") is None else fields.day(document["until"], "until")
    return Change(fields.text(document.get("place"), "place"), _first(document, setting), last, dict(change))


_READERS: Mapping[str, Callable[[Document, Setting], Assumption]] = {
    "multiply": _multiply,
    "shift": _shift,
    "release": _release,
    "close": _close,
    "change": _change,
}


def _only(document: Document, known: tuple[str, ...]) -> None:
    for name in document:
        if name not in ("kind", *known):
            raise CapacityError(
                fields.quoted(name), found="a field of that name", wanted=f"only {', '.join(known)}"
            )


def _places(document: Document) -> tuple[str, ...]:
    told = document.get("places")
    if not isinstance(told, list) or not 0 < len(told) <= MOST_PLACES:
        raise CapacityError(
            "places", found=fields.quoted(told), wanted=f"a list of 1 to {MOST_PLACES} places"
        )
    return tuple(dict.fromkeys(fields.text(one, "places") for one in told))


def _first(document: Document, setting: Setting) -> date:
    told = document.get("from")
    return setting.first if told is None else fields.day(told, "from")


def _shape(told: object, document: Document) -> Shape:
    """A step without end, where nothing is told."""
    given = {"form": "step"} if told is None else told
    if not isinstance(given, Mapping) or given.get("form") not in SHAPES:
        raise CapacityError(
            "shape", found=fields.quoted(told), wanted=f'an object with "form", one of {", ".join(SHAPES)}'
        )
    known = (
        ("form", "days")
        if given["form"] == "step"
        else ("form", "rise_days", "plateau_days", "half_life_days")
    )
    for name in given:
        if name not in known:
            raise CapacityError(
                f"shape.{fields.quoted(name)}",
                found="a field of that name",
                wanted=f"only {', '.join(known)}",
            )
    if given["form"] == "step":
        return Step(None if given.get("days") is None else _days(given, "days", 1))
    half_life = fields.number(given.get("half_life_days", 3), "shape.half_life_days")
    if not 0.1 <= half_life <= LONGEST:
        raise CapacityError("shape.half_life_days", found=f"{half_life:g}", wanted=f"0.1 to {LONGEST}")
    plateau = given.get("plateau_days", 7)
    return Surge(
        _days({"rise_days": 2, **given}, "rise_days", 0),
        None if plateau is None else _days({"plateau_days": plateau}, "plateau_days", 0),
        half_life,
    )


def _days(given: Document, name: str, least: int) -> int:
    found = fields.whole(given[name], f"shape.{name}")
    if not least <= found <= LONGEST:
        raise CapacityError(f"shape.{name}", found=found, wanted=f"{least} to {LONGEST}")
    return found
