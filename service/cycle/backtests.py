"""Whole issues made afterwards from the store's vintages, as the job would have, and their scores."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal, get_args
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from forecast import pipeline, scores
from forecast.arrays import FloatArray
from forecast.hindcasts import Run
from forecast.pipeline import Configuration, Forecasts
from forecast.places import Places
from forecast.quantiles import QUANTILE_LEVELS
from service.cycle.reading import Vintage
from service.cycle.verification import Counts
from service.settings import Settings
from service.store import Store
from service.store.records import Issue

Known = Literal["cycle", "evening", "issues"]
KNOWN: tuple[Known, ...] = get_args(Known)
"""When a past cutoff's counts are taken as known: at the next day's cycle, on the evening (UTC) as the
command `backtest` has it, or when its issue was made."""


@dataclass(frozen=True, slots=True, eq=False)
class Replay:
    """Past cutoffs of a measure with the vintages that were known; members' past forecasts are shared."""

    store: Store
    vintages: tuple[Vintage, ...]
    run: Run[Any, Any]
    measure: str = "arrivals"
    kept: dict[str, FloatArray] = field(default_factory=dict)

    def issues(self, configuration: Configuration) -> Iterator[Forecasts]:
        """The issue of each cutoff in turn; cutoffs without a count are left out."""
        for vintage in self.vintages:
            places = self.store.places.all(as_of=vintage.as_of)
            panel = vintage.panels(self.store, (self.measure,), places).get(self.measure)
            if panel is not None:
                yield pipeline.issue(panel, configuration, places=places, run=self.run, kept=self.kept)

    def scored(self, made: Iterable[Forecasts], *, now: datetime) -> pd.DataFrame:
        """One row per forecast day of a crossing whose count is known by now: what `compared` takes."""
        last = max((vintage.cutoff for vintage in self.vintages), default=now.date())
        newest = Vintage(now, self.store.observations.vintage(), 0, 0, last + timedelta(days=90))
        panel, places = newest.panel(self.store, self.measure), self.store.places.all()
        if panel is None:
            return pd.DataFrame()
        counts = Counts.of(panel, None)
        frames = [_scored(forecasts, counts, places) for forecasts in made]
        return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def replay(
    store: Store, settings: Settings, cutoffs: Sequence[date], *, known: Known, run: Run[Any, Any]
) -> Replay:
    """The vintages of some cutoffs; of `issues`, those of which one was published."""
    if known == "issues":
        return Replay(store, tuple(Vintage.of(one) for one in _published(store, cutoffs)), run)
    instants = [_instant(cutoff, settings, known) for cutoff in cutoffs]
    rows = store.observations.vintage(), store.events.vintage(), store.capacities.vintage()
    found = (Vintage(at, *rows, cutoff) for at, cutoff in zip(instants, cutoffs, strict=True))
    return Replay(store, tuple(found), run)


def _published(store: Store, cutoffs: Sequence[date]) -> Iterator[Issue]:
    wanted = dict.fromkeys(cutoffs)
    newest: dict[date, Issue] = {}
    for issue in store.issues.covering(min(cutoffs) + timedelta(days=1), max(cutoffs) + timedelta(days=1)):
        if issue.cutoff in wanted:
            newest.setdefault(issue.cutoff, issue)
    yield from (newest[cutoff] for cutoff in cutoffs if cutoff in newest)


def _instant(cutoff: date, settings: Settings, known: Known) -> datetime:
    if known == "evening":
        return datetime.combine(cutoff, time.max, UTC)
    zone = ZoneInfo(settings.time_zone)
    return datetime.combine(cutoff + timedelta(days=1), settings.cycle_at, zone).astimezone(UTC)


def _scored(forecasts: Forecasts, counts: Counts, places: Places) -> pd.DataFrame:
    ids = forecasts.paths.ids  # crossings, which stand before the totals
    horizon = forecasts.quantiles.values.shape[1]
    days = pd.date_range(forecasts.cutoff + timedelta(days=1), periods=horizon, freq="D")
    observed = counts.whole(places, ids, days)
    rows, steps = np.nonzero(~np.isnan(observed))
    seen = observed[rows, steps]
    own, theirs = (made.values[: len(ids)][rows, steps] for made in (forecasts.quantiles, forecasts.baseline))
    modes = np.array([status.modes for status in forecasts.status[: len(ids)]], dtype=object)
    return pd.DataFrame(
        {
            "crossing": np.array(ids, dtype=object)[rows],
            "cutoff": pd.Timestamp(forecasts.cutoff),
            "horizon": steps + 1,
            "mode": modes[rows, steps] if len(rows) else [],
            "observed": seen,
            "wis": scores.wis(own, seen, levels=QUANTILE_LEVELS),
            "wis_log": scores.wis_log(own, seen, levels=QUANTILE_LEVELS),
            "baseline_wis": scores.wis(theirs, seen, levels=QUANTILE_LEVELS),
            "baseline_wis_log": scores.wis_log(theirs, seen, levels=QUANTILE_LEVELS),
        }
    )
