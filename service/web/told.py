"""What is told of a published forecast, in the models of the answers."""

from service.published import forecasts, outlooks, skill
from service.published.outlooks import ToldChanges
from service.published.overrides import Beside
from service.store.records import Issue, PublishedForecast
from service.web import context
from service.web.answers import (
    ChangeChances,
    ForecastAnswer,
    ForecastDay,
    OutlookAnswer,
    OverrideBeside,
    TrustBand,
)


def day(issue: Issue, held: PublishedForecast, horizon: int, *, levels: forecasts.Levels) -> ForecastDay:
    """One day of a published forecast, `horizon` days ahead."""
    one = forecasts.day(issue, held, horizon, levels=levels, reader=context.hearer())
    return ForecastDay.model_validate(one, from_attributes=True)


def judged(answer: ForecastAnswer, beside: Beside) -> ForecastAnswer:
    """The answer with the overrides that stand beside its days."""
    if beside.held:
        answer.forecasts = [judged_day(one, answer.place.id, beside) for one in answer.forecasts]
    return answer


def judged_day(one: ForecastDay, place_id: str, beside: Beside) -> ForecastDay:
    """One day with the override that stands beside it, and the places inside that have one."""
    override = beside.of(place_id, one.target_date)
    shown = None if override is None else OverrideBeside.model_validate(override, from_attributes=True)
    within = beside.within(place_id, one.target_date)
    return one.model_copy(update={"override": shown, "overridden_within": within})


def bands(issue: Issue, held: PublishedForecast) -> list[TrustBand]:
    """Trust by horizon."""
    told = skill.bands(issue, held, context.hearer())
    return [TrustBand.model_validate(band, from_attributes=True) for band in told]


def outlook(issue: Issue, held: PublishedForecast) -> OutlookAnswer | None:
    """The outlook of a forecast; None where it has none, or is withheld."""
    told = outlooks.outlook(issue, held, context.hearer())
    if told is None:
        return None
    return OutlookAnswer(
        surge=told.surge, reference=told.reference, changes=[_changes(week) for week in told.changes]
    )


def _changes(week: ToldChanges) -> ChangeChances:
    return ChangeChances.model_validate({"days": week.days, "edges": week.edges, **week.chances})
