"""A smooth surface over many features: kernel ridge regression on some of the rows seen."""

from dataclasses import dataclass

import numpy as np

from forecast.arrays import FloatArray

LANDMARKS = 400
WIDTH = 0.15
RIDGE = 0.1
ROUNDING = 1e-8


@dataclass(frozen=True, slots=True, eq=False)
class Surface:
    """`centre` and `spread` [feature] scale the features, `landmarks` [landmark, feature] are rows seen.

    `weights` [landmark] are what those count, added to `level`.
    """

    centre: FloatArray
    spread: FloatArray
    landmarks: FloatArray
    weights: FloatArray
    level: float

    def at(self, rows: FloatArray) -> FloatArray:
        """The height at rows [row, feature]: [row]."""
        scaled = (rows - self.centre) / self.spread
        return np.asarray(self.level + _kernel(scaled, self.landmarks) @ self.weights)


def surface(rows: FloatArray, observed: FloatArray, *, seed: int) -> Surface:
    """Fit to rows [row, feature] and what was observed [row] (Nystroem's way, Williams and Seeger 2001).

    Squared errors give the shape, the median of what is left the level.
    """
    centre, spread = rows.mean(axis=0), rows.std(axis=0)
    spread = np.where(spread > ROUNDING, spread, 1.0)
    scaled, level = (rows - centre) / spread, float(observed.mean())
    landmarks = scaled[np.random.default_rng(seed).permutation(len(scaled))[:LANDMARKS]]
    among, seen = _kernel(landmarks, landmarks), _kernel(scaled, landmarks)
    inner = seen.T @ seen + RIDGE * among + ROUNDING * np.eye(len(among))
    weights = np.asarray(np.linalg.solve(inner, seen.T @ (observed - level)), dtype=float)
    left = observed - level - seen @ weights
    return Surface(centre, spread, landmarks, weights, level + float(np.median(left)))


def _kernel(rows: FloatArray, landmarks: FloatArray) -> FloatArray:
    """How near rows [row, feature] are to landmarks, 1 for the same: [row, landmark]."""
    squares = (rows**2).sum(axis=1)[:, None] + (landmarks**2).sum(axis=1) - 2 * rows @ landmarks.T
    return np.asarray(np.exp(-WIDTH / rows.shape[1] * np.maximum(squares, 0)))
