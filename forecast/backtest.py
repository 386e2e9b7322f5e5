"""Whole issues made afterwards on old vintages, and how good they were."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import numpy as np
import pandas as pd

from forecast import scores
from forecast.arrays import FloatArray
from forecast.baseline import baseline
from forecast.events import Event, by_crossing, check, known_at
from forecast.hindcasts import Run
from forecast.nowcast import Reports, completed
from forecast.panel import Panel, PanelError
from forecast.pipeline import Configuration, Forecasts, in_order, issue
from forecast.places import Places
from forecast.quantiles import QUANTILE_LEVELS, QuantileForecast
from forecast.reopening import with_announced

KNOWN_COLUMNS = ("crossing", "date", "status", "recorded_at")
FORECAST_COLUMNS = ("crossing", "cutoff", "horizon", "target_date", "quantile_level")
BANDS = {"1-7": 7, "8-14": 14, "15-28": 28, "29-90": 90}  # by the last horizon of each
COVERAGES = (0.5, 0.8, 0.9, 0.95)
END = datetime.max.replace(tzinfo=UTC)


def parse_cutoffs(text: str) -> tuple[date, ...]:
    """Cutoffs from `2023-04-02:2023-11-26:14` (first, last, days between; 1 if left out) or a single day.

    Raises ValueError that says what was found and what was wanted.
    """
    first, last, step = [*text.split(":"), "", ""][:3]
    try:
        start, stop = date.fromisoformat(first), date.fromisoformat(last or first)
        days = int(step or 1)
    except ValueError:
        start, stop, days = date.max, date.min, 0
    if text.count(":") > 2 or days < 1 or start > stop:
        raise ValueError(
            f"{text!r} names no cutoffs; write first:last:days, such as 2023-04-02:2023-11-26:14"
        )
    return tuple(start + timedelta(days=ahead) for ahead in range(0, (stop - start).days + 1, days))


def measure_of(frame: pd.DataFrame) -> str:
    """The name of the column that holds the counts: the one that is neither key, status nor vintage."""
    names = [str(name) for name in frame.columns if name not in KNOWN_COLUMNS]
    if len(names) == 1 or "arrivals" in names:
        return "arrivals" if "arrivals" in names else names[0]
    raise PanelError(f"one column of counts is wanted beside crossing and date, not {names or 'none'}")


@dataclass(frozen=True, slots=True, eq=False)
class Vintages:
    """A history of counts and events that can be looked at as known on the evening of any day (UTC)."""

    frame: pd.DataFrame
    whole: Panel
    events: tuple[Event, ...] = ()
    places: Places | None = None

    @classmethod
    def of(
        cls, frame: pd.DataFrame, places: Places | None = None, events: Iterable[Event] = ()
    ) -> "Vintages":
        """Take a long frame `crossing, date, <measure>[, status][, recorded_at]`, and a register of events.

        Raises PanelError, and EventError for events that contradict each other or the places.
        """
        events = tuple(events)
        check(known_at(events, END), places)
        crossings = places.crossings if places is not None else None
        whole = Panel.from_frame(frame, places=crossings, measure=measure_of(frame))
        return cls(frame, whole, events, places)

    def panel(self, cutoff: date) -> Panel | None:
        """What was known at a cutoff, of the crossings that had begun to report; None if none had.

        With places also of those that never did and are registered to open.
        """
        known = self._known(cutoff)
        if known is None:
            return None
        begun = np.flatnonzero((np.isfinite(known.counts) | known.closed).any(axis=1))
        if not len(begun):
            return None
        found = known.select(begun)
        return found if self.places is None else with_announced(found, self.places)

    def _known(self, cutoff: date) -> Panel | None:
        if cutoff < self.whole.start:
            return None
        as_of = datetime.combine(cutoff, time.max, tzinfo=UTC)
        panel = self._counted(cutoff, as_of)
        known = known_at(self.events, as_of)
        events = known if self.places is None else by_crossing(known, self.places)
        return None if panel is None else replace(panel, events=events)

    def _counted(self, cutoff: date, as_of: datetime) -> Panel | None:
        if "recorded_at" not in self.frame.columns:
            return self.whole.until(cutoff)
        recorded = pd.to_datetime(self.frame["recorded_at"], utc=True, format="ISO8601")
        rows = self.frame[(recorded <= as_of) & (pd.to_datetime(self.frame["date"]) <= pd.Timestamp(cutoff))]
        if rows.empty:
            return None
        measure, places = self.whole.measure, self.whole.places
        panel = Panel.from_frame(rows, places=places, measure=measure, as_of=as_of).until(cutoff)
        return completed(panel, Reports.of(panel, rows, as_of=as_of))


def issues(
    frame: pd.DataFrame | Vintages,
    cutoffs: Sequence[date],
    configuration: Configuration | None = None,
    *,
    places: Places | None = None,
    run: Run[Any, Any] = in_order,
) -> Iterator[Forecasts]:
    """Make the issue of each cutoff in turn from what was known on its evening.

    Members' past forecasts are shared by all cutoffs. A cutoff before the first count is left out. Events are
    handed in as `Vintages` in the place of the frame.
    """
    vintages = frame if isinstance(frame, Vintages) else Vintages.of(frame, places)
    kept: dict[str, FloatArray] = {}
    for cutoff in cutoffs:
        panel = vintages.panel(cutoff)
        if panel is not None:
            yield issue(panel, configuration or Configuration(), places=places, run=run, kept=kept)


def backtest(
    frame: pd.DataFrame | Vintages,
    cutoffs: Sequence[date],
    configuration: Configuration | None = None,
    *,
    places: Places | None = None,
    run: Run[Any, Any] = in_order,
) -> pd.DataFrame:
    """Forecasts of all cutoffs as `crossing, cutoff, horizon, target_date, quantile_level, <measure>`.

    `issues` gives the same one by one, for progress. Raises PanelError if no cutoff has counts.
    """
    made = [
        long_frame(forecasts.quantiles, forecasts.measure)
        for forecasts in issues(frame, cutoffs, configuration, places=places, run=run)
    ]
    if not made:
        raise PanelError("no crossing had counts at any of the cutoffs; name later cutoffs")
    return pd.concat(made, ignore_index=True)


def long_frame(quantiles: QuantileForecast, measure: str) -> pd.DataFrame:
    """One row per crossing, horizon and level, in that order."""
    series, horizon, levels = quantiles.values.shape
    ahead = np.tile(np.repeat(np.arange(1, horizon + 1), levels), series)
    cutoff = pd.Timestamp(quantiles.cutoff)
    return pd.DataFrame(
        {
            "crossing": np.repeat(np.array(quantiles.ids, dtype=object), horizon * levels),
            "cutoff": cutoff,
            "horizon": ahead,
            "target_date": cutoff + pd.to_timedelta(ahead, "D"),
            "quantile_level": np.tile(quantiles.levels, series * horizon),
            measure: quantiles.values.ravel(),
        }
    )


def score(
    forecasts: pd.DataFrame,
    frame: pd.DataFrame,
    by: Sequence[str] = ("band",),
    *,
    places: Places | None = None,
) -> pd.DataFrame:
    """Relative scores, coverage and bias of forecasts, by crossing, cutoff, horizon, target_date or band.

    `relative` and `relative_log` are geometric means over crossings of the WIS over the weekly naive's, on
    the natural and the log1p scale. Scored are the days with a whole count in the frame's newest vintage.
    """
    return summarise(scored_days(forecasts, frame, places=places), by)


def scored_days(
    forecasts: pd.DataFrame, frame: pd.DataFrame, *, places: Places | None = None
) -> pd.DataFrame:
    """One row per forecast day that has a whole count: scores, the baseline's, coverage, bias."""
    vintages = Vintages.of(frame, places)
    days, predicted, levels = _tasks(forecasts, vintages.whole.measure)
    days["observed"] = _observed(vintages.whole, days)
    there = days["observed"].notna().to_numpy()
    days, predicted = days[there].reset_index(drop=True), predicted[there]
    observed = days["observed"].to_numpy()
    theirs = _baseline(vintages, days)
    days["band"] = _bands(days["horizon"])
    days["wis"] = scores.wis(predicted, observed, levels=levels)
    days["baseline_wis"] = scores.wis(theirs, observed)
    days["wis_log"] = scores.wis_log(predicted, observed, levels=levels)
    days["baseline_wis_log"] = scores.wis_log(theirs, observed)
    days["bias"] = scores.bias(predicted, observed, levels=levels)
    for level in COVERAGES:
        days[f"covered_{level:g}"] = scores.covered(predicted, observed, level, levels=levels)
    return days


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


def _baseline(vintages: Vintages, days: pd.DataFrame) -> FloatArray:
    """The weekly naive's quantiles for each row, made from the vintage of its cutoff: [row, level]."""
    made = np.full((len(days), len(QUANTILE_LEVELS)), np.nan)
    for cutoff, rows in days.groupby("cutoff").indices.items():
        panel = vintages.panel(pd.Timestamp(str(cutoff)).date())
        if panel is None:
            continue
        horizon = days["horizon"].to_numpy()[rows]
        series = pd.Index(panel.ids).get_indexer(pd.Index(days["crossing"].to_numpy()[rows]))
        values = baseline(panel, int(horizon.max())).values
        made[rows] = np.where((series >= 0)[:, None], values[series, horizon - 1], np.nan)
    return made


def _bands(horizon: "pd.Series[int]") -> "pd.Series[Any]":
    """The horizon band of each row, such as 8-14."""
    return pd.cut(horizon, [0, *BANDS.values()], labels=list(BANDS))
