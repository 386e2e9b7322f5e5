"""The web application: answers from the store, computes nothing that an issue could have stored."""

from importlib.metadata import version

import structlog
from apiflask import APIFlask
from flask import Response, g, request

from service.settings import Settings
from service.store import Store
from service.web import (
    alerts,
    capacities,
    context,
    docs,
    events,
    exceedance,
    explanation,
    forecasts,
    health,
    issues,
    metrics,
    observations,
    overrides,
    places,
    plan_changes,
    plans,
    quality,
    reports,
    scenarios,
    scores,
    start,
)
from service.web.guard import open_to_all, register_guard
from service.web.headers import register_headers
from service.web.openapi import register_openapi
from service.web.problems import register_problems
from service.web.representation import tagged

V1 = (
    places,
    observations,
    forecasts,
    explanation,
    exceedance,
    scores,
    issues,
    quality,
    events,
    capacities,
    plans,
    plan_changes,
    scenarios,
    overrides,
    alerts,
    reports,
)
BESIDE = (health, metrics, start, docs)
log = structlog.get_logger("arrivals.web")


class App(APIFlask):
    """The application; a failure is logged as an event, without the values that caused it."""

    def log_exception(self, exc_info: object) -> None:
        """Log where a request failed: file, line and kind, not the message, which may quote a value."""
        error = exc_info[1] if isinstance(exc_info, tuple) else None
        log.error(
            "request failed",
            request_id=g.get("request_id"),
            error=type(error).__name__,
            trace=_trace(error),
        )


def create_app(store: Store, settings: Settings) -> APIFlask:
    """The application that answers from this store under these settings."""
    app = App(__name__, title="Border arrivals", version=version("arrivals"), docs_path=None)
    app.config.update(
        PROPAGATE_EXCEPTIONS=False,
        MAX_FORM_MEMORY_SIZE=65_536,
        MAX_FORM_PARTS=10,
    )
    context.wire(app, store, settings)
    register_headers(app)
    metrics.register_metrics(app)
    register_guard(app)
    register_problems(app)
    register_openapi(app)
    app.after_request(_tag)
    for module in V1:
        app.register_blueprint(module.blueprint, url_prefix="/v1")
    for module in BESIDE:
        app.register_blueprint(module.blueprint)
    open_to_all(app.view_functions["openapi.spec"])
    return app


def _tag(response: Response) -> Response:
    return tagged(response) if g.get("principal") and request.path.startswith("/v1/") else response


def _trace(error: BaseException | None) -> list[str]:
    frames = []
    at = error.__traceback__ if error else None
    while at is not None:
        frames.append(f"{at.tb_frame.f_code.co_filename}:{at.tb_lineno}")
        at = at.tb_next
    return frames[-12:]
