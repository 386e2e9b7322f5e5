"""Analysts' overrides against the counts that came, beside the forecast that each was made on."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from forecast import scores
from forecast.arrays import FloatArray
from forecast.places import Place
from service.cycle.reading import Reading
from service.cycle.verification import Counts
from service.store import Store
from service.store.asked import Asked
from service.store.model_records import Override, OverrideScore
from service.store.records import Issue

DAYS = 60
"""How far back a count that is corrected changes the score of an override."""
ENDS = (0.1, 0.5, 0.9)
"""The levels of an override's lower end, median and upper end."""

Key = tuple[str, str, date]


def judge_overrides(store: Store, reading: Reading) -> int:
    """Append the scores of overrides whose days' counts are new or changed; returns how many.

    Of two overrides of a place and day the later one counts, as it is what was told.
    """
    first, last = reading.vintage.cutoff - timedelta(days=DAYS), reading.vintage.cutoff
    concerned = store.overrides.reaching(first)
    if not concerned:
        return 0
    known = {
        (one.override_id, one.target_date): one.observed
        for one in store.overrides.scores(Asked(first=first, last=last))
    }
    told = _told(concerned, reading, first)
    fresh = _fresh(store, concerned, told, reading)
    new = [one for one in fresh if known.get((one.override_id, one.target_date)) != one.observed]
    store.overrides.append_scores(new)
    return len(new)


def day_over(day: date, place: Place) -> datetime:
    """The instant at which a local day of a place is over."""
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(place.time_zone)).astimezone(UTC)


def _told(overrides: Iterable[Override], reading: Reading, first: date) -> dict[Key, str]:
    """Which override held when a day ended, by place, measure and day."""
    return {
        (override.place_id, override.measure, day): override.id
        for override in overrides
        for day in _days(override)
        if first <= day <= reading.vintage.cutoff and _held(override, day, reading)
    }


def _days(override: Override) -> Iterator[date]:
    for ahead in range((override.last - override.first).days + 1):
        yield override.first + timedelta(days=ahead)


def _held(override: Override, day: date, reading: Reading) -> bool:
    """Whether an override stood when its day ended; one that came after it knew the count."""
    if override.place_id not in reading.places:
        return False
    end = day_over(day, reading.places[override.place_id])
    return override.recorded_at < end and (override.withdrawn_at is None or override.withdrawn_at >= end)


def _fresh(
    store: Store, overrides: Iterable[Override], told: dict[Key, str], reading: Reading
) -> Iterator[OverrideScore]:
    """The scores of all overrides; each forecast that some were made on is read once."""
    as_of = reading.vintage.as_of
    for (issue_id, measure), same in groupby(sorted(overrides, key=_made_on), key=_made_on):
        issue, panel = store.issues.get(issue_id), reading.panels.get(measure)
        if issue is not None and panel is not None:
            made = {one.place_id: one.values for one in store.issues.forecasts(issue_id, measure=measure)}
            last = issue.cutoff + timedelta(days=issue.horizon)
            days = pd.date_range(issue.cutoff + timedelta(days=1), last, freq="D")
            counts = Counts.of(panel, None).whole(reading.places, list(made), days)
            observed = dict(zip(made, counts, strict=True))
            for override in same:
                if override.place_id in made:
                    both = made[override.place_id], observed[override.place_id]
                    yield from _scores(override, issue, told=told, both=both, as_of=as_of)


def _made_on(override: Override) -> tuple[str, str]:
    return override.issue_id, override.measure


def _scores(
    override: Override,
    issue: Issue,
    *,
    told: dict[Key, str],
    both: tuple[FloatArray, FloatArray],
    as_of: datetime,
) -> Iterator[OverrideScore]:
    """The scores of the days for which an override was told and people were counted.

    `both` are the place's quantiles [horizon, level] and counts [horizon], NaN where there is none.
    """
    values, observed = both
    place_id, measure = override.place_id, override.measure
    for day in _days(override):
        horizon = (day - issue.cutoff).days
        held = told.get((place_id, measure, day)) == override.id
        if held and 0 < horizon <= len(values) and np.isfinite(observed[horizon - 1]):
            count = observed[horizon - 1]
            figures = _both(override, values[horizon - 1], issue)
            own, model = (float(scores.wis(one, count, levels=_levels(override))) for one in figures)
            yield OverrideScore(override.id, place_id, measure, day, horizon, as_of, float(count), own, model)


def _levels(override: Override) -> tuple[float, ...]:
    return (0.5,) if override.lower is None or override.upper is None else ENDS


def _both(override: Override, quantiles: FloatArray, issue: Issue) -> tuple[FloatArray, FloatArray]:
    """An override's figures and the forecast's at the same levels, so that both are scored alike: [level]."""
    levels = _levels(override)
    figures = (override.median,) if len(levels) == 1 else (override.lower, override.median, override.upper)
    positions = [int(np.argmin(np.abs(np.asarray(issue.levels) - level))) for level in levels]
    return np.asarray(figures, dtype=float), quantiles[positions]
