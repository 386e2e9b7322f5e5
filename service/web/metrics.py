"""Figures for the operator's monitoring, in Prometheus' text form."""

import time
from collections.abc import Iterable
from typing import cast

from apiflask import APIBlueprint, APIFlask
from flask import Response, current_app, g, request
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from service.web import context
from service.web.guard import requires
from service.web.health import issue_age, job_ages
from service.web.queries import Query
from service.web.representation import described

_METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS"})
blueprint = APIBlueprint("metrics", __name__, tag="Operation")


class _Ages(Collector):
    """Ages of the last issue and of each job's last success, read when asked for."""

    def collect(self) -> Iterable[Metric]:
        now = context.now()
        issue = context.store().issues.latest()
        yield _gauge("arrivals_issue_age_seconds", "Seconds since the last issue.", issue_age(issue, now))
        degraded = None if issue is None else float(issue.degraded)
        yield _gauge("arrivals_issue_degraded", "1 if every series fell back to the baseline.", degraded)
        jobs = GaugeMetricFamily(
            "arrivals_job_last_success_seconds", "Seconds since a job's last success.", labels=["job"]
        )
        for job, age in job_ages(now).items():
            jobs.add_metric([job], age)
        yield jobs


class Meters:
    """The counters of one app."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        labels = ("method", "route", "status")
        self.requests = Counter("arrivals_requests", "Answered requests.", labels, registry=self.registry)
        self.seconds = Histogram(
            "arrivals_request_seconds", "Time to answer.", ("route",), registry=self.registry
        )
        self.registry.register(_Ages())

    def count(self, response: Response) -> Response:
        """Count an answered request."""
        route = request.url_rule.rule if request.url_rule else "none"
        method = request.method if request.method in _METHODS else "other"  # a caller may make names up
        self.requests.labels(method, route, str(response.status_code)).inc()
        self.seconds.labels(route).observe(time.perf_counter() - g.get("began", time.perf_counter()))
        return response


def register_metrics(app: APIFlask) -> None:
    """Count every request of this app."""
    meters = Meters()
    app.extensions["arrivals.meters"] = meters
    app.after_request(meters.count)


@blueprint.get("/metrics")
@blueprint.input(Query, location="query", arg_name="query")
@blueprint.doc(responses=described(200, "The figures.", {"type": "string"}, media="text/plain"))
@requires("metrics.read")
def metrics(query: Query) -> Response:
    """Requests, ages of the last issue and of each job's last success."""
    meters = cast(Meters, current_app.extensions["arrivals.meters"])
    text = generate_latest(meters.registry)
    return Response(text, content_type="text/plain; version=0.0.4; charset=utf-8")


def _gauge(name: str, text: str, value: float | None) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, text, value=float("nan") if value is None else value)
