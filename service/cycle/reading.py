"""All that a cycle reads, at one vintage."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pandas as pd

from forecast.events import by_crossing
from forecast.panel import Panel
from forecast.places import Places
from forecast.planning.registers import Registers
from forecast.reopening import with_announced
from service.cycle.planning import FLOW, SAFETY, Basis
from service.settings import Settings
from service.store import Store
from service.store.records import Issue

STOCKS = ("waiting", "occupied_beds")
"""What stands at the end of a day instead of passing in it: no series of its own, the plan takes it in."""


class CycleError(RuntimeError):
    """A cycle that cannot be done; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Vintage:
    """What was known: rows recorded up to an instant and up to a number, and days up to a cutoff."""

    as_of: datetime
    last_observation: int
    last_event: int
    last_capacity: int
    cutoff: date

    @classmethod
    def of(cls, issue: Issue) -> "Vintage":
        """The vintage that an issue saw."""
        return cls(issue.as_of, issue.last_observation, issue.last_event, issue.last_capacity, issue.cutoff)

    def panel(self, store: Store, measure: str) -> Panel | None:
        """All crossings with counts of a measure, or None if there is none; without events."""
        return store.observations.panel(
            measure, as_of=self.as_of, last_observation=self.last_observation, cutoff=self.cutoff
        )

    def panels(self, store: Store, measures: Sequence[str], places: Places) -> dict[str, Panel]:
        """The panels of the measures that have counts, with the events of their places.

        They hold the crossings that reported, and those that never did and are registered to open.
        """
        known = store.events.known(as_of=self.as_of, last_event=self.last_event)
        events = by_crossing(known, places)
        found = {measure: self.panel(store, measure) for measure in measures}
        return {
            measure: with_announced(replace(panel, events=events), places)
            for measure, panel in found.items()
            if panel is not None
        }

    def registers(self, store: Store) -> Registers:
        """The capacities of all places."""
        return store.capacities.known(as_of=self.as_of, last_capacity=self.last_capacity)

    def basis(
        self, store: Store, panels: Mapping[str, Panel], places: Places, *, safety: float = SAFETY
    ) -> Basis | None:
        """What a plan is made from; None without arrivals."""
        if FLOW not in panels:
            return None
        return Basis(places, panels[FLOW], self.registers(store), self.stocks(store), safety)

    def stocks(self, store: Store) -> dict[str, pd.DataFrame]:
        """The queues and the occupied beds reported: place, date, value, status, recorded_at, unit."""
        return {
            measure: store.observations.stocks(
                measure, as_of=self.as_of, last_observation=self.last_observation, cutoff=self.cutoff
            )
            for measure in STOCKS
        }


@dataclass(frozen=True, slots=True)
class Reading:
    """The places, the panel of every measure that has counts, and the same of the issue before."""

    vintage: Vintage
    places: Places
    panels: Mapping[str, Panel]
    previous: Issue | None
    earlier: Mapping[str, Panel | None]
    warnings: tuple[str, ...]
    basis: Basis | None


def cutoff_at(now: datetime, time_zone: str) -> date:
    """The last local civil day that is over at an instant."""
    return now.astimezone(ZoneInfo(time_zone)).date() - timedelta(days=1)


def read(store: Store, settings: Settings, *, now: datetime) -> Reading:
    """Read once what a cycle needs. Raises CycleError if there is no count to forecast from."""
    cutoff = cutoff_at(now, settings.time_zone)
    vintage = _vintage(store, now, cutoff)
    places = store.places.all(as_of=now)
    flows = [measure.id for measure in store.measures() if measure.id not in STOCKS]
    panels = vintage.panels(store, flows, places)
    if not panels:
        raise CycleError(_nothing_known(places, vintage))
    previous = store.issues.latest()
    earlier = {measure: _earlier(store, previous, measure) for measure in panels}
    return Reading(
        vintage=vintage,
        places=places,
        panels=panels,
        previous=previous,
        earlier=earlier,
        warnings=_gaps(places, panels),
        basis=vintage.basis(store, panels, places, safety=settings.plan_safety),
    )


def _vintage(store: Store, now: datetime, cutoff: date) -> Vintage:
    """Everything that is known now."""
    return Vintage(
        as_of=now,
        last_observation=store.observations.vintage(),
        last_event=store.events.vintage(),
        last_capacity=store.capacities.vintage(),
        cutoff=cutoff,
    )


def _earlier(store: Store, previous: Issue | None, measure: str) -> Panel | None:
    return Vintage.of(previous).panel(store, measure) if previous else None


def _nothing_known(places: Places, vintage: Vintage) -> str:
    if not len(places):
        return "no place is registered; load a register with `arrivals places import FILE`"
    return (
        f"no count up to {vintage.cutoff} is known, so there is nothing to forecast from; "
        "bring counts in with `arrivals ingest FILE`"
    )


def _gaps(places: Places, panels: Mapping[str, Panel]) -> tuple[str, ...]:
    """The crossings that are left out of a measure for want of counts; a measure nobody counts is no gap."""
    warnings = []
    for measure, panel in panels.items():
        silent = [place.id for place in places.crossings if place.id not in panel.ids]
        if silent:
            warnings.append(f"{measure} not forecast for want of counts: {_some(silent)}")
    return tuple(warnings)


def _some(names: list[str], most: int = 5) -> str:
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")
