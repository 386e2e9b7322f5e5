"""What a weekly report says, as values alone: numbers, days, names and kinds, of which every form is made."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from service.reports.contents.ahead import (
    Choice,
    Counted,
    Course,
    Day,
    Headline,
    IssueFacts,
    Named,
    Outlook,
    PlaceForecast,
    Quantity,
    Small,
    Week,
)
from service.reports.contents.back import (
    AlertNote,
    Correction,
    Difference,
    EventNote,
    Moved,
    QualityKind,
    QualityNote,
    Record,
    Said,
    Since,
    Verdict,
)
from service.reports.contents.plan import (
    Action,
    BedOrder,
    BoothOrder,
    BusOrder,
    HouseRow,
    PlanLevel,
    PlanRow,
    WaitRow,
)

__all__ = [
    "Action",
    "AlertNote",
    "BedOrder",
    "BoothOrder",
    "BusOrder",
    "Choice",
    "Correction",
    "Counted",
    "Course",
    "Day",
    "Difference",
    "EventNote",
    "Headline",
    "HouseRow",
    "IssueFacts",
    "Moved",
    "Named",
    "Outlook",
    "PlaceForecast",
    "PlanLevel",
    "PlanRow",
    "QualityKind",
    "QualityNote",
    "Quantity",
    "Record",
    "Report",
    "Said",
    "Since",
    "Small",
    "Verdict",
    "WaitRow",
    "Week",
    "as_json",
    "from_json",
]


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
