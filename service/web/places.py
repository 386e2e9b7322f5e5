"""The register: the places a key sees, and what is counted."""

from apiflask import APIBlueprint
from flask import Response

from service.web import answers, context
from service.web.guard import requires
from service.web.queries import Query
from service.web.representation import json_response

blueprint = APIBlueprint("places", __name__, tag="Places and counts")


@blueprint.get("/places")
@blueprint.input(Query, location="query", arg_name="query")
@blueprint.output(answers.PlacesAnswer)
@requires("places.read")
def places(query: Query) -> Response:
    """The places this key sees, and the measures."""
    register = context.register()
    seen = [
        answers.PlaceAnswer(
            **answers.PlaceRef.of(place, register).model_dump(),
            parent=place.parent if place.parent in register else None,
            country=place.country,
            neighbour=place.neighbour,
            capacity=place.capacity,
        )
        for place in register
    ]
    measures = [answers.MeasureAnswer(id=one.id, unit=one.unit) for one in context.store().measures()]
    return json_response(answers.PlacesAnswer(places=seen, measures=measures))
