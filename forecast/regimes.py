"""Open or closed, calm, surge or collapse: what mode each series is in, day by day."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
import numpy.typing as npt

from forecast.arrays import BoolArray, FloatArray, known_mean, known_median
from forecast.events import announced, openings
from forecast.panel import Panel

Mode = Literal["calm", "surge", "collapse", "closed", "reopening"]

SHORTEST_CLOSURE = 5  # days of zeros in a row
SHORTEST_CLOSURE_INTERMITTENT = 60
INTERMITTENT = 0.25  # share of zeros on recent open days above which a series is
IMPROBABLE = 0.001  # a run of zeros this unlikely at the recent share of zeros is a closure
BUSY = 20.0  # people/day on open days; below this, zeros are ordinary
MEMORY = 120  # open days that say what is ordinary
TRICKLE = 0.1  # of the ordinary count; more than that crossed no closed border
REOPENING_DAYS = 28
LONG_CLOSURE = 14  # days; after a longer one the level starts anew
DEVIATION_DAYS = 90
LEVEL_DAYS = 28
LASTING = 3  # days that are judged together
LARGEST_DAY = float(np.log(3))
USUAL_WEEKS = 8
LEAST_DEVIATION = float(np.log(1.5))  # a surge is at least half as much again
LIMIT_SPREADS = 2.6
UPHEAVAL = float(np.log(1.75))


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


@dataclass(frozen=True, slots=True)
class Deviations:
    """Where each series stands beside its ordinary level, in log units.

    `usual` [series, 7] is the median log count over eight weeks of the weekdays 1 to 7 days after the cutoff;
    `now` [series] is the mean deviation over the last days; `limit` [series] is what is out of the ordinary.
    """

    usual: FloatArray
    now: FloatArray
    limit: FloatArray

    @property
    def surging(self) -> BoolArray:
        """Whether a series is far above its ordinary level: [series]."""
        return self.now > self.limit

    @property
    def collapsing(self) -> BoolArray:
        """Whether a series is far below its ordinary level: [series]."""
        return self.now < -self.limit

    @property
    def upheaval(self) -> BoolArray:
        """Whether a series is so far away that what it did before says little: [series]."""
        return np.abs(self.now) > np.maximum(self.limit, UPHEAVAL)


def deviations(counts: FloatArray) -> Deviations:
    """Compare the last three days with the four weeks before, weekdays taken out; counts [series, day]."""
    history = DEVIATION_DAYS + LEVEL_DAYS + LASTING
    logs = np.log1p(_newest(counts, max(history, 7 * USUAL_WEEKS + 7)))
    weeks = logs[:, -7 * USUAL_WEEKS :].reshape(len(logs), USUAL_WEEKS, 7)
    pattern = _weekday_pattern(logs[:, -7 * USUAL_WEEKS - 7 : -7])
    adjusted = (logs - pattern[:, np.arange(-logs.shape[1], 0) % 7])[:, -history:]
    level = _mean_before(adjusted[:, :-LASTING], LEVEL_DAYS)[:, 1:]
    daily = [
        adjusted[:, LEVEL_DAYS + ago : LEVEL_DAYS + ago + level.shape[1]] for ago in range(1, LASTING + 1)
    ]
    away = np.stack(daily) - level
    ordinary = known_mean(away, axis=0)[:, :-7]  # the last week is what is being judged
    spread = 1.4826 * known_median(np.abs(ordinary - known_median(ordinary, axis=1)[:, None]), axis=1)
    limit = np.maximum(LEAST_DEVIATION, LIMIT_SPREADS * np.nan_to_num(spread))
    # One day far out, such as a storm's, is not a change that lasts.
    most = np.maximum(LARGEST_DAY, 1.5 * limit)
    now = known_mean(np.clip(away[:, :, -1], -most, most), axis=0)
    return Deviations(known_median(weeks, axis=1), np.nan_to_num(now), limit)


def _newest(counts: FloatArray, days: int) -> FloatArray:
    """The last days, NaN before the first: [series, days]."""
    short = max(0, days - counts.shape[1])
    return np.pad(counts, ((0, 0), (short, 0)), constant_values=np.nan)[:, -days:]


def _weekday_pattern(logs: FloatArray) -> FloatArray:
    """How weekdays differ in log units, drawn towards not at all by what chance makes: [series, 7].

    `logs` [series, day] are whole weeks, of which the pattern's first weekday is the first.
    """
    weeks = logs.reshape(len(logs), -1, 7)
    away = weeks - known_median(logs, axis=1)[:, None, None]
    pattern = known_median(away, axis=1)
    within = 1.4826 * known_median(np.abs(away - pattern[:, None]).reshape(logs.shape), axis=1)
    chance = np.pi / 2 * within**2 / weeks.shape[1]  # the variance of a median
    between = np.nan_to_num(pattern).var(axis=1, ddof=1)
    belief = np.maximum(0.0, 1 - np.nan_to_num(chance, nan=np.inf) / np.maximum(between, 1e-9))
    return np.asarray(np.nan_to_num(pattern) * belief[:, None])


def _mean_before(values: FloatArray, days: int) -> FloatArray:
    """Means of so many days up to each day from the last of the first such stretch on: [series, day]."""
    known = np.isfinite(values)
    sums, counts = (
        np.pad(np.cumsum(each, axis=1), ((0, 0), (1, 0))) for each in (np.where(known, values, 0.0), known)
    )
    total, seen = (each[:, days:] - each[:, :-days] for each in (sums, counts))
    return np.where(seen > 0, total / np.maximum(1, seen), np.nan)


def expected_modes(
    median: FloatArray,
    lately: Deviations,
    *,
    ahead: tuple[BoolArray, BoolArray],
    since_closure: npt.NDArray[np.int64],
) -> tuple[tuple[Mode, ...], ...]:
    """The mode of each series and horizon, given the forecast medians [series, horizon].

    `ahead` are the days on which each will be closed, and on which it will have opened: [series, horizon].
    """
    closed, opened = ahead
    horizon = median.shape[1]
    usual = lately.usual[:, np.arange(horizon) % 7]
    away = np.nan_to_num(np.log1p(median) - usual)
    reopened = since_closure[:, None] + np.arange(1, horizon + 1) <= REOPENING_DAYS
    half = lately.limit[:, None] / 2
    modes = np.full(median.shape, "calm", dtype=object)
    modes[lately.surging[:, None] & (away > half)] = "surge"
    modes[lately.collapsing[:, None] & (away < -half)] = "collapse"
    modes[reopened | opened] = "reopening"
    modes[closed] = "closed"
    return tuple(map(tuple, modes))
