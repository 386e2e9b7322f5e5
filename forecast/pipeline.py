"""From a panel to an issue's forecasts: the job, the backtest and the notebook call `issue`."""

import hashlib
from collections.abc import Callable, MutableMapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, TypeVar

import numpy as np

from forecast.arrays import BoolArray, FloatArray
from forecast.baseline import baseline
from forecast.calendars import near_holidays
from forecast.combine import Widening, expecting
from forecast.configuration import Configuration
from forecast.couple import couple, past_deviations
from forecast.ensemble import ensemble_of
from forecast.events import by_crossing, check, known_at
from forecast.explain import Explanation, explanations
from forecast.hindcasts import Forgetful, Run
from forecast.ordinary import JUDGED
from forecast.outlook import Outlook, outlooks
from forecast.panel import Panel
from forecast.paths import Paths
from forecast.places import Places
from forecast.quantiles import QuantileForecast
from forecast.regimes import Regimes
from forecast.reopening import ahead_of, as_registered, reopening_quantiles, with_announced
from forecast.status import SeriesStatus, crossing_status, total_status
from forecast.totals import totals_of

__all__ = ["Configuration", "Forecasts", "Run", "SeriesStatus", "in_order", "issue", "regimes_of"]

T = TypeVar("T")
R = TypeVar("R")


def in_order(work: Callable[[T], R], tasks: Sequence[T]) -> list[R]:
    """The serial `run`."""
    return [work(task) for task in tasks]


DEFAULT = Configuration()


@dataclass(frozen=True, slots=True, eq=False)
class Forecasts:
    """The forecasts of one measure: crossings first, then totals, all read off one set of paths.

    `baseline` is the weekly naive of the same ids; `paths` holds crossings only; `status`, `outlooks` and
    `explanations` are aligned with the ids (an explanation is None for totals, and where no smoothing member
    speaks).
    """

    measure: str
    cutoff: date
    quantiles: QuantileForecast
    baseline: QuantileForecast
    paths: Paths
    status: tuple[SeriesStatus, ...]
    outlooks: tuple[Outlook, ...]
    explanations: tuple[Explanation | None, ...]


def issue(
    panel: Panel,
    configuration: Configuration = DEFAULT,
    *,
    places: Places | None = None,
    run: Run[Any, Any] = in_order,
    kept: MutableMapping[str, FloatArray] | None = None,
) -> Forecasts:
    """Forecast every crossing of a panel, and with `places` the regions and countries they make up.

    The outcome depends on the panel and the configuration alone: `run` may spread the work, `kept` spares it.
    """
    panel = as_configured(panel, configuration, places)
    regimes = regimes_of(panel)
    ensemble = ensemble_of(
        panel,
        configuration.chosen,
        configuration.horizon,
        capacities=configuration.capacities,
        run=run,
        kept=Forgetful() if kept is None else kept,
        lately=regimes.lately,
    )
    floor = baseline(panel, configuration.horizon)
    marginals, failed = _marginals(panel, regimes, (ensemble.quantiles, floor.values), configuration.widening)
    paths = _paths(panel, regimes, marginals, configuration)
    quantiles = paths.quantiles()
    status = crossing_status(panel, configuration.horizon, regimes, failed=failed, ensemble=ensemble)
    ahead = outlooks(regimes, paths)
    why = explanations(ensemble, panel.cutoff)
    forecasts = Forecasts(panel.measure, panel.cutoff, quantiles, floor, paths, status, ahead, why)
    return forecasts if places is None else _with_totals(forecasts, panel, places, regimes.near_holiday)


def as_configured(panel: Panel, configuration: Configuration, places: Places | None = None) -> Panel:
    """The panel with a configuration's calendars, and its events as known on the cutoff's evening (UTC).

    With `places` events of regions and countries reach their crossings, and crossings never heard of that are
    to open join the panel. Raises EventError for a place that these lack.
    """
    if configuration.calendars:
        panel = replace(panel, places=configuration.calendars.of_places(panel.places, places))
    if not configuration.events:
        return panel
    check(configuration.events, places)
    evening = datetime.combine(panel.cutoff, time.max, tzinfo=UTC)
    own = {event.id for event in configuration.events if event.recorded_at <= evening}
    known = known_at(configuration.events, evening)
    if places is not None:
        known = by_crossing(known, places)
    panel = replace(panel, events=(*(event for event in panel.events if event.id not in own), *known))
    return panel if places is None else with_announced(panel, places)


def regimes_of(panel: Panel) -> Regimes:
    """What each crossing is doing, days in or next to a public holiday of its border left out of account."""
    borders = [place.countries for place in panel.places]
    return Regimes.of(panel, near_holidays(borders, panel.start, panel.cutoff + timedelta(days=JUDGED)))


def _paths(panel: Panel, regimes: Regimes, marginals: FloatArray, configuration: Configuration) -> Paths:
    """Joint paths of these quantiles [series, horizon, level], coupled as the counts moved."""
    counts, horizon, paths = regimes.counts, configuration.horizon, configuration.paths

    def deviations(rows: slice) -> FloatArray:
        return past_deviations(counts[rows], horizon, paths)

    generator = _generator(configuration.seed, panel)
    return Paths(panel.ids, panel.cutoff, couple(marginals, deviations, paths, generator))


def _marginals(
    panel: Panel, regimes: Regimes, made: tuple[FloatArray, FloatArray], widening: Widening
) -> tuple[FloatArray, BoolArray]:
    """Each crossing's quantiles as the register of events has it, and which got the baseline [series].

    The ensemble's and the baseline's were `made`, both [series, horizon, level].
    """
    combined, floor = made
    horizon = combined.shape[1]
    told, shut = ahead_of(panel, horizon), regimes.shut
    opening = shut & (told.opens_ahead >= 0)
    reopened = reopening_quantiles(panel, regimes.closed, horizon) if opening.any() else floor
    failed = ~np.isfinite(combined).all(axis=(1, 2)) & ~shut
    failed |= np.isnan(reopened).any(axis=(1, 2)) & opening
    filled = np.where(failed[:, None, None], floor, combined)
    expected = expecting(
        filled,
        told,
        ordinary=np.expm1(regimes.lately.usual[:, np.arange(horizon) % 7]),
        surging=regimes.lately.surging,
        widening=widening,
    )
    reopened = np.where(np.isnan(reopened), floor, reopened)
    return as_registered(expected, told, shut=shut, reopened=reopened), failed


def _with_totals(forecasts: Forecasts, panel: Panel, places: Places, holidays: BoolArray) -> Forecasts:
    """The same with regions and countries: sums of the paths, beside the baseline of the summed counts.

    Near a holiday is a total where `holidays` [series, day] are so for at least half of its crossings.
    """
    totals, summing = totals_of(panel, places)
    if not totals.places:
        return forecasts
    summed = forecasts.paths.totals(totals.ids, summing)
    quantiles = summed.quantiles()
    near = summing.astype(float) @ holidays >= summing.sum(axis=1, keepdims=True) / 2
    regimes = Regimes.of(totals, near)
    own = total_status(totals, quantiles.horizon, regimes, crossings=forecasts.status, summing=summing)
    return replace(
        forecasts,
        quantiles=forecasts.quantiles.joined(quantiles),
        baseline=forecasts.baseline.joined(baseline(totals, quantiles.horizon)),
        status=forecasts.status + own,
        outlooks=forecasts.outlooks + outlooks(regimes, summed),
        explanations=forecasts.explanations + (None,) * len(totals.places),
    )


def _generator(seed: int, panel: Panel) -> np.random.Generator:
    """The random numbers that a seed, a measure and a cutoff name."""
    name = f"{seed}|{panel.measure}|{panel.cutoff.isoformat()}"
    return np.random.default_rng(list(hashlib.sha256(name.encode()).digest()))
