"""The days ahead of a report: its place's forecast, those of the crossings that matter, and what comes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from forecast.places import Place
from service.published import forecasts, observed, outlooks
from service.published.forecasts import Count, Levels, ToldDay
from service.reports.contents import (
    Choice,
    Counted,
    Course,
    Day,
    Headline,
    Outlook,
    PlaceForecast,
    Quantity,
    Week,
)
from service.reports.sources import FLOW, INTERVALS, WEEK, Sources, all_named, named
from service.store.records import PublishedForecast, Scope

MOST_CROSSINGS = 4
COUNTED_DAYS = 56
LEVEL = 0.95
ROSE = ("large_increase", "increase")
FELL = ("large_decrease", "decrease")


@dataclass(frozen=True, slots=True)
class Ahead:
    """What an issue forecasts of arrivals for the report's place and the crossings in it, by place."""

    sources: Sources
    held: Mapping[str, PublishedForecast]
    over_capacity: Mapping[str, float]

    @classmethod
    def read(cls, sources: Sources, over_capacity: Mapping[str, float]) -> "Ahead":
        """All forecasts of the place in one go; `over_capacity` has by crossing its chance within a week."""
        ids = [sources.place.id, *(one.id for one in sources.crossings)]
        scope = sources.reader.scope
        found = sources.store.issues.forecasts(sources.issue.id, scope, measure=FLOW, place_ids=ids)
        return cls(sources, {one.place_id: one for one in found}, over_capacity)

    def forecasts(self) -> tuple[PlaceForecast, ...]:
        """The place's own, first, and those of the crossings that matter."""
        place, chosen = self.sources.place, self._chosen()
        counts = self._counts([one for one, _ in chosen])
        own = self._forecast(place, ("place",), self._own_counts())
        return (own, *(self._forecast(one, why, counts.get(one.id, ())) for one, why in chosen))

    def headline(self, own: PlaceForecast) -> Headline:
        """What comes in the next week."""
        week = own.days[:WEEK]
        return Headline(
            course=self._course(own),
            surging=all_named([one for one in self.sources.crossings if self._surges(one.id)]),
            times_ordinary=self._times_ordinary(own),
            times_lately=_times([day.median for day in week], own.outlook.lately if own.outlook else None),
            fullest=fullest(week),
        )

    def _chosen(self) -> list[tuple[Place, tuple[Choice, ...]]]:
        """The crossings in surge, those likely over capacity and the largest, and which each of them is."""
        known = [one for one in self.sources.crossings if one.id in self.held]
        if len(known) < 2:
            return []  # a region of one crossing is that crossing
        largest = sorted(known, key=lambda one: -self._size(one.id))[:MOST_CROSSINGS]
        why = {one.id: self._reasons(one.id) + (("largest",) if one in largest else ()) for one in known}
        marked = sorted((one for one in known if why[one.id]), key=lambda one: self._rank(one, why[one.id]))
        return [(one, why[one.id]) for one in marked[:MOST_CROSSINGS]]

    def _rank(self, place: Place, why: Sequence[Choice]) -> tuple[bool, bool, float]:
        return "surge" not in why, "capacity" not in why, -self._size(place.id)

    def _reasons(self, place_id: str) -> tuple[Choice, ...]:
        crowded = self.over_capacity.get(place_id, 0.0) >= self.sources.settings.alerts.chance
        surging: tuple[Choice, ...] = ("surge",) if self._surges(place_id) else ()
        return (*surging, "capacity") if crowded else surging

    def _surges(self, place_id: str) -> bool:
        return place_id in self.held and self.held[place_id].modes[0] == "surge"

    def _size(self, place_id: str) -> float:
        """The highest upper figure of the next week."""
        at = int(np.argmin(np.abs(np.asarray(self.sources.issue.levels) - LEVEL)))
        return float(self.held[place_id].values[:WEEK, at].max())

    def _forecast(
        self, place: Place, chosen: tuple[Choice, ...], counted: tuple[Counted, ...]
    ) -> PlaceForecast:
        days = self._days(place)
        return PlaceForecast(named(place), chosen, days, weeks_of(days), counted, self._outlook(place))

    def _days(self, place: Place) -> tuple[Day, ...]:
        forecast = self.held.get(place.id)
        if forecast is None:
            return ()
        issue, reader = self.sources.issue, self.sources.reader
        levels = Levels(issue.levels, INTERVALS)
        horizons = range(1, issue.horizon + 1)
        told = forecasts.days(issue, forecast, levels=levels, reader=reader, horizons=horizons)
        return tuple(map(_day, told))

    def _outlook(self, place: Place) -> Outlook | None:
        forecast = self.held.get(place.id)
        told = outlooks.outlook(self.sources.issue, forecast, self.sources.reader) if forecast else None
        if told is None or forecast is None or forecast.outlook is None:
            return None
        lately = forecast.outlook.yardstick.reference
        small = lately is not None and self.sources.disclosure.number(lately) is None
        changes = {one.days: dict(one.chances) for one in told.changes}
        return Outlook(told.surge, "small" if small else told.reference, changes)

    def _own_counts(self) -> tuple[Counted, ...]:
        sources = self.sources
        issue, days = sources.issue, COUNTED_DAYS
        told = observed.last_days(
            sources.store, sources.place, measure=FLOW, issue=issue, reader=sources.reader, days=days
        )
        return tuple(map(_counted, told))

    def _counts(self, places: Sequence[Place]) -> dict[str, tuple[Counted, ...]]:
        """The counts of some crossings' last weeks, in one go."""
        issue = self.sources.issue
        counts = self.sources.store.observations.read(
            Scope(places=frozenset(place.id for place in places)),
            measure=FLOW,
            first=issue.cutoff - timedelta(days=COUNTED_DAYS - 1),
            last=issue.cutoff,
            as_of=issue.as_of,
        )
        by_place: dict[str, list[Counted]] = {place.id: [] for place in places}
        for one in observed.told(counts, FLOW, self.sources.reader):
            by_place[one.place].append(_counted(one))
        return {place_id: tuple(days) for place_id, days in by_place.items()}

    def _course(self, own: PlaceForecast) -> Course:
        modes = [day.mode for day in own.days[:WEEK]]
        first = modes[0] if modes else None
        if first is None:
            return "unknown"
        if all(mode == "closed" for mode in modes):
            return "closed"
        if first == "surge" or first == "collapse":
            return "surge" if first == "surge" else "collapse"
        return self._expected(own.outlook)

    def _expected(self, outlook: Outlook | None) -> Course:
        """What the outlook makes more likely than not."""
        if outlook is None:
            return "unknown"
        if (outlook.surge or 0.0) >= self.sources.settings.alerts.chance:
            return "surge-likely"
        changes = outlook.changes.get(f"1-{WEEK}", {})
        if sum(changes.get(kind) or 0.0 for kind in ROSE) > 0.5:
            return "rising"
        return "falling" if sum(changes.get(kind) or 0.0 for kind in FELL) > 0.5 else "steady"

    def _times_ordinary(self, own: PlaceForecast) -> float | None:
        """The next week's medians over an ordinary day's count, on the days of which that is known."""
        forecast = self.held.get(own.place.id)
        if forecast is None or forecast.outlook is None:
            return None
        pairs = [
            (day.median, float(np.expm1(usual)))
            for day, usual in zip(own.days, forecast.outlook.yardstick.usual, strict=False)
            if usual is not None
        ]
        if not pairs:
            return None
        return _times(
            [median for median, _ in pairs], self.sources.people(float(np.mean([one for _, one in pairs])))
        )


def fullest(days: Sequence[Day]) -> Day | None:
    """The day with the highest upper figure that is told."""
    told = [(upper, day) for day in days if isinstance(upper := day.upper(), int | float)]
    return max(told, key=lambda one: one[0])[1] if told else None


def weeks_of(days: Sequence[Day]) -> tuple[Week, ...]:
    """The days by sevens, each with its fullest; without those of which nothing is told."""
    sevens = [days[first : first + WEEK] for first in range(0, min(len(days), 4 * WEEK), WEEK)]
    found = ((seven, fullest(seven)) for seven in sevens)
    return tuple(Week(seven[0].date, seven[-1].date, day) for seven, day in found if day is not None)


def _times(medians: Sequence[Quantity], beside: Quantity) -> float | None:
    """The mean of medians over a number, to a tenth; None where one is not told."""
    told = [one for one in medians if isinstance(one, int | float)]
    if not told or len(told) < len(medians) or not isinstance(beside, int | float) or beside <= 0:
        return None
    return round(float(np.mean(told)) / beside, 1)


def _day(told: ToldDay) -> Day:
    if told.intervals is None:
        return Day(told.target_date, told.horizon, None, {}, told.mode, told.trust)
    ends = {level: (_small(low), _small(high)) for level, (low, high) in told.intervals.items()}
    return Day(told.target_date, told.horizon, _small(told.median), ends, told.mode, told.trust)


def _small(value: Count | None) -> Quantity:
    """A number of a day that is told; where it is missing it was too small."""
    return "small" if value is None else value


def _counted(day: observed.ObservedDay) -> Counted:
    return Counted(day.date, day.value, bool(day.complete))
