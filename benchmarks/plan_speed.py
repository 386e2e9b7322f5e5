"""What a whole plan costs: thirty crossings, five hundred paths, four weeks of hours."""

import statistics
import time
from dataclasses import dataclass
from datetime import date

import numpy as np

from forecast.paths import Paths
from forecast.places import Place, Places
from forecast.planning.plan import Recent, plan_of
from forecast.planning.registers import Capacity, CrossingCapacity, RegionCapacity, Registers, Stay, Version
from forecast.planning.stays import exponential

CROSSINGS, REGIONS, PATHS, DAYS, REPEATS = 30, 6, 500, 28, 3
TARGET = 5.0
CUTOFF, SINCE = date(2022, 9, 18), date(2022, 1, 1)
MEAN, SIZE = 3_000.0, 8.0  # people/day, and the size of their negative binomial
STAFF_HOURS = {"with hours to spare": None, "with every day's staff hours short": 100.0}


@dataclass(frozen=True, slots=True)
class PlanSpeed:
    """Seconds of processor time of a whole plan by case, the median of some runs."""

    seconds: dict[str, float]

    def sentence(self) -> str:
        """The page's sentence."""
        told = ", ".join(f"{seconds:.1f} s {case}" for case, seconds in self.seconds.items())
        met = "met" if max(self.seconds.values()) < TARGET else "missed"
        return (
            f"**Speed.** {PATHS} paths x {DAYS} days x 24 hours x {CROSSINGS} crossings in {REGIONS} regions "
            f"through queues, roster, queues again with the roster, and beds, one thread: {told} "
            f"(target {TARGET:.0f} s: {met})."
        )


def measure(crossings: int = CROSSINGS, paths: int = PATHS, repeats: int = REPEATS) -> PlanSpeed:
    """Time the plan of a border near its capacity."""
    places, demand = border(crossings), demand_of(crossings, paths)
    return PlanSpeed(
        {
            case: statistics.median(_timed(demand, registers(places, limit), places) for _ in range(repeats))
            for case, limit in STAFF_HOURS.items()
        }
    )


def border(crossings: int) -> Places:
    """A country of regions with as many crossings as can be dealt out."""
    regions = [Place(f"r{at}", f"r{at}", "region", "land") for at in range(min(REGIONS, crossings))]
    posts = [Place(f"c{at}", f"c{at}", parent=regions[at % len(regions)].id) for at in range(crossings)]
    return Places([Place("land", "land", "country"), *regions, *posts])


def demand_of(crossings: int, paths: int) -> Paths:
    """Joint paths of people/day, gamma-Poisson, each crossing by itself."""
    rng = np.random.default_rng(1)
    values = rng.poisson(rng.gamma(SIZE, MEAN / SIZE, (paths, crossings, DAYS)))
    return Paths(tuple(f"c{at}" for at in range(crossings)), CUTOFF, values)


def registers(places: Places, staff_hours: float | None) -> Registers:
    """Every crossing alike, every region alike."""
    crossing = CrossingCapacity(
        booths=np.full((7, 24), 4),
        rates=(40.0, 38.0, 36.0),
        profile=np.tile(1 + 0.5 * np.sin(np.arange(24) / 24 * 2 * np.pi), (7, 1)) / 24,
        booths_limit=8,
        staff_hours_limit=staff_hours,
    )
    guests = (Stay("onward_land", 60.0, exponential(1.5)), Stay("stay", 20.0, exponential(14.0)))
    region = RegionCapacity(beds=4_000, bed_share=0.2, stays=guests)
    kinds: dict[str, Capacity] = {"crossing": crossing, "region": region}
    return Registers(Version(place.id, SINCE, kinds[place.level]) for place in places if place.level in kinds)


def _timed(demand: Paths, known: Registers, places: Places) -> float:
    began = time.process_time()
    plan_of(demand, Recent(), known, places=places)
    return time.process_time() - began
