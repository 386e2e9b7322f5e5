"""One pass of the service: take counts in, forecast, verify the past, publish; reads once, writes once."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from secrets import token_hex
from typing import Any

import structlog

from forecast.calendars import HOLIDAYS_VERSION
from forecast.pipeline import Configuration, Forecasts
from forecast.quantiles import QUANTILE_LEVELS
from service.cycle.computation import (
    Kept,
    as_recorded,
    fallbacks,
    forecast_all,
    in_blocks,
    libraries,
    model_version,
)
from service.cycle.intake import Intake, pull_feed, sweep, take_in
from service.cycle.means import Means
from service.cycle.models import configuration_in_force
from service.cycle.overrides import judge_overrides
from service.cycle.plan_parts import plan_or_reason
from service.cycle.planning import FLOW
from service.cycle.reading import CycleError, Reading, cutoff_at, read
from service.cycle.scenario_fates import fates_of
from service.cycle.shadows import run_shadows
from service.cycle.trust import Trusted, trust_at
from service.cycle.verification import Counts, verify
from service.settings import Settings
from service.store import Store
from service.store.blocks import checksum
from service.store.records import Issue, Lease, OutlookScore, PublishedPlan, Score
from service.store.scenario_records import Fate

__all__ = [
    "CycleError",
    "Intake",
    "Means",
    "Outcome",
    "complete_cycle",
    "pull_feed",
    "sweep",
]

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a cycle did: its issue, and what an operator should know of the way there."""

    issue: Issue
    series: int = 0
    fallbacks: tuple[str, ...] = ()
    scores: int = 0
    uploads: int = 0
    warnings: tuple[str, ...] = ()

    def as_detail(self) -> dict[str, Any]:
        """The record for the ledger: numbers and sentences."""
        return {
            "issue": self.issue.id,
            "cutoff": self.issue.cutoff.isoformat(),
            "series": self.series,
            "fallbacks": len(self.fallbacks),
            "degraded": self.issue.degraded,
            "scores": self.scores,
            "uploads": self.uploads,
            "warnings": [*self.warnings, *self.fallbacks[:20]],
        }


@dataclass(frozen=True, slots=True)
class _Computed:
    """What a cycle is about to publish."""

    configuration: Configuration
    made: tuple[Forecasts, ...]
    kept: Kept
    scores: tuple[Score, ...]
    outlook_scores: tuple[OutlookScore, ...]
    trusted: Trusted
    plan: PublishedPlan
    fates: tuple[Fate, ...]
    warnings: tuple[str, ...] = ()


def complete_cycle(store: Store, settings: Settings, means: Means, *, now: datetime) -> Outcome:
    """Take in, forecast, verify and publish as of `now`, in one publishing transaction.

    Raises CycleError if no count is known to forecast from, and LeaseLost, with nothing published, if another
    process has taken the slot over.
    """
    began = settings.clock.now()
    issue_id = _issue_id(means.lease, cutoff_at(now, settings.time_zone))
    with structlog.contextvars.bound_contextvars(cycle=issue_id):
        published = store.issues.get(issue_id)
        if published is not None:  # the process ended between the publication and its entry in the ledger
            return Outcome(published, warnings=("published before an interruption",))
        means.progress("taking counts in")
        intake = take_in(store, settings, now=now)
        means.progress("reading counts")
        reading = read(store, settings, now=now)
        computed = _compute(store, settings, means, reading)
        means.progress("publishing")
        issued_at = now + (settings.clock.now() - began)
        issue = _issue(reading, computed, issue_id, settings=settings, issued_at=issued_at)
        _publish(store, settings, means, (issue, computed))
        outcome = _outcome(issue, intake, reading, computed)
        told = _afterwards(store, settings, means, (issue, reading, computed.kept))
        return replace(outcome, warnings=(*outcome.warnings, *told))


def _afterwards(
    store: Store, settings: Settings, means: Means, made_of: tuple[Issue, Reading, Kept]
) -> tuple[str, ...]:
    """What planners do not wait for: overrides are scored, and proposed configurations run in shadow."""
    issue, reading, kept = made_of
    warnings: tuple[str, ...] = ()
    try:
        judge_overrides(store, reading)
    except Exception as error:
        log.exception("overrides not scored")
        warnings = (f"overrides not scored: {type(error).__name__}: {error}",)
    shadowed = run_shadows(store, settings, means, issue=issue, reading=reading, kept=kept)
    return (*warnings, *shadowed)


def _issue_id(lease: Lease | None, cutoff: date) -> str:
    """One id per slot, so that the store itself refuses a second issue for it; a new one for each by hand."""
    return f"{lease.job}-{lease.slot}" if lease else f"{cutoff}-{token_hex(4)}"


def _compute(store: Store, settings: Settings, means: Means, reading: Reading) -> _Computed:
    means.progress("forecasting")
    fast = settings.first_issue_fast and reading.previous is None
    configuration, instead = configuration_in_force(store, settings, fast=fast)
    kept = Kept(store.hindcasts.all())
    made = forecast_all(reading.panels, configuration, places=reading.places, run=means.run, kept=kept)
    means.progress("verifying past forecasts")
    counts = {
        measure: Counts.of(panel, reading.earlier[measure]) for measure, panel in reading.panels.items()
    }
    scores, outlooks = verify(store, counts, places=reading.places, as_of=reading.vintage.as_of)
    fates = fates_of(store, reading.basis, counts.get(FLOW), as_of=reading.vintage.as_of)
    trusted = trust_at(store, reading.vintage.cutoff)
    means.progress("planning")
    plan, warnings = plan_or_reason(reading.basis, made, configuration, run=means.run, kept=kept)
    return _Computed(configuration, made, kept, scores, outlooks, trusted, plan, fates, (*instead, *warnings))


def _issue(
    reading: Reading, computed: _Computed, issue_id: str, *, settings: Settings, issued_at: datetime
) -> Issue:
    configuration, configuration_hash = as_recorded(computed.configuration, settings)
    series = sum(len(forecasts.paths.ids) for forecasts in computed.made)
    return Issue(
        id=issue_id,
        cutoff=reading.vintage.cutoff,
        as_of=reading.vintage.as_of,
        issued_at=issued_at,
        horizon=computed.configuration.horizon,
        levels=QUANTILE_LEVELS,
        measures=tuple(reading.panels),
        model_version=model_version(),
        calendar_version=HOLIDAYS_VERSION,
        configuration=configuration,
        configuration_hash=configuration_hash,
        seed=computed.configuration.seed,
        last_observation=reading.vintage.last_observation,
        last_event=reading.vintage.last_event,
        last_capacity=reading.vintage.last_capacity,
        checksum=checksum(*in_blocks(computed.made, computed.trusted), computed.plan),
        degraded=len(fallbacks(computed.made)) == series,
        libraries=libraries(),
    )


def _publish(store: Store, settings: Settings, means: Means, finished: tuple[Issue, _Computed]) -> None:
    issue, computed = finished
    forecasts, paths = in_blocks(computed.made, computed.trusted)
    store.issues.publish(
        issue,
        forecasts,
        paths,
        lease=means.lease,
        kept=computed.kept.used,
        scores=(*computed.scores, *computed.outlook_scores, *computed.fates),
        plan=computed.plan,
        keep_paths=settings.keep_paths,
    )


def _outcome(issue: Issue, intake: Intake, reading: Reading, computed: _Computed) -> Outcome:
    outcome = Outcome(
        issue,
        series=sum(len(forecasts.paths.ids) for forecasts in computed.made),
        fallbacks=fallbacks(computed.made),
        scores=len(computed.scores),
        uploads=len(intake.uploads),
        warnings=(*intake.warnings, *reading.warnings, *computed.warnings),
    )
    log.info("published", issued_at=issue.issued_at.isoformat(), **outcome.as_detail())
    return outcome
