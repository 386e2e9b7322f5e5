"""From the words of a query to what they mean: the measure, the issue, the places."""

from collections.abc import Iterable
from datetime import datetime

from forecast.places import Place
from service.store.records import Issue, Measure
from service.web import context
from service.web.problems import Fault, refuse


def measure_named(name: str, *, besides: Iterable[str] = ()) -> Measure:
    """The measure of a name. Ends the request with 422 that names those there are, and others `besides`."""
    measures = {measure.id: measure for measure in context.store().measures()}
    if name not in measures:
        wanted = f"one of {', '.join([*measures, *besides])}"
        fault = Fault(location="query", field="measure", wanted=wanted)
        refuse(422, "No such measure", f"measure must be {wanted}.", [fault])
    return measures[name]


def issue_named(name: str, as_of: datetime | None = None) -> Issue:
    """The issue of an id, or the newest published by an instant. Ends with 404 if there is none."""
    issues = context.store().issues
    issue = issues.latest(as_of=as_of) if name == "latest" else issues.get(name)
    if issue is None:
        field = "issue" if as_of is None else "as_of"
        fault = Fault(location="query", field=field, wanted="an issue that GET /v1/issues lists")
        refuse(404, "No such issue", "Nothing was published under that name or by that instant.", [fault])
    return issue


def places_named(names: Iterable[str]) -> list[Place]:
    """The places of these ids, each once, in the order asked for. Ends with 404 for any unseen."""
    return [context.visible(name) for name in dict.fromkeys(names)]


def no_forecast(measure: str) -> None:
    """End the request: the issue holds nothing for what was asked."""
    fault = Fault(location="query", field="measure", wanted="a measure and a place that the issue forecast")
    refuse(404, "No such forecast", f"The issue holds no forecast of {measure} for this place.", [fault])
