"""The weekly report as it would go out now: to be looked at, with nobody written to."""

from typing import Annotated

from apiflask import APIBlueprint
from flask import Response
from pydantic import AfterValidator, Field

from forecast.places import Place
from service.languages import SOURCE, language, languages
from service.reports.contents import Report
from service.reports.preview import MEDIA, Form, preview, week_of
from service.reports.reading import report_of
from service.reports.sources import NoReportError
from service.web import context
from service.web.guard import requires
from service.web.headers import styled_within
from service.web.problems import Fault, refuse
from service.web.queries import Name, Query
from service.web.representation import Described

blueprint = APIBlueprint("reports", __name__, tag="Reports")
_FORMS: Described = {
    200: {
        "description": "The report.",
        "content": {media: {"schema": {"type": "string"}} for media in MEDIA.values()},
    }
}


def _spoken(code: str) -> str:
    if code not in languages():
        raise ValueError(f"one of {', '.join(languages())}")
    return code


LanguageCode = Annotated[str, Field(pattern="^[a-z]{2}$"), AfterValidator(_spoken)]


class PreviewQuery(Query):
    """Whose report, in which language and form."""

    place: Name = Field(description="A region or country by id.")
    language: LanguageCode = Field(
        SOURCE, description="Language of the report: en, or one of the catalogues."
    )
    form: Form = Field("html", description="html, text, pdf, or eml for the whole mail.")


@blueprint.get("/reports/preview")
@blueprint.input(PreviewQuery, location="query", arg_name="query")
@blueprint.doc(responses=_FORMS)
@requires("reports.read")
def preview_report(query: PreviewQuery) -> Response:
    """The weekly report of a region or country as it would go out now, from the latest issue.

    It tells what a reader without clearance for small counts is told. Nobody is written to.
    """
    report = _report(context.visible(query.place))
    shown = [context.register()[one.place.id] for one in report.forecasts]
    context.audit_short_horizon(shown, issue=report.issue.id, report=report.week)
    made = preview(report, language(query.language), query.form)
    response = Response(made.content, mimetype=made.media)
    disposition = "inline" if query.form in {"html", "text"} else "attachment"
    response.headers["Content-Disposition"] = f'{disposition}; filename="{made.name}"'
    return styled_within(response) if query.form == "html" else response


def _report(place: Place) -> Report:
    """The place's report of this week. Ends with 404 for a crossing, or before the first issue."""
    now = context.now()
    try:
        return report_of(
            context.store(), context.wiring().settings, place.id, week_of(now, place.time_zone), now=now
        )
    except NoReportError as error:
        message = str(error)
        fault = Fault(
            location="query", field="place", wanted="a region or country of which forecasts were issued"
        )
        refuse(404, "No such report", message[:1].upper() + message[1:], [fault])
