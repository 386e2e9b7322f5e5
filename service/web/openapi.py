"""The OpenAPI document made whole: who may call what, every error's shape, lists with commas, other forms."""

from typing import Any, cast

from apiflask import APIFlask
from werkzeug.http import HTTP_STATUS_CODES

from forecast.events import KINDS, LARGEST_MULTIPLE
from forecast.panel import STATUSES
from service.access import MAY, Action
from service.ingest.events import LONGEST_NOTE
from service.plans.files import XLSX_MEDIA
from service.web.alert_answers import mute_body
from service.web.capacity_schema import BODY
from service.web.guard import OPEN, action_of
from service.web.overrides import BODY as OVERRIDE
from service.web.problems import MEDIA_TYPE, Fault, Problem
from service.web.purpose import PURPOSE
from service.web.scenario_schema import BODY as SCENARIO

Spec = dict[str, Any]
_TABLES = {
    "/v1/forecasts",
    "/v1/forecasts/evolution",
    "/v1/forecasts/explanation",
    "/v1/exceedance",
    "/v1/observations",
    "/v1/scores",
    "/v1/plan/waits",
    "/v1/plan/staff",
    "/v1/plan/beds",
    "/v1/plan/changes",
    "/v1/plan/day",
}
_BINARY = {"schema": {"type": "string", "contentMediaType": XLSX_MEDIA}}
_REF = "#/components/schemas/{model}"


def register_openapi(app: APIFlask) -> None:
    """Describe the app and complete its document."""
    app.config.update(
        AUTO_SERVERS=False,  # the address asked for would be cached for everyone: a caller could poison it
        AUTO_OPERATION_ID=True,
        AUTO_404_RESPONSE=False,
        AUTO_VALIDATION_ERROR_RESPONSE=False,
        AUTO_AUTH_ERROR_RESPONSE=False,
        SERVERS=[{"url": "/"}],
        DESCRIPTION=PURPOSE,
        SECURITY_SCHEMES={"key": {"type": "http", "scheme": "bearer"}},
    )

    @app.spec_processor
    def complete(document: Spec | str) -> Spec | str:
        return _completed(app, cast(Spec, document))


def _completed(app: APIFlask, document: Spec) -> Spec:
    schemas = document["components"].setdefault("schemas", {})
    schemas["Fault"] = Fault.model_json_schema(mode="serialization", ref_template=_REF)
    schemas["Problem"] = Problem.model_json_schema(mode="serialization", ref_template=_REF)
    schemas["Problem"].pop("$defs", None)
    _several_forecasts(document)
    document["tags"] = list({tag["name"]: tag for tag in document["tags"]}.values())
    for path, operations in document["paths"].items():
        for operation in operations.values():
            _complete(app, path, operation)
    document["paths"]["/v1/observations"]["post"]["requestBody"] = _UPLOAD
    document["paths"]["/v1/events"]["post"]["requestBody"] = _EVENTS
    document["paths"]["/v1/capacities"]["put"]["requestBody"] = BODY
    document["paths"]["/v1/scenarios"]["post"]["requestBody"] = SCENARIO
    document["paths"]["/v1/overrides"]["post"]["requestBody"] = OVERRIDE
    document["paths"]["/v1/alerts/mutes"]["post"]["requestBody"] = mute_body()
    return document


def _complete(app: APIFlask, path: str, operation: Spec) -> None:
    endpoint = operation["operationId"].split("_", 1)[1].replace("_", ".", 1)
    action = action_of(app, endpoint)
    if action != OPEN:
        roles = sorted(MAY[cast(Action, action)])
        operation["security"] = [{"key": []}]
        operation["x-roles"] = roles
        operation["description"] = _sentence(operation, f"Roles: {', '.join(roles)}.")
    for parameter in operation.get("parameters", ()):
        _settle_parameter(parameter)
    for status in _statuses(path, operation, open_to_all=action == OPEN):
        operation["responses"].setdefault(str(status), _problem(status))
    if path in _TABLES and "get" in operation["operationId"].split("_")[0]:
        operation["responses"]["200"]["content"]["text/csv"] = {"schema": {"type": "string"}}
    if path == "/v1/plan/day":
        operation["responses"]["200"]["content"][XLSX_MEDIA] = _BINARY


def _sentence(operation: Spec, more: str) -> str:
    return f"{operation.get('description', '')}\n\n{more}".strip()


def _settle_parameter(parameter: Spec) -> None:
    """Lists are separated by commas, and a parameter left out is not a null."""
    schema = parameter["schema"]
    kinds = [kind for kind in schema.pop("anyOf", ()) if kind.get("type") != "null"]
    if len(kinds) == 1:
        schema.update(kinds[0])
        if schema.get("default", ...) is None:
            del schema["default"]
    if schema.get("type") == "array":
        parameter |= {"style": "form", "explode": False}
    if "description" in schema:
        parameter["description"] = schema.pop("description")


def _statuses(path: str, operation: Spec, *, open_to_all: bool) -> list[int]:
    found = [422, 429, 500, 503]
    if not open_to_all:
        found += [401, 403]
    if path.startswith("/v1"):
        found += [404]
    if path in _TABLES:
        found += [406]
    if operation["operationId"].startswith(("post_", "put_")):
        found += [400, 413, 415]
    return sorted(found)


def _problem(status: int) -> Spec:
    return {"description": HTTP_STATUS_CODES[status], "content": {MEDIA_TYPE: {"schema": _ref("Problem")}}}


def _ref(name: str) -> Spec:
    return {"$ref": f"#/components/schemas/{name}"}


def _several_forecasts(document: Spec) -> None:
    """One place answers with its forecast, several with a list of them."""
    several = {"type": "array", "items": _ref("ForecastAnswer")}
    document["components"]["schemas"]["ForecastsAnswer"] = {
        "type": "object",
        "title": "ForecastsAnswer",
        "properties": {"answers": several},
        "required": ["answers"],
    }
    answer = document["paths"]["/v1/forecasts"]["get"]["responses"]["200"]["content"]["application/json"]
    answer["schema"] = {"anyOf": [_ref("ForecastAnswer"), _ref("ForecastsAnswer")]}


_COUNT: Spec = {"type": ["number", "null"], "minimum": 0, "maximum": 1_000_000_000}
_UPLOADED_ROW: Spec = {
    "type": "object",
    "required": ["crossing", "date"],
    "properties": {
        "crossing": {"type": "string", "description": "Id of a registered crossing."},
        "date": {"type": "string", "format": "date", "description": "The local civil day."},
        "arrivals": _COUNT,
        "departures": _COUNT,
        "status": {"type": "string", "enum": list(STATUSES), "default": "reported"},
        "source": {"type": "string"},
    },
}
_UPLOAD: Spec = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "required": ["observations"],
                "additionalProperties": False,
                "properties": {"observations": {"type": "array", "minItems": 1, "items": _UPLOADED_ROW}},
            },
            "example": {"observations": [{"crossing": "syrym", "date": "2022-09-26", "arrivals": 5210}]},
        },
        "text/csv": {
            "schema": {"type": "string"},
            "example": "crossing,date,arrivals,status\nsyrym,2022-09-26,5210,reported\n",
        },
    },
}
_EVENT: Spec = {
    "type": "object",
    "required": ["id", "kind", "first"],
    "additionalProperties": False,
    "properties": {
        "id": {"type": "string", "pattern": "^[a-z0-9][a-z0-9_-]{0,63}$"},
        "kind": {"type": "string", "enum": list(KINDS)},
        "first": {"type": "string", "format": "date"},
        "last": {"type": ["string", "null"], "format": "date", "description": "Null while no end is known."},
        "place": {"type": ["string", "null"], "description": "A place's id; null for everywhere."},
        "multiple": {"type": ["number", "null"], "exclusiveMinimum": 0, "maximum": LARGEST_MULTIPLE},
        "note": {"type": ["string", "null"], "maxLength": LONGEST_NOTE},
        "recorded_at": {"type": ["string", "null"], "format": "date-time", "description": "By default now."},
    },
}
_EVENTS: Spec = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "required": ["events"],
                "additionalProperties": False,
                "properties": {"events": {"type": "array", "minItems": 1, "items": _EVENT}},
            },
            "example": {
                "events": [
                    {"id": "kairak-repairs", "kind": "closure", "first": "2022-10-01", "place": "kairak"}
                ]
            },
        },
        "text/csv": {
            "schema": {"type": "string"},
            "example": "id,kind,first,last,place\nkairak-repairs,closure,2022-10-01,2022-10-09,kairak\n",
        },
    },
}
