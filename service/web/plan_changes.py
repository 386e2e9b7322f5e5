"""The plan of one day in one document, and what it says otherwise than the issue before."""

from collections.abc import Iterator
from typing import Any

from apiflask import APIBlueprint
from flask import Response

from forecast.places import Place
from service.plans import files
from service.plans.changes import MIDDLE, UPPER, Change, PlaceChanges, changes, issue_before
from service.plans.reading import Desk, NoPlanError
from service.plans.tables import Table, tables_of_day
from service.store.records import Issue
from service.web import asked, context, fans
from service.web import plan_answers as told
from service.web.answers import IssueRef, PlaceRef
from service.web.guard import requires
from service.web.plan_queries import ChangesQuery, DayQuery
from service.web.plans import desk_of, places_asked
from service.web.problems import Fault, refuse
from service.web.purpose import PURPOSE
from service.web.representation import asked_format, csv_of, csv_response, json_response, workbook_of

blueprint = APIBlueprint("changes", __name__, tag="Plans")
_COLUMNS = (
    *fans.ISSUE_COLUMNS,
    *("issue_before", "place", "level", "region", "time_zone", "target_date", "horizon", "suppressed"),
    *("measure", "unit", "median_before", "median_now", "upper_before", "upper_now", "reasons"),
)


@blueprint.get("/plan/changes")
@blueprint.input(ChangesQuery, location="query", arg_name="query")
@blueprint.output(told.ChangesAnswer)
@requires("forecasts.read")
def plan_changes(query: ChangesQuery) -> Response:
    """What an issue says otherwise than the one before it of the same days, and why.

    Median and 0.95 quantile of arrivals, demand, longest wait, booths and beds; the reasons are what is known
    now and was not before: counts, revisions, queues and beds reported, events, capacities, methods.
    """
    wanted = asked_format(query.format)
    desk = desk_of(asked.issue_named(query.issue, query.as_of))
    ahead = [*range(1, min(query.days, desk.issue.horizon) + 1)]
    if query.day is not None:
        ahead = [_horizon(desk, query)]
    places = _all_in(desk, places_asked(query.place))
    _audit(desk, places, ahead)
    found = changes(desk, places, ahead)
    if not found:
        asked.no_forecast("arrivals")
    answer = told.ChangesAnswer(
        issue=IssueRef.of(desk.issue), before=_before(desk), places=[_place(desk, one) for one in found]
    )
    if wanted == "json":
        return json_response(answer)
    return csv_response(_COLUMNS, _rows(answer))


@blueprint.get("/plan/day")
@blueprint.input(DayQuery, location="query", arg_name="query")
@blueprint.output(told.DayAnswer)
@requires("forecasts.read")
def plan_day(query: DayQuery) -> Response:
    """The plan of one day as tables: Waits, Staff, Beds, Plan to, Changes; also as a workbook to print.

    The CSV has a row for each single value, with its unit.
    """
    wanted = asked_format(query.format, ("json", "csv", "xlsx"))
    desk = desk_of(asked.issue_named(query.issue, query.as_of))
    horizon = _horizon(desk, query)
    day, places = desk.day(horizon), _all_in(desk, places_asked(query.place))
    _audit(desk, places, [horizon])
    tables = tables_of_day(desk, places, horizon)
    if not any(table.rows for table in tables):
        asked.no_forecast("arrivals")
    if wanted == "xlsx":
        content = files.workbook(desk.issue, day, tables, purpose=PURPOSE)
        return workbook_of(content, f"plan-{day}.xlsx")
    if wanted == "csv":
        return csv_of(files.day_csv(desk.issue, day, tables))
    return json_response(
        told.DayAnswer(
            issue=IssueRef.of(desk.issue),
            before=_before(desk),
            day=day,
            horizon=horizon,
            tables=[_table(table) for table in tables],
        )
    )


def _horizon(desk: Desk, query: ChangesQuery | DayQuery) -> int:
    if query.day is None:
        return 1
    try:
        return desk.horizon(query.day)
    except NoPlanError as error:
        fault = Fault(location="query", field="day", wanted=str(error).partition("; ")[2])
        refuse(404, "No such day", f"{error}.", [fault])


def _all_in(desk: Desk, wanted: list[Place]) -> list[Place]:
    """These places and all that lies in them."""
    inside = [
        one
        for place in wanted
        for one in desk.places
        if one.id == place.id or place.id in desk.places.ancestors(one.id)
    ]
    return list({place.id: place for place in inside}.values())


def _audit(desk: Desk, places: list[Place], ahead: list[int]) -> None:
    days = {"first": desk.day(ahead[0]).isoformat(), "last": desk.day(ahead[-1]).isoformat()}
    context.audit_short_horizon(places, issue=desk.issue.id, plan="day", **days)


def _before(desk: Desk) -> IssueRef | None:
    before: Issue | None = issue_before(desk)
    return None if before is None else IssueRef.of(before)


def _place(desk: Desk, one: PlaceChanges) -> told.PlaceChangesAnswer:
    hidden = desk.reader.stopped(one.place.id)
    return told.PlaceChangesAnswer(
        place=PlaceRef.of(one.place, context.register()),
        suppressed=hidden,
        reasons=() if hidden else one.reasons,
        changes=[_change(desk, one.place, change) for change in one.changes],
    )


def _change(desk: Desk, place: Place, change: Change) -> told.ChangeAnswer:
    hidden = desk.reader.withheld(place.id, change.horizon) is not None
    before, now = ({}, {}) if hidden else (change.before, change.now)
    return told.ChangeAnswer(
        measure=change.measure,
        unit=change.unit,
        target_date=change.target_date,
        horizon=change.horizon,
        suppressed=hidden or change.few,
        median_before=before.get(MIDDLE),
        median_now=now.get(MIDDLE),
        upper_before=before.get(UPPER),
        upper_now=now.get(UPPER),
    )


def _rows(answer: told.ChangesAnswer) -> Iterator[dict[str, Any]]:
    head = answer.issue.model_dump() | {"issue": answer.issue.id}
    head["issue_before"] = answer.before.id if answer.before else None
    for one in answer.places:
        place = one.place.model_dump() | {"place": one.place.id, "reasons": one.reasons}
        for change in one.changes:
            yield head | place | change.model_dump()


def _table(table: Table) -> told.TableAnswer:
    columns = [
        told.ColumnAnswer(name=column.name, title=column.title, unit=column.unit) for column in table.columns
    ]
    rows = [{column.name: row.get(column.name) for column in table.columns} for row in table.rows]
    return told.TableAnswer(name=table.name, columns=columns, rows=rows)
