"""Figures of how good forecasts were, from the frames of `scored_days` and `score`."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from forecast.plots.fans import FAINT, INK, MEDIAN, SHADES, grouped, name_days, name_people, plain
from forecast.plots.sheets import ORANGE, add_legend, chosen, entitle, sheet
from forecast.scores import Bounds, pit_shares

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.ticker import MaxNLocator

FEW, SHORT = 8, 3  # groups, and letters of a name, that have room below the axes
LETTER = 0.07  # inches
MARKS = ("o", "s", "^", "D", "v", "P", "X")
COLOURS = (MEDIAN, ORANGE, "#4b97c9", "#5d6875", "#93c3df")
NUMBERS = ("days", "relative", "relative_log", "bias")  # what `score` tells beside its groups and coverage


def pit(days: pd.DataFrame, *, bins: int = 10, ax: "Axes | None" = None) -> "Axes":
    """Draw where counts fell among the forecast quantiles: flat if calibrated, in shares of counts.

    A histogram of the probability integral transform without chance: a count's share is spread evenly over
    the levels between which it lies (Czado, Gneiting and Held 2009, `forecast.scores.pit_shares`). High at
    both ends says that intervals are too narrow, high in the middle too wide, high on the right too low.
    """
    _check_any(days)
    edges = np.linspace(0, 1, bins + 1)
    shares = pit_shares(Bounds(days["pit_low"].to_numpy(), days["pit_high"].to_numpy()), edges)
    axes = sheet(ax, (6.4, 4.0))
    axes.bar(edges[:-1], shares, width=1 / bins, align="edge", color=SHADES[1], edgecolor="white")
    axes.axhline(1 / bins, color=INK, lw=1.2, ls="--", label="if calibrated")
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1.15 * max(shares.max(), 1 / bins))
    axes.yaxis.set_major_locator(_whole_percent())
    _percent(axes.yaxis)
    plain(axes)
    axes.tick_params(axis="x", pad=7)
    entitle(
        axes, f"Where {grouped(len(days))} counts fell among the quantiles",
        x="forecast probability of no more than was counted", y="share of counts",
    )  # fmt: skip
    axes.legend(loc="upper right", frameon=False, fontsize=9, labelcolor=INK)
    return axes


def coverage(days: pd.DataFrame, *, by: str = "band", ax: "Axes | None" = None) -> "Axes":
    """Draw how often each interval held the count, by `band` of horizons, `mode` or another column.

    The dashed lines are what each interval promises; below them, intervals are too narrow.
    """
    _check_any(days)
    levels = sorted(float(name.split("_")[1]) for name in days.columns if name.startswith("covered_"))
    groups = days.groupby(by, observed=True)
    told, upright = _group_names(groups.size())
    axes = sheet(ax, (6.8, 4.6 + (LETTER * max(map(len, told)) if upright else 0)))
    for number, level in enumerate(levels):
        held = groups[f"covered_{level:g}"].mean().to_numpy()
        colour = (ORANGE, SHADES[2], FAINT, MEDIAN)[number % 4]
        axes.axhline(level, color=colour, lw=1.0, ls="--")
        axes.plot(held, color=colour, marker=MARKS[number], ms=7, lw=0, label=f"{level:.0%} interval")
    axes.set_xticks(range(len(told)), told, rotation=90 if upright else 0)
    axes.set_xlim(-0.5, len(told) - 0.5)
    _finish_coverage(axes, levels, {"band": "days ahead", "mode": "regime at the cutoff"}.get(by, by))
    return axes


def _finish_coverage(axes: "Axes", levels: Sequence[float], groups: str) -> None:
    """Name heights and marks; the marks above the axes, as groups' names may be long."""
    axes.set_ylim(0, 1.04)
    axes.set_yticks([0, 0.25, *levels, 1.0])
    _percent(axes.yaxis)
    plain(axes)
    entitle(axes, "How often intervals held the count", x=groups, y="share of counts")
    axes.set_title(axes.get_title(loc="left"), loc="left", fontsize=10, color=INK, pad=24)
    axes.legend(
        loc="lower left", bbox_to_anchor=(0, 0.99), ncols=4, frameon=False, fontsize=9, labelcolor=INK,
        borderaxespad=0.2,
    )  # fmt: skip


def scoreboard(summaries: pd.DataFrame | Mapping[str, pd.DataFrame], *, ax: "Axes | None" = None) -> "Axes":
    """Draw scores beside the weekly naive's, from a frame of `score` or several by name; below 1 is better.

    A full mark is the weighted interval score of people, a hollow one that of log1p, in which small crossings
    count alike.
    """
    named = {"": summaries} if isinstance(summaries, pd.DataFrame) else dict(summaries)
    rows = list(dict.fromkeys(name for one in named.values() for name in _names(one)))
    axes = sheet(ax, (7.2, 1.6 + (0.3 + 0.2 * len(named)) * len(rows)))
    for number, (name, summary) in enumerate(named.items()):
        height = np.array([rows.index(row) for row in _names(summary)]) + _shift(number, len(named))
        for column, filled in (("relative", True), ("relative_log", False)):
            colour = COLOURS[number % len(COLOURS)]
            axes.plot(
                summary[column].to_numpy(), height, lw=0, marker=MARKS[number % len(MARKS)], ms=7,
                color=colour, mfc=colour if filled else "white", label=_scale(name, natural=filled),
            )  # fmt: skip
    axes.axvline(1.0, color=INK, lw=1.2, ls="--", label="weekly naive")
    _finish_scoreboard(axes, rows)
    return axes


def _finish_scoreboard(axes: "Axes", rows: Sequence[str]) -> None:
    axes.set_yticks(range(len(rows)), rows)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    left, right = axes.get_xlim()
    axes.set_xlim(min(left, 0.5), max(right, 1.1))
    plain(axes)
    axes.grid(axis="x", color="#e4e8ec", lw=0.8)
    entitle(
        axes, "Scores beside the baseline's: further left is better", x="relative score (weekly naive = 1)"
    )
    add_legend(axes, 3, below=38)


def residuals(
    days: pd.DataFrame, *, place: str | None = None, horizon: int = 1, ax: "Axes | None" = None
) -> "Axes":
    """Draw counts less the medians forecast some days ahead, in people/day; the marks tell regimes."""
    name = chosen(place, sorted(pd.unique(days["crossing"])))
    own = days[(days["crossing"] == name) & (days["horizon"] == horizon)].sort_values("target_date")
    if own.empty:
        raise ValueError(f"no forecast {horizon} days ahead is scored of {name!r}; name another horizon")
    axes = sheet(ax)
    gaps = own["observed"] - own["median"]
    axes.vlines(own["target_date"].to_numpy(), 0, gaps, color="#c3ccd6", lw=1)
    for number, (mode, part) in enumerate(own.groupby("mode")):
        axes.plot(
            part["target_date"].to_numpy(), gaps[part.index].to_numpy(), lw=0, marker=MARKS[number], ms=5,
            color=COLOURS[number], label=str(mode),
        )  # fmt: skip
    axes.axhline(0, color=INK, lw=1.0)
    name_people(axes)
    name_days(axes)
    plain(axes)
    ahead = "the day before" if horizon == 1 else f"{horizon} days before"
    entitle(axes, f"{name}: counted less forecast {ahead}", y="people a day, above 0 too low")
    add_legend(axes, 5)
    return axes


def _percent(axis: "object") -> None:
    from matplotlib.ticker import PercentFormatter

    axis.set_major_formatter(PercentFormatter(1.0, decimals=0))  # type: ignore[attr-defined]


def _whole_percent() -> "MaxNLocator":
    """Ticks a few to an axis of shares, none at half a percent, which would be told as the next whole one."""
    from matplotlib.ticker import MaxNLocator

    return MaxNLocator(6, steps=[1, 2, 5, 10])


def _group_names(sizes: "pd.Series[int]") -> tuple[list[str], bool]:
    """Each group's name, with its number of days where there is room, and whether to write it upright."""
    if len(sizes) <= FEW:
        return [f"{name}\n{grouped(size)} days" for name, size in sizes.items()], False
    told = [str(name) for name in sizes.index]
    return told, max(map(len, told)) > SHORT


def _check_any(days: pd.DataFrame) -> None:
    if days.empty:
        raise ValueError("no day is scored; the counts of the days that were forecast are not known yet")


def _names(summary: pd.DataFrame) -> list[str]:
    """What each row of a summary is about, in the words of its groups."""
    keys = [name for name in summary.columns if name not in NUMBERS and not str(name).startswith("covered_")]
    if not keys:
        return ["all"] * len(summary)
    return [", ".join(str(value) for value in row) for row in summary[keys].to_numpy().tolist()]


def _shift(number: int, of: int) -> float:
    """How far below its row a summary's marks stand, so that several lie side by side."""
    return 0.0 if of == 1 else 0.36 * (number / (of - 1) - 0.5)


def _scale(name: str, *, natural: bool) -> str:
    scale = "people" if natural else "log1p"
    return f"{name}, {scale}" if name else scale
