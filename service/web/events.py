"""Events: closures, openings, expected surges and disruptions, read by all and registered by operators."""

from datetime import date, datetime
from typing import NoReturn

from apiflask import APIBlueprint
from flask import Response, request
from pydantic import Field

from forecast.events import Event, EventError, by_crossing
from forecast.places import Places
from service.ingest import Desk, Refusal, read_events
from service.web import context
from service.web.answers import Answer
from service.web.guard import requires
from service.web.observations import TAKEN, body, fault
from service.web.problems import Fault, refuse
from service.web.queries import Day, Instant, Name, Query
from service.web.representation import described, json_response

blueprint = APIBlueprint("events", __name__, tag="Places and counts")
REFUSED = "Refused events"
_REGISTERED = {"$ref": "#/components/schemas/EventsTaken"}


class EventsQuery(Query):
    """Which events, as known when."""

    place: Name | None = Field(None, description="One place by id: its own events and those it is part of.")
    first: Day | None = Field(None, description="Only events that last to this day or longer.")
    last: Day | None = Field(None, description="Only events that begin by this day.")
    as_of: Instant | None = Field(None, description="Events as they were known at this instant.")


class EventAnswer(Answer):
    """One event."""

    id: str
    kind: str = Field(description="closure, opening, surge-expected or disruption.")
    first: date
    last: date | None = Field(description="Last day, inclusive; null while no end is known.")
    place: str | None = Field(
        description="The place, where this key sees it; else one above it, or everywhere."
    )
    crossings: list[str] = Field(description="The crossings of this key that it concerns.")
    multiple: float | None = Field(
        description="The largest count expected, as a multiple of the ordinary one."
    )
    note: str
    recorded_at: datetime = Field(description="When it became known.")


class EventsAnswer(Answer):
    """Events by their first day."""

    events: list[EventAnswer]


class EventsTaken(Answer):
    """What became of the events sent."""

    events: int = Field(description="Events that were read.")
    changed: int = Field(description="Those that were new or said something new; 0 if all was known already.")


@blueprint.get("/events")
@blueprint.input(EventsQuery, location="query", arg_name="query")
@blueprint.output(EventsAnswer)
@requires("events.read")
def events(query: EventsQuery) -> Response:
    """Events that concern the places of this key, as known now or at `as_of`.

    Those of a place whose publication is stopped are left out.
    """
    place = context.visible(query.place) if query.place else None
    known = context.store().events.seen(context.scope(), as_of=query.as_of or context.now())
    told = context.told()
    whole = context.store().places.all()
    rows = [_row(event, whole) for event in known if not (event.place and told.withholds(event.place))]
    seen = [row for row in rows if _within(row, query) and (place is None or _concerns(row, place.id))]
    return json_response(EventsAnswer(events=seen))


def _row(event: Event, whole: Places) -> EventAnswer:
    register = context.register()
    own = {place.id for place in register.crossings}
    concerned = {one.place for one in by_crossing([event], whole)}
    crossings = sorted(own if None in concerned else own & {place for place in concerned if place})
    return EventAnswer(
        id=event.id,
        kind=event.kind,
        first=event.first,
        last=event.first if event.kind == "opening" else event.last,
        place=event.place if event.place in register else None,
        crossings=crossings,
        multiple=event.multiple,
        note=event.note,
        recorded_at=event.recorded_at,
    )


def _within(row: EventAnswer, query: EventsQuery) -> bool:
    begun = query.last is None or row.first <= query.last
    return begun and (query.first is None or row.last is None or row.last >= query.first)


def _concerns(row: EventAnswer, place_id: str) -> bool:
    """Whether an event is of a place, or of a crossing that it is or holds."""
    register = context.register()
    return row.place == place_id or any(
        crossing == place_id or place_id in register.ancestors(crossing) for crossing in row.crossings
    )


@blueprint.post("/events")
@blueprint.input(Query, location="query", arg_name="query")
@blueprint.output(EventsTaken, 201, description="Registered; something in it was new.")
@blueprint.doc(responses=described(200, "Registered; all of it was known already.", _REGISTERED))
@requires("events.write")
def register(query: Query) -> Response:
    """Register events sent as JSON or CSV: whole, or refused whole with every reason by row and column.

    An event of an id that is known takes its place from now on; forecasts made before are not changed.
    """
    content, now = body(), context.now()
    scope = context.scope()
    desk = Desk(context.register(), context.store().events.known(as_of=now), now, scope.everything)
    read = read_events(content, name=TAKEN[request.mimetype], desk=desk)
    if isinstance(read, Refusal):
        _refuse([fault(reason) for reason in read.reasons])
    try:
        changed = context.store().events.put(read, at=now)
    except EventError as error:  # another request changed the register meanwhile
        _refuse([Fault(location="body", field=error.field, found=error.event, wanted=str(error))])
    context.audit("events.write", "events", events=[event.id for event in read[:100]], changed=changed)
    return json_response(EventsTaken(events=len(read), changed=changed), 201 if changed else 200)


def _refuse(faults: list[Fault]) -> NoReturn:
    detail = (
        "Nothing was registered. Correct what `errors` lists by row and column, and send all of it again."
    )
    refuse(422, REFUSED, detail, faults)
