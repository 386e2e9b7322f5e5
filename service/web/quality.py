"""Remarks on accepted counts: what a planner should know before trusting them."""

from datetime import timedelta

from apiflask import APIBlueprint
from flask import Response

from service.ingest.quality import AFTER, BEFORE
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
    `detail` is null where one of the counts compared is too small to tell.
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
    hidden = _small(flag)
    return answers.QualityRow(
        place=flag.place_id,
        level=context.visible(flag.place_id).level,
        measure=flag.measure,
        date=flag.date,
        kind=flag.kind,
        detail=None if hidden else flag.detail,
        raised_at=flag.raised_at,
        suppressed=hidden,
    )


def _small(flag: QualityFlag) -> bool:
    """Whether a count is not told of those that a remark compares: four weeks before, two after."""
    first, last = flag.date - timedelta(days=BEFORE), flag.date + timedelta(days=AFTER - 1)
    return context.told().small.hides_any(flag.measure, flag.place_id, first, last)
