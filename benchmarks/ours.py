"""Our pipeline on a set: whole, without each member, and with each member alone."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.records import BASELINE, Made, records
from benchmarks.tasks import HORIZON, TaskSet, newest, observed
from forecast.baseline import baseline
from forecast.members import MEMBERS
from forecast.panel import Panel
from forecast.pipeline import Configuration, issue

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


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """A set for our pipeline: `every` configuration at all cutoffs, `some` at each `thin`th."""

    task_set: TaskSet
    every: Mapping[str, Configuration]
    some: Mapping[str, Configuration] = field(default_factory=dict)
    thin: int = 1


def score_ours(job: Job) -> pd.DataFrame:
    """Records of the baseline and of a job's configurations.

    What members keep from cutoff to cutoff is shared by all configurations.
    """
    whole, kept = newest(job.task_set), dict[str, Any]()
    scored = []
    for place, panel in enumerate(job.task_set.panels()):
        counts, phases = observed(whole, panel), job.task_set.phases_of(panel)
        asked = dict(job.every) | (dict(job.some) if place % job.thin == 0 else {})
        scored += [records(made, counts, phases) for made in _made(panel, asked, kept)]
    return pd.concat(scored, ignore_index=True)


def _made(panel: Panel, asked: Mapping[str, Configuration], kept: dict[str, Any]) -> Iterator[Made]:
    yield Made(BASELINE, panel, baseline(panel, HORIZON).values, np.zeros(len(panel.places), dtype=bool))
    for name, configuration in asked.items():
        forecasts = issue(panel, configuration, kept=kept)
        fell_back = [any(flag.startswith("fallback") for flag in one.flags) for one in forecasts.status]
        yield Made(name, panel, forecasts.quantiles.values, np.array(fell_back, dtype=bool))
