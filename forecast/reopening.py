"""Forecasts of crossings that are, or will be, closed or opened by the register of events."""

from dataclasses import replace
from statistics import NormalDist

import numpy as np

from forecast.arrays import BoolArray, FloatArray
from forecast.events import Announced, announced, openings
from forecast.panel import Nowcast, Panel
from forecast.places import Places
from forecast.quantiles import QUANTILE_LEVELS

MEMORY = 120  # open days before the closure that say how many came
TRICKLE = 0.1
LEAST = 5  # open days below which a crossing's own level is not known
WEEKS = 28  # open days from which its weekdays are told apart
LEAST_OTHERS = 3  # crossings whose sizes stand in for one that never was open
LEAST_SPREAD = 0.25  # log units; the first days after an opening are never ordinary
DRIFT = 0.04  # log units times the root of the days closed: how far a level wanders unseen
LARGEST_DRIFT = 0.9


def with_announced(panel: Panel, places: Places) -> Panel:
    """The same with the crossings never heard of that are registered to open, behind the others."""
    told = {event.place for event in panel.events if event.kind == "opening"}
    new = tuple(place for place in places.crossings if place.id in told - set(panel.ids))
    if not new:
        return panel
    more = ((0, len(new)), (0, 0))
    nowcast = panel.nowcast and Nowcast(
        np.pad(panel.nowcast.counts, more, constant_values=np.nan),
        np.pad(panel.nowcast.reliance, more, constant_values=1.0),
    )
    return replace(
        panel,
        places=panel.places + new,
        counts=np.pad(panel.counts, more, constant_values=np.nan),
        closed=np.pad(panel.closed, more),
        partial=np.pad(panel.partial, more),
        nowcast=nowcast,
    )


def ahead_of(panel: Panel, horizon: int) -> Announced:
    """What a panel's events say; a crossing that was to open and was not heard of since opens on day one."""
    told = announced(panel.events, panel.ids, start=panel.start, days=panel.days, horizon=horizon)
    opened = openings(panel.events, panel.ids, start=panel.start, days=panel.days)
    heard = np.isfinite(panel.counts) | panel.closed
    silent = np.maximum.accumulate(heard[:, ::-1], axis=1)[:, ::-1]
    unheard = (opened & ~silent).any(axis=1) & ~told.closed_ahead[:, :1].any(axis=1)
    return replace(told, opens_ahead=np.where(unheard, 0, told.opens_ahead))


def days_ahead(told: Announced, shut: BoolArray) -> tuple[BoolArray, BoolArray]:
    """The days on which crossings will be closed, and on which those `shut` [series] now are open again.

    Both [series, horizon]. Closed are the days of registered closures, and all until a crossing that is shut
    is registered to open.
    """
    days = np.arange(told.closed_ahead.shape[1])
    opened = (told.opens_ahead >= 0)[:, None] & (days >= told.opens_ahead[:, None]) & shut[:, None]
    # Counted people overrule the register's closure (see regimes), so it does not go on either; on its first
    # day they may have come before it began.
    counted = told.closed[:, -2:].all(axis=1) & ~shut
    overruled = counted[:, None] & np.logical_and.accumulate(told.closed_ahead, axis=1)
    closed = (told.closed_ahead & ~overruled) | (shut[:, None] & ~opened)
    return closed, opened & ~closed


def as_registered(
    quantiles: FloatArray, told: Announced, shut: BoolArray, reopened: FloatArray
) -> FloatArray:
    """Forecasts [series, horizon, level] as the register of events has it.

    0 on days on which nobody can cross; `reopened` [series, horizon, level] once a crossing that is `shut`
    [series] at the cutoff is open again.
    """
    closed, opened = days_ahead(told, shut)
    values = np.where(opened[:, :, None], reopened, quantiles)
    return np.where(closed[:, :, None], 0.0, values)


def reopening_quantiles(panel: Panel, closed: BoolArray, horizon: int) -> FloatArray:
    """What to expect of each crossing once it is open again: [series, horizon, level].

    The level of its last open days, by weekday where these were many, and the wider the longer it has been
    closed; of one that never was open the sizes of the others, NaN where these are too few.
    """
    counts = [_busy(row) for row in np.where(closed, np.nan, panel.learnable)]
    levels = [_level(row) for row in counts]
    known = [level for level in levels if level is not None]
    others = _pooled(known) if len(known) >= LEAST_OTHERS else (np.nan, np.nan)
    made = np.empty((len(counts), horizon, len(QUANTILE_LEVELS)))
    bell = np.array([NormalDist().inv_cdf(level) for level in QUANTILE_LEVELS])
    for row, level in enumerate(levels):
        middle, spread = level if level is not None else others
        shape = _weekdays(counts[row], horizon) if level is not None else np.zeros(horizon)
        if level is not None:
            spread = float(np.hypot(spread, min(LARGEST_DRIFT, DRIFT * np.sqrt(_silent_days(counts[row])))))
        made[row] = np.expm1(middle + shape[:, None] + spread * bell)
    return np.maximum(0.0, made)


def _busy(counts: FloatArray) -> FloatArray:
    """A series' last open days with people in them, NaN for all others: [day].

    Days with a tenth of what busy ones had belong to closures that let a few through.
    """
    days = np.flatnonzero(counts > 0)[-MEMORY:]
    busy = np.full(len(counts), np.nan)
    if len(days):
        known = counts[days]
        kept = known > TRICKLE * np.quantile(known, 0.9)
        busy[days[kept]] = known[kept]
    return busy


def _level(counts: FloatArray) -> tuple[float, float] | None:
    """The middle and spread of a series' busy days in log units, or None where too few are known."""
    logs = np.log1p(counts[np.isfinite(counts)])
    if len(logs) < LEAST:
        return None
    return float(np.median(logs)), max(LEAST_SPREAD, float(np.std(logs)))


def _pooled(levels: list[tuple[float, float]]) -> tuple[float, float]:
    """The middle and spread of other crossings' sizes."""
    sizes = np.array([middle for middle, _ in levels])
    return float(np.median(sizes)), float(np.hypot(np.std(sizes), LARGEST_DRIFT))


def _weekdays(counts: FloatArray, horizon: int) -> FloatArray:
    """How the weekdays ahead differ from the level, in log units, drawn towards none: [horizon]."""
    days = np.flatnonzero(np.isfinite(counts))
    shape = np.zeros(7)
    if len(days) >= WEEKS:
        logs = np.log1p(counts[days])
        for weekday in range(7):
            own = logs[days % 7 == weekday]
            shape[weekday] = (own - np.median(logs)).sum() / (len(own) + 4)
    return shape[(len(counts) + np.arange(horizon)) % 7]


def _silent_days(counts: FloatArray) -> int:
    """Days since a series' last open one."""
    return int(np.argmax(np.isfinite(counts[::-1])))
