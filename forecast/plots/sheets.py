"""The sheet that a figure is drawn on, and what stands around it: titles, legends, names of days."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from forecast.arrays import FloatArray
from forecast.plots.fans import FAINT, INK
from forecast.quantiles import QUANTILE_LEVELS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SIZE = (8.0, 4.4)  # inches
POINTS = 72  # in an inch
ORANGE = "#c46a00"  # beside the blues it is told apart by all who see colours differently
KEYS = ("crossing", "cutoff", "horizon", "target_date", "quantile_level")
INTERVALS = (0.95, 0.8, 0.5)


def sheet(ax: "Axes | None", size: tuple[float, float] = SIZE) -> "Axes":
    """The axes given, or those of a new figure that no global state knows of."""
    if ax is not None:
        return ax
    from matplotlib.figure import Figure

    made: Axes = Figure(figsize=size, layout="constrained").subplots()
    return made


def entitle(axes: "Axes", title: str, *, x: str = "", y: str = "") -> None:
    """Write the title, and what the axes measure with their units."""
    axes.set_title(title, loc="left", fontsize=10, color=INK)
    axes.set_xlabel(x, fontsize=9, color=FAINT)
    axes.set_ylabel(y, fontsize=9, color=FAINT)


def add_legend(axes: "Axes", columns: int = 5, *, below: float = 24) -> None:
    """Say what the marks mean where nothing is drawn: some points below the axes."""
    from matplotlib.transforms import ScaledTranslation

    down = ScaledTranslation(0, -below / POINTS, axes.figure.dpi_scale_trans)
    axes.legend(
        loc="upper center", bbox_to_anchor=(0.5, 0), bbox_transform=axes.transAxes + down, ncols=columns,
        frameon=False, fontsize=9, labelcolor=INK,
    )  # fmt: skip


def chosen(place: str | None, known: Sequence[str]) -> str:
    """The place asked for, or the first there is; raises ValueError that names those there are."""
    if place is None and len(known):
        return known[0]
    if place not in known:
        some = ", ".join(known[:8]) + (" ..." if len(known) > 8 else "")
        raise ValueError(f"place {place!r} is none of {some or 'no places'}")
    return str(place)


def quantiles_of(forecasts: pd.DataFrame, place: str | None) -> tuple[pd.DataFrame, FloatArray]:
    """The forecast days of a place in order of cutoff and day, and their quantiles [day, level].

    From a frame as `backtest` and `frames.quantile_frame` give it, with all the levels of each day.
    """
    missing = [name for name in KEYS if name not in forecasts.columns]
    measures = [name for name in forecasts.columns if name not in KEYS]
    if missing or len(measures) != 1:
        problem = f"column {missing[0]!r} is missing" if missing else f"one measure is wanted, not {measures}"
        raise ValueError(f"{problem}; hand in a frame as backtest or frames.quantile_frame gives it")
    own = forecasts[forecasts["crossing"] == chosen(place, list(pd.unique(forecasts["crossing"])))]
    own = own.sort_values(["cutoff", "horizon", "quantile_level"], ignore_index=True)
    levels = own["quantile_level"].to_numpy()
    if len(own) % len(QUANTILE_LEVELS) or not np.allclose(
        levels.reshape(-1, len(QUANTILE_LEVELS)), QUANTILE_LEVELS
    ):
        raise ValueError(f"every day must have each of the {len(QUANTILE_LEVELS)} levels once")
    days = own.iloc[:: len(QUANTILE_LEVELS)][list(KEYS[:4])].reset_index(drop=True)
    return days, own[measures[0]].to_numpy(dtype=float).reshape(-1, len(QUANTILE_LEVELS))


def at_level(values: FloatArray, level: float) -> FloatArray:
    """The quantile of a level, of quantiles [day, level]: [day]."""
    return np.asarray(values[:, int(np.argmin(np.abs(np.array(QUANTILE_LEVELS) - level)))])


def ends(values: FloatArray, level: float) -> tuple[FloatArray, FloatArray]:
    """The lower and upper ends of a central interval, of quantiles [day, level]: [day] each."""
    return at_level(values, (1 - level) / 2), at_level(values, (1 + level) / 2)
