"""Level and weekday pattern that drift, holidays that do not: a structural model by statsmodels."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from forecast.arrays import FloatArray
from forecast.members.calendar_effects import CalendarEffects, fit_effects
from forecast.members.one_by_one import Series
from forecast.regimes import INTERMITTENT

SHORT = 35  # open days below which weekdays cannot be told from chance
REFIT_SHORT = 7


@dataclass(frozen=True, slots=True, eq=False)
class FittedStructural:
    """A structural model's newest state, ready to be projected."""

    series: Series
    effects: CalendarEffects
    model: Any
    states: FloatArray  # [state, day], from day `offset` of the series on
    offset: int

    def forecast(self, horizon: int) -> FloatArray:
        """Medians after the last day: [horizon]."""
        ahead: FloatArray = self.at([len(self.series.counts) - 1], horizon)[0]
        return ahead

    def at(self, cutoffs: Sequence[int], horizon: int) -> FloatArray:
        """Medians after each cutoff, by the fitted parameters and that day's state: [cutoff, horizon]."""
        projected = self._projection(horizon) @ self.states[:, np.asarray(cutoffs) - self.offset]
        effects = self.effects.on(self.series, cutoffs[0] + 1, cutoffs[-1] + horizon)
        ahead = np.asarray(cutoffs)[:, None] - cutoffs[0] + np.arange(horizon)
        return np.asarray(np.maximum(projected.T + effects[ahead], 0.0) ** 2)

    def _projection(self, horizon: int) -> FloatArray:
        """What each state adds to the forecast: [horizon, state]."""
        transition, row = self.model["transition"], self.model["design"][0]
        rows = []
        for _ in range(horizon):
            row = row @ transition
            rows.append(row)
        return np.array(rows)


@dataclass(frozen=True, slots=True)
class Structural:
    """A drifting level and weekday pattern, holidays taken out, on the root scale, which cannot explode."""

    name: str = "ets"
    stride: int = 1
    least: int = 3
    window: int = 728

    def fit(self, series: Series) -> FittedStructural:
        """Estimate on all of the series; raises numpy.linalg.LinAlgError or ValueError where it cannot."""
        return self._fit(series, len(series.counts) - 1)

    def hindcast(self, series: Series, cutoffs: Sequence[int], horizon: int) -> FloatArray:
        """Estimated at the first cutoff, filtered to the last; weekly anew while short: [cutoff, horizon]."""
        made = []
        for block in _blocks(cutoffs, series):
            made.append(self._fit(series.until(block[-1]), block[0]).at(block, horizon))
        return np.concatenate(made)

    def _fit(self, series: Series, cutoff: int) -> FittedStructural:
        """Parameters from the days up to the cutoff, states to the end of the series."""
        roots = np.sqrt(series.counts)
        learnt = roots[: cutoff + 1][np.isfinite(roots[: cutoff + 1])]
        patterned = bool(np.mean(learnt == 0) <= INTERMITTENT)
        plain = Series(series.start, series.counts, series.countries if patterned else ())
        effects = fit_effects(plain, roots[: cutoff + 1], float(learnt.mean()) / 2)
        adjusted = roots - effects.on(plain, 0, len(roots) - 1)
        offset = max(0, cutoff + 1 - self.window)
        weekly = patterned and np.isfinite(adjusted[offset : cutoff + 1]).sum() >= SHORT
        parameters = _estimate(adjusted[offset : cutoff + 1], weekly=weekly)
        model = _model(adjusted[offset:], weekly=weekly)
        states = model.filter(parameters).filtered_state
        return FittedStructural(plain, effects, model.ssm, states, offset)


def _model(values: FloatArray, *, weekly: bool) -> Any:
    from statsmodels.tsa.statespace.structural import UnobservedComponents

    return UnobservedComponents(values, "llevel", seasonal=7 if weekly else None)


def _estimate(values: FloatArray, *, weekly: bool) -> FloatArray:
    """Maximum likelihood variances, kept within bounds that a short or constant series would leave."""
    spread = float(np.nanvar(np.diff(values[np.isfinite(values)]))) if np.isfinite(values).sum() > 2 else 0.0
    least = max(spread, 1e-6) * 1e-4
    if spread == 0 or np.isfinite(values).sum() < 10:
        return np.array([1.0, 0.3, 0.01][: 3 if weekly else 2]) * max(spread, 1e-6)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an optimum not quite reached forecasts as well
        found = _model(values, weekly=weekly).fit(disp=False, maxiter=40).params
    return np.asarray(np.maximum(np.round(found, 8), [least, least, 0.0][: len(found)]))


def _blocks(cutoffs: Sequence[int], series: Series) -> list[list[int]]:
    known = np.cumsum(np.isfinite(series.counts))
    if known[cutoffs[0]] >= 2 * SHORT:
        return [list(cutoffs)]
    return [list(cutoffs[place : place + REFIT_SHORT]) for place in range(0, len(cutoffs), REFIT_SHORT)]
