"""What is compared: our pipeline with all or some members, the baseline, and the peers."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pandas as pd

from benchmarks.peers import forecast_peer, peer_tasks
from benchmarks.tasks import TaskSet
from forecast.backtest import Vintages, issues, long_frame
from forecast.baseline import baseline
from forecast.panel import Panel
from forecast.pipeline import Configuration
from forecast.quantiles import QuantileForecast
from service.engine import Processes

HORIZON = 28


class Made(NamedTuple):
    """The forecasts of a set, and how many of its series and cutoffs got the baseline instead."""

    forecasts: pd.DataFrame
    fallbacks: int


Method = Callable[[TaskSet, Processes], Made]


def ours(members: tuple[str, ...]) -> Method:
    """The pipeline with some of its members."""
    configuration = Configuration(horizon=HORIZON, members=members)

    def forecast(task_set: TaskSet, processes: Processes) -> Made:
        long, fallbacks = [], 0
        for made in issues(
            task_set.frame, task_set.cutoffs, configuration, places=task_set.places, run=processes.run
        ):
            long.append(long_frame(made.quantiles, made.measure))
            fallbacks += sum(any(flag.startswith("fallback") for flag in one.flags) for one in made.status)
        return Made(pd.concat(long, ignore_index=True), fallbacks)

    return forecast


def peer(name: str) -> Method:
    """A peer fitted anew at every cutoff; where it fails it gets the baseline."""

    def forecast(task_set: TaskSet, processes: Processes) -> Made:
        panels = _panels(task_set)
        tasks = [task for panel in panels for task in peer_tasks(name, panel, HORIZON)]
        made = iter(processes.run(forecast_peer, tasks))
        long, fallbacks = [], 0
        for panel in panels:
            values = np.stack([next(made) for _ in panel.places])
            failed = np.asarray(np.isnan(values).any(axis=(1, 2)))
            filled = np.where(failed[:, None, None], baseline(panel, HORIZON).values, values)
            long.append(long_frame(QuantileForecast(panel.ids, panel.cutoff, filled), panel.measure))
            fallbacks += int(failed.sum())
        return Made(pd.concat(long, ignore_index=True), fallbacks)

    return forecast


def weekly_naive(task_set: TaskSet, processes: Processes) -> Made:
    """The baseline itself."""
    long = [long_frame(baseline(panel, HORIZON), panel.measure) for panel in _panels(task_set)]
    return Made(pd.concat(long, ignore_index=True), 0)


def _panels(task_set: TaskSet) -> list[Panel]:
    vintages = Vintages.of(task_set.frame, task_set.places)
    return [panel for panel in map(vintages.panel, task_set.cutoffs) if panel is not None]


METHODS: dict[str, Method] = {
    "ensemble": ours(Configuration().members),
    "its fast members": ours(("weekly_naive", "random_walk")),
    "weekly naive": weekly_naive,
    "random walk": ours(("random_walk",)),
    "12-week mean": peer("weekday_mean"),
    "Prophet": peer("prophet"),
    "ETS": peer("ets"),
}
