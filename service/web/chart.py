"""The fan chart: last weeks' counts and the intervals of the days ahead, drawn once as SVG."""

import io
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from threading import Lock
from typing import Any

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, date2num
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from service.web.answers import ForecastDay, ObservedDay

WIDE, NARROW = (8.6, 4.3), (4.4, 4.2)  # inches; the narrow one keeps its letters readable on a phone
_BANDS = (("0.95", "#cfe1f2"), ("0.8", "#93c3df"), ("0.5", "#4b97c9"))
_INK, _FAINT, _MEDIAN = "#1d2733", "#6b7785", "#0b3c6f"
_GAP = float("nan")
_DRAWING = Lock()  # matplotlib is not made for several threads at once


@dataclass(frozen=True, slots=True)
class Fan:
    """What one chart shows, in words and numbers."""

    title: str
    cutoff: date
    observed: Sequence[ObservedDay]
    days: Sequence[ForecastDay]
    stamp: str | None = None


def fan_image(fan: Fan, size: tuple[float, float]) -> str:
    """The chart as a data address for an `img`: no other file and no other host is asked for it."""
    with _DRAWING, rc_context({"svg.hashsalt": "arrivals", "font.size": 10.5, "axes.edgecolor": _FAINT}):
        figure = Figure(figsize=size, layout="constrained")
        _draw(figure.subplots(), fan)
        columns = 6 if size == WIDE else 3
        figure.legend(loc="outside lower left", frameon=False, fontsize=9, ncols=columns, labelcolor=_INK)
        svg = io.BytesIO()
        figure.savefig(svg, format="svg", metadata={"Date": None})
    return "data:image/svg+xml;base64," + b64encode(svg.getvalue()).decode()


def _draw(axes: Axes, fan: Fan) -> None:
    _draw_bands(axes, fan.days)
    _draw_lost(axes, fan.days)
    counted = [(day.date, day.value) for day in fan.observed if day.value is not None]
    if counted:
        axes.plot(*zip(*counted, strict=True), color=_INK, lw=1.4, marker="o", ms=2.6, label="counted")
    axes.axvline(date2num(fan.cutoff), color=_FAINT, lw=0.9, ls=(0, (4, 3)))  # type: ignore[no-untyped-call]
    axes.set_title(fan.title, loc="left", fontsize=10, color=_FAINT)
    _frame(axes)
    if fan.stamp:
        axes.text(
            0.5, 0.5, fan.stamp, transform=axes.transAxes, ha="center", va="center",
            fontsize=26, color=_FAINT, alpha=0.28, rotation=18, fontweight="bold",
        )  # fmt: skip


def _draw_bands(axes: Axes, days: Sequence[ForecastDay]) -> None:
    dates: list[Any] = [day.target_date for day in days]
    if all(day.intervals is None for day in days):
        return
    for level, colour in _BANDS:
        low, high = zip(*(_ends(day, level) for day in days), strict=True)
        name = f"{float(level):.0%} interval"
        axes.fill_between(dates, low, high, color=colour, lw=0, label=name)
    medians = [_GAP if day.median is None else float(day.median) for day in days]
    axes.plot(dates, medians, color=_MEDIAN, lw=1.8, label="median")


def _ends(day: ForecastDay, level: str) -> tuple[float, float]:
    """The ends of an interval; a gap where they are withheld, so that nothing is drawn across it."""
    low, high = (day.intervals or {}).get(level, (_GAP, _GAP))
    return float(low), float(high)


def _draw_lost(axes: Axes, days: Sequence[ForecastDay]) -> None:
    """Hatch the days ahead on which forecasts have lost their skill, told or withheld."""
    half = 0.5
    lost = [date2num(day.target_date) for day in days if day.trust == "lost"]  # type: ignore[no-untyped-call]
    for number, at in enumerate(lost):
        axes.axvspan(
            at - half, at + half, facecolor="none", edgecolor=_FAINT, hatch="///", alpha=0.6, lw=0,
            label=None if number else "no skill of late",
        )  # fmt: skip


def _frame(axes: Axes) -> None:
    locator = AutoDateLocator(minticks=4, maxticks=8)  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_locator(locator)
    # at the end of the axis stands the year alone: months are named where they begin
    year = ["", *5 * ["%Y"]]
    axes.xaxis.set_major_formatter(
        ConciseDateFormatter(locator, offset_formats=year)  # type: ignore[no-untyped-call]
    )
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}".replace(",", "\u202f")))
    axes.set_ylim(0, 1.06 * axes.get_ylim()[1])
    axes.grid(axis="y", color="#e4e8ec", lw=0.8)
    axes.set_axisbelow(True)
    axes.tick_params(colors=_FAINT, length=0)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
