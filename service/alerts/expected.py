"""What an issue says of the next week: surges, and more than crossings pass, people bear or houses hold."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from forecast.paths import Paths
from forecast.places import Place, Places
from service.alerts.filling import days_left, last_nights
from service.alerts.signals import Signal
from service.settings import Alerting
from service.store import Store
from service.store.mail_records import Matter
from service.store.records import Issue, PlanBlock, PublishedForecast

DAYS = 7
UPPER = 0.95
FLOW = "arrivals"
AT_ONCE = 200  # places whose paths and plans are in memory together
MINUTES = 60
Values = npt.NDArray[np.floating[Any]] | npt.NDArray[np.integer[Any]]


@dataclass(frozen=True, slots=True)
class Weighing:
    """An issue, its register of places, and from which chances on an alert is raised and may end."""

    issue: Issue
    places: Places
    rule: Alerting

    def signal(
        self, matter: Matter, chance: float | None, detail: dict[str, Any], *, observed: bool = False
    ) -> Signal:
        """A matter of the issue with its chance."""
        rule = self.rule
        levels = (rule.surge_chance, rule.surge_quiet_chance)
        loud, quiet = levels if matter.kind == "surge" else (rule.chance, rule.quiet_chance)
        rounded = None if chance is None else round(chance, 4)
        return Signal(matter, rounded, observed, loud, quiet, detail)

    def day(self, ahead: int) -> str:
        """The day so many days after the first, as it is stored."""
        return (self.issue.cutoff + timedelta(days=ahead + 1)).isoformat()


def expected(store: Store, weighing: Weighing, *, withhold_untrusted: bool) -> Iterator[Signal]:
    """Every matter of the next seven days of which the issue says something.

    With `withhold_untrusted`, places whose forecasts have lost their skill speak by their mode alone.
    """
    ids = [place.id for place in weighing.places]
    alike = _with_one_crossing(weighing.places)
    for first in range(0, len(ids), AT_ONCE):
        some = ids[first : first + AT_ONCE]
        forecasts = store.issues.forecasts(weighing.issue.id, measure=FLOW, place_ids=some)
        silenced = {one.place_id for one in forecasts if withhold_untrusted and _is_untrusted(one)}
        surges = (
            _surge(weighing, one, trusted=one.place_id not in silenced)
            for one in forecasts
            if one.place_id not in alike
        )
        yield from (signal for signal in surges if signal is not None)
        told = [place_id for place_id in some if place_id not in silenced]
        yield from _crowds(store, weighing, told)
        yield from _houses(store, weighing, told)


def _with_one_crossing(places: Places) -> set[str]:
    """Regions and countries of a single crossing, whose surges are that crossing's: it speaks for them."""
    inside = Counter(above for one in places.crossings for above in places.ancestors(one.id))
    return {place_id for place_id, crossings in inside.items() if crossings == 1}


def _crowds(store: Store, weighing: Weighing, ids: Sequence[str]) -> Iterator[Signal]:
    """More people than crossings pass: by their plan, else by the register of places."""
    planned = store.plans.blocks(weighing.issue.id, "waits", place_ids=ids)
    yield from _planned(store, weighing, planned)
    without = set(ids) - {block.place_id for block in planned}
    plain = [one for one in weighing.places.crossings if one.id in without and one.capacity is not None]
    if plain:
        yield from _registered(store, weighing, plain)


def _houses(store: Store, weighing: Weighing, ids: Sequence[str]) -> Iterator[Signal]:
    """Houses full, as far as their beds are planned."""
    housed = store.plans.blocks(weighing.issue.id, "beds", place_ids=ids)
    lately = last_nights(store, weighing.issue, [block.place_id for block in housed])
    for block in housed:
        yield _beds(weighing, block, lately.get(block.place_id, ()))


def _is_untrusted(one: PublishedForecast) -> bool:
    return any(one.trust_on(ahead) == "lost" for ahead in range(1, min(DAYS, len(one.modes)) + 1))


def _surge(weighing: Weighing, one: PublishedForecast, *, trusted: bool) -> Signal | None:
    """A surge that has begun, or its chance; None where neither can be told."""
    begun = bool(one.modes) and one.modes[0] == "surge"
    chance = one.outlook.chances.surge if one.outlook is not None and trusted else None
    if chance is None and not begun:
        return None
    lately = one.outlook.yardstick.reference if one.outlook is not None else None
    upper = one.values[:DAYS, _level(weighing.issue.levels)]
    detail = {"begun": begun, "lately": None if lately is None else round(lately, 1)}
    known = _highest(weighing, upper) if trusted else {}
    return weighing.signal(Matter("surge", one.place_id), chance, detail | known, observed=begun)


def _planned(store: Store, weighing: Weighing, blocks: Sequence[PlanBlock]) -> Iterator[Signal]:
    """Demand above what the registered booths pass, and long waits, on the plan's joint paths."""
    ids = [block.place_id for block in blocks]
    demand = store.plans.paths(weighing.issue.id, "demand", place_ids=ids)
    waits = store.plans.paths(weighing.issue.id, "longest_wait", place_ids=ids)
    for block in blocks:
        if demand is not None:
            capacity = np.array(block.content["capacity"][:DAYS])
            yield _arrivals(weighing, block.place_id, _of(demand, block.place_id), capacity)
        if waits is not None:
            yield _wait(weighing, block.place_id, _of(waits, block.place_id))


def _registered(store: Store, weighing: Weighing, places: Sequence[Place]) -> Iterator[Signal]:
    """Arrivals above what crossings without a plan handle on an ordinary day, as the register says."""
    paths = store.issues.paths(weighing.issue.id, FLOW, place_ids=[place.id for place in places])
    if paths is None:
        return
    for place in places:
        if place.id in paths.ids:
            people = _of(paths, place.id)
            yield _arrivals(weighing, place.id, people, np.full(people.shape[1], float(place.capacity or 0)))


def _of(paths: Paths, place_id: str) -> npt.NDArray[np.integer[Any]]:
    """The next week of a place's paths: [path, day]."""
    return paths.values[:, paths.ids.index(place_id), :DAYS]


def _arrivals(weighing: Weighing, place_id: str, people: Values, capacity: Values) -> Signal:
    above = _by_then(people > capacity)
    upper = np.quantile(people, UPPER, axis=0)
    day = int((upper - capacity).argmax())
    detail = {
        "capacity": round(float(capacity[day]), 1),
        **_told(weighing, upper, day),
        **_first(weighing, above),
    }
    return weighing.signal(Matter("arrivals", place_id), float(above[-1]), detail)


def _wait(weighing: Weighing, place_id: str, minutes: Values) -> Signal:
    limit = weighing.rule.wait_hours
    above = _by_then(minutes > limit * MINUTES)
    upper = np.quantile(minutes, UPPER, axis=0) / MINUTES
    detail = {"limit": limit, **_highest(weighing, upper), **_first(weighing, above)}
    return weighing.signal(Matter("wait", place_id), float(above[-1]), detail)


def _beds(weighing: Weighing, block: PlanBlock, occupied: Sequence[float]) -> Signal:
    """Houses full by any of the next days, or full already, or soon at the pace at which they fill."""
    above = np.array(block.content["full_by_then"][:DAYS])
    quantiles = np.array(block.content["quantiles"]["beds_needed"])
    upper = quantiles[:DAYS, _level(weighing.issue.levels)]
    beds = block.content["beds"][:DAYS]
    day = int((upper - np.array(beds)).argmax())
    left = days_left(occupied, beds[0])
    detail = {"beds": beds[day], **_told(weighing, upper, day), **_first(weighing, above)}
    filling = left is not None and left <= weighing.rule.filling_days
    told = {"days_left": round(left or 0.0, 1)} if filling else {}
    return weighing.signal(Matter("beds", block.place_id), float(above[-1]), detail | told, observed=filling)


def _by_then(above: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    """The share of paths [path, day] that were above on a day or before: [day]."""
    return np.asarray(np.logical_or.accumulate(above, axis=1).mean(axis=0), dtype=float)


def _first(weighing: Weighing, above: npt.NDArray[np.float64]) -> dict[str, Any]:
    """The first day by which it is as likely as alerts ask for."""
    likely = np.flatnonzero(above >= weighing.rule.chance)
    return {"from": weighing.day(int(likely[0]))} if len(likely) else {}


def _highest(weighing: Weighing, upper: Values) -> dict[str, Any]:
    return _told(weighing, upper, int(np.argmax(upper)))


def _told(weighing: Weighing, upper: Values, day: int) -> dict[str, Any]:
    """The upper figure of the day that is told."""
    return {"upper": round(float(upper[day]), 1), "day": weighing.day(day), "level": UPPER}


def _level(levels: Sequence[float]) -> int:
    return int(np.argmin(np.abs(np.array(levels) - UPPER)))
