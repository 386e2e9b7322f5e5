"""Plans: waits and staff at crossings, beds of regions, as the issue published them."""

from collections.abc import Sequence
from typing import NoReturn

from apiflask import APIBlueprint
from flask import Response

from forecast.places import Place
from service.plans.files import csv_text
from service.plans.people import People
from service.plans.reading import Desk, NoPlanError, Part, Reader, as_tree, covering, no_plan
from service.published.skill import untrusted
from service.store.records import Issue, PlanKind
from service.web import asked, context
from service.web import plan_answers as told
from service.web.answers import IssueRef
from service.web.guard import requires
from service.web.plan_days import BEDS_UNITS, STAFF_UNITS, WAITS_UNITS, Sheet
from service.web.plan_queries import PlanQuery
from service.web.plan_rows import Plans, columns, rows
from service.web.problems import Fault, refuse
from service.web.queries import PLACES_AT_ONCE
from service.web.representation import asked_format, csv_of, json_response

blueprint = APIBlueprint("plans", __name__, tag="Plans")
FLOW = "arrivals"


@blueprint.get("/plan/waits")
@blueprint.input(PlanQuery, location="query", arg_name="query")
@blueprint.output(told.WaitsAnswer)
@requires("forecasts.read")
def waits(query: PlanQuery) -> Response:
    """How long people will wait at crossings with the registered booths.

    From the joint sample paths of the demand through the queue, hour by hour; with the chance that anyone
    waits longer than half an hour to a day. A region or country stands for the crossings in it.
    """
    desk = desk_of(asked.issue_named(query.issue, query.as_of))
    parts = parts_of(desk, "waits", query.place)
    sheet = _sheet(desk, query)
    places = [sheet.waits(part) for part in parts]
    return _answered(query, desk, told.WaitsAnswer(issue=_ref(desk), units=WAITS_UNITS, places=places))


@blueprint.get("/plan/staff")
@blueprint.input(PlanQuery, location="query", arg_name="query")
@blueprint.output(told.StaffAnswer)
@requires("forecasts.read")
def staff(query: PlanQuery) -> Response:
    """Which booths to open by hour at crossings, what that buys, and what no roster can hold.

    A region or country stands for the crossings in it.
    """
    desk = desk_of(asked.issue_named(query.issue, query.as_of))
    parts = parts_of(desk, "staff", query.place)
    sheet = _sheet(desk, query)
    places = [sheet.staff(part) for part in parts]
    return _answered(query, desk, told.StaffAnswer(issue=_ref(desk), units=STAFF_UNITS, places=places))


@blueprint.get("/plan/beds")
@blueprint.input(PlanQuery, location="query", arg_name="query")
@blueprint.output(told.BedsAnswer)
@requires("forecasts.read")
def beds(query: PlanQuery) -> Response:
    """Which beds and buses regions need, how probably houses are full, who goes on.

    A country stands for itself and its regions.
    """
    desk = desk_of(asked.issue_named(query.issue, query.as_of))
    parts = parts_of(desk, "beds", query.place)
    sheet = _sheet(desk, query)
    places = [sheet.beds(part) for part in parts]
    return _answered(query, desk, told.BedsAnswer(issue=_ref(desk), units=BEDS_UNITS, places=places))


def desk_of(issue: Issue) -> Desk:
    """Where this reader reads an issue's plan: within scope, without what is withheld."""
    return Desk(context.store(), issue, context.register(), _reader(issue))


def _reader(issue: Issue) -> Reader:
    stops = context.told()
    held = {}
    if context.wiring().settings.withhold_untrusted:
        forecasts = context.store().issues.forecasts(issue.id, context.scope(), measure=FLOW)
        held = {one.place_id: one for one in forecasts}

    def withheld(place_id: str, horizon: int) -> str | None:
        if stops.withholds(place_id):
            return ""
        forecast = held.get(place_id)
        if forecast is None or not horizon:
            return None
        return untrusted(issue, forecast, horizon, reader=context.hearer())

    return Reader(context.scope(), withheld, guests_told=not stops.withheld, disclosure=stops)


def places_asked(names: Sequence[str] | None) -> list[Place]:
    """The places of these ids, or all that the reader sees, from the top."""
    return as_tree(context.register()) if names is None else asked.places_named(names)


def parts_of(desk: Desk, kind: PlanKind, names: Sequence[str] | None) -> list[Part]:
    """What is planned for these places, or for what lies in them.

    Ends with 404 where nothing is planned, with 422 for too many places.
    """
    wanted = [covering(kind, place, desk.places) for place in places_asked(names)]
    among = _each_once(wanted)
    if len(among) > PLACES_AT_ONCE:
        most = f"places that stand for at most {PLACES_AT_ONCE}"
        fault = Fault(location="query", field="place", found=f"{len(among)}", wanted=most)
        refuse(422, "Too many places", f"place must be {most}; ask region by region.", [fault])
    parts = {part.place.id: part for part in desk.parts(kind, among)}
    without = [name for name, own in zip(names or (), wanted, strict=False) if not _any(own, parts)]
    if without or not parts:
        refuse_unplanned(no_plan(kind, without))
    return list(parts.values())


def _each_once(wanted: Sequence[Sequence[Place]]) -> list[Place]:
    return list({place.id: place for own in wanted for place in own}.values())


def _any(own: Sequence[Place], parts: dict[str, Part]) -> bool:
    return any(place.id in parts for place in own)


def refuse_unplanned(error: NoPlanError) -> NoReturn:
    """End the request: nothing is planned for what was asked."""
    message = str(error)
    fault = Fault(location="query", field="place", wanted="a place with a registered capacity")
    refuse(404, "No such plan", message[:1].upper() + message[1:], [fault])


def _sheet(desk: Desk, query: PlanQuery) -> Sheet:
    return Sheet(People(desk), query.days, query.levels, query.quantiles)


def _ref(desk: Desk) -> IssueRef:
    return IssueRef.of(desk.issue)


def _answered(query: PlanQuery, desk: Desk, answer: Plans) -> Response:
    wanted = asked_format(query.format)
    places = [desk.places[one.place.id] for one in answer.places]
    days = min(query.days, desk.issue.horizon)
    context.audit_short_horizon(places, issue=desk.issue.id, plan=type(answer).__name__, horizon=days)
    if wanted == "json":
        return json_response(answer)
    found = list(rows(answer))
    return csv_of(csv_text(columns(found), found))
