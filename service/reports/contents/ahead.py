"""What a report says of the days ahead: the issue, days, weeks, chances and what comes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from forecast.places import Level

Small = Literal["small"]
Quantity = int | float | Small | None
"""A number of people or things: "small" below the threshold of small counts, None where nothing is told."""
Course = Literal["surge", "surge-likely", "rising", "steady", "falling", "collapse", "closed", "unknown"]
Choice = Literal["place", "surge", "capacity", "largest"]


@dataclass(frozen=True, slots=True)
class Named:
    """A place as the report names it."""

    id: str
    name: str
    level: Level
    time_zone: str


@dataclass(frozen=True, slots=True)
class IssueFacts:
    """The issue that every figure is of; `age_hours` is how old it was when the report was made."""

    id: str
    cutoff: date
    as_of: datetime
    issued_at: datetime
    model_version: str
    age_hours: float
    stale: bool = False
    degraded: bool = False


@dataclass(frozen=True, slots=True)
class Day:
    """A forecast day in people a day: the median and the ends of central intervals by level, as "0.95".

    `ends` is empty where all of the day is withheld.
    """

    date: date
    horizon: int
    median: Quantity
    ends: Mapping[str, tuple[Quantity, Quantity]]
    mode: str | None = None
    trust: str | None = None

    def upper(self, level: float = 0.95) -> Quantity:
        """The upper end of a central interval."""
        return self.ends.get(f"{level:g}", (None, None))[1]

    def lower(self, level: float = 0.95) -> Quantity:
        """The lower end of a central interval."""
        return self.ends.get(f"{level:g}", (None, None))[0]


@dataclass(frozen=True, slots=True)
class Counted:
    """A day's count in people; None where it is not told or has not come."""

    date: date
    value: Quantity
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Week:
    """Seven days ahead, or what of them is forecast, and the fullest of them by its upper figure."""

    first: date
    last: date
    fullest: Day


@dataclass(frozen=True, slots=True)
class Outlook:
    """The chance of a surge within 7 days; by stretch of days ("1-7", "8-14") that of each kind of change.

    `lately` is the mean of the last seven days, which changes are held against, in people a day.
    """

    surge: float | None
    lately: Quantity
    changes: Mapping[str, Mapping[str, float | None]]


@dataclass(frozen=True, slots=True)
class PlaceForecast:
    """What is forecast for the report's place, or for a crossing that matters, and why it was chosen.

    `days` are all days of the issue, `observed` the counts of the last weeks, oldest first.
    """

    place: Named
    chosen: tuple[Choice, ...]
    days: tuple[Day, ...]
    weeks: tuple[Week, ...]
    observed: tuple[Counted, ...]
    outlook: Outlook | None = None


@dataclass(frozen=True, slots=True)
class Headline:
    """What comes: its kind, and the next seven days' medians beside an ordinary day and the last seven days.

    `fullest` is the day of the next seven with the highest upper figure; `surging` are crossings in which a
    surge has begun.
    """

    course: Course
    surging: tuple[Named, ...] = ()
    times_ordinary: float | None = None
    times_lately: float | None = None
    fullest: Day | None = None
