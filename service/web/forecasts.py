"""Forecasts: of an issue, and of one day through all issues."""

from apiflask import APIBlueprint
from flask import Response

from forecast.places import Place
from service.published import observed
from service.published.forecasts import Levels
from service.published.overrides import Beside, beside
from service.store.records import Issue, Measure, PublishedForecast
from service.web import answers, asked, context, fans, told
from service.web.guard import requires
from service.web.queries import EvolutionQuery, ForecastsQuery
from service.web.representation import asked_format, csv_response, json_response

blueprint = APIBlueprint("forecasts", __name__, tag="Forecasts")


@blueprint.get("/forecasts")
@blueprint.input(ForecastsQuery, location="query", arg_name="query")
@blueprint.output(answers.ForecastAnswer, description="One place: its forecast; several: `answers`.")
@requires("forecasts.read")
def forecasts(query: ForecastsQuery) -> Response:
    """Forecasts of one or several places.

    The latest issue, one by its id, or the newest published by `as_of`. One place answers with its
    forecast, several with `{"answers": [...]}`. `format=csv` and `format=hub` give one table. Where an
    analyst's override holds it stands beside the model's figure, which it never changes.
    """
    wanted = asked_format(query.format)
    places = asked.places_named(query.place)
    measure = asked.measure_named(query.measure)
    issue = asked.issue_named(query.issue, query.as_of)
    found = _answers(query, issue, places=places, measure=measure)
    horizon = min(query.horizon, issue.horizon)
    context.audit_short_horizon(places, issue=issue.id, measure=measure.id, horizon=horizon)
    if wanted == "json":
        return json_response(found[0] if len(found) == 1 else answers.ForecastsAnswer(answers=found))
    if wanted == "hub":
        rows = (row for answer in found for row in fans.hub_rows(answer, query.quantiles))
        return csv_response(fans.HUB_COLUMNS, rows)
    ahead = (*fans.outlook_columns(), *fans.OVERRIDE_COLUMNS)
    columns = (*fans.csv_columns(query.levels, query.quantiles), *ahead)
    return csv_response(columns, (row for answer in found for row in fans.csv_rows(answer)))


def _answers(
    query: ForecastsQuery, issue: Issue, *, places: list[Place], measure: Measure
) -> list[answers.ForecastAnswer]:
    ids = [place.id for place in places]
    held = context.store().issues.forecasts(issue.id, context.scope(), measure=measure.id, place_ids=ids)
    by_place = {forecast.place_id: forecast for forecast in held}
    judged = _judged(query, issue, measure)
    if not set(ids) <= set(by_place):
        asked.no_forecast(measure.id)
    return [
        told.judged(_answer(query, issue, measure=measure, place=place, forecast=by_place[place.id]), judged)
        for place in places
    ]


def _judged(query: ForecastsQuery, issue: Issue, measure: Measure) -> Beside:
    """The overrides beside an issue, as known now or at the instant asked for."""
    as_of = query.as_of or context.now()
    return beside(context.store(), issue, context.hearer(), measure=measure.id, as_of=as_of)


def _answer(
    query: ForecastsQuery, issue: Issue, *, measure: Measure, place: Place, forecast: PublishedForecast
) -> answers.ForecastAnswer:
    levels = Levels(issue.levels, query.levels, query.quantiles)
    horizons = range(1, min(query.horizon, len(forecast.values)) + 1)
    return answers.ForecastAnswer(
        issue=answers.IssueRef.of(issue),
        place=answers.PlaceRef.of(place, context.register()),
        measure=measure.id,
        unit=measure.unit,
        outlook=told.outlook(issue, forecast),
        trust=told.bands(issue, forecast),
        forecasts=[told.day(issue, forecast, ahead, levels=levels) for ahead in horizons],
        observed=_observed(place, measure, issue, days=query.observed),
    )


def _observed(place: Place, measure: Measure, issue: Issue, *, days: int) -> list[answers.ObservedDay] | None:
    if not days:
        return None
    counts = observed.last_days(
        context.store(), place, measure=measure.id, issue=issue, reader=context.hearer(), days=days
    )
    return [answers.ObservedDay.model_validate(count, from_attributes=True) for count in counts]


@blueprint.get("/forecasts/evolution")
@blueprint.input(EvolutionQuery, location="query", arg_name="query")
@blueprint.output(answers.EvolutionAnswer)
@requires("forecasts.read")
def evolution(query: EvolutionQuery) -> Response:
    """What all issues said about one day, oldest first."""
    wanted = asked_format(query.format)
    place = context.visible(query.place)
    measure = asked.measure_named(query.measure)
    held = context.store().issues.evolution(place.id, measure.id, query.target_date, context.scope())
    days = [_evolved(query, issue, forecast) for issue, forecast in held]
    if any(day.horizon <= 7 for day in days):
        context.audit_short_horizon([place], measure=measure.id, target_date=query.target_date.isoformat())
    about = answers.PlaceRef.of(place, context.register())
    if wanted == "csv":
        head = about.model_dump() | {"place": place.id, "measure": measure.id, "unit": measure.unit}
        rows = (head | day.issue.model_dump() | {"issue": day.issue.id} | fans.flat_day(day) for day in days)
        return csv_response(fans.csv_columns(query.levels, query.quantiles), rows)
    return json_response(
        answers.EvolutionAnswer(
            place=about,
            measure=measure.id,
            unit=measure.unit,
            target_date=query.target_date,
            forecasts=days,
        )
    )


def _evolved(query: EvolutionQuery, issue: Issue, forecast: PublishedForecast) -> answers.EvolutionDay:
    levels = Levels(issue.levels, query.levels, query.quantiles)
    horizon = (query.target_date - issue.cutoff).days
    one = told.day(issue, forecast, horizon, levels=levels)
    return answers.EvolutionDay(issue=answers.IssueRef.of(issue), **dict(one))
