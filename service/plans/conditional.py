"""What of a scenario's numbers of people a reader is told: its questions are of the reader's own choice."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import numpy.typing as npt

from forecast.places import Place
from forecast.planning.demand import SILENCE
from forecast.planning.plan import BED_MEASURES
from forecast.quantiles import QUANTILE_LEVELS
from service.plans.people import FLOW, PEOPLE, THROUGH, People
from service.store.records import Issue
from service.store.scenario_records import ScenarioBlock, ScenarioRecord, ScenarioScore

Mask = npt.NDArray[np.bool_]
STOOD = ("queue", "throughput", "person_hours", "mean_wait", "longest_wait")
"""Measures that tell the queue at the cutoff once an assumption lets nobody come."""
GUESTS_FROM = 28
"""Days up to the cutoff whose arrivals are told by beds once an assumption says who stays how long."""


@dataclass(frozen=True, slots=True)
class Untold:
    """Which quantiles of a block are not told: [horizon, level] each."""

    forecast: Mask
    scenario: Mask
    difference: Mask


@dataclass(frozen=True, slots=True, eq=False)
class Conditional:
    """A scenario as a reader is told it, whose results in the reader's scope are `blocks`."""

    people: People
    record: ScenarioRecord
    blocks: Sequence[ScenarioBlock]

    @property
    def _threshold(self) -> int:
        return self.people.small.threshold

    def untold(self, block: ScenarioBlock) -> Untold:
        """What of a block is not told.

        What is multiplied tells what it is multiplied from, in the same futures or in the opposite ones.
        """
        if not self._threshold:
            nothing = np.zeros(block.forecast.shape, dtype=bool)
            return Untold(nothing, nothing, nothing)
        forecast, scenario = self._few(block)
        scenario = forecast | scenario | self._given_away(block)
        difference = scenario | scenario[:, ::-1]
        if block.measure in PEOPLE:
            size = np.abs(block.difference)
            difference = difference | ((size < self._threshold) & (size > 0))
        return Untold(forecast, scenario, difference)

    def expected(self, difference: float) -> float | None:
        """An expected difference of people at all places elsewhere together."""
        if self._threshold and any(self.people.repeats(self._place(one)) for one in self._drivers()):
            return None
        return None if 0 < abs(difference) < self._threshold else difference

    def premise_told(self, issue: Issue) -> bool:
        """Whether every count is told that the premise is judged by."""
        small, first = self.people.small, issue.cutoff + timedelta(days=1)
        return not any(
            days
            and (
                small.hides_any(FLOW, one, first + timedelta(days=days[0]), first + timedelta(days=days[-1]))
                or small.hides_any("waiting", one, issue.cutoff, first + timedelta(days=days[-1]))
            )
            for one, days in self.record.touched.items()
        )

    def scores(self, known: Sequence[ScenarioScore]) -> Iterator[ScenarioScore]:
        """The scores of days whose counts are told: forecast plus error is the count."""
        small = self.people.small
        for one in known:
            day = one.target_date
            waited = small.hides_any("waiting", one.place_id, day - timedelta(days=1), day)
            if not waited and not small.hides(FLOW, one.place_id, day):
                yield one

    def _few(self, block: ScenarioBlock) -> tuple[Mask, Mask]:
        """Which quantiles of forecast and scenario are of few people, or repeat counts: [horizon, level]."""
        if block.measure == "person_hours":  # over the mean wait they are the number of people
            demand = self._block(block.place_id, "demand")
            return self._few(demand) if demand is not None else self._of_the_plan(block)
        nothing = np.zeros(block.forecast.shape, dtype=bool)
        if block.measure not in PEOPLE:
            return nothing, nothing
        repeats = nothing
        if block.measure in THROUGH and self.people.repeats(self._place(block.place_id)):
            repeats = nothing | (np.asarray(QUANTILE_LEVELS) <= 0.5)
        forecast, scenario = (values < self._threshold for values in (block.forecast, block.scenario))
        if block.measure == "demand":  # nobody by assumption is no small count
            scenario[list(self.record.shut.get(block.place_id, ()))] = False
        return forecast | repeats, scenario | repeats

    def _of_the_plan(self, block: ScenarioBlock) -> tuple[Mask, Mask]:
        """The same where nobody more or fewer comes."""
        found = self.people.few_demand(block.place_id, len(block.forecast))
        return found, found

    def _given_away(self, block: ScenarioBlock) -> Mask:
        """Which quantiles tell a stock, past counts, or another place's few people: [horizon, level]."""
        every = np.ones(block.forecast.shape, dtype=bool)
        if self._tells_past(block):
            return every
        told = ~every
        if block.measure in (*THROUGH, "queue"):
            for one in self._sources(self._place(block.place_id)):
                source = self._block(one, "demand")
                if source is not None:
                    few = self._few(source)[0]
                    told = told | few | few[:, ::-1]
        return told

    def _tells_past(self, block: ScenarioBlock) -> bool:
        hides, last = self.people.small.hides_any, self.people.desk.issue.cutoff

        def hidden(measure: str, days: int) -> bool:
            return hides(measure, block.place_id, last - timedelta(days=days), last)

        if block.measure in BED_MEASURES:
            return hidden("occupied_beds", 1) or hidden("waiting", SILENCE) or hidden(FLOW, GUESTS_FROM - 1)
        return block.measure in STOOD and hidden("waiting", SILENCE)

    def _sources(self, place: Place) -> list[str]:
        """Other crossings of which a place's change is a multiple, or a part.

        Of a total that several change, quantiles do not add up.
        """
        drivers = self._drivers()
        inside = {one for one in drivers if place.id in self.people.desk.places.ancestors(one)}
        sent = {
            one["place"]
            for one in self.record.assumptions
            if one["kind"] == "close" and any(self._within(to, place) for to in one.get("to", {}))
        }
        found = (inside | sent) - {place.id}
        return sorted(found) if place.level == "crossing" or len(found) == 1 else []

    def _within(self, crossing: str, place: Place) -> bool:
        places = self.people.desk.places
        return crossing == place.id or (crossing in places and place.id in places.ancestors(crossing))

    def _drivers(self) -> list[str]:
        """The crossings that the scenario's assumptions are about, among those that the reader sees."""
        places = self.people.desk.places
        named = {
            name
            for one in self.record.assumptions
            for name in (one.get("place"), *one.get("places", ()))
            if name is not None and name in places
        }
        return [one.id for one in places.crossings if named & {one.id, *places.ancestors(one.id)}]

    def _place(self, place_id: str) -> Place:
        return self.people.desk.places[place_id]

    def _block(self, place_id: str, measure: str) -> ScenarioBlock | None:
        wanted = (place_id, measure)
        return next((one for one in self.blocks if (one.place_id, one.measure) == wanted), None)
