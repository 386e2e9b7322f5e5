"""What a reader must know about a forecast besides its numbers: modes, flags and weights."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import numpy as np

from forecast.arrays import BoolArray, FloatArray
from forecast.ensemble import Ensemble
from forecast.panel import Panel
from forecast.regimes import Mode, Regimes
from forecast.reopening import ahead_of, days_ahead

SHORT_HISTORY = 28  # open days
STALE = 7  # days without any report, after which a forecast rests on old counts


@dataclass(frozen=True, slots=True)
class SeriesStatus:
    """A mode per horizon, flags, and the members' weights of one series."""

    modes: tuple[str, ...]
    flags: tuple[str, ...] = ()
    weights: dict[str, float] = field(default_factory=dict)


def crossing_status(
    panel: Panel, horizon: int, regimes: Regimes, *, failed: BoolArray, ensemble: Ensemble
) -> tuple[SeriesStatus, ...]:
    """The status of each crossing; `failed` [series] got the baseline instead of the ensemble."""
    modes = modes_ahead(panel, horizon, regimes)
    shut, counts = regimes.shut, regimes.counts
    quiet = shut & ~failed
    return tuple(
        SeriesStatus(
            modes[row],
            (
                *_at_cutoff(panel, row),
                *_nowcast(panel, row),
                *_events(panel, row, horizon),
                *(["closed"] if shut[row] else _short(counts[row])),
                *([] if quiet[row] else _members(ensemble.without[row], failed=bool(failed[row]))),
            ),
            {} if shut[row] or failed[row] else ensemble.weights_of(row),
        )
        for row in range(len(panel.places))
    )


def total_status(
    totals: Panel, horizon: int, regimes: Regimes, *, crossings: tuple[SeriesStatus, ...], summing: BoolArray
) -> tuple[SeriesStatus, ...]:
    """The status of each total: its own modes, and the flags of its crossings with their number."""
    modes = modes_ahead(totals, horizon, regimes)
    return tuple(
        SeriesStatus(modes[row], _gathered([crossings[part] for part in np.flatnonzero(summing[row])]))
        for row in range(len(totals.places))
    )


def modes_ahead(panel: Panel, horizon: int, regimes: Regimes) -> tuple[tuple[Mode, ...], ...]:
    """The mode of each crossing on each day of the horizon, as events and the last days have it."""
    return regimes.modes(*days_ahead(ahead_of(panel, horizon), regimes.shut))


def _at_cutoff(panel: Panel, row: int) -> list[str]:
    """What is amiss with the last day, and since when nothing was reported at all."""
    if panel.closed[row, -1]:
        return []
    if panel.partial[row, -1]:
        return ["partial-at-cutoff"]
    if np.isfinite(panel.counts[row, -1]):
        return []
    heard = np.flatnonzero(np.isfinite(panel.counts[row]) | panel.closed[row])
    if len(heard) and panel.days - 1 - heard[-1] > STALE:
        return ["missing-at-cutoff", f"stale: nothing reported since {panel.dates[heard[-1]]:%Y-%m-%d}"]
    return ["missing-at-cutoff"]


def _nowcast(panel: Panel, row: int) -> list[str]:
    """Which of the last days were learnt from before all their people were counted."""
    if panel.nowcast is None:
        return []
    days = panel.dates[np.isfinite(panel.nowcast.counts[row])]
    return [f"nowcast: {', '.join(days.strftime('%Y-%m-%d'))}"] if len(days) else []


def _events(panel: Panel, row: int, horizon: int) -> list[str]:
    """The registered events of a crossing that reach into the days ahead."""
    first, last = panel.cutoff + timedelta(days=1), panel.cutoff + timedelta(days=horizon)
    own = (event for event in panel.events if event.place in (None, panel.ids[row]))
    ids = [event.id for event in own if event.reaches(first, last)]
    return [f"events: {', '.join(ids)}"] if ids else []


def _short(counts: FloatArray) -> list[str]:
    return ["short-history"] if np.isfinite(counts).sum() < SHORT_HISTORY else []


def _members(without: Mapping[str, str], *, failed: bool) -> list[str]:
    """What is said of members that are missing: all of them, some by failure, some not yet."""
    flags = []
    if failed:
        flags.append(
            "fallback: "
            + ("; ".join(f"{name}: {why}" for name, why in without.items() if why) or "no counts")
        )
    else:
        flags += [f"without {name}: {why}" for name, why in without.items() if why]
    pending = [name for name, why in without.items() if not why]
    return flags + ([f"members-pending: {', '.join(pending)}"] if pending else [])


def _gathered(crossings: list[SeriesStatus]) -> tuple[str, ...]:
    """The crossings' flags, each kind once: a total is as complete as its crossings."""
    kinds = [flag.split(":")[0] for status in crossings for flag in status.flags]
    full = {flag.split(":")[0]: flag for status in crossings for flag in status.flags}
    return tuple(
        full[kind]
        if kind == "members-pending"
        else f"{kind}: {kinds.count(kind)} of {len(crossings)} crossings"
        for kind in dict.fromkeys(kinds)
    )
