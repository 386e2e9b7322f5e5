"""What became of scenarios: whether their premises came true, and then how they scored."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import pandas as pd

from forecast import scores
from forecast.arrays import BoolArray, FloatArray
from forecast.planning.scenarios import Premise, judged
from forecast.quantiles import QUANTILE_LEVELS
from service.cycle.planning import Basis, behind_of
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
    """The demand known at crossings, and the days on which they were reported closed: [crossing, day] each.

    `people` is NaN where not known, which also a day at capacity is whose queue nobody reported.
    """

    people: pd.DataFrame
    shut: pd.DataFrame

    @classmethod
    def of(cls, basis: Basis) -> "_Seen":
        """What the counts and the queues reported say."""
        panel, behind = basis.panel, behind_of(basis)
        known = np.where(behind.censored, np.nan, behind.people)
        people, shut = (
            pd.DataFrame(values, index=list(panel.ids), columns=panel.dates)
            for values in (np.where(panel.closed, np.nan, known), panel.closed)
        )
        return cls(people, shut)

    def at(self, crossings: list[str], days: pd.DatetimeIndex) -> tuple[FloatArray, BoolArray]:
        """The same of some crossings and days."""
        shut = self.shut.reindex(index=crossings, columns=days, fill_value=False)
        people = self.people.reindex(index=crossings, columns=days)
        return people.to_numpy(dtype=float), shut.to_numpy(dtype=bool)


def fates_of(
    store: Store, basis: Basis | None, counts: Counts | None, *, as_of: datetime
) -> tuple[Fate, ...]:
    """Verdicts that changed, and scores of days whose demand is new or changed, of all scenarios concerned.

    `counts` of arrivals say from which day on anything is known that was not before.
    """
    first = counts.first_change if counts is not None else None
    concerned = store.scenarios.reaching(first) if basis is not None and first is not None else ()
    if basis is None or not concerned:
        return ()
    seen = _Seen.of(basis)
    return tuple(fate for record in concerned for fate in _fates(store, record, seen, as_of))


def _fates(store: Store, record: ScenarioRecord, seen: _Seen, as_of: datetime) -> Iterator[Fate]:
    blocks = [one for one in store.scenarios.results(record.id) if one.paths is not None]
    horizon = len(blocks[0].scenario) if blocks else 1
    days = pd.date_range(end=record.last_target, periods=horizon, freq="D")
    people, shut = seen.at([one.place_id for one in blocks], days)
    premise = _judged(record, blocks, people, shut)
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
        known = {(one.place_id, one.target_date): one.observed for one in store.scenarios.scores(record.id)}
        fresh = _scores(record, blocks, people, as_of=as_of)
        yield from (one for one in fresh if known.get((one.place_id, one.target_date)) != one.observed)


def _judged(
    record: ScenarioRecord, blocks: list[ScenarioBlock], people: FloatArray, shut: BoolArray
) -> Premise:
    paths = [one.paths for one in blocks if one.paths is not None]
    return judged(
        np.where(shut, 0.0, people),
        np.stack(paths, axis=1) if paths else np.zeros((1, *people.shape), dtype=np.int64),
        touched=_where(record.touched, blocks, people.shape[1]),
        shut=shut,
        assumed_shut=_where(record.shut, blocks, people.shape[1]),
    )


def _where(days: Days, blocks: list[ScenarioBlock], horizon: int) -> BoolArray:
    """Days by crossing as an array: [crossing, day]."""
    found = np.zeros((len(blocks), horizon), dtype=bool)
    for row, block in enumerate(blocks):
        found[row, list(days.get(block.place_id, ()))] = True
    return found


def _scores(
    record: ScenarioRecord, blocks: list[ScenarioBlock], people: FloatArray, *, as_of: datetime
) -> Iterator[ScenarioScore]:
    """Scores of the days that the scenario changes and on which people were counted; closed days are none."""
    for row, block in enumerate(blocks):
        wis, forecast_wis = (
            scores.wis(values[None], people[row][None], levels=QUANTILE_LEVELS)[0]
            for values in (block.scenario, block.forecast)
        )
        for day in record.touched.get(block.place_id, ()):
            target = record.last_target - timedelta(days=people.shape[1] - 1 - day)
            observed = float(people[row, day])
            if np.isfinite(observed):
                yield ScenarioScore(
                    record.id,
                    block.place_id,
                    target,
                    as_of,
                    observed,
                    float(wis[day]),
                    float(forecast_wis[day]),
                )
