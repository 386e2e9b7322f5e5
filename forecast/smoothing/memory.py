"""A memory of past errors from which quantiles are read: a histogram whose older entries weigh less."""

from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

from forecast.arrays import BoolArray, FloatArray
from forecast.quantiles import QUANTILE_LEVELS

HALF_LIFE = 90.0  # days
EPOCH = 64 * 90  # days after which weights begin anew, before they outgrow single precision
PAIR = 2  # horizons that share a histogram
SAME_KIND = 3.0  # how much more an error on a day of the same kind (near a holiday or not) counts
FIRST_SPREAD = 0.35  # one-step standard deviation believed in before any error is seen, log units
RESOLUTION = 0.1  # width of a bin relative to the error it holds
PRIOR_SHAPE = np.asarray(stdtrit(5, QUANTILE_LEVELS))  # Student's t with five degrees of freedom
PRIOR_CUTOFFS = 5.0
LEAST_SEEN = 3.0  # cutoffs, weighted, from which errors say how wide
RESIZED = (0.05, 3.0)
TELLING_DAYS = 20.0  # of errors, weighted, that say half of how wide days not yet seen to err will be
LOWER, UPPER = QUANTILE_LEVELS.index(0.1), QUANTILE_LEVELS.index(0.9)
LEVELS = np.asarray(QUANTILE_LEVELS)
UNITS = 2**40  # in which shares are compared
LEVEL_UNITS = np.rint(LEVELS * UNITS).astype(np.int64)
TRIMMED = 2  # levels at each end, beyond which errors say nothing of the middle

Number = TypeVar("Number", bound=np.floating[Any])


@dataclass(frozen=True, slots=True)
class Bins:
    """Bins of errors: equally wide near zero, ever wider away from it (a hyperbolic sine)."""

    finest: float
    count: int

    @classmethod
    def of(cls, finest: float, widest: float) -> "Bins":
        """Bins of a width `finest` at zero, up to errors of `widest`."""
        return cls(
            finest / RESOLUTION, 2 * int(np.ceil(np.arcsinh(widest * RESOLUTION / finest) / RESOLUTION))
        )

    def place(self, errors: FloatArray) -> npt.NDArray[np.intp]:
        """The bin of each error; zero is the middle of one, so that rounding does not part what was right."""
        place = np.rint(np.arcsinh(errors / self.finest) / RESOLUTION) + self.count // 2
        return np.asarray(np.clip(place, 0, self.count - 1).astype(np.intp))

    def edges(self, position: FloatArray) -> FloatArray:
        """The error at a position counted in bins from the lowest."""
        return np.asarray(self.finest * np.sinh((position - self.count // 2 - 0.5) * RESOLUTION))


@dataclass(slots=True, eq=False)
class Memory:
    """Histograms of errors [series, pair of horizons, kind of day, bin], and the mass of [series, pair].

    Weights grow with the day instead of decaying with age, so that nothing has to be touched twice.
    """

    bins: Bins
    histogram: npt.NDArray[np.float32]
    mass: FloatArray

    @classmethod
    def start(cls, series: int, horizon: int, bins: Bins) -> "Memory":
        """No errors yet."""
        pairs = -(-horizon // PAIR)
        histogram = np.zeros((series, pairs, 2, bins.count), dtype=np.float32)
        return cls(bins, histogram, np.zeros((series, pairs)))

    @property
    def size(self) -> int:
        """How many numbers of double precision a series takes."""
        return int(self.mass.shape[1] + self.histogram[0].size // 2)

    def add(self, errors: FloatArray, day: int, *, special: bool) -> None:
        """Add the errors [series, horizon] of all forecasts for one day, NaN where there was none."""
        self.add_days(errors.T[None], day, special=np.array([special]))

    def add_days(self, errors: FloatArray, first: int, *, special: BoolArray) -> None:
        """Add the errors [day, horizon, series] of all forecasts for some days in a row; `special` [day]."""
        days, horizon, series = errors.shape
        turn = -first % EPOCH
        if 0 < turn < days:
            self.add_days(errors[:turn], first, special=special[:turn])
            self.add_days(errors[turn:], first + turn, special=special[turn:])
            return
        if turn == 0 and first:
            self.histogram *= np.float32(2.0 ** (-EPOCH / HALF_LIFE))
            self.mass *= 2.0 ** (-EPOCH / HALF_LIFE)
        known = np.isfinite(errors)
        growing = np.array([growth(first + day) for day in range(days)])
        _, pairs, kinds, bins = self.histogram.shape
        pair = np.arange(horizon) // PAIR
        place = self.bins.place(np.where(known, errors, 0.0))
        place += bins * (special[:, None] + kinds * pair)[:, :, None]
        place += bins * kinds * pairs * np.arange(series)
        weights = (growing[:, None, None] * known).astype(np.float32)
        np.add.at(self.histogram.reshape(-1), place.ravel(), weights.ravel())
        for day in range(days):  # in their order, so that sums do not depend on how many come together
            seen = np.add.reduceat(known[day], np.arange(0, horizon, PAIR), axis=0, dtype=np.float64)
            self.mass += (growing[day] / PAIR) * seen.T

    def quantiles(self, day: int, special: BoolArray, prior: FloatArray) -> FloatArray:
        """Quantiles of the errors to come after a day: [series, horizon, level].

        `special` [horizon] says which days ahead are near a holiday; `prior` [series, horizon, level] is
        believed in before any error is seen.
        """
        horizon = len(special)
        pairs = np.arange(horizon) // PAIR
        wanted, where = np.unique(2 * pairs + special, return_inverse=True)
        counts = self._counts(wanted // 2, wanted % 2)
        found = self.bins.edges(positions(counts))[:, where]
        mass = self.mass[:, :, None]
        amount = (mass[:, pairs] + _beside(mass, pairs))[:, :, 0] / growth(day)
        return _with_prior(found, amount, prior)

    def _counts(self, pairs: npt.NDArray[np.intp], kinds: npt.NDArray[np.intp]) -> npt.NDArray[np.float32]:
        """Histograms of some pairs and kinds of day, with what others lend them: [series, wanted, bin]."""
        counts = np.empty((len(self.mass), len(pairs), self.bins.count), dtype=np.float32)
        for kind in (0, 1):
            asked = np.flatnonzero(kinds == kind)
            if len(asked):
                lent = SAME_KIND * self.histogram[:, :, kind] + self.histogram[:, :, 1 - kind]
                counts[:, asked] = lent[:, pairs[asked]] + _beside(lent, pairs[asked])
        return counts


def _beside(values: npt.NDArray[Number], pairs: npt.NDArray[np.intp]) -> npt.NDArray[Number]:
    """Half of what the neighbours of some pairs have; values [series, pair, ...]."""
    last = values.shape[1] - 1
    before = values[:, np.maximum(pairs - 1, 0)] * (pairs > 0).astype(values.dtype)[:, None]
    after = values[:, np.minimum(pairs + 1, last)] * (pairs < last).astype(values.dtype)[:, None]
    return np.asarray((before + after) / 2)


def growth(day: int) -> float:
    """The weight of an error seen on a day, beside those of its epoch."""
    return float(2.0 ** (day % EPOCH / HALF_LIFE))


def positions(counts: npt.NDArray[np.floating[Any]]) -> FloatArray:
    """Where the quantile levels lie in histograms [..., bin], in bins from the first: [..., level].

    The middle of an empty one.
    """
    flat = counts.reshape(-1, counts.shape[-1])
    upto = np.cumsum(flat, axis=1, dtype=np.float64)
    total = upto[:, -1:]
    below = upto / np.where(total > 0, total, 1.0)
    rows = np.arange(len(flat))[:, None]
    # One search through all rows, in whole numbers, so that a row's outcome does not depend on its place.
    lifted = np.rint(below * UNITS).astype(np.int64) + 2 * UNITS * rows
    at = np.searchsorted(lifted.ravel(), LEVEL_UNITS + 2 * UNITS * rows) - rows * flat.shape[1]
    at = np.minimum(at, flat.shape[1] - 1)
    place = at + rows * flat.shape[1]
    high = below.ravel()[place]
    low = np.where(at > 0, below.ravel()[np.maximum(place - 1, 0)], 0.0)
    share = (LEVELS - low) / np.where(high > low, high - low, 1.0)
    found = np.where(total > 0, at + np.clip(share, 0.0, 1.0), counts.shape[-1] // 2 + 0.5)
    return np.asarray(found.reshape(*counts.shape[:-1], len(LEVELS)))


def _with_prior(found: FloatArray, amount: FloatArray, prior: FloatArray) -> FloatArray:
    """Blend what was seen with what was believed before, the more the less was seen."""
    share = (amount / (amount + PRIOR_CUTOFFS))[:, :, None]
    # What errors were off on the whole was how the level moved then, and says nothing of how it will move.
    # The mean, not the median: a smoother follows the mean, and of skewed errors the two differ for good.
    centred = found - found[:, :, TRIMMED : len(QUANTILE_LEVELS) - TRIMMED].mean(axis=2, keepdims=True)
    widened = centred * (1 + 1 / np.maximum(1.0, amount))[:, :, None]
    return np.asarray(share * widened + (1 - share) * _resized(prior, widened, amount))


def _resized(prior: FloatArray, seen: FloatArray, amount: FloatArray) -> FloatArray:
    """What is believed before, as much narrower or wider as the errors seen so far or nearer were.

    The fewer days have been seen to err at all, the less that says: their errors overlap, and the first weeks
    of a surge are all of one kind.
    """
    widths = [values[:, :, UPPER] - values[:, :, LOWER] for values in (seen, prior)]
    ratio = np.clip(widths[0] / np.maximum(widths[1], 1e-9), *RESIZED)
    known = amount >= LEAST_SEEN
    newest = np.maximum.accumulate(np.where(known, np.arange(known.shape[1]), -1), axis=1)
    carried = np.take_along_axis(ratio, np.maximum(newest, 0), axis=1)
    telling = amount[:, :1] / (amount[:, :1] + TELLING_DAYS)
    return np.asarray(prior * np.where(newest < 0, 1.0, carried**telling)[:, :, None])


def bell(spread: FloatArray, horizon: int) -> FloatArray:
    """Quantiles of a heavy-tailed bell that widens with the horizon: [series, horizon, level].

    `spread` [series] is the one-step standard deviation.
    """
    ahead = np.arange(1, horizon + 1)
    return np.asarray((spread[:, None] * np.sqrt(1 + ahead / 4))[:, :, None] * PRIOR_SHAPE)
