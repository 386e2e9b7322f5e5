"""What a series' holidays do to it, estimated so that shifts of its level do not leak into them."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from forecast.arrays import FloatArray
from forecast.calendars import break_shapes
from forecast.members.one_by_one import Series
from forecast.smoothing import LONG_GAP

FILTER_GAIN = 0.1
WEEKDAY_SD = 0.5  # prior standard deviations, log units
BREAK_SD = 0.25
HALF_LIFE = 365.0


@dataclass(frozen=True, slots=True)
class CalendarEffects:
    """Effects of the shapes of breaks: `coefficients` [country x shape]."""

    coefficients: FloatArray

    def on(self, series: Series, first: int, last: int) -> FloatArray:
        """The effects from one day to another, both included, by index: [day]."""
        shapes = break_shapes(series.countries, series.day(first), series.day(last))
        return shapes @ self.coefficients


def fit_effects(series: Series, values: FloatArray, unit: float) -> CalendarEffects:
    """Generalised least squares with a ridge: counts and columns pass the same filter first.

    `values` [day] are counts on a scale on which one log unit is about `unit`.
    """
    shapes = break_shapes(series.countries, series.day(0), series.day(len(values) - 1))
    used = np.flatnonzero(shapes.any(axis=0))
    coefficients = np.zeros(shapes.shape[1])
    if len(used) and np.isfinite(values).sum() > 28:
        weekdays = np.eye(7)[(series.start.weekday() + np.arange(len(values))) % 7]
        priors: FloatArray = unit * np.repeat([WEEKDAY_SD, BREAK_SD], [7, len(used)])
        columns = np.column_stack([values, weekdays, shapes[:, used]])
        # Rounded, so that a matrix library's choice of threads cannot show in what is published.
        coefficients[used] = np.round(_ridge(_errors(columns), priors, np.arange(len(values))[::-1])[7:], 6)
    return CalendarEffects(coefficients)


def _errors(columns: FloatArray) -> FloatArray:
    """One-step errors of exponential smoothing of every column, on the days that the first one has."""
    errors = np.full(columns.shape, np.nan)
    level, seen, last = np.zeros(columns.shape[1]), 0, -1
    for day in np.flatnonzero(np.isfinite(columns[:, 0])).tolist():
        if day - last > LONG_GAP:
            seen = 0
        if seen:
            errors[day] = columns[day] - level
        seen += 1
        level = level + max(FILTER_GAIN, 1 / seen) * (columns[day] - level)
        last = day
    return errors


def _ridge(errors: FloatArray, priors: FloatArray, age: npt.NDArray[np.int64]) -> FloatArray:
    """Weighted ridge of the first column on the others, outliers weighing less: [column]."""
    known = np.isfinite(errors[:, 0])
    target, columns = errors[known, 0], errors[known, 1:]
    forgetting = 0.5 ** (age[known] / HALF_LIFE)
    weights, coefficients = forgetting, np.zeros(len(priors))
    for _ in range(3):
        residuals = target - columns @ coefficients
        spread = max(1e-3, 1.4826 * float(np.median(np.abs(residuals))))
        weights = forgetting / np.maximum(1.0, np.abs(residuals) / (2.5 * spread))
        squares = (columns * weights[:, None]).T @ columns + np.diag((spread / priors) ** 2)
        coefficients = np.linalg.solve(squares, (columns * weights[:, None]).T @ target)
    return coefficients
