"""What a plan says otherwise than the issue before said of the same days."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from forecast.places import Place
from service.plans import units
from service.plans.people import People
from service.plans.reading import Desk, Part
from service.plans.reasons import Account
from service.store.records import Issue, PlanKind, PublishedForecast

FLOW = "arrivals"
MIDDLE, UPPER = 0.5, 0.95
TOLD: dict[PlanKind, tuple[str, ...]] = {
    "waits": ("demand", "longest_wait"),
    "staff": ("booths_needed",),
    "beds": ("beds_needed", "without_bed"),
}
"""What is compared, besides the arrivals."""
Read = dict[float, int | float | None]


@dataclass(frozen=True, slots=True)
class Change:
    """A measure on a day by quantile level, in the issue before and now; empty where it was not said.

    None where it is of too few people to tell.
    """

    measure: str
    unit: str
    target_date: date
    horizon: int
    before: Read
    now: Read

    @property
    def few(self) -> bool:
        """Whether a number is of too few people to tell."""
        return None in (*self.before.values(), *self.now.values())


@dataclass(frozen=True, slots=True)
class PlaceChanges:
    """What changed for a place, and why in words."""

    place: Place
    changes: tuple[Change, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Told:
    """What an issue says of places: forecasts by place, and parts of its plan by place and measure."""

    people: People
    forecasts: Mapping[str, PublishedForecast]
    parts: Mapping[tuple[str, str], Part] = field(default_factory=dict)

    @property
    def issue(self) -> Issue:
        """The issue."""
        return self.people.desk.issue

    def read(self, place: Place, measure: str, day: date) -> Read:
        """The middle and upper quantile of a day in the unit that readers get, empty where there is none."""
        ahead = (day - self.issue.cutoff).days
        row = self._row(place, measure, ahead - 1) if 1 <= ahead <= self.issue.horizon else ()
        at = {level: units.position(self.issue.levels, level) for level in (MIDDLE, UPPER)}
        return {level: row[position] for level, position in at.items()} if row else {}

    def _row(self, place: Place, measure: str, day: int) -> Sequence[int | float | None]:
        if measure == FLOW:
            held = self.forecasts.get(place.id)
            return () if held is None else self.people.arrivals(place, held.values[day].tolist())
        part = self.parts.get((place.id, measure))
        return () if part is None else self.people.quantiles(part, measure, day)


def issue_before(desk: Desk) -> Issue | None:
    """The issue published before the desk's."""
    found = desk.store.issues.page(1, before=desk.issue.id)
    return found[0] if found else None


def changes(desk: Desk, among: Sequence[Place], days: Sequence[int]) -> tuple[PlaceChanges, ...]:
    """What changed for places on some days ahead, and why; the places without a forecast are left out."""
    before = issue_before(desk)
    earlier = None if before is None else replace(desk, issue=before)
    forecasts = _forecasts(desk, among)
    now, then = _told(desk, among, forecasts), None
    account = None
    if earlier is not None:
        held = _forecasts(earlier, among)
        then = _told(earlier, among, held)
        account = Account.of(desk, earlier, among, (held, forecasts))
    return tuple(
        PlaceChanges(
            place,
            tuple(_changes(place, [desk.day(ahead) for ahead in days], now, then)),
            ("this is the first issue",) if account is None else account.reasons(place),
        )
        for place in among
        if place.id in forecasts
    )


def _changes(place: Place, days: Sequence[date], now: _Told, then: _Told | None) -> Iterator[Change]:
    measures = [name for kind in TOLD.values() for name in kind if (place.id, name) in now.parts]
    for day in days:
        for measure in (FLOW, *measures):
            yield Change(
                measure=measure,
                unit=units.TOLD.get(measure, "people/day"),
                target_date=day,
                horizon=(day - now.issue.cutoff).days,
                before={} if then is None else then.read(place, measure, day),
                now=now.read(place, measure, day),
            )


def _forecasts(desk: Desk, among: Sequence[Place]) -> dict[str, PublishedForecast]:
    ids = [place.id for place in among]
    held = desk.store.issues.forecasts(desk.issue.id, desk.reader.scope, measure=FLOW, place_ids=ids)
    return {one.place_id: one for one in held}


def _told(desk: Desk, among: Sequence[Place], forecasts: Mapping[str, PublishedForecast]) -> _Told:
    parts = {
        (part.place.id, name): part
        for kind, measures in TOLD.items()
        for part in desk.parts(kind, among)
        for name in measures
    }
    return _Told(People(desk), forecasts, parts)
