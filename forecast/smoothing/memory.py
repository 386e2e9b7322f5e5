"""A memory of past errors from which quantiles are read: a histogram whose older entries weigh less."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import t as student

from forecast.arrays import BoolArray, FloatArray
from forecast.quantiles import QUANTILE_LEVELS

HALF_LIFE = 90.0  # days
PAIR = 2  # horizons that share a histogram
SAME_KIND = 3.0  # how much more an error on a day of the same kind (near a holiday or not) counts
RESOLUTION = 0.1  # width of a bin relative to the error it holds
PRIOR_SHAPE = student.ppf(QUANTILE_LEVELS, 5)
PRIOR_CUTOFFS = 5.0
TRIMMED = 2  # levels at each end, beyond which errors say nothing of the middle


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
        """The bin of each error; zero lies in the middle of one, so that rounding does not part what was right."""
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
    histogram: FloatArray
    mass: FloatArray

    @classmethod
    def start(cls, series: int, horizon: int, bins: Bins) -> "Memory":
        """No errors yet."""
        pairs = -(-horizon // PAIR)
        return cls(bins, np.zeros((series, pairs, 2, bins.count)), np.zeros((series, pairs)))

    def add(self, errors: FloatArray, day: int, *, special: bool, weight: float = 1.0) -> None:
        """Add the errors [series, horizon] of all forecasts for one day, NaN where there was none."""
        growing = weight * growth(day)
        row, ahead = np.nonzero(np.isfinite(errors))
        pair = ahead // PAIR
        np.add.at(self.histogram, (row, pair, int(special), self.bins.place(errors[row, ahead])), growing)
        np.add.at(self.mass, (row, pair), growing / PAIR)

    def quantiles(self, day: int, special: BoolArray, prior: FloatArray) -> FloatArray:
        """Quantiles of the errors to come after a day: [series, horizon, level].

        `special` [horizon] says which days ahead are near a holiday; `prior` [series, horizon, level] is
        believed in before any error is seen.
        """
        horizon = len(special)
        pairs = np.arange(horizon) // PAIR
        wanted, where = np.unique(2 * pairs + special, return_inverse=True)
        found = self._read(wanted // 2, wanted % 2)[:, where]
        amount = self._pooled(self.mass)[:, pairs] / growth(day)
        return _with_prior(found, amount, prior)

    def _read(self, pairs: npt.NDArray[np.intp], kinds: npt.NDArray[np.intp]) -> FloatArray:
        pooled = self._pooled(self.histogram)
        counts = pooled[:, pairs, kinds] * SAME_KIND + pooled[:, pairs, 1 - kinds]
        return self.bins.edges(positions(counts))

    def _pooled(self, values: FloatArray) -> FloatArray:
        """A pair of horizons together with half of each neighbour."""
        pooled = values.copy()
        pooled[:, 1:] += values[:, :-1] / 2
        pooled[:, :-1] += values[:, 1:] / 2
        return pooled


def growth(day: int) -> float:
    """The weight of an error seen on a day."""
    return float(2.0 ** (day / HALF_LIFE))


def positions(counts: FloatArray) -> FloatArray:
    """Where the quantile levels lie in histograms [..., bin], counted in bins: [..., level]; the middle if empty."""
    flat = counts.reshape(-1, counts.shape[-1])
    total = flat.sum(axis=1, keepdims=True)
    below = np.cumsum(flat, axis=1) / np.where(total > 0, total, 1.0)
    rows = np.arange(len(flat))[:, None]
    # One search through all rows: each row's distribution is lifted by its number.
    lifted = (np.minimum(below, 1.0) + 2 * rows).ravel()
    at = np.searchsorted(lifted, np.asarray(QUANTILE_LEVELS) + 2 * rows) - rows * flat.shape[1]
    at = np.minimum(at, flat.shape[1] - 1)
    high = np.take_along_axis(below, at, axis=1)
    low = np.where(at > 0, np.take_along_axis(below, np.maximum(at - 1, 0), axis=1), 0.0)
    share = (np.asarray(QUANTILE_LEVELS) - low) / np.where(high > low, high - low, 1.0)
    place = np.where(total > 0, at + share, counts.shape[-1] // 2 + 0.5)
    return np.asarray(place.reshape(*counts.shape[:-1], len(QUANTILE_LEVELS)))


def _with_prior(found: FloatArray, amount: FloatArray, prior: FloatArray) -> FloatArray:
    """Blend what was seen with what was believed before, the more the less was seen."""
    share = (amount / (amount + PRIOR_CUTOFFS))[:, :, None]
    # What errors were off on the whole was how the level moved then, and says nothing of how it will move. The
    # mean, not the median: a smoother follows the mean, and of skewed errors the two differ for good.
    centred = found - found[:, :, TRIMMED : len(QUANTILE_LEVELS) - TRIMMED].mean(axis=2, keepdims=True)
    widened = centred * (1 + 1 / np.maximum(1.0, amount))[:, :, None]
    return np.asarray(share * widened + (1 - share) * prior)


def bell(spread: FloatArray, horizon: int) -> FloatArray:
    """Quantiles of a heavy-tailed bell that widens with the horizon: [series, horizon, level].

    `spread` [series] is the one-step standard deviation.
    """
    ahead = np.arange(1, horizon + 1)
    return np.asarray((spread[:, None] * np.sqrt(1 + ahead / 4))[:, :, None] * PRIOR_SHAPE)
