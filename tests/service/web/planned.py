"""The plan of the API's small world: made by the library from small registers, once for each set of paths."""

from datetime import date
from functools import cache

import numpy as np

from forecast.paths import Paths
from forecast.places import Place, Places
from forecast.planning.demand import Demand
from forecast.planning.plan import PlanSettings, Recent, plan_of
from forecast.planning.registers import CrossingCapacity, RegionCapacity, Registers, Stay, Version
from forecast.planning.stays import exponential
from service.cycle.plan_parts import published_plan
from service.cycle.planning import Planned
from service.store.records import PublishedPlan

FIRST = date(2022, 1, 1)
DAYS = 30


@cache
def plan_of_world(
    cutoff: date, levels: tuple[tuple[str, int], ...], places: tuple[Place, ...]
) -> PublishedPlan:
    """What is planned for crossings of these levels, all of them and their regions registered."""
    known, tree = registers(dict(levels), places), Places(places)
    paths = demand(cutoff, levels)
    recent = Recent(queue={crossing: level / 20 for crossing, level in levels})
    made = plan_of(paths, recent, known, places=tree, settings=PlanSettings())
    shape = (len(levels), DAYS)
    full = np.zeros(shape, dtype=bool)
    full[0, -1] = True
    counted = Demand(np.zeros(shape), np.zeros(shape, dtype=bool), np.full(shape, np.nan))
    return published_plan(Planned(made, full, counted), known)


def demand(cutoff: date, levels: tuple[tuple[str, int], ...]) -> Paths:
    """A hundred futures about each crossing's level, for ten days."""
    about = np.array([level for _, level in levels])[None, :, None]
    people = np.random.default_rng(11).poisson(about, (100, len(levels), 10))
    return Paths(tuple(crossing for crossing, _ in levels), cutoff, people)


def registers(levels: dict[str, int], places: tuple[Place, ...]) -> Registers:
    """Booths for a little less than the level, and beds for a part of a region's people."""
    regions = [place.id for place in places if place.level == "region"]
    inside = {
        region: sum(levels[one.id] for one in places if one.parent == region and one.id in levels)
        for region in regions
    }
    versions = [Version(crossing, FIRST, _crossing(level)) for crossing, level in levels.items()]
    for region in regions:
        helpers = tuple(other for other in regions if other != region)
        versions.append(Version(region, FIRST, _region(inside[region], helpers)))
    return Registers(versions)


def _crossing(level: int) -> CrossingCapacity:
    hours = np.linspace(1, 3, 24)
    return CrossingCapacity(
        booths=np.full((7, 24), 4),
        rates=(level / 100,),
        profile=np.tile(hours / hours.sum(), (7, 1)),
        booths_limit=8,
        queue_room=level / 4,
    )


def _region(people: int, helpers: tuple[str, ...]) -> RegionCapacity:
    stays = (Stay("onward_land", 750_000.0, exponential(1.5)), Stay("stay", 250_000.0, exponential(8.0)))
    # no number of one region's beds is also one of another's, so that tests know whose they see
    guests = min(people / 4, 14_000 + people / 20)
    return RegionCapacity(beds=round(2.5 * guests), bed_share=guests / people, stays=stays, overflow=helpers)
