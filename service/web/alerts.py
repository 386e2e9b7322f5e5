"""Alerts: what stands and what is over, seen to by planners of the place, muted for a time."""

from datetime import timedelta
from typing import NoReturn

from apiflask import APIBlueprint
from flask import Response, request
from pydantic import ValidationError

from service.alerts.telling import is_muted, tellable
from service.store.alerts import SERVICE, Sought
from service.store.errors import StoreError
from service.store.mail_records import Alert, Mute
from service.web import context
from service.web.alert_answers import (
    AlertAnswer,
    AlertsAnswer,
    AlertsQuery,
    MuteAnswer,
    MuteBody,
    MutesAnswer,
    NumberPath,
    UndeliveredAnswer,
)
from service.web.guard import requires
from service.web.problems import Fault, quoted, refuse, refuse_other_than_json, unknown_place
from service.web.queries import Query
from service.web.representation import json_response

blueprint = APIBlueprint("alerts", __name__, tag="Alerts")
LONGEST = timedelta(days=366)


@blueprint.get("/alerts")
@blueprint.input(AlertsQuery, location="query", arg_name="query")
@blueprint.output(AlertsAnswer)
@requires("alerts.read")
def alerts(query: AlertsQuery) -> Response:
    """Alerts about places of this key and about the service as a whole, newest first.

    Those of a place whose publication is stopped are left out. Operators also get the letters that did not
    arrive.
    """
    place = context.visible(query.place) if query.place else None
    sought = Sought(
        state=query.state,
        places=frozenset(_within(place.id)) if place is not None else None,
        kind=query.kind,
        since=query.since,
        without=context.told().withheld,
    )
    found = context.store().alerts.page(query.limit, context.scope(), sought=sought)
    shown = [one for alert in found if (one := tellable(alert, context.told())) is not None]
    register = context.register()
    near = [register[one.matter.place_id] for one in shown if one.matter.place_id in register]
    context.audit_short_horizon(list(dict.fromkeys(near)), alerts=len(shown))
    return json_response(AlertsAnswer(alerts=_answers(shown), undelivered=_undelivered()))


@blueprint.post("/alerts/<number>/acknowledge")
@blueprint.input(NumberPath, location="path", arg_name="path")
@blueprint.input(Query, location="query", arg_name="query")
@blueprint.output(AlertAnswer)
@requires("alerts.settle")
def acknowledge(number: str, path: NumberPath, query: Query) -> Response:
    """Note that somebody sees to an alert; the first who says so is kept. It stays open until it is over."""
    found = context.store().alerts.get(path.number, context.scope())
    if found is None or tellable(found, context.told()) is None:
        _nothing("alert", "number", "an alert that GET /v1/alerts lists for this key")
    _check_whole(found.matter.place_id)
    settled = context.store().alerts.acknowledge(path.number, at=context.now(), by=context.reader().key_id)
    context.audit("alerts.acknowledge", f"alert-{path.number}")
    answer = tellable(settled, context.told())
    assert answer is not None  # noqa: S101 - told a moment ago, and a stop leaves its subject in place
    return json_response(_answers([answer])[0])


@blueprint.get("/alerts/mutes")
@blueprint.input(Query, location="query", arg_name="query")
@blueprint.output(MutesAnswer)
@requires("alerts.read")
def mutes(query: Query) -> Response:
    """What is muted now at the places of this key."""
    held = context.store().alerts.mutes(context.scope(), now=context.now())
    return json_response(MutesAnswer(mutes=[MuteAnswer.of(number, one) for number, one in held.items()]))


@blueprint.post("/alerts/mutes")
@blueprint.input(Query, location="query", arg_name="query")
@blueprint.output(MuteAnswer, 201)
@requires("alerts.settle")
def mute(query: Query) -> Response:
    """Let no mail go out about a place, and what lies in it, until an instant. Alerts are listed as ever."""
    body = _body()
    place_id = _muted_place(body.place)
    _check_whole(place_id)
    now = context.now()
    if not now < body.until <= now + LONGEST:
        _refuse("until", body.until.isoformat(), "an instant ahead, by at most a year")
    new = Mute(place_id, body.kind or "", body.until, now, context.reader().key_id, body.reason)
    number = context.store().alerts.mute(new)
    context.audit("alerts.mute", f"mute-{number}", place=place_id, kind=new.kind)
    return json_response(MuteAnswer.of(number, new), 201)


@blueprint.delete("/alerts/mutes/<number>")
@blueprint.input(NumberPath, location="path", arg_name="path")
@blueprint.input(Query, location="query", arg_name="query")
@blueprint.output({}, 204, description="Mail goes out again from now on.")
@requires("alerts.settle")
def unmute(number: str, path: NumberPath, query: Query) -> Response:
    """Take a mute back. What was raised meanwhile is not mailed afterwards."""
    held = context.store().alerts.mutes(context.scope(), now=context.now())
    if path.number not in held:
        _nothing("mute", "number", "a mute that GET /v1/alerts/mutes lists for this key")
    _check_whole(held[path.number].place_id)
    try:
        context.store().alerts.unmute(path.number)
    except StoreError:  # another request was faster: it is as asked
        return Response(status=204)
    context.audit("alerts.unmute", f"mute-{path.number}")
    return Response(status=204)


def _within(place_id: str) -> list[str]:
    """A place and what lies in it, of those that this key sees."""
    register = context.register()
    return [one.id for one in register if one.id == place_id or place_id in register.ancestors(one.id)]


def _answers(shown: list[Alert]) -> list[AlertAnswer]:
    muted = context.store().alerts.mutes(now=context.now()).values()
    whole, register = context.store().places.all(), context.register()
    return [AlertAnswer.of(one, register, muted=is_muted(one.matter, muted, whole)) for one in shown]


def _undelivered() -> list[UndeliveredAnswer] | None:
    if not context.reader().may("mail.read"):
        return None
    return [UndeliveredAnswer.of(one) for one in context.store().outbox.troubled()]


def _check_whole(place_id: str) -> None:
    """End the request with 403 where the service as a whole is meant and the key is a planner's."""
    if place_id == SERVICE and not context.reader().may("mail.read"):
        refuse(403, "Not of a region", "What concerns the service as a whole is seen to by its operator.")


def _muted_place(named: str | None) -> str:
    if named is None:
        return SERVICE
    if named not in context.register():
        unknown_place(location="body")
    return named


def _body() -> MuteBody:
    refuse_other_than_json()
    try:
        return MuteBody.model_validate_json(request.get_data(cache=False))
    except ValidationError as error:
        faults = [
            Fault(
                location="body",
                field=quoted(str(fault["loc"][0])) if fault["loc"] else None,
                wanted=fault["msg"].removeprefix("Value error, "),
            )
            for fault in error.errors(include_url=False, include_context=False, include_input=False)
        ]
        refuse(
            422, "Refused mute", "Nothing was muted. Correct what `errors` lists, and send it again.", faults
        )


def _refuse(field: str, found: str, wanted: str) -> NoReturn:
    fault = Fault(location="body", field=field, found=found, wanted=wanted)
    refuse(422, "Refused mute", f"Nothing was muted: {field} must be {wanted}.", [fault])


def _nothing(thing: str, field: str, wanted: str) -> NoReturn:
    fault = Fault(location="path", field=field, wanted=wanted)
    refuse(404, f"No such {thing}", f"This key sees no such {thing}; {field} must be {wanted}.", [fault])
