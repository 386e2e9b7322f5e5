"""Exponential smoothing after a calendar regression, all series of a border at once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

import numpy as np
import numpy.typing as npt

from forecast.arrays import FloatArray
from forecast.calendars import Design, design
from forecast.members.protocol import Context
from forecast.panel import Panel
from forecast.quantiles import QUANTILE_LEVELS
from forecast.smoothing import Scale, Smoothed, Smoother, Smoothing, run

WEEK_END = 6  # Sunday, from which calendar effects are known anew
TOGETHER = 256  # series that pass at a time
RECENT = 27  # days of one-step errors that are handed on
Rows = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Components:
    """What the last cutoff's forecast of some rows is made of, on the scale of the smoother.

    `ahead` [row, horizon] is the forecast without calendar effects, `effects` [row, horizon, column] the
    effect of each of the calendar's columns.
    """

    scale: Scale
    rows: Rows
    calendar: Design
    ahead: FloatArray
    effects: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Passed:
    """What one pass over a panel gives.

    `quantiles` [cutoff, series, horizon, level] are counts; `errors` [day, series] are those of the last
    days' one-step forecasts on the scale; `components` explain the last cutoff's forecast.
    """

    quantiles: FloatArray
    errors: FloatArray
    components: tuple[Components, ...]


@dataclass(frozen=True, slots=True)
class Smooth:
    """A grid of smoothers on one scale, mixed by their recent errors, with quantiles from past errors.

    `season` multiplies the prior of the yearly terms.
    """

    name: str
    smoothing: Smoothing
    season: float = 1.0
    slow: bool = field(default=False, init=False)
    stride: int = field(default=1, init=False)

    def hindcast(self, panel: Panel, context: Context, cutoffs: Sequence[int], horizon: int) -> FloatArray:
        """Quantiles in counts, NaN before the first count: [cutoff, series, horizon, level]."""
        return self.passed(panel, context, cutoffs, horizon).quantiles

    def passed(self, panel: Panel, context: Context, cutoffs: Sequence[int], horizon: int) -> Passed:
        """The same, with what else the pass tells."""
        shape = (len(cutoffs), len(panel.places), horizon, len(QUANTILE_LEVELS))
        quantiles = np.full(shape, np.nan)
        errors = np.full((RECENT, len(panel.places)), np.nan)
        components = []
        for countries, rows in _borders(panel):
            calendar = self._calendar(countries, panel, horizon)
            smoother = _smoother(context, rows, calendar, days=cutoffs[-1] + 1, horizon=horizon)
            passing = run(smoother, self.smoothing, cutoffs, horizon=horizon, week_end=WEEK_END)
            for place, (_, now, made) in enumerate(passing):
                quantiles[place, rows] = made
            errors[:, rows] = now.errors[-RECENT:]
            components.append(_components(self.smoothing.scale, rows, calendar, now))
        return Passed(quantiles, errors, tuple(components))

    def _calendar(self, countries: tuple[str, ...], panel: Panel, horizon: int) -> Design:
        last = panel.cutoff + timedelta(days=horizon)
        calendar = design(countries, panel.start, last)
        yearly = np.array([kind == "year" for kind in calendar.kinds])
        return replace(calendar, prior=np.where(yearly, self.season, 1.0) * calendar.prior)


def _borders(panel: Panel) -> Iterator[tuple[tuple[str, ...], Rows]]:
    """The rows of a panel by the countries whose calendars they follow, not too many at a time."""
    borders: dict[tuple[str, ...], list[int]] = {}
    for row, place in enumerate(panel.places):
        countries = tuple(dict.fromkeys(code.upper() for code in (place.country, place.neighbour) if code))
        borders.setdefault(countries, []).append(row)
    for countries, rows in borders.items():
        for first in range(0, len(rows), TOGETHER):
            yield countries, np.array(rows[first : first + TOGETHER])


def _smoother(context: Context, rows: Rows, calendar: Design, *, days: int, horizon: int) -> Smoother:
    """The days up to the last cutoff, and the calendar some days longer."""
    return Smoother(
        context.counts[rows, :days],
        context.trust[rows, :days],
        calendar.columns[: days + horizon],
        calendar.prior,
        calendar.special[: days + horizon],
        (calendar.first.weekday() + np.arange(days + horizon)) % 7,
    )


def _components(scale: Scale, rows: Rows, calendar: Design, now: Smoothed) -> Components:
    coefficients = now.effects.coefficients
    horizon = now.made.shape[1]
    columns = calendar.columns[now.day : now.day + horizon]
    effects = coefficients[:, None, :] * columns
    return Components(scale, rows, calendar, now.made[-1].T - effects.sum(axis=2), effects)
