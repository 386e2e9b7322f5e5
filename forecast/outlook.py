"""What the days ahead may bring: the chance of a surge, and how likely each kind of change is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from forecast import scores
from forecast.arrays import BoolArray, FloatArray, known_mean, known_median
from forecast.members.weekly_naive import filled_by_weekday
from forecast.ordinary import JUDGED, deviations_ahead
from forecast.paths import Paths
from forecast.regimes import Regimes

Counts = npt.NDArray[np.integer[Any]]
CHANGES = ("large decrease", "decrease", "stable", "increase", "large increase")
WEEKS = ((1, 7), (8, 14))  # horizons, first and last
SURGE_DAYS = JUDGED
LEAST_DAYS = 2  # days not near a holiday, without which a week says nothing of a surge
NOISE, LARGE_NOISE = 0.5, 1.5  # of the spread of a series' own changes
SMALL, LARGE = float(np.log(1.1)), float(np.log(1.35))
FILLED_WEEKS = 4
PAST = 364  # days whose changes say what is ordinary
RARE = 0.05  # chance of a surge in a week of which nothing is known
DIGITS = 4  # of a probability
CHUNK = 250  # series whose paths are compared at once


@dataclass(frozen=True, slots=True)
class Yardstick:
    """What the days ahead are held against; kept, so that what came is judged by what was meant.

    `usual` is the log1p count of an ordinary day 1 to 7 days ahead, None for days near a holiday, which say
    nothing of a surge, and () if not known; `limit` is how far above it a surge begins; `reference` is the
    mean of the last seven days, `edges` are for each week four rising log ratios between the five kinds of
    change.
    """

    usual: tuple[float | None, ...]
    limit: float
    reference: float | None
    edges: tuple[tuple[float, ...], ...]


@dataclass(frozen=True, slots=True)
class Chances:
    """Probability of a surge in the next 7 days, and of each of CHANGES by week; None or () if unknowable."""

    surge: float | None
    changes: tuple[tuple[float, ...], ...]


@dataclass(frozen=True, slots=True)
class Outlook:
    """One series' chances, and beside them what its own past alone would have said."""

    yardstick: Yardstick
    chances: Chances
    climatology: Chances


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of a part of an outlook: `kind` surge (outcome 0 or 1) or change (a position in CHANGES).

    The score is Brier's or the ranked probability score, lower is better; `reference` is climatology's.
    """

    kind: str
    first: int
    last: int
    outcome: int
    score: float
    reference: float


def outlooks(regimes: Regimes, paths: Paths) -> tuple[Outlook, ...]:
    """The outlook of every series, in the order of the regimes, which is that of the paths' ids."""
    made: list[Outlook] = []
    for first in range(0, len(paths.ids), CHUNK):
        rows = slice(first, first + CHUNK)
        made.extend(_outlooks(regimes.select(rows), paths.values[:, rows]))
    return tuple(made)


def verdicts(outlook: Outlook, counts: FloatArray) -> Iterator[Verdict]:
    """Score those parts of an outlook whose days are all in `counts` [horizon], NaN where not known."""
    chance, usual = outlook.chances.surge, outlook.climatology.surge
    week = counts[:SURGE_DAYS]
    if chance is not None and usual is not None and _whole(week, SURGE_DAYS):
        ordinary = np.array(outlook.yardstick.usual, dtype=float)  # NaN near a holiday
        surged = bool(_surges(np.log1p(week) > ordinary + outlook.yardstick.limit))
        happened = np.array(float(surged))
        both = (float(scores.brier(np.array(p), happened)) for p in (chance, usual))
        yield Verdict("surge", 1, SURGE_DAYS, int(surged), *both)
    for number, changes in enumerate(outlook.chances.changes):
        first, last = WEEKS[number]
        days, reference = counts[first - 1 : last], outlook.yardstick.reference
        if reference is None or not _whole(days, last - first + 1):
            continue
        change = np.log1p(days.mean()) - np.log1p(reference)
        kind = int((change > np.array(outlook.yardstick.edges[number])).sum())
        past = outlook.climatology.changes[number]
        both = (float(scores.rps(np.array(p), np.array(float(kind)))) for p in (changes, past))
        yield Verdict("change", first, last, kind, *both)


def _whole(days: FloatArray, wanted: int) -> bool:
    return len(days) == wanted and bool(np.isfinite(days).all())


def _outlooks(regimes: Regimes, paths: Counts) -> Iterator[Outlook]:
    """Outlooks of some series from their paths [path, series, horizon]."""
    counts, closed, limit = regimes.counts, regimes.closed, regimes.lately.limit
    usual = _usual(regimes)
    filled = np.where(closed, np.nan, filled_by_weekday(counts, FILLED_WEEKS))
    reference = _reference(filled, closed)
    weeks = [week for week in WEEKS if week[1] <= paths.shape[2]]
    past = [_changes(filled, last) for _, last in weeks]
    edges = [_edges(changes) for changes in past]
    level = np.log1p(reference)
    surge = _surge_chances(paths, usual, limit)
    surge_before = _surges_before(regimes)
    ahead = [
        _shares(np.log1p(paths[:, :, first - 1 : last].mean(axis=2)) - level, edge)
        for (first, last), edge in zip(weeks, edges, strict=True)
    ]
    before = [_ordinary_shares(changes, edge) for changes, edge in zip(past, edges, strict=True)]
    for row in range(len(counts)):
        told = np.isfinite(reference[row])
        yield Outlook(
            Yardstick(
                _told(usual[row]),
                float(limit[row]),
                float(reference[row]) if told else None,
                tuple(tuple(edge[row].tolist()) for edge in edges),
            ),
            Chances(_known(surge[row]), _by_week(ahead, row) if told else ()),
            Chances(_known(surge_before[row], surge[row]), _by_week(before, row) if told else ()),
        )


def _known(chance: float, given: float = 0.0) -> float | None:
    return round(float(chance), DIGITS) if np.isfinite(chance) and np.isfinite(given) else None


def _by_week(shares: Sequence[FloatArray], row: int) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(week[row].round(DIGITS).tolist()) for week in shares)


def _usual(regimes: Regimes) -> FloatArray:
    """The ordinary log count 1 to 7 days ahead, NaN near holidays and where it is not known: [series, 7]."""
    return np.where(regimes.near_holiday[:, -SURGE_DAYS:], np.nan, regimes.lately.usual)


def _told(usual: FloatArray) -> tuple[float | None, ...]:
    """The ordinary counts of a series [day], () where none is known."""
    days = tuple(float(day) if np.isfinite(day) else None for day in usual)
    return days if any(day is not None for day in days) else ()


def _reference(filled: FloatArray, closed: BoolArray) -> FloatArray:
    """The mean of the last seven days, nobody on closed ones; NaN where nothing is known: [series]."""
    return known_mean(np.where(closed, 0.0, filled)[:, -7:], axis=1)


def _changes(filled: FloatArray, ahead: int) -> FloatArray:
    """Log ratios of a week's mean to that of the week `ahead` days earlier: [series, day]."""
    if filled.shape[1] < 7 + ahead:
        return np.full((len(filled), 1), np.nan)
    means = np.lib.stride_tricks.sliding_window_view(filled[:, -(PAST + 7 + ahead) :], 7, axis=1).mean(axis=2)
    logs = np.log1p(means)
    return np.asarray(logs[:, ahead:] - logs[:, :-ahead])


def _edges(changes: FloatArray) -> FloatArray:
    """Where one kind of change ends and the next begins: [series, 4].

    Fixed ratios, because a planner moves staff for them, unless the series varies more from week to week than
    that: then a half and one and a half of that spread, so that noise is not called a change.
    """
    spread = 1.4826 * np.nan_to_num(known_median(np.abs(changes), axis=1))
    small, large = np.maximum(SMALL, NOISE * spread), np.maximum(LARGE, LARGE_NOISE * spread)
    return np.stack([-large, -small, small, large], axis=1)


def _shares(changes: FloatArray, edges: FloatArray) -> FloatArray:
    """The share of equally likely changes [path, series] of each kind: [series, kind]."""
    beyond = [(changes > edge).mean(axis=0) for edge in edges.T]
    steps = np.stack([np.ones(len(edges)), *beyond, np.zeros(len(edges))], axis=1)
    return np.asarray(steps[:, :-1] - steps[:, 1:])


def _ordinary_shares(changes: FloatArray, edges: FloatArray) -> FloatArray:
    """The share of past changes [series, day] of each kind, with one more week that says nothing."""
    kinds = (changes[:, :, None] > edges[:, None, :]).sum(axis=2)
    known = np.isfinite(changes)
    found = np.stack([((kinds == kind) & known).sum(axis=1) for kind in range(len(CHANGES))], axis=1)
    return _with_a_week_more(found, known.sum(axis=1)[:, None], 1 / len(CHANGES))


def _with_a_week_more(found: FloatArray, known: FloatArray, prior: float) -> FloatArray:
    """Shares of days, of which seven in a row say about as much as one."""
    return np.asarray((found / 7 + prior) / (known / 7 + 1))


def _surge_chances(paths: Counts, usual: FloatArray, limit: FloatArray) -> FloatArray:
    """The share of paths [path, series, horizon] with a surge soon, NaN if unknowable: [series]."""
    if paths.shape[2] < SURGE_DAYS:
        return np.full(len(usual), np.nan)
    surging = _surges(paths[:, :, :SURGE_DAYS] > np.expm1(usual + limit[:, None]))
    return np.where(_tells(usual), surging.mean(axis=0), np.nan)


def _tells(week: FloatArray) -> BoolArray:
    """Whether enough of a week's days [..., day] are known to tell a surge: [...]."""
    return np.asarray(np.isfinite(week).sum(axis=-1) >= LEAST_DAYS)


def _surges(above: BoolArray) -> BoolArray:
    """Whether the middle one of three days in a row is above a limit (so two are): [...] of [..., day]."""
    first, second, third = above[..., :-2], above[..., 1:-1], above[..., 2:]
    return np.asarray(((first & second) | (second & third) | (first & third)).any(axis=-1))


def _surges_before(regimes: Regimes) -> FloatArray:
    """The share of past weeks with a surge over what was ordinary on the day before: [series]."""
    past = regimes.near_holiday[:, :-SURGE_DAYS]
    away = deviations_ahead(regimes.counts, past, PAST)
    told = _tells(away) & _whole_weeks(regimes.counts, away.shape[1])
    surging = _surges(away > regimes.lately.limit[:, None, None]) & told
    return _with_a_week_more(surging.sum(axis=1), told.sum(axis=1), RARE)


def _whole_weeks(counts: FloatArray, days: int) -> BoolArray:
    """Whether the seven days after each of so many past days were all counted: [series, day]."""
    known = np.isfinite(counts)
    short = max(0, days + SURGE_DAYS - known.shape[1])
    padded = np.pad(known, ((0, 0), (short, 0)))
    weeks = np.lib.stride_tricks.sliding_window_view(padded, SURGE_DAYS, axis=1)
    return np.asarray(weeks[:, -days:].all(axis=2))
