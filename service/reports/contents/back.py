"""What a report says of the week that was: changes, alerts, hits and misses, the counts, a correction."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from service.reports.contents.ahead import Named, Quantity
from service.store.mail_records import Alert

Verdict = Literal["hit", "more", "fewer"]
QualityKind = Literal["missing", "late", "partial", "revised", "suspicious"]


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
