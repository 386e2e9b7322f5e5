"""Our pipeline on a set: whole, without each member, and with each member alone."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.records import BASELINE, Made, records
from benchmarks.tasks import HORIZON, TaskSet, newest, observed
from forecast.baseline import baseline
from forecast.members import MEMBERS
from forecast.panel import Panel
from forecast.pipeline import Configuration, issue
from service.engine import Processes

ENSEMBLE, FAST = "ensemble", "its fast members"
WHOLE = Configuration(horizon=HORIZON)


def fast_members() -> tuple[str, ...]:
    """The default members that forecast a whole panel at once."""
    return tuple(name for name in WHOLE.members if not MEMBERS[name].slow)


def compared() -> dict[str, Configuration]:
    """The pipeline with all its members, and with the fast ones."""
    return {ENSEMBLE: WHOLE, FAST: replace(WHOLE, members=fast_members())}


def ablations() -> dict[str, Configuration]:
    """The pipeline without each member and with each alone; what a configuration refuses is left out."""
    names = WHOLE.members
    wanted = {f"without {name}": tuple(other for other in names if other != name) for name in names}
    wanted |= {f"{name} alone": (name,) for name in names}
    return {told: made for told, members in wanted.items() if (made := _configuration(members)) is not None}


def _configuration(members: tuple[str, ...]) -> Configuration | None:
    try:
        return replace(WHOLE, members=members)
    except ValueError:  # a slow member needs a fast one beside it
        return None


def score_ours(
    task_set: TaskSet,
    every: Mapping[str, Configuration],
    engine: Processes,
    *,
    some: Mapping[str, Configuration] | None = None,
    thin: int = 1,
) -> pd.DataFrame:
    """Records of the baseline and of configurations: `every` at all cutoffs, `some` at each `thin`th.

    What members keep from cutoff to cutoff is shared by all configurations.
    """
    whole, kept = newest(task_set), dict[str, Any]()
    scored = []
    for place, panel in enumerate(task_set.panels()):
        counts, phases = observed(task_set, whole, panel), task_set.phases_of(panel)
        asked = dict(every) | (dict(some or {}) if place % thin == 0 else {})
        for made in _made(panel, asked, engine, kept):
            scored.append(records(made, counts, phases))
    return pd.concat(scored, ignore_index=True)


def _made(
    panel: Panel, asked: Mapping[str, Configuration], engine: Processes, kept: dict[str, Any]
) -> Iterator[Made]:
    yield Made(BASELINE, panel, baseline(panel, HORIZON).values, np.zeros(len(panel.places), dtype=bool))
    for name, configuration in asked.items():
        forecasts = issue(panel, configuration, run=engine.run, kept=kept)
        fell_back = [any(flag.startswith("fallback") for flag in one.flags) for one in forecasts.status]
        yield Made(name, panel, forecasts.quantiles.values, np.array(fell_back, dtype=bool))
