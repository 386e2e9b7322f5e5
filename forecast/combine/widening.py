"""Wider intervals where the last days, or a register of events, say that the past is a poor guide."""

from dataclasses import dataclass

import numpy as np

from forecast.arrays import BoolArray, FloatArray
from forecast.combine.ranges import checked
from forecast.events import Announced
from forecast.quantiles import QUANTILE_LEVELS
from forecast.smoothing import ROOT

LOWER, MEDIAN, UPPER, TOP = (QUANTILE_LEVELS.index(level) for level in (0.1, 0.5, 0.9, 0.99))
BELL = 1.2816  # the 0.9 quantile of a bell with spread 1
WEEK = 7
DRIFT_LIMIT = 2.5  # standard errors beyond which a week's one-step errors are a drift
DRIFT_SHARE = 0.4  # of the drift, how much may go on each day
RISE_DAYS = (1, 2, 3)
RISE_LIMIT = 4.0  # standard errors beyond which the last days' errors are a rise
RISE_SHARE = 0.8
RISE_OTHER_SIDE = 1.5
SURGE_OTHER_SIDE = 2.0  # and downwards, in one so strong that the days before say little
TAIL_BEGINS = 0.8  # the central interval beyond which they are moved
EVENT_OTHER_SIDE = 1.5


@dataclass(frozen=True, slots=True)
class Widening:
    """How many times as wide intervals get: at most by a `drift` of a week, at most upwards by a `rise`.

    At least upwards in a `surge`: what follows its first days has few precedents. On days of an `event`
    registered without a multiple; and how much further out the outermost quantiles lie (`tails`), as what was
    seen of errors is seldom the worst.
    """

    drift: float = 3.0
    rise: float = 6.0  # a surge may multiply counts within three days
    surge: float = 3.0
    event: float = 3.0
    tails: float = 1.1

    def __post_init__(self) -> None:
        for name in ("drift", "rise", "surge", "event", "tails"):
            checked(name, getattr(self, name), least=1.0, most=20.0)


@dataclass(frozen=True, slots=True, eq=False)
class Unrest:
    """What the last days say of each series: [series] each.

    `intermittent` ones always err in bursts and are left alone; `upheaval` is a strong surge or collapse.
    """

    intermittent: BoolArray
    upheaval: BoolArray
    surging: BoolArray


def widened(
    quantiles: FloatArray, errors: FloatArray, unrest: Unrest, widening: Widening = Widening()
) -> FloatArray:
    """Wider about the median, more so on the side to which the last days went.

    `quantiles` [series, horizon, level] and one-step `errors` [day, series], newest last, are on one scale.
    """
    spread = np.maximum(spread_of(quantiles), 1e-9)
    below, above = _drifting(errors, spread, widening.drift)
    rising, other = _rising(errors, spread, widening.rise)
    lower = np.maximum(below, other)
    upper = np.maximum(above, rising)
    # A collapse is none: what can still be lost is little, and its errors have widened the interval already.
    strong = (unrest.upheaval & unrest.surging)[:, None]
    lower = np.where(strong, np.maximum(SURGE_OTHER_SIDE, lower), lower)
    upper = np.where(unrest.surging[:, None], np.maximum(widening.surge, upper), upper)
    quiet = unrest.intermittent[:, None]
    return _stretched(quantiles, np.where(quiet, 1.0, lower), np.where(quiet, 1.0, upper))


def with_tails(quantiles: FloatArray, intermittent: BoolArray, widening: Widening = Widening()) -> FloatArray:
    """The outer quantiles [series, horizon, level] moved away from the median, the outermost most.

    Not of `intermittent` series [series], whose tails are those of a count model.
    """
    central = np.abs(2 * np.asarray(QUANTILE_LEVELS) - 1)
    outer = np.maximum(0.0, central - TAIL_BEGINS) / (central[TOP] - TAIL_BEGINS)
    median = quantiles[:, :, MEDIAN : MEDIAN + 1]
    further = median + (quantiles - median) * (1 + (widening.tails - 1) * outer)
    return np.where(intermittent[:, None, None], quantiles, further)


def expecting(
    quantiles: FloatArray,
    told: Announced,
    *,
    ordinary: FloatArray,
    surging: BoolArray,
    widening: Widening = Widening(),
) -> FloatArray:
    """Counts' quantiles with more room upwards on the days that the register of events `told` of.

    Where a multiple of the `ordinary` counts [series, horizon] is expected at most, the 0.99
    quantile reaches it; without one (1) it is some times as far from the median, unless the series is
    `surging` [series] already.
    """
    days, multiple = told.widened, told.cap_multiple
    roots = ROOT.there(quantiles)
    median = roots[:, :, MEDIAN]
    usual = np.where(np.isfinite(ordinary), ordinary, quantiles[:, :, MEDIAN])
    missing = np.sqrt(multiple[:, None] * usual) - median
    reach = missing / np.maximum(roots[:, :, TOP] - median, 1e-9)
    unsaid = np.where(surging, 1.0, widening.event)[:, None]
    upper = np.where(days, np.maximum(1.0, np.where(multiple[:, None] > 1, reach, unsaid)), 1.0)
    lower = np.where(days & (upper > 1), EVENT_OTHER_SIDE, 1.0)
    return ROOT.back(_stretched(roots, lower, upper))


def spread_of(quantiles: FloatArray) -> FloatArray:
    """The standard deviation of a bell with the same 0.8 interval; quantiles [..., level], so [...]."""
    return np.asarray((quantiles[..., UPPER] - quantiles[..., LOWER]) / (2 * BELL))


def _drifting(errors: FloatArray, spread: FloatArray, widest: float) -> tuple[FloatArray, FloatArray]:
    """Factors for the side below and above the median by the drift of a week: [series, horizon] both."""
    drift, certain = _mean_error(errors, WEEK, spread)
    growth = _growth(DRIFT_SHARE * np.abs(drift), spread)
    factor = np.where((certain > DRIFT_LIMIT)[:, None], np.minimum(widest, growth), 1.0)
    other = np.sqrt(factor)
    down = (drift < 0)[:, None]
    return np.where(down, factor, other), np.where(down, other, factor)


def _rising(errors: FloatArray, spread: FloatArray, widest: float) -> tuple[FloatArray, FloatArray]:
    """Factors for the side above and below the median by a rise of the last days: [series, horizon] both."""
    rise = np.zeros(len(spread))
    for days in RISE_DAYS:
        drift, certain = _mean_error(errors, days, spread)
        rise = np.where(certain > RISE_LIMIT, np.maximum(rise, drift), rise)
    factor = np.minimum(widest, _growth(RISE_SHARE * rise, spread))
    return factor, np.minimum(RISE_OTHER_SIDE, factor)


def _mean_error(errors: FloatArray, days: int, spread: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The mean of the last days' errors, and how many standard errors that is: [series] both."""
    recent = errors[-days:]
    known = np.isfinite(recent)
    count = np.maximum(1, known.sum(axis=0))
    mean = np.where(known, recent, 0.0).sum(axis=0) / count
    return mean, np.abs(mean) * np.sqrt(count) / spread[:, 0]


def _growth(daily: FloatArray, spread: FloatArray) -> FloatArray:
    """How much wider it gets if so much [series] may be added each day, for good: [series, horizon]."""
    ahead = np.arange(1, spread.shape[1] + 1)
    return np.asarray(np.sqrt(1 + (daily[:, None] * ahead / spread) ** 2))


def _stretched(quantiles: FloatArray, lower: FloatArray, upper: FloatArray) -> FloatArray:
    median = quantiles[:, :, MEDIAN : MEDIAN + 1]
    away = quantiles - median
    return np.asarray(median + away * np.where(away < 0, lower[:, :, None], upper[:, :, None]))
