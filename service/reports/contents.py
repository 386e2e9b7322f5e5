"""What a weekly report says, as values alone: numbers, days, names and kinds, of which every form is made."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from pydantic import TypeAdapter

from forecast.places import Level
from service.store.mail_records import Alert

Small = Literal["small"]
Quantity = int | float | Small | None
"""A number of people or things: "small" below the threshold of small counts, None where nothing is told."""
Course = Literal["surge", "surge-likely", "rising", "steady", "falling", "collapse", "closed", "unknown"]
Choice = Literal["place", "surge", "capacity", "largest"]
Verdict = Literal["hit", "more", "fewer"]
QualityKind = Literal["missing", "late", "partial", "revised", "suspicious"]


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


@dataclass(frozen=True, slots=True)
class Moved:
    """What last week's report said of a day and what this one says of it."""

    place: Named
    date: date
    median_before: Quantity
    median_now: Quantity
    upper_before: Quantity
    upper_now: Quantity


@dataclass(frozen=True, slots=True)
class EventNote:
    """An event that was registered or withdrawn since last week's report; None is everywhere, or no end."""

    kind: Literal["closure", "opening", "surge-expected", "disruption"]
    place: Named | None
    first: date
    last: date | None
    multiple: float | None
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Since:
    """What changed since last week: counts of the last seven days and of the seven before, forecasts, events.

    `moved` is empty in a first week.
    """

    last_week: Quantity
    week_before: Quantity
    moved: tuple[Moved, ...] = ()
    events: tuple[EventNote, ...] = ()
    capacities: tuple[Named, ...] = ()


@dataclass(frozen=True, slots=True)
class AlertNote:
    """An alert that stood in the week, without what is not told of it; no place is the service as a whole."""

    alert: Alert
    place: Named | None


@dataclass(frozen=True, slots=True)
class Said:
    """What last week's report said of a day, with its 80 % interval, and what came.

    The verdict is whether more or fewer came than that interval holds; None where it cannot be told.
    """

    place: Named
    date: date
    horizon: int
    median: Quantity
    lower_80: Quantity
    upper_80: Quantity
    came: Quantity
    verdict: Verdict | None


@dataclass(frozen=True, slots=True)
class Record:
    """Last week's hits and misses: the place's own days, and all misses, the worst first.

    `coverage` is by level ("0.5", "0.8", "0.95") over the `judged` days of the place and its crossings in
    that report; `skill` is of the scores stored of that issue for the place, against the baseline.
    """

    week: str
    issue_id: str
    days: tuple[Said, ...]
    misses: tuple[Said, ...]
    judged: int
    hits: int
    coverage: Mapping[str, float]
    skill: float | None


@dataclass(frozen=True, slots=True)
class QualityNote:
    """Days of a crossing whose counts are late, partial, revised or suspicious, the newest last."""

    kind: QualityKind
    place: Named
    days: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure that a correction changes: what of which place on which day, as it was and as it is."""

    what: Literal["median", "upper", "booths", "beds", "buses"]
    place: Named
    date: date
    was: Quantity
    now: Quantity


@dataclass(frozen=True, slots=True)
class Correction:
    """What was wrong in the report before, in the operator's words, and the figures that differ."""

    note: str
    corrected_at: datetime
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """All that the report of a place and ISO week says; `edition` 0 is the first, later ones correct it.

    `forecasts` are of the place itself, first, and of the crossings that matter out of `crossings` in it;
    `left_out` is how many rows of "plan", "waits", "houses", "alerts" and "quality" are not shown.
    """

    place: Named
    week: str
    edition: int
    made_at: datetime
    issue: IssueFacts
    synthetic: bool
    small_counts: int
    contact: str
    unsubscribe: str
    headline: Headline
    action: Action
    forecasts: tuple[PlaceForecast, ...]
    crossings: int
    since: Since
    plan: tuple[PlanRow, ...] = ()
    waits: tuple[WaitRow, ...] = ()
    houses: tuple[HouseRow, ...] = ()
    alerts: tuple[AlertNote, ...] = ()
    record: Record | None = None
    quality: tuple[QualityNote, ...] = ()
    correction: Correction | None = None
    left_out: Mapping[str, int] = field(default_factory=dict)

    @property
    def own(self) -> PlaceForecast:
        """The forecast of the report's own place."""
        return self.forecasts[0]


_REPORT: TypeAdapter[Report] = TypeAdapter(Report)


def as_json(report: Report) -> dict[str, Any]:
    """The report as plain JSON values, as it is stored."""
    written: dict[str, Any] = _REPORT.dump_python(report, mode="json")
    return written


def from_json(content: Mapping[str, Any]) -> Report:
    """The report that `as_json` wrote; raises pydantic.ValidationError."""
    return _REPORT.validate_python(content)
