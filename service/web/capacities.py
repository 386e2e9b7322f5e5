"""Capacities: how crossings work and what regions can house, read by planners and registered by operators."""

from datetime import date, datetime
from typing import Any, NoReturn

from apiflask import APIBlueprint
from flask import Response, request
from pydantic import Field

from forecast.planning.documents import UNITS, filled, level_of
from forecast.planning.registers import CapacityError
from service.ingest import CapacityDesk, Refusal, read_capacities
from service.ingest.capacities import register as put
from service.store.capacities import in_force
from service.store.records import CapacityRecord
from service.web import context
from service.web.answers import Answer, PlaceRef
from service.web.guard import requires
from service.web.observations import fault
from service.web.problems import Fault, refuse, refuse_other_than_json
from service.web.queries import Day, Instant, Name, Query
from service.web.representation import described, json_response

blueprint = APIBlueprint("capacities", __name__, tag="Places and counts")
REFUSED = "Refused capacities"
ELSEWHERE = "elsewhere"
_REGISTERED = {"$ref": "#/components/schemas/CapacitiesTaken"}
_BESIDE = ("place", "valid_from", "valid_until")


class CapacitiesQuery(Query):
    """Whose capacities, in force when, as known when."""

    place: Name | None = Field(None, description="One place by id; without it, all that this key sees.")
    on: Day | None = Field(None, description="Only what is in force on this day.")
    as_of: Instant | None = Field(None, description="Capacities as they were known at this instant.")


class CapacityAnswer(Answer):
    """One version of a place's capacity, in force from a day on."""

    place: PlaceRef
    valid_from: date
    valid_until: date | None = Field(description="Last day, inclusive; null until the next version.")
    recorded_at: datetime = Field(description="When it became known.")
    capacity: dict[str, Any] | None = Field(
        description="The fields of the document, defaults filled in; null where it is withheld."
    )
    units: dict[str, str] = Field(description="The unit of each field.")
    suppressed: bool = Field(description="Whether publication of the place is stopped.")


class CapacitiesAnswer(Answer):
    """Versions by place and first day."""

    capacities: list[CapacityAnswer]


class CapacitiesTaken(Answer):
    """What became of the capacities sent."""

    capacities: int = Field(description="Versions that were read.")
    changed: int = Field(description="Those that were new or said something new; 0 if all was known already.")


@blueprint.get("/capacities")
@blueprint.input(CapacitiesQuery, location="query", arg_name="query")
@blueprint.output(CapacitiesAnswer)
@requires("capacities.read")
def capacities(query: CapacitiesQuery) -> Response:
    """How the places of this key work and what they can house, as known now or at `as_of`.

    A region that helps and lies outside of what this key sees is called `elsewhere`.
    """
    place = context.visible(query.place) if query.place else None
    known = context.store().capacities.records(context.scope(), as_of=query.as_of or context.now())
    wanted = [record for record in known if place is None or record.place_id == place.id]
    if query.on is not None:
        wanted = [*in_force(wanted, query.on).values()]
    return json_response(CapacitiesAnswer(capacities=[_row(record) for record in wanted]))


def _row(record: CapacityRecord) -> CapacityAnswer:
    register, hidden = context.register(), context.told().withholds(record.place_id)
    fields = {name: value for name, value in filled(record.document).items() if name not in _BESIDE}
    if "overflow" in fields:
        fields["overflow"] = [one if one in register else ELSEWHERE for one in fields["overflow"]]
    return CapacityAnswer(
        place=PlaceRef.of(register[record.place_id], register),
        valid_from=record.valid_from,
        valid_until=record.valid_until,
        recorded_at=record.recorded_at,
        capacity=None if hidden else fields,
        units=dict(UNITS[level_of(record.document)]),
        suppressed=hidden,
    )


@blueprint.put("/capacities")
@blueprint.input(Query, location="query", arg_name="query")
@blueprint.output(CapacitiesTaken, 201, description="Registered; something in it was new.")
@blueprint.doc(responses=described(200, "Registered; all of it was known already.", _REGISTERED))
@requires("capacities.write")
def register(query: Query) -> Response:
    """Register capacities sent as JSON: whole, or refused whole with every reason by row and field.

    A version of a place and first day that are known takes that one's place; one with a later first day ends
    the one before. Plans made before are not changed.
    """
    refuse_other_than_json()
    desk = CapacityDesk.of(context.store(), now=context.now(), actor=context.reader().key_id)
    read = read_capacities(request.get_data(cache=False), desk)
    if isinstance(read, Refusal):
        _refuse([fault(reason) for reason in read.reasons])
    try:
        changed = put(context.store(), read, desk)
    except CapacityError as error:  # another request changed the register meanwhile
        _refuse([Fault(location="body", field=error.field, found=str(error.found), wanted=error.wanted)])
    return json_response(CapacitiesTaken(capacities=len(read), changed=changed), 201 if changed else 200)


def _refuse(faults: list[Fault]) -> NoReturn:
    detail = "Nothing was registered. Correct what `errors` lists by row and field, and send all of it again."
    refuse(422, REFUSED, detail, faults)
