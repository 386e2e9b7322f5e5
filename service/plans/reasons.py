"""Why a plan changed: what one issue knew and the one before it did not, in words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from forecast.places import Place, Places
from service.plans import registered, units
from service.plans.counted import Counts, count_reasons, revisions
from service.plans.people import People
from service.plans.reading import Desk, Part
from service.plans.registered import Registered
from service.store.records import Issue, PublishedForecast

FLOW, BEDS = "arrivals", "occupied_beds"
LOOK_BACK = 35  # days in which a count may still be revised
INNER = (0.1, 0.5, 0.9)
Held = Mapping[str, PublishedForecast]


@dataclass(frozen=True, slots=True)
class Account:
    """What the issue `before` and the issue `now` knew of some places, each read once."""

    before: Issue
    now: Issue
    places: Places
    forecasts: tuple[Held, Held]
    counts: Counts
    beds: Counts
    known: Registered
    queues: tuple[Mapping[str, Part], Mapping[str, Part]]
    people: tuple[People, People]

    @classmethod
    def of(cls, desk: Desk, earlier: Desk, among: Sequence[Place], forecasts: tuple[Held, Held]) -> "Account":
        """Read what both issues knew of places."""
        whole = desk.store.places.all(as_of=desk.issue.as_of)
        ids = {place.id for place in among}
        inside = [one.id for one in whole.crossings if ids & {one.id, *whole.ancestors(one.id)}]
        regions = [place.id for place in among if place.level == "region"]
        first = earlier.issue.cutoff - timedelta(days=LOOK_BACK - 1)
        return cls(
            before=earlier.issue,
            now=desk.issue,
            places=whole,
            forecasts=forecasts,
            counts=Counts.read(desk, earlier.issue, (FLOW, inside), first),
            beds=Counts.read(desk, earlier.issue, (BEDS, regions), first),
            known=Registered.read(desk.store, earlier.issue, desk.issue),
            queues=(_waits(earlier, among), _waits(desk, among)),
            people=(People(earlier), People(desk)),
        )

    def reasons(self, place: Place) -> tuple[str, ...]:
        """Why the plan of a place changed, the freshest facts first."""
        inside = self._crossings(place)
        found = (
            *count_reasons(self.counts, place.id, inside, self._expected(place)),
            *self._queue(place),
            *self._occupied(place),
            *revisions(self.counts, inside),
            *registered.event_reasons(self.known, place, self.places),
            *registered.capacity_reasons(self.known, [place.id, *inside]),
            *self._methods(place),
            *registered.configuration_reasons(self.before, self.now),
        )
        return found or ("nothing new was known; the days have come nearer",)

    def _crossings(self, place: Place) -> list[str]:
        if place.level == "crossing":
            return [place.id]
        return [one.id for one in self.places.crossings if place.id in self.places.ancestors(one.id)]

    def _expected(self, place: Place) -> dict[int, tuple[float, ...]]:
        """What the issue before forecast of the days counted since: its inner quantiles by days ahead."""
        held = self.forecasts[0].get(place.id)
        # what was forecast may repeat counts that are not told
        if held is None or (self.counts.small.threshold and self.people[0].repeats(place)):
            return {}
        gap = (self.now.cutoff - self.before.cutoff).days
        at = [units.position(self.before.levels, level) for level in INNER]
        days = range(1, min(gap, len(held.values)) + 1)
        return {ahead: tuple(held.values[ahead - 1, at]) for ahead in days}

    def _queue(self, place: Place) -> Iterator[str]:
        """Who stands at the cutoff, beside what the issue before expected to stand."""
        then, now = (parts.get(place.id) for parts in self.queues)
        if then is None or now is None:
            return
        standing = self.people[1].standing(now)
        gap = (self.now.cutoff - self.before.cutoff).days
        if gap < 1:
            expected = self.people[0].standing(then)
        else:
            day = min(gap, len(then.content["quantiles"]["queue"])) - 1
            middle = units.position(self.before.levels, 0.5)
            expected = self.people[0].quantiles(then, "queue", day)[middle]
        if standing is None or expected is None:
            return
        if round(standing) != round(expected):
            yield (
                f"{standing:,.0f} people stand in the queue at the end of {self.now.cutoff}, "
                f"where {expected:,.0f} were expected"
            )

    def _occupied(self, place: Place) -> Iterator[str]:
        """The beds reported last, where that is news."""
        news = [day for day in self.beds.days.get(place.id, ()) if self.beds.is_new(place.id, day)]
        if news:
            last = max(news)
            beds = self.beds.now[place.id, last][0]
            if not self.beds.tells(place.id, last, beds):
                yield f"a report of occupied beds at the end of {last}, which is not told"
                return
            yield f"{beds:,.0f} beds reported occupied at the end of {last}"

    def _methods(self, place: Place) -> Iterator[str]:
        """Members that had been pending and have joined, and fallbacks."""
        then, now = (held[place.id].flags if place.id in held else () for held in self.forecasts)
        for flag in then:
            if flag.startswith("members-pending: ") and flag not in now:
                yield f"forecasting methods joined: {flag.removeprefix('members-pending: ')}"
        yield from (f"forecast now a {flag}" for flag in now if "fallback" in flag and flag not in then)


def _waits(desk: Desk, among: Sequence[Place]) -> dict[str, Part]:
    return {part.place.id: part for part in desk.parts("waits", among)}
