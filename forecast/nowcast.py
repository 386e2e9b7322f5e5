"""Late reports completed: what the last days' counts will be once all is in, learnt from the vintages."""

from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecast.arrays import BoolArray, FloatArray
from forecast.panel import Nowcast, Panel

Positions = npt.NDArray[np.int64]
SETTLED = 7  # days after which a count is taken as final
LATER = 3  # days by which a count must be older than a delay to judge by it how complete it was then
PAST = 28  # days that completeness is learnt from
THIN = 10  # past days below which the region's are used too
LEAST = 3  # past days below which nothing is said
LOOK_BACK = SETTLED + PAST  # days of reports that are needed
WHOLE = 0.98  # completeness from which a count is left as it is
HALF = 0.5  # below it, what is to come outweighs what is known
ORDINARY_SPREAD = 0.15  # how far counts stray from one day to the next, in log units, weekdays allowed for
LEAST_SPREAD = 0.02
PRIOR_DAYS = 3  # that a few past days are drawn towards, as if completeness had strayed by ORDINARY_SPREAD


@dataclass(frozen=True, slots=True, eq=False)
class Reports:
    """Every report of a panel's last days, one element each and the earliest first, up to its vintage.

    `series` and `day` are positions in the panel; `age` is how many whole days ago it became known;
    `count` is NaN and `partial` False where the report says that the crossing was closed.
    """

    series: Positions
    day: Positions
    age: Positions
    count: FloatArray
    partial: BoolArray

    @classmethod
    def of(cls, panel: Panel, frame: pd.DataFrame, *, as_of: datetime) -> "Reports":
        """The reports in a frame `crossing, date, <measure>, recorded_at[, status]` up to an instant."""
        tidy = pd.DataFrame(
            {
                "series": pd.Index(panel.ids).get_indexer(pd.Index(frame["crossing"].astype(str))),
                "day": (pd.to_datetime(frame["date"]) - pd.Timestamp(panel.start)).dt.days.to_numpy(),
                "count": pd.to_numeric(frame[panel.measure]).to_numpy(dtype=float),
                "status": frame["status"].to_numpy() if "status" in frame.columns else "reported",
                "recorded_at": pd.to_datetime(frame["recorded_at"], utc=True, format="ISO8601").array,
            }
        )
        tidy["age"] = (pd.Timestamp(as_of) - tidy["recorded_at"]).dt.days
        recent = tidy["day"].between(panel.days - LOOK_BACK, panel.days - 1)
        tidy = tidy[recent & (tidy["series"] >= 0) & (tidy["age"] >= 0)]
        return cls.sorted(tidy)

    @classmethod
    def sorted(cls, tidy: pd.DataFrame) -> "Reports":
        """The reports of a frame with the fields' names, `status` and `recorded_at`."""
        tidy = tidy.sort_values("recorded_at", kind="stable")
        series, day, age = (tidy[name].to_numpy(dtype=np.int64) for name in ("series", "day", "age"))
        count = tidy["count"].where(tidy["status"] != "closed").to_numpy(dtype=float)
        return cls(series, day, age, count, (tidy["status"] == "partial").to_numpy())


def completed(panel: Panel, reports: Reports) -> Panel:
    """The panel with a nowcast of its last days, from how complete earlier days were after as long.

    A day is compared with days that had the same status at the same delay. One more than half complete gets
    count / completeness and a reliance that falls with the spread of past completeness; one less complete, or
    partial without precedents, is not to be learnt from. A missing day stays missing.
    """
    counts, reliance = np.full(panel.counts.shape, np.nan), np.where(panel.partial, 0.0, 1.0)
    ratios, regions = _ratios(panel, reports), _regions(panel)
    for delay in range(min(SETTLED, panel.days)):
        day = panel.days - 1 - delay
        for partial, past in enumerate(ratios):
            here = (panel.partial[:, day] == bool(partial)) & np.isfinite(panel.counts[:, day])
            rows = np.flatnonzero(here & ~panel.closed[:, day])
            complete, spread = _completeness(past[:, :, delay], regions, rows)
            late = np.isfinite(complete) & ((complete < WHOLE) | bool(partial))
            share = np.minimum(complete[late], 1.0)
            relied_on = np.where(share < HALF, 0.0, _reliance(spread[late]))
            reliance[rows[late], day] = relied_on
            counts[rows[late], day] = np.where(relied_on > 0, panel.counts[rows[late], day] / share, np.nan)
    return replace(panel, nowcast=Nowcast(counts, reliance))


def _ratios(panel: Panel, reports: Reports) -> tuple[FloatArray, FloatArray]:
    """Past counts over the later ones of the same days, [series, past day, delay]; of reported, of partial.

    Measured against the count of at most SETTLED days later and not the newest: where one day all of the
    history is revised, as when a definition changes, the days before it were no less complete for that.
    """
    known, partial = _by_delay(panel, reports)
    age = np.arange(known.shape[1])[::-1, None]
    oldest = np.minimum(SETTLED, np.arange(SETTLED) + LATER)
    judged = (age >= oldest) & (age < oldest + PAST)
    final = known[:, :, SETTLED:]
    whole = judged & (final > 0) & ~partial[:, :, SETTLED:]
    ratios = np.where(whole, known[:, :, :SETTLED], np.nan) / np.where(final > 0, final, 1.0)
    then = partial[:, :, :SETTLED]
    return np.where(then, np.nan, ratios), np.where(then, ratios, np.nan)


def _by_delay(panel: Panel, reports: Reports) -> tuple[FloatArray, BoolArray]:
    """Counts as known 0 to SETTLED days later, and whether they were partial: [series, last days, delay]."""
    recent = min(LOOK_BACK, panel.days)
    shape = (len(panel.places), recent, SETTLED + 1)
    place = reports.day - (panel.days - recent)
    delay = np.maximum(0, panel.days - 1 - reports.day - reports.age)
    inside = delay <= SETTLED
    newest = np.full(shape, -1, dtype=np.int64)
    newest[reports.series[inside], place[inside], delay[inside]] = np.flatnonzero(inside)
    newest = np.maximum.accumulate(newest, axis=2)
    heard = newest >= 0
    count, partial = np.append(reports.count, np.nan), np.append(reports.partial, False)
    return np.where(heard, count[newest], np.nan), heard & partial[newest]


def _regions(panel: Panel) -> Positions:
    """A number for the place that each crossing lies in: [series]."""
    return np.unique([place.parent or "" for place in panel.places], return_inverse=True)[1].astype(np.int64)


def _completeness(ratios: FloatArray, regions: Positions, rows: Positions) -> tuple[FloatArray, FloatArray]:
    """The median of past ratios [series, past day] and their log spread, both [row]; NaN if unknown."""
    found = np.full((2, len(rows)), np.nan)
    enough = np.isfinite(ratios[rows]).sum(axis=1) >= THIN
    if enough.any():
        found[:, enough] = _summary(ratios[rows[enough]])
    for region in np.unique(regions[rows[~enough]]):
        pool = ratios[regions == region]
        pool = pool[np.isfinite(pool)]
        if len(pool) >= LEAST:
            found[:, ~enough & (regions[rows] == region)] = _summary(pool[None])
    return found[0], found[1]


def _summary(ratios: FloatArray) -> FloatArray:
    """Median and spread of each row's ratios, NaN left out; every row has some: [2, row]."""
    logs = np.log(np.maximum(ratios, 1e-3))
    middle = np.nanmedian(logs, axis=1)
    spread = 1.4826 * np.nanmedian(np.abs(logs - middle[:, None]), axis=1)
    days = np.isfinite(ratios).sum(axis=1)
    drawn = (days * spread**2 + PRIOR_DAYS * ORDINARY_SPREAD**2) / (days + PRIOR_DAYS)
    return np.stack([np.exp(middle), np.sqrt(drawn * (1 + 1 / days))])


def _reliance(spread: FloatArray) -> FloatArray:
    """The share of a whole count's gain, as a Kalman filter has it for one of so much more variance."""
    return np.asarray(ORDINARY_SPREAD**2 / (ORDINARY_SPREAD**2 + LEAST_SPREAD**2 + spread**2))
