"""The fan chart: counts of the last weeks, and median and intervals of the days ahead."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # matplotlib takes a second to import, and most who import the library draw nothing
    from matplotlib.axes import Axes

INK, FAINT, MEDIAN = "#1d2733", "#5d6875", "#0b3c6f"
GAP = float("nan")
SHADES = ("#cfe1f2", "#93c3df", "#4b97c9")  # the widest interval first
_MONTHS_ALONE = ["", *5 * ["%Y"]]  # at the end of the axis stands the year: months are named where they begin


def grouped(value: float) -> str:
    """A number with thin spaces between thousands."""
    return f"{value:,.0f}".replace(",", "\u202f")


@dataclass(frozen=True, slots=True)
class FanWords:
    """What the parts of the chart are called, and how its numbers are written."""

    counted: str = "counted"
    median: str = "median"
    interval: Callable[[float], str] = "{:.0%} interval".format
    lost: str = "no skill of late"
    number: Callable[[float], str] = grouped
    month: Callable[[date], str] | None = None


@dataclass(frozen=True, slots=True)
class Fan:
    """What one chart shows: people a day; NaN leaves a gap.

    `bands` are the ends of the central intervals by level, each [day]; `lost` are the days ahead on which
    forecasts have lost their skill; `stamp` is written across.
    """

    title: str
    cutoff: date
    observed: Mapping[date, float]
    days: Sequence[date]
    median: Sequence[float]
    bands: Mapping[float, tuple[Sequence[float], Sequence[float]]]
    lost: Sequence[date] = ()
    stamp: str | None = None
    words: FanWords = field(default_factory=FanWords)


def draw_fan(axes: "Axes", fan: Fan) -> "Axes":
    """Draw a fan chart on axes and return them; the caller adds a legend where there is room."""
    _draw_bands(axes, fan)
    _draw_lost(axes, fan)
    if fan.observed:
        days, counts = zip(*sorted(fan.observed.items()), strict=True)
        axes.plot(days, counts, color=INK, lw=1.4, marker="o", ms=2.6, label=fan.words.counted)
    axes.axvline(_at(fan.cutoff), color=FAINT, lw=0.9, ls=(0, (4, 3)))
    axes.set_title(fan.title, loc="left", fontsize=10, color=FAINT)
    _frame(axes, fan.words)
    if fan.stamp:
        stamp(axes, fan.stamp)
    return axes


def stamp(axes: "Axes", text: str) -> "Axes":
    """Write a word such as SYNTHETIC across, so that no copy of the figure goes without it."""
    axes.text(
        0.5, 0.5, text, transform=axes.transAxes, ha="center", va="center",
        fontsize=26, color=FAINT, alpha=0.28, rotation=18, fontweight="bold",
    )  # fmt: skip
    return axes


def _draw_bands(axes: "Axes", fan: Fan) -> None:
    dates: list[Any] = list(fan.days)
    if not dates or all(value != value for value in fan.median):
        return
    for shade, level in zip(SHADES, sorted(fan.bands, reverse=True), strict=False):
        low, high = fan.bands[level]
        axes.fill_between(dates, low, high, color=shade, lw=0, label=fan.words.interval(level))
    axes.plot(dates, fan.median, color=MEDIAN, lw=1.8, label=fan.words.median)


def _draw_lost(axes: "Axes", fan: Fan) -> None:
    """Hatch the days ahead on which forecasts have lost their skill, told or withheld."""
    half = 0.5
    for number, day in enumerate(fan.lost):
        axes.axvspan(
            _at(day) - half, _at(day) + half, facecolor="none", edgecolor=FAINT, hatch="///", alpha=0.6, lw=0,
            label=None if number else fan.words.lost,
        )  # fmt: skip


def _at(day: date) -> float:
    from matplotlib.dates import date2num

    return float(date2num(day))  # type: ignore[no-untyped-call]


def _frame(axes: "Axes", words: FanWords) -> None:
    name_days(axes, words.month, year_alone=True)
    count_people(axes, words.number)
    plain(axes)


def count_people(axes: "Axes", number: Callable[[float], str] = grouped) -> None:
    """Begin the upright axis at nobody, and write its numbers; one that is shared holds all that is drawn."""
    name_people(axes, number)
    axes.autoscale(axis="y")
    axes.set_ylim(0, 1.06 * axes.get_ylim()[1])


def name_people(axes: "Axes", number: Callable[[float], str] = grouped) -> None:
    """Write the upright axis's numbers."""
    from matplotlib.ticker import FuncFormatter

    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: number(value)))


def plain(axes: "Axes") -> None:
    """Leave only faint lines to read heights by."""
    axes.grid(axis="y", color="#e4e8ec", lw=0.8)
    axes.set_axisbelow(True)
    axes.tick_params(colors=FAINT, length=0)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)


def name_days(axes: "Axes", month: Callable[[date], str] | None = None, *, year_alone: bool = False) -> None:
    """Name some of the days of the level axis, in the words of `month` if given.

    At its end stands the month or year of them all, or with `year_alone` never a month.
    """
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, num2date
    from matplotlib.ticker import FuncFormatter

    locator = AutoDateLocator(minticks=4, maxticks=8)  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_locator(locator)
    if month is not None:
        axes.xaxis.set_major_formatter(
            FuncFormatter(lambda at, _: month(num2date(at).date()))  # type: ignore[no-untyped-call]
        )
        return
    at_the_end = _MONTHS_ALONE if year_alone else None
    axes.xaxis.set_major_formatter(
        ConciseDateFormatter(locator, offset_formats=at_the_end)  # type: ignore[no-untyped-call]
    )
