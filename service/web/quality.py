"""Remarks on accepted counts: what a planner should know before trusting them."""

from apiflask import APIBlueprint
from flask import Response

from service.store.records import QualityFlag
from service.web import answers, asked, context
from service.web.guard import requires
from service.web.queries import QualityQuery
from service.web.representation import json_response

blueprint = APIBlueprint("quality", __name__, tag="Places and counts")


@blueprint.get("/quality")
@blueprint.input(QualityQuery, location="query", arg_name="query")
@blueprint.output(answers.QualityAnswer)
@requires("quality.read")
def quality(query: QualityQuery) -> Response:
    """Remarks on accepted counts, newest first: lasting jumps, changes of definition.

    Those on a place whose publication is stopped are left out: that counts jumped, and when, is told by them.
    """
    place_id = context.visible(query.place).id if query.place else None
    measure = asked.measure_named(query.measure)
    flags = context.store().quality(
        context.scope(),
        place_id=place_id,
        measure=measure.id,
        days=(query.first, query.last),
        limit=query.limit,
    )
    told = context.told()
    rows = [_row(flag) for flag in flags if not told.withholds(flag.place_id)]
    return json_response(answers.QualityAnswer(flags=rows))


def _row(flag: QualityFlag) -> answers.QualityRow:
    return answers.QualityRow(
        place=flag.place_id,
        level=context.visible(flag.place_id).level,
        measure=flag.measure,
        date=flag.date,
        kind=flag.kind,
        detail=flag.detail,
        raised_at=flag.raised_at,
        suppressed=False,
    )
