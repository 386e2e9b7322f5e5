"""What was published when, by which version, from which vintage."""

from apiflask import APIBlueprint
from flask import Response

from service.store.records import Issue, PublishedForecast
from service.web import answers, asked, context
from service.web.guard import requires
from service.web.problems import Fault, refuse
from service.web.queries import IssuePath, IssuesQuery, Query
from service.web.representation import json_response

blueprint = APIBlueprint("issues", __name__, tag="Issues")


@blueprint.get("/issues")
@blueprint.input(IssuesQuery, location="query", arg_name="query")
@blueprint.output(answers.IssuesAnswer)
@requires("issues.read")
def issues(query: IssuesQuery) -> Response:
    """A page of issues, newest first."""
    if query.before is not None and context.store().issues.get(query.before) is None:
        fault = Fault(location="query", field="before", wanted="the `next` of the page before")
        refuse(404, "No such issue", "before must be the id of an issue.", [fault])
    page = context.store().issues.page(query.limit + 1, before=query.before)
    shown = page[: query.limit]
    return json_response(
        answers.IssuesAnswer(
            issues=[_issue(issue) for issue in shown],
            next=shown[-1].id if len(page) > len(shown) else None,
        )
    )


@blueprint.get("/issues/<issue_id>")
@blueprint.input(IssuePath, location="path", arg_name="path")
@blueprint.input(Query, location="query", arg_name="query")
@blueprint.output(answers.IssueDetail)
@requires("issues.read")
def one_issue(issue_id: str, path: IssuePath, query: Query) -> Response:
    """One issue: vintage, configuration, seed, checksum, and its places that this key sees."""
    issue = asked.issue_named(path.issue_id)
    held = context.store().issues.forecasts(issue.id, context.scope())
    detail = _issue(issue).model_dump() | {
        "configuration": issue.configuration,
        "places": [_place(forecast) for forecast in held],
    }
    return json_response(answers.IssueDetail.model_validate(detail))


def _issue(issue: Issue) -> answers.IssueAnswer:
    return answers.IssueAnswer.model_validate(issue, from_attributes=True)


def _place(forecast: PublishedForecast) -> answers.IssuePlace:
    hidden = context.told().withholds(forecast.place_id)
    return answers.IssuePlace(
        place=forecast.place_id,
        level=context.visible(forecast.place_id).level,
        measure=forecast.measure,
        suppressed=hidden,
        flags=() if hidden else forecast.flags,
        weights=None if hidden else forecast.weights,
    )
