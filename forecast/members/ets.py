"""Level and weekday pattern that drift, holidays that do not: a structural model by statsmodels."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from statsmodels.tsa.statespace.structural import UnobservedComponents

from forecast.members.calendar_effects import CalendarEffects, fit_effects
from forecast.members.one_by_one import Series
from forecast.members.protocol import FloatArray

INTERMITTENT = 0.25  # share of zeros above which there is no weekday pattern to speak of
SHORT = 35  # open days below which weekdays cannot be told from chance
REFIT_SHORT = 7


@dataclass(frozen=True, slots=True)
class Scale:
    """The scale on which errors are taken to be additive; neither of the two can explode without a trend."""

    root: bool

    def forward(self, counts: FloatArray) -> FloatArray:
        """From counts."""
        return np.sqrt(counts) if self.root else np.log1p(counts)

    def back(self, values: FloatArray) -> FloatArray:
        """To counts, never negative."""
        values = np.maximum(values, 0.0)
        return values**2 if self.root else np.expm1(values)


@dataclass(frozen=True, slots=True, eq=False)
class FittedStructural:
    """A structural model's newest state, ready to be projected."""

    series: Series
    scale: Scale
    effects: CalendarEffects
    model: Any
    states: FloatArray  # [state, day], from day `offset` of the series on
    offset: int

    def forecast(self, horizon: int) -> FloatArray:
        """Medians after the last day: [horizon]."""
        return self.at([len(self.series.counts) - 1], horizon)[0]

    def at(self, cutoffs: Sequence[int], horizon: int) -> FloatArray:
        """Medians after each cutoff, by the parameters fitted and the state of that day: [cutoff, horizon]."""
        projected = self._projection(horizon) @ self.states[:, np.asarray(cutoffs) - self.offset]
        effects = self.effects.on(self.series, cutoffs[0] + 1, cutoffs[-1] + horizon)
        ahead = np.asarray(cutoffs)[:, None] - cutoffs[0] + np.arange(horizon)
        return self.scale.back(projected.T + effects[ahead])

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
    """A drifting level and weekday pattern after holidays are taken out, on log or root scale."""

    name: str = "ets"
    stride: int = 1
    least: int = 3
    window: int = 728
    root: bool = True

    def fit(self, series: Series) -> FittedStructural:
        """Estimate on all of the series; raises numpy.linalg.LinAlgError or ValueError where it cannot."""
        return self._fit(series, len(series.counts) - 1)

    def hindcast(self, series: Series, cutoffs: Sequence[int], horizon: int) -> FloatArray:
        """Estimated at the first cutoff and filtered on to the last (anew every week while short): [cutoff, horizon]."""
        made = []
        for block in _blocks(cutoffs, series):
            made.append(self._fit(series.until(block[-1]), block[0]).at(block, horizon))
        return np.concatenate(made)

    def _fit(self, series: Series, cutoff: int) -> FittedStructural:
        """Parameters from the days up to the cutoff, states to the end of the series."""
        learnt = series.counts[: cutoff + 1]
        zeros = bool(np.mean(learnt[np.isfinite(learnt)] == 0) > INTERMITTENT)
        scale = Scale(root=zeros or self.root)
        values = scale.forward(series.counts)
        plain = Series(series.start, series.counts, () if zeros else series.countries)
        effects = fit_effects(plain, values[: cutoff + 1], float(np.nanmean(values[: cutoff + 1])) / 2 if scale.root else 1.0)
        adjusted = values - effects.on(plain, 0, len(values) - 1)
        offset = max(0, cutoff + 1 - self.window)
        weekly = not zeros and np.isfinite(adjusted[offset : cutoff + 1]).sum() >= SHORT
        parameters = _estimate(adjusted[offset : cutoff + 1], weekly=weekly)
        model = _model(adjusted[offset:], weekly=weekly)
        states = model.filter(parameters).filtered_state
        return FittedStructural(plain, scale, effects, model.ssm, states, offset)


def _model(values: FloatArray, *, weekly: bool) -> Any:
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
    return np.clip(np.round(found, 8), [least, least, 0.0][: len(found)], None)


def _blocks(cutoffs: Sequence[int], series: Series) -> list[list[int]]:
    known = np.cumsum(np.isfinite(series.counts))
    if known[cutoffs[0]] >= 2 * SHORT:
        return [list(cutoffs)]
    return [list(cutoffs[place : place + REFIT_SHORT]) for place in range(0, len(cutoffs), REFIT_SHORT)]
