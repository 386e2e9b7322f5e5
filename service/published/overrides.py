"""Analysts' overrides as a reader is told them: beside the forecast, through the same door."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from forecast.places import Places
from service.published.numbers import number
from service.published.reader import Reader
from service.published.scores import FARTHEST
from service.store import Store
from service.store.asked import Asked
from service.store.model_records import Override, OverrideScore
from service.store.records import Issue

Count = int | float


@dataclass(frozen=True, slots=True)
class ToldOverride:
    """An override, in people; what is withheld is None."""

    id: str
    place: str
    measure: str
    issue: str
    first: date
    last: date
    median: Count | None
    lower: Count | None
    upper: Count | None
    reason: str | None
    suppressed: bool
    recorded_at: datetime
    withdrawn_at: datetime | None


def told(override: Override, reader: Reader) -> ToldOverride:
    """One override; all of it is withheld where its place is, and single numbers that are too small."""
    withheld = reader.disclosure.withholds(override.place_id)

    def shown(figure: float | None) -> Count | None:
        return None if withheld else number(reader.disclosure.number(figure))

    figures = (override.median, override.lower, override.upper)
    return ToldOverride(
        id=override.id,
        place=override.place_id,
        measure=override.measure,
        issue=override.issue_id,
        first=override.first,
        last=override.last,
        median=shown(override.median),
        lower=shown(override.lower),
        upper=shown(override.upper),
        reason=None if withheld else override.reason,
        suppressed=any(one is not None and shown(one) is None for one in figures),
        recorded_at=override.recorded_at,
        withdrawn_at=override.withdrawn_at,
    )


@dataclass(frozen=True, slots=True, eq=False)
class Beside:
    """The overrides that stand beside an issue's forecasts, those that are not withheld, by place and day."""

    held: Mapping[tuple[str, date], ToldOverride]
    places: Places

    def of(self, place_id: str, day: date) -> ToldOverride | None:
        """The override of a place and day."""
        return self.held.get((place_id, day))

    def within(self, place_id: str, day: date) -> tuple[str, ...]:
        """The places inside a place that are overridden on a day, which its own forecast does not follow."""
        return tuple(one for one, when in self.held if when == day and place_id in self.places.ancestors(one))


def beside(store: Store, issue: Issue, reader: Reader, *, measure: str, as_of: datetime) -> Beside:
    """The overrides of an issue's days that held at an instant; of two of a day the later one counts."""
    found = store.overrides.beside(issue, reader.scope, measure=measure, as_of=as_of)
    open_ = [one for one in found if not reader.disclosure.withholds(one.place_id)]
    held = {(one.place_id, day): told(one, reader) for one in open_ for day in _days(one, issue)}
    return Beside(held, store.places.all(reader.scope) if held else Places(()))


def _days(override: Override, issue: Issue) -> Iterable[date]:
    every = (
        (override.first.toordinal() + ahead) for ahead in range((override.last - override.first).days + 1)
    )
    return (day for day in map(date.fromordinal, every) if day > issue.cutoff)


def scores(store: Store, reader: Reader, asked: Asked) -> tuple[OverrideScore, ...]:
    """The scores of overrides in scope; days whose counts are not told are left out, as in all scores."""
    found, totals = store.overrides.scores(asked), frozenset[str]()
    if reader.disclosure.small.threshold:
        reader.disclosure.small.refresh()  # the scores may have come since the reader was let in
        if any(one.horizon > FARTHEST for one in found):
            totals = frozenset(place.id for place in store.places.all().totals)
    return tuple(
        one
        for one in found
        if not reader.disclosure.hides(one.measure, one.place_id, one.target_date)
        and not (one.place_id in totals and one.horizon > FARTHEST)
    )
