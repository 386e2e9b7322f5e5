"""The scales on which counts are smoothed, and how finely errors are told apart on them."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from forecast.arrays import FloatArray


@dataclass(frozen=True, slots=True)
class Scale:
    """A scale of counts: `there` and `back`, and what one log unit is worth at a level on it.

    Errors of less than `finest` are one; `widest` is beyond any error.
    """

    name: str
    # Not shown, since a function's address would tell one process' settings from another's.
    there: Callable[[FloatArray], FloatArray] = field(repr=False)
    back: Callable[[FloatArray], FloatArray] = field(repr=False)
    unit: Callable[[FloatArray], FloatArray] = field(repr=False)
    finest: float
    widest: float


def _square(values: FloatArray) -> FloatArray:
    return np.asarray(np.maximum(values, 0.0) ** 2)


def _expm1(values: FloatArray) -> FloatArray:
    return np.asarray(np.expm1(np.clip(values, 0.0, 25.0)))


def _half(level: FloatArray) -> FloatArray:
    """The root's derivative by the logarithm of a count, never less than at two people a day."""
    return np.asarray(np.maximum(level, 1.4) / 2)


LOG = Scale("log", np.log1p, _expm1, np.ones_like, 0.01, 12.0)
ROOT = Scale("root", np.sqrt, _square, _half, 0.05, 1000.0)
