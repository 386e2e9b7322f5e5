"""Calendar effects of many series by generalised least squares, refitted every week.

Counts and columns pass the same exponential smoothing before a ridge regression, so that shifts of a series'
level do not leak into its effects.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.linalg.blas import dsyrk
from scipy.linalg.lapack import dpotrf, dpotrs

from forecast.arrays import BoolArray, FloatArray

CLIP = 2.5  # standard deviations beyond which an error counts no more
LEAST_VARIANCE = 1e-4
VARIANCE_GAIN = 0.02
TOGETHER = 8  # series that are solved for in one go

Unit = Callable[[FloatArray], FloatArray]


@dataclass(frozen=True, slots=True)
class Regression:
    """How effects are fitted: the filter's gain, the half-life of days in the past."""

    gain: float = 0.1
    half_life: float = 365.0

    def forgetting(self, week: "Week") -> float:
        """What is left after a week of what was known before it."""
        return float(0.5 ** (week.values.shape[1] / self.half_life))


@dataclass(slots=True, eq=False)
class Effects:
    """Running sums of the regression: per group of series with the same gaps, and per series.

    `squares` [group, column, column], of which the upper triangle is kept, and the columns' own level
    [group, column] are shared by a group; `products` and `coefficients` are [series, column]; `level` and
    `variance` [series] are on the scale; `penalty` [column] is the inverse of the effects' prior variance in
    log units.
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


@dataclass(frozen=True, slots=True, eq=False)
class Week:
    """Some days in a row: `values` [series, day] on the scale, NaN unknown.

    `reliance` [series, day] is in (0, 1]; `columns` [day, column] is the calendar; `away` [group, day] days
    in long gaps; `begins` [group, day] the first after these.
    """

    values: FloatArray
    reliance: FloatArray
    columns: FloatArray
    away: BoolArray
    begins: BoolArray


def learn(effects: Effects, week: Week, regression: Regression, unit: Unit) -> None:
    """Pass a week through the filter, add what it says to the sums, and refit.

    `unit` gives what one log unit is worth at a level on the scale.
    """
    shared, share = pass_columns(effects, week, regression)
    columns = (
        shared[effects.group]
        if len(shared) > 1
        else np.broadcast_to(shared, (len(effects.level), *shared.shape[1:]))
    )
    # Here and below each series is multiplied by itself: a product of all would round by their number.
    expected = np.matmul(columns, effects.coefficients[:, :, None])[:, :, 0]
    errors = _errors(effects, week, share, expected)
    residual = errors - expected
    limit = CLIP * np.sqrt(effects.variance)[:, None]
    kept = expected + np.clip(residual, -limit, limit)
    effects.products *= regression.forgetting(week)
    effects.products += np.matmul(kept[:, None, :], columns)[:, 0]
    used = (shared != 0).any(axis=2)[effects.group]
    _spread(effects, residual, np.isfinite(week.values) & used)
    _solve(effects, unit)


def pass_columns(effects: Effects, week: Week, regression: Regression) -> tuple[FloatArray, FloatArray]:
    """Pass a week's columns through the filter of each group, and add their squares to its sum.

    Gives the errors of the filter [group, day, column], 0 on unused days, and its gains [day, group].
    """
    columns, shares = _filtered(effects, week, regression.gain)
    forgetting = regression.forgetting(week)
    for own, squares in zip(columns, effects.squares, strict=True):
        dsyrk(1.0, own.T, beta=forgetting, c=squares.T, lower=1, overwrite_c=1)
    return columns, shares


def _filtered(effects: Effects, week: Week, gain: float) -> tuple[FloatArray, FloatArray]:
    """Errors of every column [group, day, column] and gains [day, group]."""
    groups, days = week.away.shape
    columns = np.empty((groups, days, week.columns.shape[1]))
    shares = np.empty((days, groups))
    for day in range(days):
        there = ~week.away[:, day]
        effects.age = np.where(week.begins[:, day], 0.0, effects.age) + there
        used = there & (effects.age > 1)
        shares[day] = np.where(there, np.maximum(gain, 1 / np.maximum(effects.age, 1.0)), 0.0)
        error = week.columns[day] - effects.column_level
        effects.column_level = effects.column_level + shares[day][:, None] * error
        columns[:, day] = np.where(used[:, None], error, 0.0)
    return columns, shares


def _errors(effects: Effects, week: Week, share: FloatArray, expected: FloatArray) -> FloatArray:
    """Errors of the filter of every series, 0 where there are none: [series, day]."""
    known = np.isfinite(week.values)
    # A day without a count is filled with what was expected of it, so that all series share one matrix.
    reliance = np.where(known, week.reliance, 0.0)
    values, filling = np.where(known, week.values, 0.0), (1 - reliance) * expected
    errors = np.empty(values.shape)
    for day, gain in enumerate(share):
        error = reliance[:, day] * (values[:, day] - effects.level) + filling[:, day]
        errors[:, day] = error
        effects.level = effects.level + gain[effects.group] * error
    return errors


def _spread(effects: Effects, residual: FloatArray, known: BoolArray) -> None:
    """Follow the variance of what the effects leave unexplained, outliers cut."""
    seen = known.sum(axis=1)
    cut = np.minimum(np.abs(residual), 4 * np.sqrt(effects.variance)[:, None])
    fresh = (cut**2 * known).sum(axis=1) / np.maximum(1, seen)
    effects.weeks = effects.weeks + (seen > 0)
    gain = np.where(seen > 0, np.maximum(VARIANCE_GAIN, 1 / np.maximum(1.0, effects.weeks)), 0.0)
    effects.variance = np.maximum(effects.variance + gain * (fresh - effects.variance), LEAST_VARIANCE)


def _solve(effects: Effects, unit: Unit) -> None:
    """Refit: series of one group whose noise is of one size (a power of two) share a factorisation."""
    ratio = effects.variance / unit(effects.level) ** 2
    size = np.round(np.log2(np.maximum(ratio, 1e-5))).astype(int)
    kind = np.where(effects.weeks > 0, effects.group * 1000 + size, np.iinfo(np.int64).min)
    order = np.argsort(kind, kind="stable")
    order = order[np.searchsorted(kind[order], -1000) :]
    for rows in np.split(order, np.flatnonzero(np.diff(kind[order])) + 1):
        if len(rows):
            factor = _factor(effects, int(effects.group[rows[0]]), 2.0 ** int(size[rows[0]]))
            for first in range(0, len(rows), TOGETHER):
                _solve_some(effects, factor, rows[first : first + TOGETHER])


def _factor(effects: Effects, group: int, noise: float) -> FloatArray:
    """The triangle whose square is a group's penalised matrix."""
    penalised = effects.squares[group].T.copy(order="F")
    penalised.T.reshape(-1)[:: len(penalised) + 1] += noise * effects.penalty
    factor, problem = dpotrf(penalised, lower=1, clean=0, overwrite_a=1)
    if problem:
        raise np.linalg.LinAlgError(f"the squares of group {group} have no root: dpotrf says {problem}")
    return np.asarray(factor)


def _solve_some(effects: Effects, factor: FloatArray, rows: npt.NDArray[np.intp]) -> None:
    """Always of as many columns, so that a series' effects do not depend on how many there are beside it."""
    products = np.zeros((TOGETHER, len(factor)))
    products[: len(rows)] = effects.products[rows]
    coefficients, _ = dpotrs(factor, products.T, lower=1, overwrite_b=1)
    effects.coefficients[rows] = coefficients.T[: len(rows)]
