"""What the API answers about scenarios, and how much of it a reader is told."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

import numpy as np
from pydantic import Field

from forecast.arrays import FloatArray
from forecast.places import Level, Places
from forecast.planning.scenarios import State
from forecast.quantiles import QUANTILE_LEVELS
from service.plans import units
from service.plans.conditional import Conditional
from service.published.numbers import level_name, number
from service.published.skill import untrusted
from service.store.records import Issue, PublishedForecast
from service.store.scenario_records import ScenarioBlock, ScenarioRecord, ScenarioScore, ScenarioVerdict
from service.web import context
from service.web.answers import Answer, IssueRef, Number, PlaceRef

CONDITIONAL = (
    "What would be if the assumptions held; no forecast of whether they will. `forecast` is the issue's own."
)
NO_DIFFERENCE = "Nothing differs from the forecast in what is asked for here and this key sees."
ELSEWHERE = "elsewhere"
TOLD_ELSEWHERE: dict[str, Level] = {"demand": "crossing", "beds_needed": "region", "beds_occupied": "region"}
"""What is told of places outside, by the level at which people are counted once."""
Quantiles = dict[str, Number | None]


class ScenarioDay(Answer):
    """A day in the issue's forecast and in the scenario, quantiles by level; null where withheld.

    All of a day is withheld, or single numbers of too few people, and what they can be computed from.
    """

    target_date: date
    horizon: int
    suppressed: bool
    forecast: Quantiles | None
    scenario: Quantiles | None
    difference: Quantiles | None = Field(
        description="Quantiles of scenario less forecast, path by path; not the difference of the two above."
    )


class ScenarioSeries(Answer):
    """A measure at a place where the scenario makes a difference."""

    place: PlaceRef
    measure: str
    unit: str = Field(description="Of all numbers of its days, as plans tell them; hours for waits.")
    days: list[ScenarioDay]


class ElsewhereDay(Answer):
    """What a day is expected to differ at all places together that this key does not see."""

    target_date: date
    measure: str
    unit: str
    expected_difference: Number | None = Field(
        description="Null where it would tell numbers of places that this key does not see."
    )


class PremiseAnswer(Answer):
    """Whether the assumptions came true, as far as counts are known."""

    state: State
    as_of: datetime = Field(description="When it was judged.")
    known_days: int
    observed: Number | None = Field(description="People counted on the known days; null where withheld.")
    assumed: Number | None = Field(description="People the scenario had on them, its median path.")
    reason: str | None


class ScenarioScores(Answer):
    """How the scenario did at a place whose premise was met, beside the forecast, on the same days."""

    place: PlaceRef
    days: int
    wis: Number | None = Field(description="Mean weighted interval score, people; lower is better.")
    forecast_wis: Number | None


class ScenarioSummary(Answer):
    """A scenario in a list."""

    id: str
    title: str | None = Field(description="Null where it may name places that this key does not see.")
    kind: Literal["conditional"] = "conditional"
    issue: str
    created_at: datetime
    words: list[str] = Field(description="Its assumptions, a sentence each.")
    premise: State


class ScenariosAnswer(Answer):
    """A page of scenarios, newest first."""

    scenarios: list[ScenarioSummary]
    next: str | None = Field(description="What to send as `before` for the next page.")


class ScenarioAnswer(Answer):
    """What would be if assumptions held, beside what an issue forecasts."""

    id: str
    title: str | None
    kind: Literal["conditional"] = "conditional"
    note: str = CONDITIONAL
    issue: IssueRef
    created_at: datetime
    created_by: str = Field(description="The key that asked.")
    model_version: str = Field(description="The code that worked it out.")
    last_capacity: int = Field(description="The newest version of capacities that it saw.")
    assumptions: list[dict[str, Any]] = Field(description="Whole, defaults filled in, each with `words`.")
    premise: PremiseAnswer | None = Field(description="Null until a cycle has looked at it.")
    scores: list[ScenarioScores] = Field(description="Empty unless the premise is met.")
    results: list[ScenarioSeries] = Field(description="Only what differs from the forecast.")
    remarks: list[str] = Field(description="Says so where nothing differs from the forecast.")
    elsewhere: list[ElsewhereDay] = Field(description="Expected effects beyond what this key sees.")


@dataclass(frozen=True, slots=True)
class View:
    """What a reader may be told of a scenario: its own places, and whether those are all it is about."""

    record: ScenarioRecord
    places: Places

    @property
    def whole(self) -> bool:
        """Whether the reader sees all places that the scenario names, and none of them is withheld."""
        return self.record.places <= {place.id for place in self.places} and not self.hidden

    @property
    def hidden(self) -> bool:
        """Whether a named place is withheld: what it sends to others would tell its numbers."""
        return any(context.told().withholds(place) for place in self.record.places)

    @property
    def title(self) -> str | None:
        """The title, which may name anything, for those who see all."""
        return self.record.title if self.whole else None

    def assumptions(self) -> list[dict[str, Any]]:
        """Each assumption, or that there is one elsewhere."""
        return [one if self._seen(one) else _elsewhere(one) for one in self.record.assumptions]

    def _seen(self, assumption: dict[str, Any]) -> bool:
        named = [assumption.get("place"), *assumption.get("places", ()), *assumption.get("to", ())]
        helpers = assumption.get("change", {}).get("overflow", ())
        return all(name in self.places for name in (*named, *helpers) if name is not None)


def _elsewhere(assumption: dict[str, Any]) -> dict[str, Any]:
    words = "An assumption about places that this key does not see."
    return {"kind": assumption["kind"], "place": ELSEWHERE, "words": words}


def premise(
    verdict: ScenarioVerdict | None, view: View, told: Conditional, issue: Issue
) -> PremiseAnswer | None:
    """A verdict; its people only where all of them are of places and days that the reader is told."""
    if verdict is None:
        return None
    whole = view.whole and told.premise_told(issue)
    observed, assumed = (
        None if value is None else told.people.number(value) for value in (verdict.observed, verdict.assumed)
    )
    few = (observed, assumed) != (number(verdict.observed), number(verdict.assumed))
    return PremiseAnswer(
        state=verdict.state,
        as_of=verdict.as_of,
        known_days=verdict.known_days,
        observed=observed if whole else None,
        assumed=assumed if whole else None,
        reason=verdict.reason if whole and not few else None,
    )


def scores(known: Sequence[ScenarioScore], view: View, told: Conditional) -> list[ScenarioScores]:
    """Mean scores by place, of days whose counts are told."""
    by_place: dict[str, list[ScenarioScore]] = {}
    for one in told.scores(known):
        by_place.setdefault(one.place_id, []).append(one)
    return [_score(place, own, view) for place, own in by_place.items() if place in view.places]


def _score(place: str, own: Sequence[ScenarioScore], view: View) -> ScenarioScores:
    hidden = view.hidden or context.told().withholds(place)
    return ScenarioScores(
        place=PlaceRef.of(view.places[place], view.places),
        days=len(own),
        wis=None if hidden else number(float(np.mean([one.wis for one in own]))),
        forecast_wis=None if hidden else number(float(np.mean([one.forecast_wis for one in own]))),
    )


def series(
    block: ScenarioBlock,
    conditional: Conditional,
    *,
    view: View,
    held: PublishedForecast | None,
    levels: tuple[float, ...],
) -> ScenarioSeries:
    """One measure at one place, day by day."""
    stopped = view.hidden or context.told().withholds(block.place_id)
    issue, untold = conditional.people.desk.issue, conditional.untold(block)
    told = [
        _read(block.measure, np.where(hidden, np.nan, values), levels)
        for values, hidden in (
            (block.forecast, untold.forecast),
            (block.scenario, untold.scenario),
            (block.difference, untold.difference),
        )
    ]
    return ScenarioSeries(
        place=PlaceRef.of(view.places[block.place_id], view.places),
        measure=block.measure,
        unit=units.TOLD[block.measure],
        days=[
            _day(
                issue.cutoff,
                horizon,
                numbers=None if stopped or _untrusted(issue, held, horizon) else numbers,
            )
            for horizon, numbers in enumerate(zip(*told, strict=True), 1)
        ],
    )


def remarks(blocks: Sequence[ScenarioBlock], results: Sequence[ScenarioSeries]) -> list[str]:
    """That nothing differs from the forecast, unless that would tell what is withheld."""
    withheld = any(day.suppressed for one in results for day in one.days)
    return [] if withheld or any(one.differs for one in blocks) else [NO_DIFFERENCE]


def _untrusted(issue: Issue, held: PublishedForecast | None, horizon: int) -> bool:
    return held is not None and untrusted(issue, held, horizon, reader=context.hearer()) is not None


def _read(measure: str, values: FloatArray, levels: tuple[float, ...]) -> list[Quantiles]:
    """Quantiles [day, level] of a measure at some levels, by name, in the unit that is told."""
    names = [level_name(level) for level in levels]
    rows = values[:, [QUANTILE_LEVELS.index(level) for level in levels]].tolist()
    return [
        {
            name: None if np.isnan(one) else units.told(measure, one)
            for name, one in zip(names, row, strict=True)
        }
        for row in rows
    ]


def _day(
    cutoff: date, horizon: int, *, numbers: tuple[Quantiles, Quantiles, Quantiles] | None
) -> ScenarioDay:
    forecast, scenario, difference = numbers or (None, None, None)
    return ScenarioDay(
        target_date=cutoff + timedelta(days=horizon),
        horizon=horizon,
        suppressed=numbers is None or any(None in one.values() for one in numbers),
        forecast=forecast,
        scenario=scenario,
        difference=difference,
    )


def elsewhere(
    blocks: Sequence[ScenarioBlock], conditional: Conditional, view: View
) -> Iterator[ElsewhereDay]:
    """Expected differences at the crossings and regions outside, each measure as one line.

    Of a scenario that names places outside nothing is told: what it does there would tell what is there. Nor
    is where publication is stopped outside.
    """
    known = context.store().places.all()
    outside = [one for one in blocks if one.place_id not in view.places and one.place_id in known]
    hidden = not view.whole or any(place not in view.places for place in context.told().withheld)
    for measure, level in TOLD_ELSEWHERE.items():
        # a country or region above them holds the reader's own places too
        told = [one for one in outside if one.measure == measure and known[one.place_id].level == level]
        own = [one.expected for one in told]
        for day, people in enumerate(np.sum(own, axis=0).tolist() if own else ()):
            yield ElsewhereDay(
                target_date=conditional.people.desk.day(day + 1),
                measure=measure,
                unit=units.TOLD[measure],
                expected_difference=None if hidden else number(conditional.expected(people)),
            )
