"""Scenarios of a published issue: what would come of assumptions, beside what the issue forecasts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Any

import numpy as np

from forecast.paths import Paths
from forecast.places import Places
from forecast.planning.plan import PLAN_MEASURES, PlanSettings, Recent, course_of
from forecast.planning.registers import Registers
from forecast.planning.scenarios import (
    Close,
    Scenario,
    Setting,
    demand_under,
    registers_under,
    scenario_of,
    told,
    touched,
)
from forecast.quantiles import QUANTILE_LEVELS
from service.cycle.computation import model_version
from service.cycle.planning import DEMAND, FLOW, recent_of
from service.cycle.reading import Vintage
from service.store import Store
from service.store.records import Issue
from service.store.scenario_records import Days, ScenarioBlock, ScenarioRecord

SUMMED = (DEMAND, "throughput")
"""Measures told also for regions and the country, as sums over crossings path by path."""

Futures = dict[str, Paths]


class ScenarioError(RuntimeError):
    """A scenario that the issue cannot answer; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked: assumptions as sent, of an issue, by a key that sees `places`."""

    assumptions: object
    title: str
    issue: Issue
    places: Places
    actor: str
    now: datetime


def run_scenario(store: Store, asked: Asked) -> ScenarioRecord:
    """Work a scenario out and store it with its results, which the store's `results` then reads.

    Raises CapacityError where an assumption cannot be, ScenarioError where the issue keeps no sample paths.
    """
    demand = _demand(store, asked.issue)
    scenario = scenario_of(asked.assumptions, _setting(store, asked, demand))
    places = store.places.all(as_of=asked.issue.as_of)
    documents = [
        one.document
        for one in store.capacities.records(as_of=asked.issue.as_of, last_capacity=asked.issue.last_capacity)
    ]
    registers = registers_under(scenario, documents, places)
    futures = _Futures(store, asked.issue, places)
    before, after = futures.both(demand, demand_under(scenario, demand), registers)
    record = _record(scenario, asked, demand)
    store.scenarios.put(record, list(_blocks(before, after, record)))
    return record


def _demand(store: Store, issue: Issue) -> Paths:
    """The joint paths that the issue's plan was made for, or else those of arrivals."""
    found = store.plans.paths(issue.id, DEMAND) or store.issues.paths(issue.id, FLOW)
    if found is None:
        raise ScenarioError(f"issue {issue.id} keeps its quantiles only; ask for a younger one")
    return found


def _setting(store: Store, asked: Asked, demand: Paths) -> Setting:
    first = asked.issue.cutoff + timedelta(days=1)
    shut = {
        (one.place_id, first + timedelta(days=day))
        for one in store.issues.forecasts(asked.issue.id, measure=FLOW)
        for day, mode in enumerate(one.modes)
        if mode == "closed"
    }
    crossings = tuple(one for one in demand.ids if one in asked.places)
    return Setting(asked.places, crossings, demand.cutoff, demand.values.shape[2], frozenset(shut))


@dataclass(frozen=True, slots=True)
class _Futures:
    """What comes of demand, by measure, as the issue saw the world besides."""

    store: Store
    issue: Issue
    places: Places

    def both(self, demand: Paths, other: Paths, registers: Registers) -> tuple[Futures, Futures]:
        """The futures as published, or made as they would have been, and those of a scenario."""
        vintage = Vintage.of(self.issue)
        own = vintage.registers(self.store)
        if not any(own.of(place.id, demand.cutoff + timedelta(days=1)) for place in self.places):
            return self._summed({DEMAND: demand}), self._summed({DEMAND: other})
        basis = vintage.basis(self.store, vintage.panels(self.store, (FLOW,), self.places), self.places)
        recent = Recent() if basis is None else recent_of(basis)
        before = self._published() or self._made(demand, recent, own)
        return self._summed(before), self._summed(self._made(other, recent, registers))

    def _published(self) -> Futures:
        found = {measure: self.store.plans.paths(self.issue.id, measure) for measure in PLAN_MEASURES}
        return {measure: paths for measure, paths in found.items() if paths is not None}

    def _made(self, demand: Paths, recent: Recent, registers: Registers) -> Futures:
        settings = PlanSettings(seed=self.issue.seed)
        return course_of(demand, recent, registers, places=self.places, settings=settings).paths()

    def _summed(self, futures: Futures) -> Futures:
        return futures | {
            measure: paths.joined(_totals(paths, self.places))
            for measure, paths in futures.items()
            if measure in SUMMED
        }


def _totals(paths: Paths, places: Places) -> Paths:
    """Sums over regions and the country, those of which all crossings have paths."""
    every = tuple(place.id for place in places.crossings)
    ids = [place.id for place in places.totals]
    whole = places.summing(ids, every)
    known = whole[:, [one in paths.ids for one in every]].sum(axis=1)
    kept = [one for one, row, count in zip(ids, whole, known, strict=True) if count == row.sum() > 0]
    return paths.totals(kept, places.summing(kept, paths.ids))


def _record(scenario: Scenario, asked: Asked, demand: Paths) -> ScenarioRecord:
    setting = scenario.setting
    return ScenarioRecord(
        id=f"scenario-{token_hex(6)}",
        issue_id=asked.issue.id,
        created_at=asked.now,
        actor=asked.actor,
        title=asked.title,
        assumptions=tuple(told(one, setting) for one in scenario.assumptions),
        places=frozenset((*scenario.places, *setting.crossings_of(scenario.places))),
        touched=_by_crossing(demand.ids, touched(scenario, demand.ids)),
        shut=_shut(scenario),
        last_capacity=asked.issue.last_capacity,
        model_version=model_version(),
        last_target=setting.last,
    )


def _by_crossing(ids: Sequence[str], where: Any) -> Days:
    rows = zip(ids, where, strict=True)
    return {one: tuple(np.flatnonzero(row).tolist()) for one, row in rows if row.any()}


def _shut(scenario: Scenario) -> Days:
    setting = scenario.setting
    found: dict[str, tuple[int, ...]] = {}
    for one in scenario.assumptions:
        if isinstance(one, Close):
            days = range(setting.position(one.first), setting.position(one.last) + 1)
            found[one.place] = tuple(sorted({*found.get(one.place, ()), *days}))
    return found


def _blocks(
    before: Mapping[str, Paths], after: Mapping[str, Paths], record: ScenarioRecord
) -> Iterator[ScenarioBlock]:
    """What differs, by measure and place, and what the premise will be judged by."""
    for measure, scenario in after.items():
        forecast = before.get(measure)
        for row, place in enumerate(scenario.ids):
            if forecast is None or place not in forecast.ids:
                continue
            one, other = forecast.values[:, forecast.ids.index(place)], scenario.values[:, row]
            judged = place in record.touched and measure == DEMAND
            if judged or (one != other).any():
                yield ScenarioBlock(
                    place,
                    measure,
                    _quantiles(one),
                    _quantiles(other),
                    _quantiles(other - one),
                    (other - one).mean(axis=0),
                    other.astype(np.int64) if judged else None,
                )


def _quantiles(values: Any) -> Any:
    """Quantiles of paths [path, day], by Hazen's positions as those of forecasts: [day, level]."""
    return np.moveaxis(np.quantile(values, QUANTILE_LEVELS, axis=0, method="hazen"), 0, -1)
