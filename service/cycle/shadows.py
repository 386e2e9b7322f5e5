"""Proposed configurations beside an issue: forecast, verified and stored after it is published."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta

import pandas as pd
import structlog

from service.cycle.computation import Kept, forecast_all, in_blocks, model_version
from service.cycle.means import Means
from service.cycle.reading import Reading, Vintage
from service.cycle.verification import Counts, scored
from service.members import configuration_from_document
from service.settings import Settings
from service.store import Store
from service.store.model_records import ModelRecord, Shadow
from service.store.records import Issue, Score

SHADOWS = 2
"""Configurations that run beside each issue; others wait for their turn."""

log = structlog.get_logger(__name__)


def run_shadows(
    store: Store, settings: Settings, means: Means, *, issue: Issue, reading: Reading, kept: Kept
) -> tuple[str, ...]:
    """Make the forecasts of each configuration in shadow and score its earlier ones, each by itself.

    The issue is published by now: whatever goes wrong here becomes a sentence, and no more.
    """
    warnings = []
    for record in store.models.running(SHADOWS):
        try:
            means.progress(f"in shadow: {record.id}")
            shadow, used = _made(store, means, record, issue=issue, reading=reading, kept=kept)
            store.shadows.publish(replace(shadow, made_at=settings.clock.now()), kept=used.used)
            log.info("shadow made", configuration=record.id, scores=len(shadow.scores))
        except Exception as error:
            log.exception("shadow failed", configuration=record.id)
            warnings.append(f"no shadow of configuration {record.id}: {type(error).__name__}: {error}")
    return tuple(warnings)


def _made(
    store: Store, means: Means, record: ModelRecord, *, issue: Issue, reading: Reading, kept: Kept
) -> tuple[Shadow, Kept]:
    configuration, own = configuration_from_document(record.document), Kept(kept)
    made = forecast_all(reading.panels, configuration, places=reading.places, run=means.run, kept=own)
    forecasts, _ = in_blocks(made, {})
    shadow = Shadow(
        configuration_id=record.id,
        issue_id=issue.id,
        made_at=issue.issued_at,
        horizon=configuration.horizon,
        last_target=issue.cutoff + timedelta(days=configuration.horizon),
        model_version=model_version(),
        forecasts=forecasts,
        scores=tuple(_scores(store, record.id, reading)),
    )
    return shadow, own


def _scores(store: Store, configuration_id: str, reading: Reading) -> Iterator[Score]:
    """Scores of a configuration's earlier shadows, of days whose count is news since the last of them."""
    last = store.shadows.last(configuration_id)
    if last is None:
        return
    counts = _news(store, last, reading)
    first = min((one.first_change for one in counts.values() if one.first_change), default=None)
    if first is None:
        return
    for shadow in store.shadows.covering(configuration_id, first, _last_day(counts)):
        issue = store.issues.get(shadow.issue_id)
        assert issue is not None  # noqa: S101 - a shadow stands beside an issue
        for measure, known in counts.items():
            made = store.shadows.forecasts(configuration_id, shadow.issue_id, measure=measure)
            spoken = replace(issue, horizon=shadow.horizon)
            yield from scored(spoken, made, known, (reading.places, reading.vintage.as_of))


def _news(store: Store, last: Shadow, reading: Reading) -> dict[str, Counts]:
    """The counts now beside those that the last shadow saw, by measure."""
    if reading.previous is not None and reading.previous.id == last.issue_id:
        earlier = reading.earlier
    else:
        seen = store.issues.get(last.issue_id)
        assert seen is not None  # noqa: S101 - a shadow stands beside an issue
        earlier = {measure: Vintage.of(seen).panel(store, measure) for measure in reading.panels}
    return {measure: Counts.of(panel, earlier.get(measure)) for measure, panel in reading.panels.items()}


def _last_day(counts: Mapping[str, Counts]) -> date:
    return max(pd.DatetimeIndex(known.now.columns)[-1].date() for known in counts.values())
