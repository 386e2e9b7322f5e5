"""Calendar effects of many series by generalised least squares, refitted every week.

Counts and columns pass the same exponential smoothing before a ridge regression, so that shifts of a series' level do
not leak into its effects.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.linalg import cho_factor, cho_solve

from forecast.arrays import BoolArray, FloatArray
from forecast.smoothing.scales import Scale

CLIP = 2.5  # standard deviations beyond which an error counts no more
LEAST_VARIANCE = 1e-4
VARIANCE_GAIN = 0.02


@dataclass(frozen=True, slots=True)
class Regression:
    """How effects are fitted: the filter's gain, the half-life of days in the past."""

    gain: float = 0.1
    half_life: float = 365.0


@dataclass(slots=True, eq=False)
class Effects:
    """Running sums of the regression: per group of series with the same gaps, and per series.

    `squares` [group, column, column] and the columns' own level [group, column] are shared by a group;
    `products` and `coefficients` are [series, column]; `level` and `variance` [series] are on the scale;
    `penalty` [column] is the inverse of the effects' prior variance in log units.
    """

    penalty: FloatArray
    group: npt.NDArray[np.intp]
    age: FloatArray
    column_level: FloatArray
    squares: FloatArray
    level: FloatArray
    products: FloatArray
    variance: FloatArray
    weeks: FloatArray
    coefficients: FloatArray

    @classmethod
    def start(cls, group: npt.NDArray[np.intp], prior: FloatArray) -> "Effects":
        """Nothing known yet of series in these groups [series]; `prior` [column] standard deviations."""
        groups, series, columns = int(group.max(initial=-1)) + 1, len(group), len(prior)
        return cls(
            1 / prior**2,
            group,
            np.zeros(groups),
            np.zeros((groups, columns)),
            np.zeros((groups, columns, columns)),
            np.zeros(series),
            np.zeros((series, columns)),
            np.full(series, 0.05),
            np.zeros(series),
            np.zeros((series, columns)),
        )


def learn(effects: Effects, week: "Week", regression: Regression, scale: Scale) -> None:
    """Pass a week through the filter, add what it says to the sums, and refit."""
    days = week.values.shape[1]
    errors = np.zeros((days, len(effects.level)))
    columns = np.zeros((days, *effects.column_level.shape))
    for day in range(days):
        errors[day], columns[day] = _filtered(effects, week, day, regression.gain)
    _add(effects, errors, columns, week, regression, scale)


@dataclass(frozen=True, slots=True, eq=False)
class Week:
    """Some days in a row: `values` [series, day] on the scale, NaN unknown; `trust` [series, day] in (0, 1].

    `columns` [day, column] is the calendar; `away` [group, day] days in long gaps; `begins` [group, day] first
    days after these.
    """

    values: FloatArray
    trust: FloatArray
    columns: FloatArray
    away: BoolArray
    begins: BoolArray


def _filtered(effects: Effects, week: Week, day: int, gain: float) -> tuple[FloatArray, FloatArray]:
    """One day's error of the filter for every series and of every column for every group; 0 where none."""
    group = effects.group
    there = ~week.away[:, day]
    effects.age = np.where(week.begins[:, day], 0.0, effects.age) + there
    used = there & (effects.age > 1)
    share = np.where(there, np.maximum(gain, 1 / np.maximum(effects.age, 1.0)), 0.0)
    columns = week.columns[day] - effects.column_level
    effects.column_level = effects.column_level + share[:, None] * columns
    columns = np.where(used[:, None], columns, 0.0)
    expected = (columns[group] * effects.coefficients).sum(axis=1)
    value = week.values[:, day]
    known = np.isfinite(value)
    # A day without a count is filled with what was expected of it, so that all series share one matrix.
    trust = np.where(known, week.trust[:, day], 0.0)
    error = trust * (np.where(known, value, 0.0) - effects.level) + (1 - trust) * expected
    effects.level = effects.level + share[group] * error
    return np.where(used[group], error, 0.0), columns


def _add(
    effects: Effects,
    errors: FloatArray,
    columns: FloatArray,
    week: Week,
    regression: Regression,
    scale: Scale,
) -> None:
    forgetting = 0.5 ** (len(errors) / regression.half_life)
    effects.squares *= forgetting
    effects.products *= forgetting
    effects.squares += np.einsum("dgk,dgl->gkl", columns, columns, optimize=True)
    limit = CLIP * np.sqrt(effects.variance)
    for group in range(len(effects.age)):
        rows = np.flatnonzero(effects.group == group)
        expected = effects.coefficients[rows] @ columns[:, group].T
        residual = errors[:, rows].T - expected
        kept = np.clip(residual, -limit[rows, None], limit[rows, None])
        effects.products[rows] += (expected + kept) @ columns[:, group]
        known = np.isfinite(week.values[rows]) & (columns[:, group] != 0).any(axis=1)
        _spread(effects, rows, residual, known)
    _solve(effects, scale)


def _spread(effects: Effects, rows: npt.NDArray[np.intp], residual: FloatArray, known: BoolArray) -> None:
    """Follow the variance of what the effects leave unexplained, outliers cut."""
    seen = known.sum(axis=1)
    cut = np.minimum(np.abs(residual), 4 * np.sqrt(effects.variance[rows])[:, None])
    fresh = (cut**2 * known).sum(axis=1) / np.maximum(1, seen)
    effects.weeks[rows] += seen > 0
    gain = np.where(seen > 0, np.maximum(VARIANCE_GAIN, 1 / np.maximum(1.0, effects.weeks[rows])), 0.0)
    moved = effects.variance[rows] + gain * (fresh - effects.variance[rows])
    effects.variance[rows] = np.maximum(moved, LEAST_VARIANCE)


def _solve(effects: Effects, scale: Scale) -> None:
    """Refit: series of one group whose noise is of one size (a power of two) share a factorisation."""
    ratio = effects.variance / scale.unit(effects.level) ** 2
    size = np.round(np.log2(np.maximum(ratio, 1e-5))).astype(int)
    for group, power in sorted(set(zip(effects.group.tolist(), size.tolist(), strict=True))):
        rows = np.flatnonzero((effects.group == group) & (size == power) & (effects.weeks > 0))
        if len(rows):
            penalised = effects.squares[group] + np.diag(2.0**power * effects.penalty)
            factor = cho_factor(penalised, lower=True, overwrite_a=True, check_finite=False)
            effects.coefficients[rows] = cho_solve(factor, effects.products[rows].T, check_finite=False).T
