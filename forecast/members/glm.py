"""Counts regressed on recent levels, weekday and season: statsmodels' negative binomial."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from scipy.special import gammaincinv

from forecast.arrays import FloatArray
from forecast.members.calendar_effects import CalendarEffects, fit_effects
from forecast.members.one_by_one import Series
from forecast.smoothing import LONG_GAP

GAINS = (0.3, 0.05)  # of the recent levels
LAG = 2  # days between a level and the count that it explains
REFIT = 28  # days
HARMONICS = 2
YEAR = 365.25
SEASONED = 548  # open days below which a season cannot be told from a change of level
HALF_LIFE = 180.0  # days
FOLLOWS, FOLLOWS_SD = (0.45, 0.45), 0.2  # believed of the levels' coefficients before any shift is seen
WAVE_SD = 0.3  # of a season's waves, log units
ABOVE = 3.0  # times the window's largest count that no forecast exceeds
DISPERSION = (0.02, 5.0)  # a steadier series would be believed never to shift


@dataclass(frozen=True, slots=True, eq=False)
class FittedCountRegression:
    """A log linear model's `coefficients` [column] and dispersion; the days' recent `levels` [day, gain]."""

    series: Series
    effects: CalendarEffects
    levels: FloatArray
    coefficients: FloatArray
    dispersion: float
    most: float

    def forecast(self, horizon: int) -> FloatArray:
        """Medians after the last day: [horizon]."""
        ahead: FloatArray = self.at([len(self.series.counts) - 1], horizon)[0]
        return ahead

    def at(self, cutoffs: Sequence[int], horizon: int) -> FloatArray:
        """Medians after each cutoff, by the fitted coefficients and that day's levels: [cutoff, horizon]."""
        days = np.asarray(cutoffs)[:, None] + np.arange(1, horizon + 1)
        seasonal = len(self.coefficients) > len(GAINS) + 7
        calendar = _calendar(self.series, cutoffs[-1] + horizon, seasonal=seasonal)
        split = len(self.coefficients) - len(GAINS)
        level = self.levels[np.asarray(cutoffs)] @ self.coefficients[split:]
        effects = self.effects.on(self.series, 0, cutoffs[-1] + horizon)[days]
        log = (calendar @ self.coefficients[:split])[days] + level[:, None] + effects
        mean = np.exp(np.minimum(log, np.log(ABOVE * self.most + 1)))
        shape = 1 / self.dispersion
        return np.asarray(mean * gammaincinv(shape, 0.5) / shape)


@dataclass(frozen=True, slots=True)
class CountRegression:
    """A negative binomial regression on two recent levels, weekday and season, with the effects of breaks."""

    name: str = "glm"
    stride: int = 1
    least: int = 56
    window: int = 1095

    def fit(self, series: Series) -> FittedCountRegression:
        """Fit the newest window; raises ValueError where there is no solution to trust."""
        return self._fit(series, len(series.counts) - 1)

    def hindcast(self, series: Series, cutoffs: Sequence[int], horizon: int) -> FloatArray:
        """Fitted every four weeks of the calendar, carried on by levels in between: [cutoff, horizon]."""
        start = series.start.toordinal()
        blocks = [list(block) for _, block in groupby(cutoffs, lambda day: (start + day) // REFIT)]
        made = [self._fit(series.until(block[-1]), block[0]).at(block, horizon) for block in blocks]
        return np.concatenate(made)

    def _fit(self, series: Series, cutoff: int) -> FittedCountRegression:
        """Coefficients from the days up to the cutoff, levels to the end of the series."""
        past = series.counts[: cutoff + 1]
        most = float(np.nanmax(past[-self.window :], initial=0.0))
        if most == 0:
            raise ValueError("no arrivals to regress")
        effects = fit_effects(series, np.log1p(past), 1.0)
        of_breaks = effects.on(series, 0, len(series.counts) - 1)
        levels = _levels(series.counts / np.exp(of_breaks))
        seasonal = int(np.isfinite(past[-self.window :]).sum()) >= SEASONED
        columns = np.column_stack(
            [_calendar(series, cutoff, seasonal=seasonal)[LAG:], levels[: len(past) - LAG]]
        )
        used = np.flatnonzero(np.isfinite(past[LAG:]) & np.isfinite(columns).all(axis=1))[-self.window :]
        if len(used) < self.least - LAG:
            raise ValueError(f"{len(used)} days to regress, needs {self.least - LAG}")
        weights = 0.5 ** ((used[-1] - used) / HALF_LIFE)
        days = used + LAG
        coefficients, dispersion = _estimate(past[days], columns[used], of_breaks[days], weights)
        return FittedCountRegression(series, effects, levels, coefficients, dispersion, most)


def _estimate(
    counts: FloatArray, columns: FloatArray, offset: FloatArray, weights: FloatArray
) -> tuple[FloatArray, float]:
    """Coefficients [column] and dispersion, the latter by moments around a Poisson regression."""
    import statsmodels.api as sm  # a second to import, and an issue of fast members needs none of it
    from statsmodels.tools import sm_exceptions as told

    believed, rows, precision = _beliefs(columns.shape[1])
    values, design = np.concatenate([counts, believed]), np.concatenate([columns, rows])
    known = np.concatenate([offset, np.zeros(len(rows))])
    with warnings.catch_warnings():
        for remark in (told.DomainWarning, told.PerfectSeparationWarning, told.SingularMatrixWarning):
            warnings.simplefilter("ignore", remark)  # a column that tells nothing forecasts nothing
        poisson, sure = sm.families.Poisson(), np.concatenate([weights, precision])
        first = sm.GLM(values, design, poisson, offset=known, var_weights=sure).fit(maxiter=20)
        mean = first.fittedvalues[: len(counts)]
        excess = float((weights * ((counts - mean) ** 2 - mean)).sum() / (weights * mean**2).sum())
        dispersion = float(np.clip(excess, *DISPERSION))
        family = sm.families.NegativeBinomial(alpha=dispersion)
        sure = np.concatenate([weights, precision * (1 + dispersion)])
        regression = sm.GLM(values, design, family, offset=known, var_weights=sure)
        fitted = regression.fit(maxiter=20, start_params=first.params)
    if not np.isfinite(fitted.params).all():
        raise ValueError("the regression has no finite solution")
    return np.round(fitted.params, 8), dispersion


def _beliefs(columns: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Made-up counts, their columns and weights, which say of coefficients what a normal prior would.

    Two counts e^b and e^-b in rows that are 1 and -1 in one column and 0 elsewhere pull its coefficient to b;
    around 1 a Poisson count of weight w tells as much as a normal one of variance 1/w.
    """
    waves = columns - 7 - len(GAINS)
    centres = np.concatenate([np.zeros(waves), FOLLOWS])
    spreads = np.repeat([WAVE_SD, FOLLOWS_SD], [waves, len(GAINS)])
    rows = np.eye(columns)[7:]
    return (
        np.exp(np.concatenate([centres, -centres])),
        np.concatenate([rows, -rows]),
        np.tile(1 / (2 * spreads**2), 2),
    )


def _calendar(series: Series, last: int, *, seasonal: bool) -> FloatArray:
    """Indicators of the weekdays, and the waves of a year, from the first day on: [day, column]."""
    days = np.arange(last + 1)
    weekdays = np.eye(7)[(series.start.weekday() + days) % 7]
    if not seasonal:
        return weekdays
    turn = 2 * np.pi * (series.start.toordinal() + days)[:, None] / YEAR * np.arange(1, HARMONICS + 1)
    return np.column_stack([weekdays, np.sin(turn), np.cos(turn)])


def _levels(counts: FloatArray) -> FloatArray:
    """Logs of exponentially smoothed counts, carried over missing days, NaN before the first: [day, gain]."""
    levels = np.full((len(counts), len(GAINS)), np.nan)
    gains, level, seen, last = np.array(GAINS), np.zeros(len(GAINS)), 0, -1
    known = np.isfinite(counts)
    for day in range(len(counts)):
        if known[day]:
            seen = 1 if day - last > LONG_GAP else seen + 1
            level = level + np.maximum(gains, 1 / seen) * (counts[day] - level)
            last = day
        if seen:
            levels[day] = np.log(level + 0.5)
    return levels
