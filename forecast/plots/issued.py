"""Figures of what was forecast: the fan of a place, what it is made of, and how a day's forecast moved."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from forecast.arrays import FloatArray
from forecast.explain import Explanation
from forecast.panel import Panel
from forecast.pipeline import Forecasts
from forecast.plots.fans import (
    FAINT,
    INK,
    MEDIAN,
    SHADES,
    Fan,
    count_people,
    draw_fan,
    grouped,
    name_days,
    name_people,
    plain,
)
from forecast.plots.sheets import (
    INTERVALS,
    ORANGE,
    add_legend,
    at_level,
    chosen,
    ends,
    entitle,
    quantiles_of,
    sheet,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COUNTED_DAYS = 56  # shown before the cutoff
EARLIER = 0.8  # interval level of earlier forecasts


def fan(
    forecasts: Forecasts,
    panel: Panel,
    *,
    place: str | None = None,
    past: pd.DataFrame | None = None,
    ax: "Axes | None" = None,
) -> "Axes":
    """Draw counts of eight weeks, and median and intervals of the days ahead, in people/day.

    `panel` holds the counts of `place` (the first, if none is named), be they of later days too; those of
    regions are `forecast.totals.totals_of(panel, places)[0]`. `past`, a frame as `backtest` gives it, adds
    what had been forecast of each day the last time before it.
    """
    name = chosen(place, forecasts.quantiles.ids)
    axes = sheet(ax)
    if past is not None:
        _draw_earlier(axes, past, name, forecasts.cutoff)
    draw_fan(axes, _fan_of(forecasts, panel, name))
    entitle(axes, f"{_called(panel, name)}: {forecasts.measure} up to {forecasts.cutoff}, and ahead")
    axes.set_ylabel("people a day", fontsize=9, color=FAINT)
    add_legend(axes, 4)
    return axes


def _fan_of(forecasts: Forecasts, panel: Panel, name: str) -> Fan:
    row, made = forecasts.quantiles.ids.index(name), forecasts.quantiles
    days = [forecasts.cutoff + timedelta(days=ahead) for ahead in range(1, made.horizon + 1)]
    bands = {level: made.interval(level)[row].T for level in INTERVALS}
    return Fan(
        title="",
        cutoff=forecasts.cutoff,
        observed=_observed(panel, name, forecasts.cutoff - timedelta(days=COUNTED_DAYS), days[-1]),
        days=days,
        median=made.at(0.5)[row].tolist(),
        bands={level: (low.tolist(), high.tolist()) for level, (low, high) in bands.items()},
    )


def _observed(panel: Panel, name: str, after: date, last: date) -> dict[date, float]:
    """Whole counts by day, NaN where there is none; a closed day is one."""
    if name not in panel.ids:
        raise ValueError(
            f"the panel has no counts of {name!r}; those of regions are in totals_of(panel, places)[0]"
        )
    row = panel.ids.index(name)
    counts = panel.complete[row].tolist()
    days = ((panel.start + timedelta(days=day), count) for day, count in enumerate(counts))
    return {day: count for day, count in days if after < day <= last}


def _called(panel: Panel, name: str) -> str:
    return next((place.name for place in panel.places if place.id == name), name)


def _draw_earlier(axes: "Axes", past: pd.DataFrame, name: str, cutoff: date) -> None:
    """What had been forecast of each day up to a cutoff, by the newest of the forecasts before it."""
    days, values = quantiles_of(past, name)
    after = pd.Timestamp(cutoff - timedelta(days=COUNTED_DAYS))
    shown = (days["target_date"] <= pd.Timestamp(cutoff)) & (days["target_date"] > after)
    newest = shown & ~days[shown].duplicated("target_date", keep="last").reindex(days.index, fill_value=True)
    days, values = days[newest], values[newest.to_numpy()]
    low, high = ends(values, EARLIER)
    for label, (_, part) in _once(f"earlier {EARLIER:.0%} interval", _unbroken(days)):
        at = days.index.get_indexer(part.index)
        dates = part["target_date"].to_numpy()
        axes.fill_between(
            dates, low[at], high[at], facecolor="#e9dccb", edgecolor=ORANGE, lw=0.6, ls=":", label=label
        )
        axes.plot(
            dates, at_level(values[at], 0.5), color=ORANGE, lw=1.3, ls="--", marker="x", ms=3.2,
            label=label and "earlier median",
        )  # fmt: skip


def _unbroken(days: pd.DataFrame) -> Iterator[tuple[int, pd.DataFrame]]:
    """Stretches of days in a row: a gap is not bridged."""
    steps = (days["target_date"].diff() != pd.Timedelta(days=1)).cumsum()
    yield from ((int(number), part) for number, part in days.groupby(steps))


def _once(
    label: str, parts: Iterator[tuple[int, pd.DataFrame]]
) -> Iterator[tuple[str | None, tuple[int, pd.DataFrame]]]:
    """Only the first part is named in the legend."""
    for number, part in enumerate(parts):
        yield (None if number else label), part


def components(forecasts: Forecasts, *, place: str | None = None, ax: "Axes | None" = None) -> "Axes":
    """Draw what a crossing's forecast is made of, in people/day: level, season, weekdays, holidays.

    The bars add each factor's effect to the level in turn and end at the ordinary expectation; the line is
    the published median, which the other members and the last days' course have moved. Raises ValueError for
    places of which nothing is explained: totals, and crossings that no smoothing member forecasts.
    """
    ids = forecasts.quantiles.ids
    explained = {name: why for name, why in zip(ids, forecasts.explanations, strict=True) if why is not None}
    name = chosen(place, list(explained))
    why = explained[name]
    axes = sheet(ax)
    days = [forecasts.cutoff + timedelta(days=ahead) for ahead in range(1, len(why.season) + 1)]
    _draw_effects(axes, days, why)
    median = forecasts.quantiles.at(0.5)[ids.index(name)]
    axes.plot(np.array(days), median, color=INK, lw=1.6, marker="o", ms=3, label="published median")
    axes.axhline(why.level, color=FAINT, lw=1.1, ls=(0, (4, 3)), label=f"level {grouped(why.level)}")
    name_days(axes)
    name_people(axes)
    axes.margins(y=0.12)
    plain(axes)
    entitle(axes, f"{name}: what the forecast from {forecasts.cutoff} is made of", y="people a day")
    add_legend(axes, 5)
    return axes


def _draw_effects(axes: "Axes", days: list[date], why: Explanation) -> None:
    """Stack each factor's effect upon the level: what adds above it, what takes away below."""
    weekday = np.array([why.weekday[day.weekday()] for day in days])
    so_far, up, down = np.full(len(days), why.level), *np.full((2, len(days)), why.level)
    styles = (("season", SHADES[0], ""), ("weekday", SHADES[2], "///"), ("holidays", ORANGE, "..."))
    factors = (np.array(why.season), weekday, np.array(why.holidays))
    for (label, colour, hatch), factor in zip(styles, factors, strict=True):
        effect = so_far * (factor - 1)
        bottom = np.where(effect >= 0, up, down)
        axes.bar(
            np.array(days), effect, bottom=bottom, width=0.8, color=colour, hatch=hatch, edgecolor="white",
            lw=0.4, label=label,
        )  # fmt: skip
        up, down = up + np.maximum(effect, 0), down + np.minimum(effect, 0)
        so_far = so_far * factor


def weights(forecasts: Forecasts, *, place: str | None = None, ax: "Axes | None" = None) -> "Axes":
    """Draw each member's share of a crossing's forecast, 0 to 1, the largest on top."""
    ids = forecasts.quantiles.ids
    weighed = [name for name, status in zip(ids, forecasts.status, strict=True) if status.weights]
    name = chosen(place, weighed)
    shares = sorted(forecasts.status[ids.index(name)].weights.items(), key=lambda item: item[1])
    axes = sheet(ax, (6.0, 0.9 + 0.4 * len(shares)))
    members, sizes = zip(*shares, strict=True)
    bars = axes.barh(members, sizes, color=SHADES[2], height=0.62)
    axes.bar_label(bars, labels=[f"{size:.2f}" for size in sizes], padding=4, fontsize=9, color=INK)
    plain(axes)
    axes.grid(visible=False)
    axes.set_xlim(0, 1.12 * max(sizes))
    axes.set_xticks([])
    entitle(axes, f"{name}: members' shares of the forecast from {forecasts.cutoff}")
    return axes


def evolution(
    forecasts: pd.DataFrame,
    day: date,
    *,
    place: str | None = None,
    panel: Panel | None = None,
    ax: "Axes | None" = None,
) -> "Axes":
    """Draw how the forecast of one day moved from cutoff to cutoff, in people/day, and the count that came.

    `forecasts` is a frame as `backtest` gives it; the count is read off `panel`, if given. Raises ValueError
    if no forecast was made of the day.
    """
    days, values = quantiles_of(forecasts, place)
    name = chosen(place, list(pd.unique(forecasts["crossing"])))
    of_day = (days["target_date"] == pd.Timestamp(day)).to_numpy()
    if not of_day.any():
        first, last = days["target_date"].min(), days["target_date"].max()
        raise ValueError(f"no forecast of {day}; there are those of {first:%Y-%m-%d} to {last:%Y-%m-%d}")
    axes = sheet(ax)
    _draw_course(axes, pd.DatetimeIndex(days["cutoff"][of_day]), values[of_day])
    count = np.nan if panel is None else _observed(panel, name, date.min, date.max).get(day, np.nan)
    if np.isfinite(count):
        axes.axhline(float(count), color=INK, lw=1.4, ls="--", label=f"counted: {grouped(float(count))}")
    name_days(axes)
    count_people(axes)
    plain(axes)
    entitle(axes, f"{name}: the forecast of {day}, as it was made", x="last day known", y="people a day")
    add_legend(axes, below=38)
    return axes


def _draw_course(axes: "Axes", cutoffs: pd.DatetimeIndex, values: FloatArray) -> None:
    """Intervals and median by cutoff; a single cutoff is drawn as a bar."""
    half = pd.Timedelta(hours=8)
    if len(cutoffs) == 1:
        cutoffs = pd.DatetimeIndex([cutoffs[0] - half, cutoffs[0] + half])
        values = np.repeat(values, 2, axis=0)
    for shade, level in zip(SHADES, INTERVALS, strict=True):
        low, high = ends(values, level)
        axes.fill_between(cutoffs, low, high, color=shade, lw=0, label=f"{level:.0%} interval")
    axes.plot(cutoffs, at_level(values, 0.5), color=MEDIAN, lw=1.8, marker="o", ms=3.5, label="median")
