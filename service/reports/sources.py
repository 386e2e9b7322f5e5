"""What a report is read from: one issue, as readers without clearance are told it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from forecast.places import Place, Places
from service.disclosure import Disclosure
from service.plans.reading import Desk
from service.published.reader import Reader
from service.reports.contents import Named, Quantity, Report
from service.settings import Settings
from service.store import Store
from service.store.records import Issue

FLOW = "arrivals"
INTERVALS = (0.5, 0.8, 0.95)
WEEK, FORTNIGHT = 7, 14


class NoReportError(LookupError):
    """There is nothing to report of; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class Sources:
    """The issue, the report's place with all that lies in it, the doors to both, and the report before."""

    store: Store
    settings: Settings
    issue: Issue
    place: Place
    desk: Desk
    reader: Reader
    now: datetime
    before: Report | None = None

    @property
    def places(self) -> Places:
        """The report's place, what lies in it and what it lies in."""
        return self.desk.places

    @property
    def disclosure(self) -> Disclosure:
        """What is not told."""
        return self.reader.disclosure

    @property
    def crossings(self) -> list[Place]:
        """The crossings in the report's place whose publication is not stopped."""
        inside = (one for one in self.places.crossings if self.place.id in self.places.ancestors(one.id))
        return [one for one in inside if not self.disclosure.withholds(one.id)]

    def ahead(self, days: int) -> range:
        """The days ahead up to so many, as far as the issue reaches."""
        return range(1, min(days, self.issue.horizon) + 1)

    def day(self, ahead: int) -> date:
        """The day so many days after the cutoff."""
        return self.desk.day(ahead)

    def people(self, value: float | None) -> Quantity:
        """A number of people as it is told."""
        return "small" if value is not None and self.disclosure.number(value) is None else value


def named(place: Place) -> Named:
    """A place as the report names it."""
    return Named(place.id, place.name, place.level, place.time_zone)


def all_named(places: Sequence[Place]) -> tuple[Named, ...]:
    """Places as the report names them."""
    return tuple(map(named, places))
