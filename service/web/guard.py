"""The gate in front of every route: who asks, may they, how often; and the log line behind it."""

import time
from collections.abc import Callable
from typing import Any, TypeVar, cast
from uuid import uuid4

import structlog
from apiflask import APIFlask
from flask import Response, current_app, g, request
from flask_limiter import Limiter

from service.access import Action, Principal, authenticate
from service.web import context
from service.web.problems import Fault, plain_problem, problem_response, quoted, refuse

View = TypeVar("View", bound=Callable[..., Any])
OPEN = "open"
SMALL_BODY = 65_536
LARGE_BODIES = {"observations.write", "capacities.write"}
log = structlog.get_logger("arrivals.web")


def requires(action: Action) -> Callable[[View], View]:
    """Mark a view with what its reader must be allowed to do."""
    return _marked(action)


def open_to_all(view: View) -> View:
    """Mark a view that needs no key; it must hold no counts."""
    return _marked(OPEN)(view)


def _marked(action: str) -> Callable[[View], View]:
    def mark(view: View) -> View:
        view.action = action  # type: ignore[attr-defined]
        return view

    return mark


def action_of(app: Any, endpoint: str | None) -> str | None:
    """What a route asks for: an action, `open`, or None for a route nobody marked, which is closed."""
    if endpoint == "static":
        return OPEN
    return cast(str | None, getattr(app.view_functions.get(endpoint), "action", None))


def register_guard(app: APIFlask) -> None:
    """Set the limits, the gate and the access log before every route; what nobody marked stays shut."""
    app.before_request(_begin)
    app.after_request(_without_needless_wait)
    limiter = Limiter(
        _bucket,
        app=app,
        application_limits=[context.wiring_of(app).settings.rate_limit],
        storage_uri="memory://",
        headers_enabled=True,
    )
    limiter.request_filter(lambda: request.endpoint in {"static", "health.healthz", "health.readyz"})
    app.before_request(_admit)
    app.before_request(_refuse_repeated)
    app.after_request(_log)


def _begin() -> None:
    g.began = time.perf_counter()
    g.request_id = uuid4().hex
    header = request.headers.get("Authorization")
    g.principal = authenticate(context.store(), header, now=context.now()) if header else None
    uploads = action_of(current_app, request.endpoint) in LARGE_BODIES
    request.max_content_length = context.wiring().settings.upload_bytes if uploads else SMALL_BODY


def _admit() -> Response | None:
    if request.endpoint is None:
        return None  # no such route: 404 or 405 follows, and tells nothing
    action = action_of(current_app, request.endpoint)
    if action == OPEN:
        return None
    if g.principal is None:
        challenge = 'Bearer realm="arrivals"'
        return problem_response(plain_problem(401), {"WWW-Authenticate": challenge})
    if action is None or not g.principal.may(cast(Action, action)):
        return problem_response(plain_problem(403))
    return None


def _bucket() -> str:
    principal = cast(Principal | None, g.get("principal"))
    return principal.key_id if principal else f"address {request.remote_addr}"


def _refuse_repeated() -> None:
    for name, values in request.args.lists():
        if len(values) > 1:
            wanted = "the parameter once; separate several values by commas"
            fault = Fault(location="query", field=quoted(name), wanted=wanted)
            refuse(
                422,
                "Invalid query",
                f"Send {quoted(name)} once; several values are separated by commas.",
                [fault],
            )


def _without_needless_wait(response: Response) -> Response:
    if response.status_code not in {429, 503}:
        response.headers.pop("Retry-After", None)
    return response


def _log(response: Response) -> Response:
    rule = request.url_rule.rule if request.url_rule else "no such route"
    principal = cast(Principal | None, g.get("principal"))
    response.headers["X-Request-Id"] = g.get("request_id", "")
    # the rule and not the address asked for: what a caller put into it by mistake may be a key
    log.info(
        "request",
        request_id=g.get("request_id"),
        method=request.method,
        route=rule,
        status=response.status_code,
        milliseconds=round(1000 * (time.perf_counter() - g.get("began", time.perf_counter())), 1),
        key=principal.key_id if principal else None,
        address=request.remote_addr,
    )
    return response
