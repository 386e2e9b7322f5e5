"""In which unit the numbers of a plan are told: waits in hours, everything else as it is planned."""

from collections.abc import Sequence
from functools import cache

from forecast.planning.plan import PLAN_MEASURES

MINUTES = 60
TOLD: dict[str, str] = {name: "hours" if unit == "minutes" else unit for name, unit in PLAN_MEASURES.items()}
"""The unit in which readers are told each measure of a plan."""


def planned(measure: str, told: float) -> float:
    """A number that is told, in the unit of the plan."""
    return told * MINUTES if PLAN_MEASURES[measure] == "minutes" else told


def told(measure: str, planned: float) -> int | float:
    """A number of the plan as readers get it."""
    return hours(planned) if PLAN_MEASURES[measure] == "minutes" else plain(planned)


def all_told(measure: str, planned: Sequence[float]) -> list[int | float]:
    """Numbers of the plan as readers get them."""
    return [told(measure, one) for one in planned]


def hours(minutes: float) -> int | float:
    """Minutes as hours, to half a minute."""
    return plain(minutes / MINUTES, digits=2)


def plain(value: float, digits: int = 1) -> int | float:
    """A number as people write it: whole where it is whole."""
    rounded = round(float(value), digits)
    return int(rounded) if rounded.is_integer() else rounded


@cache
def position(levels: tuple[float, ...], level: float) -> int:
    """Where the published level next to one stands."""
    return min(range(len(levels)), key=lambda at: abs(levels[at] - level))
