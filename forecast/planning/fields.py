"""Single fields of a capacity's document, each read into its value or refused by name."""

import math
from collections.abc import Mapping
from datetime import date
from difflib import get_close_matches
from typing import Any

import numpy as np

from forecast.arrays import FloatArray
from forecast.places import Places
from forecast.planning.registers import SHARES_SUM_TO, WEEK, CapacityError, Cost, IntArray

Document = Mapping[str, Any]
LARGEST_NUMBER = 1e9
MOST_RATES = 1_000
LONGEST_QUOTE = 60
WEEKLY = "one number, 24 by hour, or 7 days (Monday first) of 24"


def text(value: object, name: str) -> str:
    """A name of a place, or of a kind."""
    if not isinstance(value, str) or not 0 < len(value) <= 100 or not value.isprintable():
        raise CapacityError(name, found=quoted(value), wanted="a name of at most 100 letters")
    return value


def day(value: object, name: str) -> date:
    """A local civil day, as YYYY-MM-DD."""
    try:
        found = date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else None
    except ValueError:
        found = None
    if found is None or not 1900 <= found.year <= 2199:
        raise CapacityError(name, found=quoted(value), wanted="a day as YYYY-MM-DD")
    return found


def number(value: object, name: str) -> float:
    """A number, neither a text nor true nor infinite."""
    is_one = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_one or not abs(value) <= LARGEST_NUMBER or not math.isfinite(value):  # type: ignore[arg-type]
        wanted = f"a number of at most {LARGEST_NUMBER:.0f}"
        raise CapacityError(name, found=quoted(value), wanted=wanted)
    return float(value)  # type: ignore[arg-type]


def limit(value: object, name: str) -> float | None:
    """A number, or none where nothing limits."""
    return None if value is None else number(value, name)


def whole(value: object, name: str) -> int:
    """A whole number."""
    found = number(value, name)
    if not found.is_integer():
        raise CapacityError(name, found=quoted(value), wanted="a whole number")
    return int(found)


def booths(value: object) -> IntArray:
    """Open booths: [weekday, hour]."""
    grid = _week(value, "booths")
    if (grid != np.round(grid)).any():
        raise CapacityError("booths", found=f"{grid[grid != np.round(grid)][0]:g}", wanted="whole numbers")
    return grid.astype(np.int64)


def profile(value: object) -> FloatArray:
    """Shares of a day's people: [weekday, hour], each day's sum 1 exactly where it was nearly so."""
    if not isinstance(value, list):
        raise CapacityError("profile", found=quoted(value), wanted="24 shares by hour, or 7 days of 24")
    grid = _week(value, "profile")
    sums = grid.sum(axis=1, keepdims=True)
    return np.asarray(np.where(np.abs(sums - 1) <= SHARES_SUM_TO, grid / np.where(sums > 0, sums, 1), grid))


def rates(value: object) -> tuple[float, ...]:
    """People/hour of a booth, with 1, 2, ... booths open."""
    listed = value if isinstance(value, list) else [value]
    if len(listed) > MOST_RATES:
        raise CapacityError("rates", found=f"{len(listed)} rates", wanted=f"at most {MOST_RATES}")
    return tuple(number(one, "rates") for one in listed)


def cost(value: object, name: str) -> Cost:
    """What it costs to be short and to be over, by unit."""
    if not isinstance(value, Mapping) or set(value) != {"short", "over"}:
        raise CapacityError(name, found=quoted(value), wanted='an object with "short" and "over"')
    return Cost(number(value["short"], f"{name}.short"), number(value["over"], f"{name}.over"))


def near(name: str, places: Places) -> str:
    """What to say behind a wanted place: those whose ids are like an unknown name, or nothing."""
    alike = get_close_matches(name[:LONGEST_QUOTE].casefold(), [place.id for place in places], cutoff=0.5)
    return f", such as {' or '.join(alike)}" if alike else ""


def quoted(value: object) -> str:
    """A value as it may stand in an answer: short and printable."""
    if isinstance(value, list | Mapping):
        return f"{'a list' if isinstance(value, list) else 'an object'} of {len(value)}"
    if isinstance(value, int) and abs(value) > 10**LONGEST_QUOTE:
        return "a very large number"
    shown = "nothing" if value is None else str(value)
    return ascii(shown[:LONGEST_QUOTE])[1:-1] + ("..." if len(shown) > LONGEST_QUOTE else "")


def _week(value: object, name: str) -> FloatArray:
    if not isinstance(value, list):
        return np.full(WEEK, number(value, name))
    days = value if len(value) == WEEK[0] else [value] * WEEK[0]
    if any(not isinstance(hours, list) or len(hours) != WEEK[1] for hours in days):
        raise CapacityError(name, found=f"a list of {len(value)}", wanted=WEEKLY)
    return np.array([[number(hour, name) for hour in hours] for hours in days])
