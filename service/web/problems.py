"""Errors as RFC 9457 problems: one shape for all, with field and remedy, never a trace or a secret."""

from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

import structlog
from apiflask import APIFlask, HTTPError
from flask import Response, g, request
from pydantic import BaseModel, Field, ValidationError
from werkzeug.exceptions import HTTPException
from werkzeug.http import HTTP_STATUS_CODES

from service.access import KEY_MARK
from service.store import StoreBusy, StoreFull

MEDIA_TYPE = "application/problem+json"
_SHOWN = 80
log = structlog.get_logger("arrivals.web")
_ADVICE = {
    400: "The request could not be read; check its syntax and its encoding (UTF-8).",
    401: "Send a valid key as `Authorization: Bearer KEY`; operators make them with `arrivals keys create`.",
    403: "This key's role may not do this; ask an operator for a key of another role.",
    404: "There is nothing here; GET /openapi.json lists what there is.",
    405: "This route does not take that method; the Allow header names those it takes.",
    406: "No such form is offered; ask for application/json or, where a route has it, text/csv.",
    413: "The request is larger than the service takes; send it in parts.",
    415: "Send application/json or text/csv, encoded in UTF-8 and uncompressed.",
    429: "Too many requests for this key or address; wait as long as Retry-After says.",
    503: "Another process is writing for longer than a request waits; try again in half a minute.",
    507: "The service's disk is full and nothing was written; its operator has to free some space.",
    500: "The service failed; the log holds the reason under this answer's X-Request-Id.",
}


class Fault(BaseModel):
    """One thing that is wrong: where it stands, what was found and what was wanted."""

    location: str = Field(serialization_alias="in", description="query, path, header or body.")
    field: str | None = Field(None, description="The parameter or the column; null for the whole.")
    row: int | None = Field(
        None, description="The row of an upload, from 1 below the header; 0 is the file itself."
    )
    found: str | None = Field(None, description="What was found.")
    wanted: str = Field(description="What would be right.")


class Problem(BaseModel):
    """An error, after RFC 9457."""

    type: str = Field("about:blank", description="A URI that names the kind of problem.")
    title: str = Field(description="The kind of problem in a few words.")
    status: int = Field(description="The HTTP status code.")
    detail: str = Field(description="What happened and what to do about it.")
    errors: tuple[Fault, ...] = Field((), description="Every single thing that is wrong.")


class RefusedError(HTTPError):
    """Ends a request with a problem of its own kind."""

    def __init__(self, status: int, kind: str, detail: str, errors: Sequence[Fault] = ()):
        super().__init__(status, kind, detail)
        self.errors = tuple(errors)


def refuse(status: int, kind: str, detail: str, errors: Sequence[Fault] = ()) -> NoReturn:
    """End the request with a problem; `kind` in a few words becomes its title and type."""
    raise RefusedError(status, kind, detail, errors)


def unknown_place(field: str = "place", location: str = "query") -> NoReturn:
    """What is out of scope is answered like what does not exist: nothing here depends on which it was."""
    wanted = "a place that GET /v1/places lists for this key"
    fault = Fault(location=location, field=field, wanted=wanted)
    refuse(404, "No such place", f"This key sees no such place; {field} must be {wanted}.", [fault])


def refuse_other_than_json() -> None:
    """End the request with 415 unless its body is plain JSON."""
    if request.mimetype != "application/json" or "Content-Encoding" in request.headers:
        wanted = "application/json, in UTF-8 and uncompressed"
        wrong = Fault(location="header", field="Content-Type", wanted=wanted)
        refuse(415, "Unsupported media type", f"Send {wanted}.", [wrong])


def problem_response(problem: Problem, headers: Any = ()) -> Response:
    """The problem as an answer that nobody may store."""
    body = problem.model_dump_json(by_alias=True, exclude_defaults=False) + "\n"
    response = Response(body, problem.status, mimetype=MEDIA_TYPE)
    for name, value in dict(headers).items():
        if name.lower() in {"allow", "retry-after", "www-authenticate"}:
            response.headers[name] = value
    response.headers["Cache-Control"] = "no-store"
    return response


def register_problems(app: APIFlask) -> None:
    """The one registration of error answers: refusals, validation, routing, limits and failures alike."""

    @app.error_processor
    def answer(error: HTTPError) -> Response:
        return problem_response(_problem(error), error.headers)

    @app.errorhandler(StoreBusy)
    def answer_busy(error: StoreBusy) -> Response:
        return problem_response(plain_problem(503), {"Retry-After": "30"})

    @app.errorhandler(StoreFull)
    def answer_full(error: StoreFull) -> Response:
        log.error("disk full", request_id=g.get("request_id"))
        return problem_response(plain_problem(507))

    @app.errorhandler(HTTPException)
    def answer_http(error: HTTPException) -> Response:
        status = error.code or 500
        return problem_response(plain_problem(status), error.get_headers())


def _problem(error: HTTPError) -> Problem:
    if isinstance(error.__cause__, ValidationError):
        return _invalid(error.__cause__)
    if isinstance(error, RefusedError):
        slug = error.message.lower().replace(" ", "-") if error.message else "refused"
        return Problem(
            type=f"urn:arrivals:problem:{slug}",
            title=str(error.message),
            status=error.status_code,
            detail=str(error.detail),
            errors=error.errors,
        )
    return plain_problem(error.status_code)


def plain_problem(status: int) -> Problem:
    """The problem of a status code that needs no more words."""
    title = HTTP_STATUS_CODES.get(status, "Error")
    return Problem(title=title, status=status, detail=_ADVICE.get(status, f"The request failed: {title}."))


def _invalid(error: ValidationError) -> Problem:
    # one fault a field: a list with a wrong item is also reported as too short
    faults = tuple({fault.field: fault for fault in reversed(list(_faults(error)))}.values())[::-1]
    named = ", ".join(sorted({fault.field or "the query" for fault in faults}))
    return Problem(
        type="urn:arrivals:problem:invalid-query",
        title="Invalid query",
        status=422,
        detail=f"Correct {named}; `errors` says how.",
        errors=faults,
    )


def _faults(error: ValidationError) -> Iterable[Fault]:
    for fault in error.errors(include_url=False, include_context=False):
        name = quoted(str(fault["loc"][0])) if fault["loc"] else None
        if fault["type"] == "extra_forbidden":
            yield Fault(
                location="query", field=name, wanted="no parameter of that name; GET /openapi.json lists all"
            )
        elif fault["type"] == "missing":
            yield Fault(location="query", field=name, wanted="a value; this parameter is required")
        else:
            yield Fault(location="query", field=name, found=_found(name), wanted=_wanted(fault["msg"]))


def _wanted(message: str) -> str:
    message = message.removeprefix("Value error, ").removeprefix("Input should be ")
    return message[:1].lower() + message[1:]


def _found(name: str | None) -> str | None:
    value = request.args.get(name or "")
    return None if value is None else quoted(value)


def quoted(text: str) -> str:
    """A piece of a request that an answer may repeat: short, and not a key that stands in the wrong place."""
    return "(a key)" if KEY_MARK in text else text[:_SHOWN]
