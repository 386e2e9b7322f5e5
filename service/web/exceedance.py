"""The chance that more people come than a threshold, from the issue's joint sample paths."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from apiflask import APIBlueprint
from flask import Response

from forecast.paths import Paths
from forecast.places import Place
from service.plans import units
from service.plans.changes import FLOW
from service.plans.people import People
from service.published import forecasts
from service.published.skill import rests_on_hidden, untrusted
from service.store.records import Issue, Measure, PublishedForecast
from service.web import answers, asked, context, fans
from service.web.guard import requires
from service.web.plans import desk_of
from service.web.problems import Fault, refuse
from service.web.queries import ExceedanceQuery
from service.web.representation import asked_format, csv_response, json_response

blueprint = APIBlueprint("exceedance", __name__, tag="Forecasts")
SUMMED = ("demand", "throughput", "queue", "person_hours", "booths_needed")
"""Planned measures of crossings that add up to a total's."""
DEMAND = SUMMED[0]
PEOPLE = ("people", "beds")
"""Units that count people, who may be few."""
_NUMBERS = ("threshold", "probability", "probability_by_then")
_COLUMNS = (*fans.ISSUE_COLUMNS, *fans.PLACE_COLUMNS, *fans.DAY_COLUMNS[:-1], *_NUMBERS)


@dataclass(frozen=True, slots=True)
class _Chances:
    """Per day, and for at least one day up to then: [horizon]."""

    each: npt.NDArray[np.float64]
    by_then: npt.NDArray[np.float64]


@blueprint.get("/exceedance")
@blueprint.input(ExceedanceQuery, location="query", arg_name="query")
@blueprint.output(answers.ExceedanceAnswer)
@requires("forecasts.read")
def exceedance(query: ExceedanceQuery) -> Response:
    """The chance of more than a threshold, day by day and on at least one day up to then.

    Read off the issue's joint sample paths; a region's and a country's are the sums of their
    crossings' paths. Old issues keep their quantiles but not their paths. Measures of the plan, such as
    `longest_wait` (hours) and `beds_needed`, are of the places they are planned for; people, and booths, of
    a total are summed where all its crossings are planned for. A threshold of people that is too small
    to tell is answered with null.
    """
    wanted = asked_format(query.format)
    place = context.visible(query.place)
    measure = _measure(query.measure)
    issue = asked.issue_named(query.issue, query.as_of)
    days = _days(query, issue, place)
    context.audit_short_horizon([place], issue=issue.id, measure=measure.id, threshold=query.threshold)
    answer = answers.ExceedanceAnswer(
        issue=answers.IssueRef.of(issue),
        place=answers.PlaceRef.of(place, context.register()),
        measure=measure.id,
        unit=measure.unit,
        threshold=query.threshold,
        days=days,
    )
    if wanted == "csv":
        head = answer.issue.model_dump() | answer.place.model_dump() | answer.model_dump(exclude={"days"})
        head |= {"issue": issue.id, "place": place.id}
        return csv_response(_COLUMNS, (head | dict(day) for day in days))
    return json_response(answer)


def _measure(name: str) -> Measure:
    """A measure that is counted, or one that is planned, in the unit that readers are told."""
    if name in units.TOLD:
        return Measure(name, units.TOLD[name])
    return asked.measure_named(name, besides=tuple(units.TOLD))


def _days(query: ExceedanceQuery, issue: Issue, place: Place) -> list[answers.ExceedanceDay]:
    # what is planned is trusted as far as the arrivals that it comes of
    measure = FLOW if query.measure in units.TOLD else query.measure
    held = context.store().issues.forecasts(issue.id, context.scope(), measure=measure, place_ids=[place.id])
    if not held:
        asked.no_forecast(measure)
    horizons = range(1, min(query.days, issue.horizon) + 1)
    # of what goes on from a stock, the chances of many thresholds would tell the stock
    if _silent(query.measure, place) or People(desk_of(issue)).goes_on_untold(place, query.measure):
        return [_withheld(issue, horizon) for horizon in horizons]
    found = _chances_of(query, issue, place)
    veiled = rests_on_hidden(issue, held[0], context.hearer())
    chances = None if veiled or _few(query) else found
    # "up to then" looks at all days before: from the first that is withheld on it would give that one away
    first = next((horizon for horizon in horizons if _untrusted(issue, held[0], horizon)), issue.horizon + 1)
    return [_day(issue, held[0], horizon, chances=chances, by_then=horizon < first) for horizon in horizons]


def _silent(measure: str, place: Place) -> bool:
    """Whether nothing is told: the place is withheld, or its beds hold guests of places that are."""
    told = context.told()
    return told.withholds(place.id) or (measure == "beds_occupied" and bool(told.withheld))


def _few(query: ExceedanceQuery) -> bool:
    """Whether the threshold is a number of people that is too small to tell: a chance would tell them."""
    unit = units.TOLD.get(query.measure, PEOPLE[0])
    return unit.startswith(PEOPLE) and context.told().number(query.threshold) is None


def _chances_of(query: ExceedanceQuery, issue: Issue, place: Place) -> _Chances:
    if query.measure not in units.TOLD:
        return _chances(_paths(issue, query.measure, place), query.threshold)
    paths = _planned(issue, query.measure, place)
    if paths is None:
        wanted = "a place that it is planned for, of an issue that keeps its sample paths"
        fault = Fault(location="query", field="measure", wanted=wanted)
        detail = (
            f"The issue holds no paths of {query.measure} for this place; ask for {wanted}. "
            "What no capacity is registered for is not planned: `arrivals capacities import FILE`."
        )
        refuse(404, "No such plan", detail, [fault])
    return _chances(paths, units.planned(query.measure, query.threshold))


def _planned(issue: Issue, measure: str, place: Place) -> Paths | None:
    """A planned series: the place's own paths, or the sum of its crossings' where all of them are planned."""
    plans, inside = context.store().plans, _inside(issue, place)
    if not inside or measure not in SUMMED:
        return plans.paths(issue.id, measure, place_ids=[place.id])
    every, paths = (plans.paths(issue.id, one, place_ids=inside) for one in (DEMAND, measure))
    if every is None or paths is None or paths.ids != every.ids:
        return None
    return paths.totals([place.id], np.ones((1, len(paths.ids)), dtype=bool))


def _inside(issue: Issue, place: Place) -> list[str]:
    """The crossings of a total."""
    # the register of then, and all of it: a total's crossings need not lie in what the reader sees
    places = context.store().places.all(as_of=issue.as_of)
    return [crossing.id for crossing in places.crossings if place.id in places.ancestors(crossing.id)]


def _paths(issue: Issue, measure: str, place: Place) -> Paths:
    """One series: the place's own paths, or the sum of its crossings'."""
    summed = _inside(issue, place)
    paths = context.store().issues.paths(issue.id, measure, place_ids=summed or [place.id])
    if paths is None:
        fault = Fault(
            location="query", field="issue", wanted="an issue young enough to keep its sample paths"
        )
        refuse(404, "No sample paths", "This issue keeps its quantiles only; ask for a younger one.", [fault])
    if not summed:
        return paths
    return paths.totals([place.id], np.ones((1, len(paths.ids)), dtype=bool))


def _chances(paths: Paths, threshold: float) -> _Chances:
    return _Chances(paths.exceedance(threshold)[0], paths.exceedance_within(threshold)[0])


def _day(
    issue: Issue, forecast: PublishedForecast, horizon: int, *, chances: _Chances | None, by_then: bool
) -> answers.ExceedanceDay:
    reason = _untrusted(issue, forecast, horizon)
    return answers.ExceedanceDay(
        target_date=forecasts.target(issue, horizon),
        horizon=horizon,
        mode=forecast.modes[horizon - 1],
        trust=forecast.trust_on(horizon),
        flags=(*forecast.flags, reason) if reason else forecast.flags,
        suppressed=reason is not None or chances is None,
        probability=None if reason or not chances else _chance(chances.each, horizon),
        probability_by_then=_chance(chances.by_then, horizon) if chances and by_then else None,
    )


def _chance(chances: npt.NDArray[np.float64], horizon: int) -> float:
    return round(float(chances[horizon - 1]), 4)


def _untrusted(issue: Issue, forecast: PublishedForecast, horizon: int) -> str | None:
    return untrusted(issue, forecast, horizon, reader=context.hearer())


def _withheld(issue: Issue, horizon: int) -> answers.ExceedanceDay:
    return answers.ExceedanceDay(
        target_date=forecasts.target(issue, horizon),
        horizon=horizon,
        mode=None,
        trust=None,
        flags=(),
        suppressed=True,
        probability=None,
        probability_by_then=None,
    )
