"""What is told of a published forecast, in the models of the answers."""

from service.published import forecasts, outlooks, skill
from service.published.outlooks import ToldChanges
from service.store.records import Issue, PublishedForecast
from service.web import context
from service.web.answers import ChangeChances, ForecastDay, OutlookAnswer, TrustBand


def day(issue: Issue, held: PublishedForecast, horizon: int, *, levels: forecasts.Levels) -> ForecastDay:
    """One day of a published forecast, `horizon` days ahead."""
    one = forecasts.day(issue, held, horizon, levels=levels, reader=context.hearer())
    return ForecastDay.model_validate(one, from_attributes=True)


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
