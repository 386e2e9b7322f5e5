"""What of a plan is published: parts by place as plain values, ready to be read."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import structlog

from forecast.hindcasts import Run
from forecast.paths import Paths
from forecast.pipeline import Configuration, Forecasts
from forecast.planning import stays
from forecast.planning.beds import Beds
from forecast.planning.decisions import SAFETIES, SafetyTable, plan_to, safety_table
from forecast.planning.plan import BED_MEASURES, CROSSING_MEASURES, Plan, roster_for
from forecast.planning.registers import Cost, RegionCapacity, Registers
from forecast.planning.rosters import Bought, Roster
from forecast.planning.waits import THRESHOLD_HOURS, late_chances
from service.cycle.computation import Kept
from service.cycle.planning import FLOW, Basis, Planned, planned
from service.store.records import NO_PLAN, PlanBlock, PublishedPlan

STAFF_MEASURES = ("booths_needed",)
LATELY = 14  # days whose running at capacity is told
SHARE_LEVEL = 0.8
DIGITS = 4

log = structlog.get_logger(__name__)

Numbers = npt.NDArray[np.floating[Any]] | npt.NDArray[np.integer[Any]] | npt.NDArray[np.bool_]


def published_plan(made: Planned | None, registers: Registers) -> PublishedPlan:
    """A plan as it is published, priced by the registers of the first day after the cutoff."""
    if made is None:
        return NO_PLAN
    paths, first = made.plan.paths(), made.plan.cutoff + timedelta(days=1)
    regions = {one: registers.region(one, first) for one in made.plan.beds.ids}
    quantiles = {measure: _quantiles(sample) for measure, sample in paths.items()}
    blocks = (
        *_waits(made, quantiles),
        *_staff(made.plan, quantiles),
        *_beds(made.plan, quantiles, regions),
    )
    return PublishedPlan(tuple(blocks), paths)


def plan_or_reason(
    basis: Basis | None,
    made: tuple[Forecasts, ...],
    configuration: Configuration,
    *,
    run: Run[Any, Any],
    kept: Kept | None = None,
) -> tuple[PublishedPlan, tuple[str, ...]]:
    """The plan of the arrivals, and why there is none where that is news.

    Forecasts are published also when the plan fails: a planner is better off with them than with nothing.
    """
    arrivals = next((forecasts for forecasts in made if forecasts.measure == FLOW), None)
    if basis is None or arrivals is None:
        return NO_PLAN, ()
    try:
        return published_plan(
            planned(basis, arrivals, configuration, run=run, kept=kept), basis.registers
        ), ()
    except Exception as error:
        log.exception("planning failed")
        return NO_PLAN, (f"no plan: {type(error).__name__}: {error}",)


def _quantiles(paths: Paths) -> dict[str, Any]:
    """Quantiles [day][level] by place, to a tenth."""
    values = paths.quantiles().values
    return {one: _plain(values[row], 1) for row, one in enumerate(paths.ids)}


def _waits(planned: Planned, quantiles: Mapping[str, dict[str, Any]]) -> Iterator[PlanBlock]:
    """Waits at each crossing that has a register."""
    plan = planned.plan
    chances, shares = late_chances(plan.waits), plan.waits.late_share
    measures = [name for name in CROSSING_MEASURES if name not in STAFF_MEASURES]
    for row, place_id in enumerate(plan.hours.ids):
        capacity = plan.hours.capacity[row].reshape(plan.hours.horizon, 24).sum(axis=1)
        content = {
            "standing": _plain(plan.start[row], 1),
            "capacity": _plain(capacity, 1),
            "full_days": _full_days(planned, place_id),
            "censored": _censored(planned, place_id),
            "quantiles": {name: quantiles[name][place_id] for name in measures},
            "late_chance": _by_threshold(chances[:, row]),
            "late_share": _by_threshold(shares[:, row]),
            "spilled": _plain(plan.waits.spilled[:, row].mean(axis=0)),
            "capped": _plain(plan.waits.capped[:, row].mean(axis=0)),
            "full": _plain((plan.demand.values[:, _row(plan, place_id)] > capacity).mean(axis=0)),
        }
        yield PlanBlock("waits", place_id, content)


def _row(plan: Plan, place_id: str) -> int:
    return plan.demand.ids.index(place_id)


def _full_days(planned: Planned, place_id: str) -> list[str]:
    """The last days that ran at capacity."""
    return _days(planned, planned.full[_row(planned.plan, place_id), -LATELY:])


def _censored(planned: Planned, place_id: str) -> list[str]:
    """Those of them behind which the demand is not known."""
    return _days(planned, planned.demand.censored[_row(planned.plan, place_id), -LATELY:])


def _days(planned: Planned, marked: npt.NDArray[np.bool_]) -> list[str]:
    cutoff: date = planned.plan.cutoff
    return [(cutoff - timedelta(days=int(len(marked) - 1 - at))).isoformat() for at in np.flatnonzero(marked)]


def _staff(plan: Plan, quantiles: Mapping[str, dict[str, Any]]) -> Iterator[PlanBlock]:
    """Booths of each crossing that has a register: the roster, and those for other safeties."""
    own = {plan.settings.safety: (plan.roster, plan.bought)}
    others = {safety: own.get(safety) or roster_for(plan, safety) for safety in SAFETIES}
    gain, days = plan.bought, (plan.hours.horizon, 24)
    for row, place_id in enumerate(plan.hours.ids):
        limits = plan.hours.in_force[row]
        registered = plan.hours.booths[row].reshape(days)
        content = {
            "safety": plan.settings.safety,
            "shift": plan.settings.shift,
            **_rostered(plan.roster, row),
            "registered": _plain(registered),
            "registered_hours": _plain(registered.sum(axis=1)),
            "booths_limit": [one.booths_limit for one in limits],
            "staff_hours_limit": [one.staff_hours_limit for one in limits],
            "wait_target": [one.wait_target for one in limits],
            "service_level": [one.service_level for one in limits],
            **_gained(gain, row),
            "rosters": {
                f"{safety:g}": _rostered(roster, row) | _gained(bought, row)
                for safety, (roster, bought) in others.items()
            },
            "quantiles": {name: quantiles[name][place_id] for name in STAFF_MEASURES},
            "plan_to": _table(plan.booths_needed[:, row], limits[0].cost),
        }
        yield PlanBlock("staff", place_id, content)


def _rostered(roster: Roster, row: int) -> dict[str, Any]:
    days = roster.held.shape[1]
    return {
        "booths": _plain(roster.booths[row].reshape(days, 24)),
        "staff_hours": _plain(roster.staff_hours[row]),
        "held": _plain(roster.held[row]),
        "statement": [roster.statement(row, day) for day in range(days)],
    }


def _gained(gain: Bought, row: int) -> dict[str, Any]:
    """Expected minutes of wait and person-hours with the registered booths and with a roster, by day."""
    return {
        "wait": {
            "registered": _plain(gain.wait_before[row], 1),
            "roster": _plain(gain.wait_after[row], 1),
        },
        "person_hours": {
            "registered": _plain(gain.hours_before[row], 1),
            "roster": _plain(gain.hours_after[row], 1),
        },
    }


def _beds(
    plan: Plan, quantiles: Mapping[str, dict[str, Any]], regions: Mapping[str, RegionCapacity | None]
) -> Iterator[PlanBlock]:
    """Beds of each region that has a register, and of the countries above."""
    for beds in (plan.beds, plan.above):
        full, beyond, without = beds.full_chance(), beds.expected_beyond(), beds.expected_without_bed()
        ever = np.logical_or.accumulate(beds.needed > beds.beds, axis=2).mean(axis=0)
        for row, place_id in enumerate(beds.ids):
            content = {
                "beds": _plain(beds.beds[row]),
                "full": _plain(full[row]),
                "full_by_then": _plain(ever[row]),
                "beyond": _plain(beyond[row], 1),
                "without_bed": _plain(without[row], 1),
                "moved": _moved(beds, row),
                "quantiles": {name: quantiles[name][place_id] for name in BED_MEASURES},
                **_priced(beds, row, regions.get(place_id)),
            }
            yield PlanBlock("beds", place_id, content)


def _moved(beds: Beds, row: int) -> dict[str, Any]:
    """Expected people sent to other regions, received from them, and going on, by day."""
    names = ("sent", "received", "onward_land", "onward_air")
    return {name: _plain(getattr(beds, name)[:, row].mean(axis=0), 1) for name in names}


def _priced(beds: Beds, row: int, register: RegionCapacity | None) -> dict[str, Any]:
    """What to plan to and who goes on, where a register tells costs and stays; a country has none."""
    if register is None:
        return {}
    shares = stays.share_intervals(register.stays, SHARE_LEVEL)
    return {
        "bus_seats": register.bus_seats,
        "bed_share": register.bed_share,
        "transit": {
            kind: {"lower": round(low, DIGITS), "share": round(share, DIGITS), "upper": round(high, DIGITS)}
            for kind, (low, share, high) in shares.items()
        },
        "plan_to": {
            "beds": _table(beds.needed[:, row], register.bed_cost),
            "buses": _table(beds.buses_needed[:, row], register.bus_cost),
        },
    }


def _table(values: npt.NDArray[np.integer[Any]], cost: Cost) -> dict[str, Any]:
    """Levels for each safety and day with what they leave empty and unmet; what costs ask for."""
    table: SafetyTable = safety_table(values, cost)
    return {
        "safeties": list(SAFETIES),
        "level": _plain(table.level, 1),
        "empty": _plain(table.empty, 1),
        "unmet": _plain(table.unmet, 1),
        "cost_level": round(cost.level, DIGITS),
        "by_cost": _plain(plan_to(values, cost), 1),
    }


def _by_threshold(chances: Numbers) -> dict[str, Any]:
    return {f"{hours:g}": _plain(row) for hours, row in zip(THRESHOLD_HOURS, chances, strict=True)}


def _plain(values: Numbers | np.generic | float, digits: int = DIGITS) -> Any:
    """Plain lists of numbers, rounded."""
    found = np.asarray(values)
    if found.dtype.kind in "bi":
        return found.tolist()
    return (np.round(found.astype(float), digits) + 0.0).tolist()
