"""Scores of forecasts, summed by method, crossing, cutoff, horizon band and phase: all that tables need."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from benchmarks.tasks import HORIZON
from forecast import scores
from forecast.arrays import BoolArray, FloatArray
from forecast.panel import Panel

BASELINE = "weekly naive"
KEYS = ["method", "crossing", "cutoff", "band", "phase"]
COVERAGES = (50, 80, 90, 95)
SUMS = ["days", "wis", "wis_log", *(f"in{level}" for level in COVERAGES), "negative", "crossed", "fell_back"]
BANDS = {"1-7": 7, "8-14": 14, "15-28": 28}


class Made(NamedTuple):
    """A method's quantiles after a panel, as it gave them: `values` [series, horizon, level].

    `fell_back` [series] says where the method failed and the baseline stands.
    """

    method: str
    panel: Panel
    values: FloatArray
    fell_back: BoolArray


def records(made: Made, counts: FloatArray, phases: npt.NDArray[np.str_]) -> pd.DataFrame:
    """Sums of scores over the days that have a count [series, horizon]; quantiles are put in order first.

    `negative` and `crossed` are the days on which they were not, before that.
    """
    ordered = np.sort(np.maximum(made.values, 0.0), axis=2)
    series = len(made.panel.ids)
    columns = {
        "days": np.ones(counts.shape),
        "wis": scores.wis(ordered, counts),
        "wis_log": scores.wis_log(ordered, counts),
        **{f"in{level}": scores.covered(ordered, counts, level / 100) for level in COVERAGES},
        "negative": (made.values < 0).any(axis=2),
        "crossed": (np.diff(made.values, axis=2) < 0).any(axis=2),
        "fell_back": np.repeat(made.fell_back[:, None], HORIZON, axis=1),
    }
    days = pd.DataFrame({name: np.asarray(values, dtype=float).ravel() for name, values in columns.items()})
    days["method"] = made.method
    days["crossing"] = np.repeat(np.array(made.panel.ids, dtype=object), HORIZON)
    days["cutoff"] = made.panel.cutoff.isoformat()
    days["band"] = np.tile(_bands(), series)
    days["phase"] = phases.ravel()
    return days[np.isfinite(counts.ravel())].groupby(KEYS, sort=False)[SUMS].sum().reset_index()


def _bands() -> npt.NDArray[np.object_]:
    """The band of each horizon: [horizon]."""
    places = np.searchsorted(list(BANDS.values()), np.arange(1, HORIZON + 1))
    return np.array(list(BANDS), dtype=object)[places]


def ratios(rows: pd.DataFrame, method: str) -> pd.DataFrame:
    """A method's mean scores over the baseline's on the same tasks: a row per crossing, `wis`, `wis_log`.

    A crossing on which the baseline made no error is left out; no ratio counts as less than 0.01.
    """
    means = [_same_tasks(rows, one, other) for one, other in ((method, BASELINE), (BASELINE, method))]
    known = means[1][(means[1] > 0).all(axis=1)].index
    return (means[0].loc[known] / means[1].loc[known]).clip(lower=scores.LEAST_RATIO)


def _same_tasks(rows: pd.DataFrame, method: str, other: str) -> pd.DataFrame:
    """A method's mean scores by crossing, over the tasks that the other has too."""
    tasks = KEYS[1:]
    theirs = rows.loc[rows["method"] == other, tasks]
    both = rows[rows["method"] == method].merge(theirs, on=tasks)
    sums = both.groupby("crossing")[["wis", "wis_log", "days"]].sum()
    return sums[["wis", "wis_log"]].div(sums["days"], axis=0)


def relative(rows: pd.DataFrame, method: str) -> tuple[float, float]:
    """The geometric mean over crossings of the score over the baseline's, natural and log1p scale."""
    found = ratios(rows, method)
    if found.empty:
        return float("nan"), float("nan")
    natural, log = np.exp(np.log(found).mean())
    return float(natural), float(log)


def coverage(rows: pd.DataFrame, method: str, level: int) -> float:
    """The share of days inside the central interval of a level in percent; NaN if there were none."""
    own = rows[rows["method"] == method]
    days = own["days"].sum()
    return float(own[f"in{level}"].sum() / days) if days else float("nan")


def by_cutoff(rows: pd.DataFrame, method: str) -> "pd.Series[float]":
    """Means over crossings of the score at each cutoff, over the crossing's mean score of the baseline."""
    usual = _same_tasks(rows, BASELINE, method)["wis"]
    own = rows[rows["method"] == method].groupby(["crossing", "cutoff"])[["wis", "days"]].sum()
    scaled = own["wis"] / own["days"] / usual.reindex(own.index.get_level_values("crossing")).to_numpy()
    means: pd.Series[float] = scaled[np.isfinite(scaled)].groupby("cutoff").mean()
    return means
