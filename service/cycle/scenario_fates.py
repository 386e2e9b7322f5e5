"""What became of scenarios: whether their premises came true, and then how they scored."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import pandas as pd

from forecast import scores
from forecast.arrays import BoolArray, FloatArray
from forecast.planning.premises import Premise, judged
from forecast.quantiles import QUANTILE_LEVELS
from service.cycle.verification import Counts
from service.store import Store
from service.store.scenario_records import (
    Days,
    Fate,
    ScenarioBlock,
    ScenarioRecord,
    ScenarioScore,
    ScenarioVerdict,
)


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """What is known of the crossings that a scenario changes: [crossing, day] each.

    `people` are counts, 0 where closed, NaN where not known; `counted` leaves closed days out as well.
    """

    people: FloatArray
    counted: FloatArray
    shut: BoolArray


def fates_of(store: Store, counts: Mapping[str, Counts], *, as_of: datetime) -> tuple[Fate, ...]:
    """Verdicts that changed, and scores of days whose count is new or changed, of all scenarios concerned."""
    known = counts.get("arrivals")
    first = known.first_change if known is not None else None
    if known is None or first is None:
        return ()
    return tuple(
        fate for record in store.scenarios.reaching(first) for fate in _fates(store, record, known, as_of)
    )


def _fates(store: Store, record: ScenarioRecord, counts: Counts, as_of: datetime) -> Iterator[Fate]:
    blocks = [one for one in store.scenarios.results(record.id) if one.paths is not None]
    issue = store.issues.get(record.issue_id)
    if issue is None:
        return
    days = pd.date_range(issue.cutoff + timedelta(days=1), record.last_target, freq="D")
    seen = _seen(blocks, counts, days)
    premise = _judged(record, blocks, seen)
    before = store.scenarios.verdict(record.id)
    if before is None or (before.state, before.known_days, before.observed) != (
        premise.state,
        premise.known_days,
        premise.observed,
    ):
        yield ScenarioVerdict(
            record.id,
            as_of,
            premise.state,
            premise.known_days,
            premise.observed,
            premise.assumed,
            premise.reason,
        )
    if premise.state == "met":
        yield from _scores(store, record, blocks, seen=seen, as_of=as_of)


def _seen(blocks: list[ScenarioBlock], counts: Counts, days: pd.DatetimeIndex) -> _Seen:
    crossings = [one.place_id for one in blocks]
    shut = counts.closed_now.reindex(index=crossings, columns=days, fill_value=False).to_numpy(dtype=bool)
    counted = counts.now.reindex(index=crossings, columns=days).to_numpy(dtype=float)
    return _Seen(np.where(shut, 0.0, counted), np.where(shut, np.nan, counted), shut)


def _judged(record: ScenarioRecord, blocks: list[ScenarioBlock], seen: _Seen) -> Premise:
    paths = [one.paths for one in blocks if one.paths is not None]
    return judged(
        seen.people,
        np.stack(paths, axis=1) if paths else np.zeros((1, *seen.people.shape), dtype=np.int64),
        touched=_where(record.touched, blocks, seen.people.shape[1]),
        shut=seen.shut,
        assumed_shut=_where(record.shut, blocks, seen.people.shape[1]),
    )


def _where(days: Days, blocks: list[ScenarioBlock], horizon: int) -> BoolArray:
    """Days by crossing as an array: [crossing, day]."""
    found = np.zeros((len(blocks), horizon), dtype=bool)
    for row, block in enumerate(blocks):
        found[row, list(days.get(block.place_id, ()))] = True
    return found


def _scores(
    store: Store, record: ScenarioRecord, blocks: list[ScenarioBlock], *, seen: _Seen, as_of: datetime
) -> Iterator[ScenarioScore]:
    """Scores of the days that the scenario changes, where people were counted and not counted so before."""
    known = {(one.place_id, one.target_date): one.observed for one in store.scenarios.scores(record.id)}
    last = record.last_target
    for row, block in enumerate(blocks):
        observed = seen.counted[row][None]
        wis, forecast_wis = (
            scores.wis(values[None], observed, levels=QUANTILE_LEVELS)[0]
            for values in (block.scenario, block.forecast)
        )
        for day in record.touched.get(block.place_id, ()):
            target, people = last - timedelta(days=observed.shape[1] - 1 - day), float(observed[0, day])
            if np.isfinite(people) and known.get((block.place_id, target)) != people:
                yield ScenarioScore(
                    record.id,
                    block.place_id,
                    target,
                    as_of,
                    people,
                    float(wis[day]),
                    float(forecast_wis[day]),
                )
