"""Whether the service lives and can answer, and since when its jobs are silent; open, without counts."""

from datetime import datetime
from importlib.metadata import version

import structlog
from apiflask import APIBlueprint
from flask import Response

from service.store.records import Issue
from service.web import answers, context
from service.web.guard import open_to_all
from service.web.queries import Query
from service.web.representation import described, json_response

blueprint = APIBlueprint("health", __name__, tag="Operation")
log = structlog.get_logger("arrivals.web")
_READY = {"$ref": "#/components/schemas/ReadyAnswer"}
SILENT_AFTER_SECONDS = 26 * 3600  # a daily job, and two hours to finish it


@blueprint.get("/healthz")
@blueprint.input(Query, location="query", arg_name="query")
@blueprint.output(answers.HealthAnswer)
@open_to_all
def healthz(query: Query) -> Response:
    """How the service is: `ok`, or `degraded` with the reasons."""
    now = context.now()
    issue = context.store().issues.latest()
    ages = job_ages(now)
    reasons = [*_silent(ages), *_issue_reasons(issue, now), *_mail_reasons()]
    return json_response(
        answers.HealthAnswer(
            status="degraded" if reasons else "ok",
            reasons=reasons,
            version=version("arrivals"),
            cutoff=issue.cutoff if issue else None,
            issue_age_seconds=issue_age(issue, now),
            last_success_seconds=ages,
        )
    )


@blueprint.get("/readyz")
@blueprint.input(Query, location="query", arg_name="query")
@blueprint.output(answers.ReadyAnswer)
@blueprint.doc(responses=described(503, "The database does not answer.", _READY))
@open_to_all
def readyz(query: Query) -> Response:
    """Whether the database answers."""
    try:
        context.store().measures()
    except Exception as error:  # whatever is wrong with it, the answer is the same
        log.warning("not ready", error=type(error).__name__)
        return json_response(answers.ReadyAnswer(ready=False), 503)
    return json_response(answers.ReadyAnswer(ready=True))


def job_ages(now: datetime) -> dict[str, float]:
    """Seconds since the last success of each job."""
    return {job: (now - at).total_seconds() for job, at in context.store().jobs.last_success().items()}


def issue_age(issue: Issue | None, now: datetime) -> float | None:
    """Seconds since the last issue was published."""
    return (now - issue.issued_at).total_seconds() if issue else None


def _silent(ages: dict[str, float]) -> list[str]:
    """The jobs of the settings that once succeeded and have been silent since; a feed given up is not."""
    wanted = context.wiring().settings.jobs
    return [
        f"{job}: no success for a day"
        for job, age in ages.items()
        if job in wanted and age > SILENT_AFTER_SECONDS
    ]


def _mail_reasons() -> list[str]:
    """How many letters are in trouble, without a word on whose they are."""
    troubled = context.store().outbox.troubled()
    told = {"failed": "letters that failed", "uncertain": "letters that may or may not have come"}
    numbers = {state: sum(letter.state == state for letter in troubled) for state in told}
    return [f"{told[state]}: {number}" for state, number in numbers.items() if number]


def _issue_reasons(issue: Issue | None, now: datetime) -> list[str]:
    if issue is None:
        return ["nothing has been published yet"]
    reasons = ["every series of the last issue fell back to the baseline"] if issue.degraded else []
    if context.store().plans.failed(issue):
        reasons.append("the last issue has no plan, though capacities are registered; its job's log says why")
    age = issue_age(issue, now)
    if age is not None and age > SILENT_AFTER_SECONDS:
        reasons.append("the last issue is more than a day old")
    return reasons
