"""From an issue's paths and what is registered to its plan: waits, staff and beds."""

from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, cast

import numpy as np
import pandas as pd

from forecast import pipeline
from forecast.arrays import BoolArray, FloatArray
from forecast.hindcasts import Run
from forecast.panel import Nowcast, Panel
from forecast.pipeline import Configuration, Forecasts
from forecast.places import Places
from forecast.planning.demand import (
    SILENCE,
    Demand,
    QueueUnit,
    daily_capacity,
    demand_of,
    people_in_queue,
    saturated,
)
from forecast.planning.plan import Plan, PlanSettings, Recent, plan_of
from forecast.planning.registers import Registers
from forecast.totals import totals_of

FLOW, DEMAND = "arrivals", "demand"
QUEUED_LATELY = 56  # days in which a queue was reported, for demand to be told apart from counts
PAST_DAYS = 180  # of arrivals behind those who are in beds at the cutoff
REPORTED_LATELY = 2  # days that a report of occupied beds stands for
QUEUE_UNIT = "people"
SAFETY = PlanSettings().safety


@dataclass(frozen=True, slots=True, eq=False)
class Basis:
    """What a plan is made from besides forecasts, as known at an issue's vintage.

    `stocks` hold the queues and the occupied beds reported: place, date, value, status, unit. The roster is
    for a `safety`.
    """

    places: Places
    panel: Panel
    registers: Registers
    stocks: Mapping[str, pd.DataFrame]
    safety: float = SAFETY


@dataclass(frozen=True, slots=True, eq=False)
class Planned:
    """An issue's plan, the days behind it that ran at capacity, and the demand found behind the counts.

    `full` and `demand` are [series, day] of the panel of arrivals.
    """

    plan: Plan
    full: BoolArray
    demand: Demand


def planned(
    basis: Basis,
    forecasts: Forecasts,
    configuration: Configuration,
    *,
    run: Run[Any, Any] = pipeline.in_order,
    kept: MutableMapping[str, FloatArray] | None = None,
) -> Planned | None:
    """The plan of an issue's arrivals; None where no place has a register in force.

    Where queues were reported lately, the demand behind the counts is forecast by the fast members, and
    the plan is made for that; else demand is what arrives.
    """
    first = basis.panel.cutoff + timedelta(days=1)
    if not any(basis.registers.of(place.id, first) for place in basis.places):
        return None
    behind, full = _behind(basis)
    demand = forecasts.paths
    if _queued(behind):
        fast = configuration.fast()  # slow members know what was before
        # Places are wanted only for what a configuration says of regions.
        places = basis.places if fast.events or fast.calendars else None
        demanded = _demanded(basis, behind, full)
        demand = pipeline.issue(demanded, fast, places=places, run=run, kept=kept).paths
    plan = plan_of(
        demand,
        _recent(basis, behind),
        basis.registers,
        places=basis.places,
        settings=PlanSettings(safety=basis.safety, seed=configuration.seed),
    )
    return Planned(plan, full, behind)


def _behind(basis: Basis) -> tuple[Demand, BoolArray]:
    """The demand behind the counts, and the days that ran at capacity: [series, day]."""
    panel = basis.panel
    days = [panel.start + timedelta(days=day) for day in range(panel.days)]
    full = saturated(panel.complete, daily_capacity(basis.registers, panel.ids, days))
    return demand_of(panel.complete, _queues(basis), full), full


def _queues(basis: Basis) -> FloatArray:
    """The people who stood at the days' ends as reported, NaN where nothing was: [series, day]."""
    panel = basis.panel
    queue = np.full(panel.counts.shape, np.nan)
    row_of = {place_id: row for row, place_id in enumerate(panel.ids)}
    reports = _reported(basis.stocks, "waiting", panel.cutoff)
    days = (reports["date"] - pd.Timestamp(panel.start)).dt.days
    for place_id, day, value, unit in zip(
        reports["place"], days, reports["value"], reports["unit"], strict=True
    ):
        capacity = basis.registers.crossing(str(place_id), panel.start + timedelta(days=int(day)))
        if place_id in row_of and capacity is not None and day >= 0:
            known = unit if isinstance(unit, str) else QUEUE_UNIT
            queue[row_of[place_id], day] = people_in_queue(
                np.asarray(value), cast(QueueUnit, known), capacity
            )
    return queue


def _reported(stocks: Mapping[str, pd.DataFrame], measure: str, cutoff: date) -> pd.DataFrame:
    known = stocks.get(measure)
    if known is None or known.empty:
        return pd.DataFrame({"place": [], "date": pd.to_datetime([]), "value": [], "unit": []})
    wanted = (known["status"] == "reported") & (known["date"] <= pd.Timestamp(cutoff))
    return known[wanted & known["value"].notna()]


def _queued(behind: Demand) -> bool:
    """Whether a queue stood anywhere in the last weeks."""
    return bool((np.nan_to_num(behind.queue[:, -QUEUED_LATELY:]) > 0).any())


def _demanded(basis: Basis, behind: Demand, full: BoolArray) -> Panel:
    """The panel of the demand: every count, and every estimate of one, with the growth of the queue."""
    panel = basis.panel
    counts = np.where(np.isfinite(behind.people), behind.people, panel.counts)
    nowcast = panel.nowcast
    if nowcast is not None:
        completed = demand_of(nowcast.counts, behind.queue, full).people
        nowcast = Nowcast(completed, nowcast.reliance)
    return replace(panel, measure=DEMAND, counts=counts, nowcast=nowcast)


def behind_of(basis: Basis) -> Demand:
    """The demand behind the counts, as far as it can be told: [series, day] of the panel."""
    return _behind(basis)[0]


def recent_of(basis: Basis) -> Recent:
    """What is known at the cutoff's end of queues, guests and past arrivals."""
    return _recent(basis, behind_of(basis))


def _recent(basis: Basis, behind: Demand) -> Recent:
    panel = basis.panel
    totals, _ = totals_of(panel, basis.places)
    past = {
        place.id: totals.learnable[row, -PAST_DAYS:]
        for row, place in enumerate(totals.places)
        if place.level == "region"
    }
    standing = {place_id: _last(row) for place_id, row in zip(panel.ids, behind.queue, strict=True)}
    return Recent(queue=standing, occupied=_occupied(basis), past=past)


def _last(queue: FloatArray) -> float:
    """The people who stood when that was last known, if it was lately."""
    known = queue[-(SILENCE + 1) :]
    known = known[np.isfinite(known)]
    return float(known[-1]) if len(known) else 0.0


def _occupied(basis: Basis) -> dict[str, float]:
    since = pd.Timestamp(basis.panel.cutoff - timedelta(days=REPORTED_LATELY - 1))
    reports = _reported(basis.stocks, "occupied_beds", basis.panel.cutoff)
    lately = reports[reports["date"] >= since].sort_values("date", kind="stable")
    return {str(place): float(value) for place, value in zip(lately["place"], lately["value"], strict=True)}
