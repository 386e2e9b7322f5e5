"""Open or closed, calm, surge or collapse: what mode each series is in, day by day."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
import numpy.typing as npt

from forecast.arrays import BoolArray, FloatArray
from forecast.events import announced, openings
from forecast.ordinary import JUDGED, Deviations, deviations
from forecast.panel import Panel

Mode = Literal["calm", "surge", "collapse", "closed", "reopening"]
IntArray = npt.NDArray[np.int64]

SHORTEST_CLOSURE = 5  # days of zeros in a row
SHORTEST_CLOSURE_INTERMITTENT = 60
INTERMITTENT = 0.25  # share of zeros on recent open days above which a series is
IMPROBABLE = 0.001  # a run of zeros this unlikely at the recent share of zeros is a closure
BUSY = 20.0  # people/day on open days; below this, zeros are ordinary
MEMORY = 120  # open days that say what is ordinary
TRICKLE = 0.1  # of the ordinary count; more than that crossed no closed border
REOPENING_DAYS = 28
LONG_CLOSURE = 14  # days; after a longer one the level starts anew


def closed_days(panel: Panel) -> BoolArray:
    """Days on which a crossing was shut: [series, day].

    By its status, by a registered closure, or by an improbable run of zeros; such a run ends on the day on
    which the crossing was registered to open. Counts well above nothing overrule the register. A crossing
    never heard of was shut if it is registered to open.
    """
    zeros = (np.nan_to_num(panel.counts, nan=-1.0) == 0) & ~panel.partial
    register = announced(panel.events, panel.ids, start=panel.start, days=panel.days, horizon=0)
    opened = openings(panel.events, panel.ids, start=panel.start, days=panel.days)
    told = panel.closed | (register.closed & ~_contradicted(panel, register.closed)) | _unheard(panel)
    closed = told.copy()
    for row in np.flatnonzero(zeros.any(axis=1)):
        closed[row] = _closed(panel.counts[row], told[row], zeros[row], opened[row])
    return closed


def _unheard(panel: Panel) -> BoolArray:
    """Days up to the first registered opening of crossings without any report: [series, day]."""
    never = ~(np.isfinite(panel.counts) | panel.closed).any(axis=1)
    found = np.zeros(panel.counts.shape, dtype=bool)
    for row in np.flatnonzero(never) if panel.events else ():
        firsts = [
            event.first
            for event in panel.events
            if event.kind == "opening" and event.place in (None, panel.ids[row])
        ]
        if firsts:
            found[row, : max(1, (min(firsts) - panel.start).days)] = True
    return found


def _contradicted(panel: Panel, registered: BoolArray) -> BoolArray:
    """Days of registered closures with more than a tenth of the people of before: [series, day]."""
    found = np.zeros_like(registered)
    for row in np.flatnonzero((registered & (panel.counts > 0)).any(axis=1)):
        usual = panel.counts[row, : np.argmax(registered[row])]
        usual = usual[usual > 0][-MEMORY:]
        least = TRICKLE * float(np.median(usual)) if len(usual) else BUSY
        found[row] = registered[row] & (panel.counts[row] > least)
    return found


def closed_at_cutoff(panel: Panel, closed: BoolArray) -> BoolArray:
    """Whether the last day heard of was a closed one: [series]."""
    heard = closed | np.isfinite(panel.counts)
    return closed[np.arange(len(closed)), _last(heard)] & heard.any(axis=1)


def open_counts(panel: Panel, closed: BoolArray) -> FloatArray:
    """Counts of whole open days and nowcasts of the last ones, NaN for all others: [series, day]."""
    return np.where(closed, np.nan, panel.learnable)


def days_since_closure(closed: BoolArray) -> npt.NDArray[np.int64]:
    """Days since a series' last long closure ended; very many if it never had one: [series]."""
    since = np.full(len(closed), np.iinfo(np.int32).max, dtype=np.int64)
    for row in np.flatnonzero(closed.any(axis=1)):
        ends = [last for first, last in _runs(closed[row]) if last - first >= LONG_CLOSURE]
        if ends:
            since[row] = closed.shape[1] - ends[-1]
    return since


def _closed(counts: FloatArray, told: BoolArray, zero: BoolArray, opened: BoolArray) -> BoolArray:
    """One series: its runs of zeros in order, since each closure changes what was open before."""
    closed = told.copy()
    for first, last in _runs_parted(zero | told | np.isnan(counts), opened):
        run = first + np.flatnonzero(zero[first:last])
        if len(run) < SHORTEST_CLOSURE:
            continue
        usual = counts[:first][~closed[:first] & np.isfinite(counts[:first])][-MEMORY:]
        if not len(usual):  # closed since the register begins: judge by the first days after
            usual = counts[last:][np.isfinite(counts[last:])][:MEMORY]
        if _is_improbable(len(run), usual):
            closed[run[0] : run[-1] + 1] = True
    return closed


def _is_improbable(zeros: int, usual: FloatArray) -> bool:
    if len(usual) < 3 or usual.mean() <= BUSY:
        return False
    share = (np.count_nonzero(usual == 0) + 0.5) / (len(usual) + 1)
    # Where zeros are ordinary they come in spells (weather, season), so that chance is no judge of a run.
    least = SHORTEST_CLOSURE if share <= INTERMITTENT else SHORTEST_CLOSURE_INTERMITTENT
    return bool(zeros >= least and share**zeros < IMPROBABLE)


def _runs_parted(flags: BoolArray, at: BoolArray) -> list[tuple[int, int]]:
    """The same stretches, each parted before the days `at` in it."""
    parted = []
    for first, last in _runs(flags):
        edges = [first, *(first + 1 + np.flatnonzero(at[first + 1 : last])).tolist(), last]
        parted += list(pairwise(edges))
    return parted


def _runs(flags: BoolArray) -> list[tuple[int, int]]:
    """Stretches of true days as (first, one past the last)."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def _last(flags: BoolArray) -> npt.NDArray[np.intp]:
    """The last true day of each series; meaningless where there is none: [series]."""
    return np.asarray(flags.shape[1] - 1 - np.argmax(flags[:, ::-1], axis=1))


@dataclass(frozen=True, slots=True, eq=False)
class Regimes:
    """What each series of a panel is doing, judged once for all who ask.

    `closed` [series, day] are days on which nobody could cross, `counts` [series, day] those to learn from
    (NaN on others), `shut` [series] says whether a series is closed at the cutoff, and `since_closure`
    [series] how many days ago a long closure ended. `near_holiday` [series, day + 7] are days in or next to
    a public holiday; `lately` is where the series stands beside its ordinary level.
    """

    closed: BoolArray
    counts: FloatArray
    shut: BoolArray
    since_closure: IntArray
    near_holiday: BoolArray
    lately: Deviations

    @classmethod
    def of(cls, panel: Panel, near_holiday: BoolArray | None = None) -> "Regimes":
        """The regimes of all series; without `near_holiday` [series, day + 7] no day is near one."""
        closed = closed_days(panel)
        counts = open_counts(panel, closed)
        if near_holiday is None:
            near_holiday = np.zeros((len(counts), panel.days + JUDGED), dtype=bool)
        return cls(
            closed,
            counts,
            closed_at_cutoff(panel, closed),
            days_since_closure(closed),
            near_holiday,
            deviations(counts, near_holiday[:, : panel.days]),
        )

    def select(self, rows: slice) -> "Regimes":
        """Those of some of the series."""
        return Regimes(
            self.closed[rows],
            self.counts[rows],
            self.shut[rows],
            self.since_closure[rows],
            self.near_holiday[rows],
            self.lately.select(rows),
        )

    def modes(self, closed: BoolArray, opened: BoolArray) -> tuple[tuple[Mode, ...], ...]:
        """The mode of each series and day ahead: the one at the cutoff, but for what the register tells.

        `closed` and `opened` are the days on which each will be closed, and will have opened:
        [series, horizon].
        """
        ahead = np.arange(1, closed.shape[1] + 1)
        modes = np.full(closed.shape, "calm", dtype=object)
        modes[self.lately.surging] = "surge"
        modes[self.lately.collapsing] = "collapse"
        modes[(self.since_closure[:, None] + ahead <= REOPENING_DAYS) | opened] = "reopening"
        modes[closed] = "closed"
        return tuple(map(tuple, modes))
