"""How good a backtest was: every forecast day beside its count, and means by horizon, regime or place."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecast import scores
from forecast.arrays import FloatArray
from forecast.backtests import Counts, Vintages
from forecast.baseline import baseline
from forecast.panel import Panel
from forecast.pipeline import regimes_of
from forecast.places import Places
from forecast.quantiles import QUANTILE_LEVELS
from forecast.status import modes_ahead

FORECAST_COLUMNS = ("crossing", "cutoff", "horizon", "target_date", "quantile_level")
BANDS = {"1-7": 7, "8-14": 14, "15-28": 28, "29-90": 90}  # by the last horizon of each
COVERAGES = (0.5, 0.8, 0.9, 0.95)


def score(
    forecasts: pd.DataFrame,
    counts: Counts,
    by: Sequence[str] = ("band",),
    *,
    places: Places | None = None,
) -> pd.DataFrame:
    """Relative scores, coverage and bias by crossing, cutoff, horizon, target_date, band or mode.

    `forecasts` is a frame as `backtest` gives it, `counts` what it was given. `relative` and `relative_log`
    are geometric means over crossings of the WIS over the weekly naive's, on the natural and the log1p scale.
    Scored are the days with a whole count in the newest vintage.
    """
    return summarise(scored_days(forecasts, counts, places=places), by)


def scored_days(forecasts: pd.DataFrame, counts: Counts, *, places: Places | None = None) -> pd.DataFrame:
    """One row per forecast day that has a whole count, beside what was forecast and the scores.

    `observed` and `median` are people/day, `mode` is the regime that the forecast was made for, `wis`,
    `wis_log`, `bias` and the baseline's scores those of `forecast.scores`; `covered_0.8` and its like are 1
    where the interval held; between `pit_low` and `pit_high` lies the probability integral transform.
    """
    vintages = Vintages.of(counts, places)
    days, predicted, levels = _tasks(forecasts, vintages.whole.measure)
    days["observed"] = _observed(vintages.whole, days)
    there = days["observed"].notna().to_numpy()
    days, predicted = days[there].reset_index(drop=True), predicted[there]
    days["band"] = _bands(days["horizon"])
    theirs, days["mode"] = _as_of_cutoffs(vintages, days)
    return days.assign(**_scores(days["observed"].to_numpy(), predicted, theirs, levels))


def _scores(
    observed: FloatArray, predicted: FloatArray, theirs: FloatArray, levels: tuple[float, ...]
) -> dict[str, FloatArray]:
    """The scores of days [row] from their quantiles [row, level] and the baseline's."""
    low, high = scores.pit_bounds(predicted, observed, levels=levels)
    return {
        "wis": scores.wis(predicted, observed, levels=levels),
        "baseline_wis": scores.wis(theirs, observed),
        "wis_log": scores.wis_log(predicted, observed, levels=levels),
        "baseline_wis_log": scores.wis_log(theirs, observed),
        "bias": scores.bias(predicted, observed, levels=levels),
        **{f"covered_{at:g}": scores.covered(predicted, observed, at, levels=levels) for at in COVERAGES},
        "median": predicted[:, levels.index(0.5)],
        "pit_low": low,
        "pit_high": high,
    }


def summarise(days: pd.DataFrame, by: Sequence[str] = ("band",)) -> pd.DataFrame:
    """Means of scored days by group; the relative scores are geometric means over crossings."""
    if not by:
        return pd.DataFrame([_summary(days)])
    groups = days.groupby(list(by), observed=True, sort=True)
    return pd.DataFrame([dict(zip(by, key, strict=True)) | _summary(group) for key, group in groups])


def _summary(days: pd.DataFrame) -> dict[str, float]:
    means = days.groupby("crossing")[["wis", "baseline_wis", "wis_log", "baseline_wis_log"]].mean()
    columns = {name: means[[name]].to_numpy() for name in means.columns}
    covered = [name for name in days.columns if name.startswith("covered_")]
    return {
        "days": len(days),
        "relative": scores.relative(columns["wis"], columns["baseline_wis"]),
        "relative_log": scores.relative(columns["wis_log"], columns["baseline_wis_log"]),
        **{name: float(days[name].mean()) for name in [*covered, "bias"]},
    }


def _tasks(forecasts: pd.DataFrame, measure: str) -> tuple[pd.DataFrame, FloatArray, tuple[float, ...]]:
    """The forecast days as rows, their quantiles [row, level], and the levels; raises ValueError on gaps."""
    missing = [name for name in (*FORECAST_COLUMNS, measure) if name not in forecasts.columns]
    if missing:
        raise ValueError(f"column {missing[0]!r} is missing; found {', '.join(map(str, forecasts.columns))}")
    key = ["crossing", "cutoff", "horizon", "target_date"]
    ordered = forecasts.astype({"crossing": str}).sort_values([*key, "quantile_level"], ignore_index=True)
    levels = tuple(sorted(ordered["quantile_level"].unique()))
    days = ordered.iloc[:: len(levels)][key].reset_index(drop=True)
    whole = len(days) * len(levels) == len(ordered) and not days.duplicated().any()
    if not whole or (ordered["quantile_level"].to_numpy().reshape(-1, len(levels)) != levels).any():
        raise ValueError(
            f"every crossing, cutoff and horizon must have each of the {len(levels)} levels once"
        )
    for column in ("cutoff", "target_date"):
        days[column] = pd.to_datetime(days[column])
    return days, ordered[measure].to_numpy(dtype=float).reshape(-1, len(levels)), levels


def _observed(whole: Panel, days: pd.DataFrame) -> FloatArray:
    """The whole count of each row's crossing and day, NaN where there is none: [row]."""
    series = pd.Index(whole.ids).get_indexer(pd.Index(days["crossing"]))
    day = (days["target_date"] - pd.Timestamp(whole.start)).dt.days.to_numpy()
    inside = (series >= 0) & (day >= 0) & (day < whole.days)
    return np.where(inside, whole.complete[series, np.where(inside, day, 0)], np.nan)


def _as_of_cutoffs(vintages: Vintages, days: pd.DataFrame) -> tuple[FloatArray, npt.NDArray[np.object_]]:
    """The weekly naive's quantiles [row, level] and the mode [row] of days, from their cutoffs' vintages."""
    made = np.full((len(days), len(QUANTILE_LEVELS)), np.nan)
    modes = np.full(len(days), "", dtype=object)
    for cutoff, rows in days.groupby("cutoff").indices.items():
        panel = vintages.panel(pd.Timestamp(str(cutoff)).date())
        if panel is None:
            continue
        ahead = days["horizon"].to_numpy()[rows] - 1
        series = pd.Index(panel.ids).get_indexer(pd.Index(days["crossing"].to_numpy()[rows]))
        furthest = int(ahead.max()) + 1
        values = baseline(panel, furthest).values
        made[rows] = np.where((series >= 0)[:, None], values[series, ahead], np.nan)
        told = np.array(modes_ahead(panel, furthest, regimes_of(panel)), dtype=object)
        modes[rows] = np.where(series >= 0, told[series, ahead], "")
    return made, modes


def _bands(horizon: "pd.Series[int]") -> "pd.Series[Any]":
    """The horizon band of each row, such as 8-14."""
    return pd.cut(horizon, [0, *BANDS.values()], labels=list(BANDS))
