"""Scenarios: what would be if, asked for and read by planners, never mixed with what is forecast."""

import json
from collections.abc import Sequence
from typing import Any, NoReturn

from apiflask import APIBlueprint
from flask import Response, request
from pydantic import Field

from forecast.planning import fields
from forecast.planning.plan import PLAN_MEASURES
from forecast.planning.registers import CapacityError
from service.cycle.planning import FLOW
from service.cycle.scenarios import Asked, ScenarioError, run_scenario
from service.plans.conditional import Conditional
from service.plans.people import People
from service.store.records import Issue
from service.store.scenario_records import ScenarioBlock, ScenarioRecord
from service.web import answers, context, scenario_answers
from service.web.guard import requires
from service.web.plans import desk_of
from service.web.problems import Fault, refuse, refuse_other_than_json
from service.web.queries import Name, QuantileLevels, Query
from service.web.representation import json_response
from service.web.scenario_answers import ScenarioAnswer, ScenariosAnswer, ScenarioSummary, View

blueprint = APIBlueprint("scenarios", __name__, tag="Plans")
REFUSED = "Refused scenario"
TOLD = (0.05, 0.25, 0.5, 0.75, 0.95)
FIELDS = ("title", "issue", "assumptions")


class ScenariosQuery(Query):
    """Which page of the scenarios."""

    before: Name | None = Field(None, description="Only scenarios made before the one of this id.")
    limit: int = Field(20, ge=1, le=100, description="At most so many scenarios.")


class ScenarioQuery(Query):
    """Which results of a scenario."""

    place: Name | None = Field(None, description="One place by id; without it, all that this key sees.")
    measure: Name | None = Field(None, description=f"One of {', '.join(PLAN_MEASURES)}; without it, all.")
    quantiles: QuantileLevels = Field(TOLD, description="Quantile levels.")


class ScenarioPath(Query):
    """A scenario by its id."""

    scenario_id: Name


@blueprint.post("/scenarios")
@blueprint.input(Query, location="query", arg_name="query")
@blueprint.output(ScenarioAnswer, 201, description="Worked out and stored; Location says where.")
@requires("scenarios.write")
def ask(query: Query) -> Response:
    """Work out what would be if assumptions held, from the sample paths of an issue.

    Answers with every assumption as it was understood, and with what differs from the forecast. A scenario is
    conditional: it says nothing of how probable its assumptions are.
    """
    body = _body()
    issue = _issue(body.get("issue", "latest"))
    try:
        title = fields.text(body["title"], "title") if body.get("title") else ""
        asked = Asked(
            assumptions=body.get("assumptions"),
            title=title,
            issue=issue,
            places=context.register(),
            actor=context.reader().key_id,
            now=context.now(),
        )
        record = run_scenario(context.store(), asked)
    except CapacityError as error:
        _refuse(error.field, error.wanted, str(error.found))
    except ScenarioError as error:
        wanted = "an issue young enough to keep its sample paths"
        refuse(404, "No sample paths", f"{error}.", [Fault(location="body", field="issue", wanted=wanted)])
    context.audit("scenarios.write", record.id, issue=issue.id, places=sorted(record.places)[:100])
    answer = json_response(_answer(record, issue, ScenarioQuery()), 201)
    answer.headers["Location"] = f"/v1/scenarios/{record.id}"
    return answer


@blueprint.get("/scenarios")
@blueprint.input(ScenariosQuery, location="query", arg_name="query")
@blueprint.output(ScenariosAnswer)
@requires("scenarios.read")
def scenarios(query: ScenariosQuery) -> Response:
    """A page of the scenarios that concern places of this key, newest first."""
    store, scope = context.store().scenarios, context.scope()
    if query.before is not None and store.get(query.before, scope) is None:
        _no_scenario("before", "query")
    page = store.page(query.limit + 1, scope, before=query.before)
    shown = page[: query.limit]
    more = shown[-1].id if len(page) > len(shown) else None
    return json_response(ScenariosAnswer(scenarios=[_summary(one) for one in shown], next=more))


@blueprint.get("/scenarios/<scenario_id>")
@blueprint.input(ScenarioPath, location="path", arg_name="path")
@blueprint.input(ScenarioQuery, location="query", arg_name="query")
@blueprint.output(ScenarioAnswer)
@requires("scenarios.read")
def one_scenario(scenario_id: str, path: ScenarioPath, query: ScenarioQuery) -> Response:
    """A scenario: its assumptions, results beside the forecast, and whether they came true.

    What happens at places that this key does not see is one line by measure, `elsewhere`.
    """
    if query.place is not None:
        context.visible(query.place)
    if query.measure is not None and query.measure not in PLAN_MEASURES:
        wanted = f"one of {', '.join(PLAN_MEASURES)}"
        fault = Fault(location="query", field="measure", wanted=wanted)
        refuse(422, "No such measure", f"measure must be {wanted}.", [fault])
    record = context.store().scenarios.get(path.scenario_id, context.scope())
    issue = None if record is None else context.store().issues.get(record.issue_id)
    if record is None or issue is None:
        _no_scenario("scenario_id", "path")
    return json_response(_answer(record, issue, query))


def _body() -> dict[str, Any]:
    refuse_other_than_json()
    try:
        body = json.loads(request.get_data(cache=False).decode())
    except (ValueError, RecursionError):
        _refuse(None, "an object as JSON in UTF-8")
    if not isinstance(body, dict):
        _refuse(None, f"an object with {', '.join(FIELDS)}", fields.quoted(body))
    for name in body:
        if name not in FIELDS:
            _refuse(fields.quoted(name), f"no field but {', '.join(FIELDS)}")
    return body


def _issue(name: object) -> Issue:
    issues = context.store().issues
    found = None
    if isinstance(name, str) and 0 < len(name) <= 100 and name.isprintable():
        found = issues.latest() if name == "latest" else issues.get(name)
    if found is None:
        fault = Fault(location="body", field="issue", wanted="an issue that GET /v1/issues lists")
        refuse(404, "No such issue", "Nothing was published under that name.", [fault])
    return found


def _refuse(field: str | None, wanted: str, found: str | None = None) -> NoReturn:
    fault = Fault(location="body", field=field, found=found, wanted=wanted)
    detail = "Nothing was worked out or stored. Correct what `errors` names, and send all of it again."
    refuse(422, REFUSED, detail, [fault])


def _no_scenario(field: str, location: str) -> NoReturn:
    fault = Fault(location=location, field=field, wanted="a scenario that GET /v1/scenarios lists")
    refuse(404, "No such scenario", "This key sees no scenario of that id.", [fault])


def _summary(record: ScenarioRecord) -> ScenarioSummary:
    view = View(record, context.register())
    verdict = context.store().scenarios.verdict(record.id)
    return ScenarioSummary(
        id=record.id,
        title=view.title,
        issue=record.issue_id,
        created_at=record.created_at,
        words=[one["words"] for one in view.assumptions()],
        premise="open" if verdict is None else verdict.state,
    )


def _answer(record: ScenarioRecord, issue: Issue, query: ScenarioQuery) -> ScenarioAnswer:
    store, view = context.store(), View(record, context.register())
    verdict = store.scenarios.verdict(record.id)
    met = verdict is not None and verdict.state == "met"
    own = store.scenarios.results(record.id, context.scope())
    told = Conditional(People(desk_of(issue)), record, own)
    blocks = _blocks(own, query)
    results = _results(blocks, told, view, query)
    context.audit_short_horizon([context.visible(one.place.id) for one in results], scenario=record.id)
    return ScenarioAnswer(
        id=record.id,
        title=view.title,
        issue=answers.IssueRef.of(issue),
        created_at=record.created_at,
        created_by=record.actor,
        model_version=record.model_version,
        last_capacity=record.last_capacity,
        assumptions=view.assumptions(),
        premise=scenario_answers.premise(verdict, view, told, issue),
        scores=scenario_answers.scores(store.scenarios.scores(record.id, context.scope()), view, told)
        if met
        else [],
        results=results,
        remarks=scenario_answers.remarks(blocks, results),
        elsewhere=list(scenario_answers.elsewhere(store.scenarios.results(record.id), told, view)),
    )


def _blocks(own: Sequence[ScenarioBlock], query: ScenarioQuery) -> list[ScenarioBlock]:
    """What is asked for of what this key sees."""
    return [
        block
        for block in own
        if query.place in (None, block.place_id) and query.measure in (None, block.measure)
    ]


def _results(
    blocks: Sequence[ScenarioBlock], told: Conditional, view: View, query: ScenarioQuery
) -> list[scenario_answers.ScenarioSeries]:
    store, scope, issue = context.store(), context.scope(), told.people.desk.issue
    held = {one.place_id: one for one in store.issues.forecasts(issue.id, scope, measure=FLOW)}
    return [
        scenario_answers.series(block, told, view=view, held=held.get(block.place_id), levels=query.quantiles)
        for block in blocks
    ]
