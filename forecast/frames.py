"""Frames out: an issue's forecasts, what they are made of, what is said of them, and counts.

Every frame can be merged with another on `crossing` (a place's id, regions and countries too), `cutoff`,
`horizon` (days after the cutoff) and `target_date`; dates are midnights without a zone, the local civil day.
"""

from typing import Any

import numpy as np
import pandas as pd

from forecast.explain import factors_frame
from forecast.outlook import CHANGES, WEEKS, Outlook
from forecast.panel import Panel
from forecast.pipeline import Forecasts
from forecast.quantiles import QuantileForecast

KEYS = ["crossing", "cutoff", "horizon", "target_date"]


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


def quantile_frame(forecasts: Forecasts) -> pd.DataFrame:
    """People/day by place, day and level: the keys, `quantile_level` in (0, 1), a column of the measure."""
    return long_frame(forecasts.quantiles, forecasts.measure)


def interval_frame(forecasts: Forecasts, levels: tuple[float, ...] = (0.5, 0.8, 0.95)) -> pd.DataFrame:
    """People/day by place and day: the keys, `median`, `low_0.8` and `high_0.8` of each interval."""
    made = forecasts.quantiles
    wide = _days_of(made.ids, forecasts).assign(median=made.at(0.5).ravel())
    for level in levels:
        ends = made.interval(level)
        wide[f"low_{level:g}"], wide[f"high_{level:g}"] = ends[:, :, 0].ravel(), ends[:, :, 1].ravel()
    return wide


def status_frame(forecasts: Forecasts) -> pd.DataFrame:
    """By place and day: the keys, `mode` (calm, surge, collapse, closed, reopening), `flags` joined by ;."""
    told = _days_of(forecasts.quantiles.ids, forecasts)
    horizon = forecasts.quantiles.horizon
    told["mode"] = [mode for status in forecasts.status for mode in status.modes]
    told["flags"] = [text for status in forecasts.status for text in ["; ".join(status.flags)] * horizon]
    return told


def factor_frame(forecasts: Forecasts) -> pd.DataFrame:
    """Why a crossing is forecast as it is, by day: the keys, `level` in people/day, factors and weights.

    Level x `weekday` x `season` x `holidays` is the ordinary expectation; `names` are the holidays that
    matter; each member has its share of the forecast in `weight_<name>`.
    """
    made = factors_frame(forecasts.quantiles.ids, forecasts.cutoff, forecasts.explanations)
    for column in ("cutoff", "target_date"):
        made[column] = pd.to_datetime(made[column])
    return made


def outlook_frame(forecasts: Forecasts) -> pd.DataFrame:
    """What may come, by place: `crossing, cutoff, first, last, outcome, probability, climatology`.

    `first` and `last` are horizons; `outcome` is `surge` or a kind of change of the week's mean;
    `climatology` is what the place's own past alone would say. Unknowable chances have no row.
    """
    rows = [
        {"crossing": place, "cutoff": pd.Timestamp(forecasts.cutoff), **row}
        for place, outlook in zip(forecasts.quantiles.ids, forecasts.outlooks, strict=True)
        for row in _chances(outlook)
    ]
    names = ["crossing", "cutoff", "first", "last", "outcome", "probability", "climatology"]
    return pd.DataFrame(rows, columns=names)


def count_frame(panel: Panel) -> pd.DataFrame:
    """A panel's counts as `crossing, date, <measure>, status`: what `Panel.from_frame` makes the panel of.

    A missing day has no row, a closed day 0 where no count stands beside it.
    """
    series, day = np.nonzero(np.isfinite(panel.counts) | panel.closed)
    at = (series, day)
    counts = np.nan_to_num(panel.counts[at])
    return pd.DataFrame(
        {
            "crossing": np.array(panel.ids, dtype=object)[series],
            "date": panel.dates[day],
            panel.measure: counts,
            "status": np.select([panel.closed[at], panel.partial[at]], ["closed", "partial"], "reported"),
        }
    )


def _days_of(ids: tuple[str, ...], forecasts: Forecasts) -> pd.DataFrame:
    """The keys of every place and day, in the order of the quantiles' first two axes."""
    horizon, cutoff = forecasts.quantiles.horizon, pd.Timestamp(forecasts.cutoff)
    ahead = np.tile(np.arange(1, horizon + 1), len(ids))
    days = [
        np.repeat(np.array(ids, dtype=object), horizon),
        cutoff,
        ahead,
        cutoff + pd.to_timedelta(ahead, "D"),
    ]
    return pd.DataFrame(dict(zip(KEYS, days, strict=True)))


def _chances(outlook: Outlook) -> list[dict[str, Any]]:
    ours, usual = outlook.chances, outlook.climatology
    first, last = WEEKS[0]
    rows = [(first, last, "surge", ours.surge, usual.surge)] if ours.surge is not None else []
    for (start, end), chances, past in zip(WEEKS, ours.changes, usual.changes, strict=False):
        told = zip(CHANGES, chances, past, strict=True)
        rows += [(start, end, kind, chance, usual_chance) for kind, chance, usual_chance in told]
    return [
        dict(zip(("first", "last", "outcome", "probability", "climatology"), row, strict=True))
        for row in rows
    ]
