"""What a report says of what to have ready: orders, levels to plan to, waits and houses."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from service.reports.contents.ahead import Named, Quantity


@dataclass(frozen=True, slots=True)
class BoothOrder:
    """Booths to have open at a crossing, from the first day that asks for more than is registered.

    `booths` suffice in 95 % of futures; where they are more than `limit`, all are to be open. `wait` is the
    mean wait in hours that is then expected; `more` crossings besides need more than is registered.
    """

    place: Named
    first: date
    fullest: date
    booths: Quantity
    registered: int
    limit: int
    wait: Quantity = None
    more: int = 0


@dataclass(frozen=True, slots=True)
class BedOrder:
    """Beds to have ready in a region by its fullest day, and how many of them are not there."""

    place: Named
    day: date
    beds: Quantity
    there: int
    more: int = 0


@dataclass(frozen=True, slots=True)
class BusOrder:
    """Buses to have on the fullest day."""

    place: Named
    day: date
    buses: Quantity


@dataclass(frozen=True, slots=True)
class Action:
    """What to order, open and hold now; without anything, no more than what is registered.

    `planned` is False where nothing can be planned for want of registered capacities.
    """

    planned: bool
    booths: BoothOrder | None = None
    beds: BedOrder | None = None
    buses: BusOrder | None = None


@dataclass(frozen=True, slots=True)
class PlanLevel:
    """What to have ready so that it suffices with a chance, and what is then unused or lacking on average."""

    safety: float
    level: Quantity
    empty: Quantity
    unmet: Quantity


@dataclass(frozen=True, slots=True)
class PlanRow:
    """What to plan to on a place's fullest day of the next seven (of beds: fourteen), the safest level first.

    `there` is how many there are, `registered` how many are registered to be open (booths alone);
    `short_costs` is how many times as bad one too few is as one too many, and `by_cost` the level that
    follows from it. A country has neither.
    """

    place: Named
    what: Literal["booths", "beds", "buses"]
    day: date
    levels: tuple[PlanLevel, ...]
    there: int | None = None
    registered: int | None = None
    by_cost: Quantity = None
    short_costs: float | None = None


@dataclass(frozen=True, slots=True)
class WaitRow:
    """The longest wait at a crossing, in hours, on its worst day of the next seven, with registered booths.

    In 80 and 95 % of futures it is at most `upper_80` and `upper_95`.
    `late` are the chances that anyone waits longer than so many hours, by hours as "4".
    """

    place: Named
    day: date
    median: Quantity
    upper_80: Quantity
    upper_95: Quantity
    late: Mapping[str, float]
    capacity: Quantity
    full_chance: float
    spill_chance: float


@dataclass(frozen=True, slots=True)
class HouseRow:
    """How full a region's houses get, on the worst day of the next fourteen.

    `full_by` are the chances that houses are full at the end of any day up to so many ahead, by days as "7".
    """

    place: Named
    day: date
    beds: int
    needed_median: Quantity
    needed_upper_80: Quantity
    needed_upper_95: Quantity
    full_chance: float
    full_by: Mapping[str, float]
    without_bed: Quantity
    without_bed_upper_95: Quantity
