"""One plan from one set of joint paths: demand through the queues, rosters, and the beds behind them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date

import numpy as np

from forecast.arrays import FloatArray
from forecast.paths import Paths
from forecast.places import Places
from forecast.planning.beds import Beds, beds_of
from forecast.planning.hours import CrossingHours, hours_of
from forecast.planning.queues import Real
from forecast.planning.registers import IntArray, Registers
from forecast.planning.rosters import Bought, Roster, bought, needed, planning_load, roster_of
from forecast.planning.waits import Waits, waits_of

CROSSING_MEASURES: dict[str, str] = {
    "demand": "people/day",
    "throughput": "people/day",
    "queue": "people",
    "mean_wait": "minutes",
    "longest_wait": "minutes",
    "person_hours": "hours",
    "booths_needed": "booths",
}
BED_MEASURES: dict[str, str] = {
    "beds_needed": "beds",
    "beds_occupied": "beds",
    "without_bed": "people",
    "buses_needed": "buses",
}
PLAN_MEASURES: dict[str, str] = CROSSING_MEASURES | BED_MEASURES
"""What a plan tells of joint paths, with its unit."""


@dataclass(frozen=True, slots=True)
class PlanSettings:
    """The `safety` that rosters are for, the hours of a `shift`, and the seed of all that is drawn."""

    safety: float = 0.8
    shift: int = 2
    seed: int = 1

    def __post_init__(self) -> None:
        if not 0 < self.safety < 1:
            raise ValueError(f"safety must be between 0 and 1, not {self.safety}")
        if self.shift < 1 or 24 % self.shift:
            raise ValueError(f"shift must divide a day of 24 hours, not {self.shift}")


@dataclass(frozen=True, slots=True, eq=False)
class Recent:
    """What is known at the cutoff's end, by place; a place that is not named is not known.

    `queue` people standing at crossings, `occupied` guests in regions' beds, `past` people/day into regions
    [day] up to the cutoff, NaN where not known.
    """

    queue: Mapping[str, float] = field(default_factory=dict)
    occupied: Mapping[str, float] = field(default_factory=dict)
    past: Mapping[str, FloatArray] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """What comes of demand with the registered booths and beds, where there is a register.

    `booths_needed` [path, crossing, day] would hold the level; `beds` are of regions, `above` of the
    countries over them. `demand` and `arrivals` (of regions) are paths.
    """

    demand: Paths
    arrivals: Paths
    hours: CrossingHours
    start: FloatArray
    waits: Waits
    booths_needed: IntArray
    beds: Beds
    above: Beds
    settings: PlanSettings

    @property
    def cutoff(self) -> date:
        """The last day whose count is used."""
        return self.demand.cutoff

    def paths(self) -> dict[str, Paths]:
        """The joint paths of every plan measure, rounded to whole units."""
        crossings: dict[str, Real | IntArray] = {
            "throughput": self.waits.throughput,
            "queue": self.waits.queue,
            "mean_wait": self.waits.mean_wait,
            "longest_wait": self.waits.longest_wait,
            "person_hours": self.waits.person_hours,
            "booths_needed": self.booths_needed,
        }
        found = {"demand": self.demand}
        found |= {name: self._paths(self.hours.ids, values) for name, values in crossings.items()}
        return found | {name: self._of_beds(name) for name in BED_MEASURES}

    def _of_beds(self, measure: str) -> Paths:
        regions, countries = (_of_measure(beds, measure) for beds in (self.beds, self.above))
        return self._paths(self.beds.ids, regions).joined(self._paths(self.above.ids, countries))

    def _paths(self, ids: tuple[str, ...], values: Real | IntArray) -> Paths:
        return Paths(ids, self.cutoff, np.rint(values).astype(np.int64))


@dataclass(frozen=True, slots=True, eq=False)
class Plan(Course):
    """A course, the roster that would serve better, and what that buys."""

    roster: Roster
    bought: Bought


def plan_of(
    demand: Paths,
    recent: Recent,
    registers: Registers,
    *,
    places: Places,
    settings: PlanSettings | None = None,
) -> Plan:
    """Plan for joint paths of the demand at crossings; what has no register is left out."""
    chosen = settings or PlanSettings()
    course = course_of(demand, recent, registers, places=places, settings=chosen)
    roster, gain = roster_for(course, chosen.safety)
    given = {one.name: getattr(course, one.name) for one in fields(course)}
    return Plan(**given, roster=roster, bought=gain)


def roster_for(course: Course, safety: float) -> tuple[Roster, Bought]:
    """The roster for the load that suffices at a safety, and what it buys against the registered booths."""
    demand, hours, start, settings = course.demand, course.hours, course.start, course.settings
    roster = roster_of(planning_load(demand, hours, safety), hours, start, shift=settings.shift)
    rostered = waits_of(demand, hours.staffed(roster.booths), start, seed=settings.seed)
    return roster, bought(demand, course.waits, rostered)


def course_of(
    demand: Paths,
    recent: Recent,
    registers: Registers,
    *,
    places: Places,
    settings: PlanSettings | None = None,
) -> Course:
    """Push joint paths of demand through the registered booths and beds; the rest is left out.

    The same seed draws the same chance at every place, whatever else changes: two courses differ by what was
    changed between them alone.
    """
    chosen = settings or PlanSettings()
    hours = hours_of(registers, demand.ids, cutoff=demand.cutoff, horizon=demand.values.shape[2])
    start = _known(recent.queue, hours.ids, 0.0)
    waits = waits_of(demand, hours, start, seed=chosen.seed)
    arrivals = _arrivals(demand, waits, places)
    beds = beds_of(
        arrivals,
        _past(recent.past, arrivals.ids),
        occupied=_known(recent.occupied, arrivals.ids, np.nan),
        registers=registers,
        seed=chosen.seed,
    )
    return Course(
        demand=demand,
        arrivals=arrivals,
        hours=hours,
        start=start,
        waits=waits,
        booths_needed=needed(demand, hours),
        beds=beds,
        above=_above(beds, places),
        settings=chosen,
    )


def _arrivals(demand: Paths, waits: Waits, places: Places) -> Paths:
    """Who arrives in each region: what its crossings let through, or all demand where none tells how much."""
    through = demand.values.copy()
    through[:, [demand.ids.index(one) for one in waits.ids]] = np.rint(waits.throughput)
    regions = tuple(place.id for place in places.totals if place.level == "region")
    summing = places.summing(regions, demand.ids)
    served = np.flatnonzero(summing.any(axis=1)).tolist()
    return Paths(demand.ids, demand.cutoff, through).totals([regions[at] for at in served], summing[served])


def _above(beds: Beds, places: Places) -> Beds:
    """The beds of the countries that hold these regions."""
    countries = [place.id for place in places.totals if place.level == "country"]
    summing = places.summing(countries, beds.ids)
    used = np.flatnonzero(summing.any(axis=1)).tolist()
    return beds.totals([countries[at] for at in used], summing[used])


def _of_measure(beds: Beds, measure: str) -> IntArray:
    names = {"beds_needed": "needed", "beds_occupied": "occupied"}
    found: IntArray = getattr(beds, names.get(measure, measure))
    return found


def _known(values: Mapping[str, float], ids: Iterable[str], unknown: float) -> FloatArray:
    return np.array([values.get(one, unknown) for one in ids], dtype=float)


def _past(past: Mapping[str, FloatArray], ids: tuple[str, ...]) -> FloatArray:
    """Past people/day of some regions, NaN where nothing is known: [region, day]."""
    days = max((len(counts) for counts in past.values()), default=1)
    found = np.full((len(ids), days), np.nan)
    for row, one in enumerate(ids):
        counts = past.get(one, np.empty(0))
        found[row, days - len(counts) :] = counts
    return found
