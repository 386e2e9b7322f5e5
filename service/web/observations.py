"""Counts: read as known at an instant, and taken in whole or refused whole."""

from datetime import timedelta

from apiflask import APIBlueprint
from flask import Response, request

from service.ingest import Delivery, audit, receive
from service.published import observed
from service.published.observed import ObservedDay
from service.store.records import Reason, Upload
from service.web import answers, asked, context
from service.web.guard import requires
from service.web.problems import Fault, refuse
from service.web.queries import LATEST, ObservationsQuery, UploadQuery, default_first
from service.web.representation import asked_format, csv_response, described, json_response

blueprint = APIBlueprint("observations", __name__, tag="Places and counts")
_COLUMNS = ("place", "level", "time_zone", "date", "value", "status", "complete", "recorded_at", "suppressed")
_DAYS_AT_FIRST = 366
_UPLOADED = {"$ref": "#/components/schemas/UploadAnswer"}
TAKEN = {"application/json": "upload.json", "text/csv": "upload.csv"}


@blueprint.get("/observations")
@blueprint.input(ObservationsQuery, location="query", arg_name="query")
@blueprint.output(answers.ObservationsAnswer)
@requires("observations.read")
def observations(query: ObservationsQuery) -> Response:
    """Counts, as known now or at `as_of`.

    A region's and a country's count is the sum of its crossings' counts; `complete` says whether all
    of them are in it. Without `first`, the last 366 days up to `last`.
    """
    wanted = asked_format(query.format)
    place_id = context.visible(query.place).id if query.place else None
    measure = asked.measure_named(query.measure)
    as_of = query.as_of or context.now()
    last = query.last or min(LATEST, as_of.date() + timedelta(days=1))  # east of UTC the day is further
    counts = context.store().observations.read(
        context.scope(),
        place_id=place_id,
        measure=measure.id,
        first=query.first or default_first(last, _DAYS_AT_FIRST),
        last=last,
        as_of=as_of,
        limit=query.limit + 1,
    )
    rows = [_row(count) for count in observed.told(counts.head(query.limit), measure.id, context.hearer())]
    if wanted == "csv":
        head = {"measure": measure.id, "unit": measure.unit}
        return csv_response((*_COLUMNS, "measure", "unit"), (head | dict(row) for row in rows))
    return json_response(
        answers.ObservationsAnswer(
            measure=measure.id,
            unit=measure.unit,
            as_of=query.as_of,
            observations=rows,
            more=len(counts) > query.limit,
        )
    )


def _row(count: ObservedDay) -> answers.ObservationRow:
    place = context.visible(count.place)
    return answers.ObservationRow(
        level=place.level,
        time_zone=place.time_zone,
        **{name: getattr(count, name) for name in _COLUMNS if name not in {"level", "time_zone"}},
    )


@blueprint.post("/observations")
@blueprint.input(UploadQuery, location="query", arg_name="query")
@blueprint.output(answers.UploadAnswer, 201, description="Taken in; something in it was new.")
@blueprint.doc(responses=described(200, "Taken in; all of it was known already.", _UPLOADED))
@requires("observations.write")
def upload(query: UploadQuery) -> Response:
    """Take in counts as JSON or CSV: whole, or refused whole with every reason by row and column.

    A reporter's key takes counts of its own crossings only. Sending the same counts twice changes
    nothing; a corrected count is stored beside the old one.
    """
    content = body()
    delivery = Delivery(
        name=TAKEN[request.mimetype],
        source=query.source or "api",
        now=context.now(),
        allowed=_allowed(),
        largest=context.wiring().settings.upload_bytes,
    )
    taken = receive(context.store(), content, delivery).upload
    audit(context.store(), taken, actor=context.reader().key_id, now=delivery.now)
    if taken.state == "refused":
        _refuse(taken)
    answer = answers.UploadAnswer(
        id=taken.id, received_at=taken.received_at, source=taken.source, rows=taken.rows, stored=taken.stored
    )
    return json_response(answer, 201 if taken.stored else 200)


def body() -> bytes:
    """The rows sent, as CSV or JSON; ends the request with 415 for anything else."""
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    if (
        request.mimetype not in TAKEN
        or charset not in {"utf-8", "utf8"}
        or "Content-Encoding" in request.headers
    ):
        wanted = "application/json or text/csv, in UTF-8 and uncompressed"
        wrong = Fault(location="header", field="Content-Type", wanted=wanted)
        refuse(415, "Unsupported media type", f"Send {wanted}.", [wrong])
    return request.get_data(cache=False)


def _allowed() -> frozenset[str] | None:
    scope = context.scope()
    return None if scope.everything else context.store().places.scope_ids(scope)


def _refuse(taken: Upload) -> None:
    detail = "Nothing was stored. Correct what `errors` lists by row and column, and send all of it again."
    refuse(422, "Refused counts", detail, [fault(reason) for reason in taken.reasons])


def fault(reason: Reason) -> Fault:
    """A reason against a row, as a problem tells it."""
    return Fault(
        location="body", field=reason.column, row=reason.row, found=reason.found, wanted=reason.wanted
    )
