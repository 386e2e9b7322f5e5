"""Overrides: analysts' figures held against the forecast, told beside it and never in its place."""

import json
from datetime import date, datetime
from typing import Any, NoReturn

from apiflask import APIBlueprint
from flask import Response, request
from pydantic import Field

from forecast.planning import fields
from service.cycle.judgement import FIELDS, LONGEST_REASON, Judge, OverrideError, make_override
from service.published import overrides as published
from service.store.asked import Asked
from service.store.errors import StoreError
from service.store.model_records import Override
from service.web import context
from service.web.answers import Answer, Number
from service.web.guard import requires
from service.web.problems import Fault, refuse, refuse_other_than_json, unknown_place
from service.web.queries import LARGEST_COUNT, Day, Instant, Name, Query
from service.web.representation import json_response

blueprint = APIBlueprint("overrides", __name__, tag="Forecasts")
REFUSED = "Refused override"
_DAY = {"type": "string", "format": "date"}
_PEOPLE = {"type": "number", "minimum": 0, "maximum": LARGEST_COUNT}
_END = {**_PEOPLE, "type": ["number", "null"]}
BODY: dict[str, Any] = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "required": ["place", "first", "median", "reason"],
                "additionalProperties": False,
                "properties": {
                    "place": {"type": "string", "description": "A place's id."},
                    "measure": {"type": "string", "default": "arrivals"},
                    "first": {**_DAY, "description": "First day, not over yet at the place."},
                    "last": {**_DAY, "type": ["string", "null"], "description": "By default the first."},
                    "median": _PEOPLE,
                    "lower": {**_END, "description": "Lower end of the central 80 % interval."},
                    "upper": {**_END, "description": "Its upper end; both ends or none."},
                    "reason": {"type": "string", "minLength": 1, "maxLength": LONGEST_REASON},
                    "issue": {"type": "string", "default": "latest"},
                },
            },
            "example": {
                "place": "syrym",
                "first": "2022-09-27",
                "median": 9000,
                "reason": "Two more trains.",
            },
        }
    },
}


class OverridesQuery(Query):
    """Which overrides, as known when."""

    place: Name | None = Field(None, description="One place by id; without it, all that this key sees.")
    measure: Name | None = Field(None, description="What is counted; without it, all.")
    first: Day | None = Field(None, description="Only overrides of this day or of later ones.")
    last: Day | None = Field(None, description="Only overrides of this day or of earlier ones.")
    as_of: Instant | None = Field(None, description="Only those that held at this instant.")
    limit: int = Field(100, ge=1, le=1_000, description="At most so many, the newest.")


class OverridePath(Query):
    """An override by its id."""

    override_id: Name


class OverrideAnswer(Answer):
    """An override; what is withheld is null."""

    id: str
    place: str
    measure: str
    issue: str = Field(description="The issue it was made on, against which it is scored.")
    first: date
    last: date
    median: Number | None
    lower: Number | None = Field(description="Lower end of the central 80 % interval, if one was given.")
    upper: Number | None
    reason: str | None
    suppressed: bool
    recorded_at: datetime
    withdrawn_at: datetime | None
    not_in: list[str] = Field(description="Totals of this key that the place is part of: they do not follow.")


class OverridesAnswer(Answer):
    """Overrides, newest first."""

    overrides: list[OverrideAnswer]


@blueprint.get("/overrides")
@blueprint.input(OverridesQuery, location="query", arg_name="query")
@blueprint.output(OverridesAnswer)
@requires("overrides.read")
def overrides(query: OverridesQuery) -> Response:
    """Analysts' overrides at the places of this key, withdrawn ones included unless `as_of` is given."""
    place = context.visible(query.place) if query.place else None
    asked = Asked(context.scope(), place.id if place else None, query.measure, query.first, query.last)
    found = context.store().overrides.page(asked, query.limit, as_of=query.as_of)
    register = context.register()
    context.audit_short_horizon([register[one.place_id] for one in found], overrides=len(found))
    return json_response(OverridesAnswer(overrides=[_answer(one) for one in found]))


@blueprint.post("/overrides")
@blueprint.input(Query, location="query", arg_name="query")
@blueprint.output(OverrideAnswer, 201, description="Told beside the forecast from now on.")
@requires("overrides.write")
def override(query: Query) -> Response:
    """Hold a figure against the forecast of a place and days, with a reason.

    The model's figure stays and is told beside it; totals that the place is part of do not follow. Both are
    scored against the count later.
    """
    body = _body()
    if isinstance(body.get("place"), str) and body["place"] not in context.register():
        unknown_place(location="body")
    judge = Judge(context.register(), context.reader().key_id, context.now())
    try:
        made = make_override(context.store(), body, judge)
    except OverrideError as error:
        _refuse(error.field, error.wanted, error.found)
    facts = {"override": made.id, "issue": made.issue_id, "reason": made.reason}
    context.audit("overrides.write", made.place_id, **facts)
    return json_response(_answer(made), 201)


@blueprint.delete("/overrides/<override_id>")
@blueprint.input(OverridePath, location="path", arg_name="path")
@blueprint.input(Query, location="query", arg_name="query")
@blueprint.output({}, 204, description="Withdrawn; what was told of it until now stays known.")
@requires("overrides.write")
def withdraw(override_id: str, path: OverridePath, query: Query) -> Response:
    """Withdraw an override from now on."""
    known = context.store().overrides.get(path.override_id, context.scope())
    if known is None or known.withdrawn_at is not None:
        wanted = "an override that GET /v1/overrides lists and that holds"
        fault = Fault(location="path", field="override_id", wanted=wanted)
        refuse(404, "No such override", f"override_id must be {wanted}.", [fault])
    try:
        by = context.reader().key_id
        context.store().overrides.withdraw(known.id, at=context.now(), actor=by, reason="")
    except StoreError:  # another request was faster: it is as asked
        return Response(status=204)
    context.audit("overrides.withdraw", known.id)
    return Response(status=204)


def _answer(one: Override) -> OverrideAnswer:
    register = context.register()
    totals = [up for up in register.ancestors(one.place_id) if up in register]
    facts = published.told(one, context.hearer())
    shown = {name: getattr(facts, name) for name in OverrideAnswer.model_fields if name != "not_in"}
    return OverrideAnswer(**shown, not_in=totals)


def _body() -> dict[str, Any]:
    refuse_other_than_json()
    try:
        body = json.loads(request.get_data(cache=False).decode())
    except (ValueError, RecursionError):
        _refuse(None, "an object as JSON in UTF-8")
    if not isinstance(body, dict):
        _refuse(None, f"an object with {', '.join(FIELDS)}", fields.quoted(body))
    return body


def _refuse(field: str | None, wanted: str, found: str | None = None) -> NoReturn:
    fault = Fault(location="body", field=field, found=found, wanted=wanted)
    refuse(422, REFUSED, f"Nothing was stored: {field or 'the body'} must be {wanted}.", [fault])
