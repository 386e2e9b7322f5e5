"""Our pipeline on a set: whole, without each member, and with each member alone."""

import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from benchmarks.outlooks import COLUMNS, outlook_scores
from benchmarks.records import BASELINE, Made, records
from benchmarks.remembering import remembering
from benchmarks.tasks import HORIZON, TaskSet, newest, observed
from forecast.baseline import baseline
from forecast.members import MEMBERS
from forecast.panel import Panel
from forecast.pipeline import Configuration, Forecasts, issue

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


class Ours(NamedTuple):
    """A job's records, and the scores of the whole pipeline's outlooks, if that was asked for."""

    records: pd.DataFrame
    outlooks: pd.DataFrame


def score_ours(job: Job) -> Ours:
    """Records of the baseline and of a job's configurations.

    What members keep from cutoff to cutoff is shared by all configurations.
    """
    begun, kept = time.monotonic(), dict[str, Any]()
    whole = newest(job.task_set)
    scored, judged = list[pd.DataFrame](), list[pd.DataFrame]()
    for place, panel in enumerate(job.task_set.panels()):
        counts, phases = observed(whole, panel), job.task_set.phases_of(panel)
        scored.append(records(_naive(panel), counts, phases))
        asked = dict(job.every) | (dict(job.some) if place % job.thin == 0 else {})
        for name, forecasts in _issues(panel, asked, kept):
            scored.append(records(_made(name, panel, forecasts), counts, phases))
            if name == ENSEMBLE:
                judged.append(outlook_scores(panel, forecasts.outlooks, counts, phases=phases))
    print(f"{job.task_set.name}: {time.monotonic() - begun:.0f} s", file=sys.stderr, flush=True)
    nothing = pd.DataFrame(columns=list(COLUMNS))
    told = [rows for rows in judged if len(rows)]
    return Ours(pd.concat(scored, ignore_index=True), pd.concat(told or [nothing], ignore_index=True))


def _issues(
    panel: Panel, asked: Mapping[str, Configuration], kept: dict[str, Any]
) -> Iterator[tuple[str, Forecasts]]:
    """Each configuration's forecasts; its members' hindcasts are made once for all."""
    with remembering():
        for name, configuration in asked.items():
            yield name, issue(panel, configuration, kept=kept)


def _naive(panel: Panel) -> Made:
    return Made(BASELINE, panel, baseline(panel, HORIZON).values, np.zeros(len(panel.places), dtype=bool))


def _made(name: str, panel: Panel, forecasts: Forecasts) -> Made:
    fell_back = [any(flag.startswith("fallback") for flag in one.flags) for one in forecasts.status]
    return Made(name, panel, forecasts.quantiles.values, np.array(fell_back, dtype=bool))
