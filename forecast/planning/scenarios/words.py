"""Assumptions told again: every default filled in, in numbers and in a sentence."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np

from forecast.planning.scenarios.assumptions import (
    Assumption,
    Change,
    Close,
    Multiply,
    Release,
    Setting,
    Shift,
)
from forecast.planning.scenarios.shapes import ANALOGUES, Shape, Step

DIGITS = 3


def told(assumption: Assumption, setting: Setting) -> dict[str, Any]:
    """An assumption as plain values: what was sent, what was left out, what it means, and `words`.

    It can be sent again as it is, but for `words`, `crossings`, `by_day` and `source`.
    """
    match assumption:
        case Multiply():
            return _multiply(assumption, setting)
        case Shift():
            return _shift(assumption, setting)
        case Release():
            return _release(assumption, setting)
        case Close():
            return _close(assumption)
        case Change():
            return _change(assumption, setting)


def _multiply(assumed: Multiply, setting: Setting) -> dict[str, Any]:
    factors = 1 + (assumed.multiple - 1) * _strength(assumed.shape, assumed.first, setting)
    like = f", like {assumed.analogue}" if assumed.analogue else ""
    return {
        "kind": "multiply",
        "places": list(assumed.places),
        "from": assumed.first.isoformat(),
        "multiple": assumed.multiple,
        "shape": _shape(assumed.shape),
        "analogue": assumed.analogue,
        "source": ANALOGUES[assumed.analogue].told if assumed.analogue else None,
        "crossings": list(setting.crossings_of(assumed.places)),
        "by_day": np.round(factors, DIGITS).tolist(),
        "words": f"From {assumed.first}, {assumed.multiple:g} times as many people come to "
        f"{_list(assumed.places)}{like}: {assumed.shape.words}.",
    }


def _shift(assumed: Shift, setting: Setting) -> dict[str, Any]:
    people = np.rint(assumed.people * _strength(assumed.shape, assumed.first, setting))
    more = f"{abs(assumed.people)} people a day {'fewer' if assumed.people < 0 else 'more'}"
    return {
        "kind": "shift",
        "places": list(assumed.places),
        "from": assumed.first.isoformat(),
        "people": assumed.people,
        "shape": _shape(assumed.shape),
        "crossings": list(setting.crossings_of(assumed.places)),
        "by_day": people.tolist(),
        "words": f"From {assumed.first}, {more} come to {_list(assumed.places)} together, shared out in "
        f"proportion to who comes there: {assumed.shape.words}.",
    }


def _release(assumed: Release, setting: Setting) -> dict[str, Any]:
    return {
        "kind": "release",
        "places": list(assumed.places),
        "from": assumed.first.isoformat(),
        "until": assumed.last.isoformat(),
        "over_days": assumed.over_days,
        "share": assumed.share,
        "crossings": list(setting.crossings_of(assumed.places)),
        "words": f"From {assumed.first} to {assumed.last}, {assumed.share:.0%} of the people of "
        f"{_list(assumed.places)} are held back; then they come in equal parts over "
        f"{assumed.over_days} days, beside those of these days.",
    }


def _close(assumed: Close) -> dict[str, Any]:
    sent = [f"{share:.0%} to {neighbour}" for neighbour, share in assumed.to]
    away = max(0.0, 1 - sum(share for _, share in assumed.to))
    rest = [f"{away:.0%} stay away"] if round(away, DIGITS) > 0 else []
    return {
        "kind": "close",
        "place": assumed.place,
        "from": assumed.first.isoformat(),
        "until": assumed.last.isoformat(),
        "to": dict(assumed.to),
        "stay_away": round(away, DIGITS),
        "words": f"From {assumed.first} to {assumed.last}, {assumed.place} is closed; of its people "
        f"{_list([*sent, *rest])}.",
    }


def _change(assumed: Change, setting: Setting) -> dict[str, Any]:
    until = "on" if assumed.last is None else f"to {assumed.last}"
    changed = [f"{name} is {_short(value)}" for name, value in assumed.change.items()]
    return {
        "kind": "change",
        "place": assumed.place,
        "from": assumed.first.isoformat(),
        "until": None if assumed.last is None else assumed.last.isoformat(),
        "change": dict(assumed.change),
        "words": f"From {assumed.first} {until}, at {assumed.place} {_list(changed)}; "
        "all else stays as registered.",
    }


def _strength(shape: Shape, first: date, setting: Setting) -> Any:
    return shape.strength(setting.horizon - setting.position(first))


def _shape(shape: Shape) -> dict[str, Any]:
    if isinstance(shape, Step):
        return {"form": "step", "days": shape.days}
    return {
        "form": "surge",
        "rise_days": shape.rise_days,
        "plateau_days": shape.plateau_days,
        "half_life_days": shape.half_life_days,
    }


def _short(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {one}" for name, one in value.items())
    return "as listed" if isinstance(value, list) else str(value)


def _list(words: Sequence[str]) -> str:
    return ", ".join(words[:-1]) + " and " + words[-1] if len(words) > 1 else words[0]
