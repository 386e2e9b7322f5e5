"""Boosted symmetric trees for the median: many small corrections, none beyond what was seen."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from forecast.arrays import FloatArray

BINS = 32
DEPTH = 6
TREES = 500
RATE = 0.04
ROWS = 0.7  # share of rows and of features that a tree sees, so that trees differ
FEATURES = 0.6
CAUTION = 20.0  # rows that a leaf is taken to have besides its own, without an error

Codes = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Boosted:
    """Trees that ask every row the same question at each level.

    `edges` [feature, bin - 1] part the features; `features` and `bins` [tree, level] are the questions: is
    the feature's bin above this one; `values` [tree, leaf] are added to `start`.
    """

    edges: FloatArray
    start: float
    features: Codes
    bins: Codes
    values: FloatArray

    def median(self, rows: FloatArray) -> FloatArray:
        """The median at rows [row, feature]: [row]."""
        codes, told = _codes(rows, self.edges), np.full(len(rows), self.start)
        for features, bins, values in zip(self.features, self.bins, self.values, strict=True):
            told += values[_leaves(codes, features, bins)]
        return told


def boost(rows: FloatArray, observed: FloatArray, *, seed: int, trees: int = TREES) -> Boosted:
    """Fit to rows [row, feature] and what was observed [row], least absolute errors (Friedman 2001)."""
    rng = np.random.default_rng(seed)
    edges = np.quantile(rows, np.arange(1, BINS) / BINS, axis=0).T
    codes, start = _codes(rows, edges), float(np.median(observed))
    features, bins = np.empty((2, trees, DEPTH), dtype=np.intp)
    values = np.empty((trees, 2**DEPTH))
    left = observed - start
    for tree in range(trees):
        seen = rng.random(len(rows)) < ROWS
        columns = np.flatnonzero(rng.random(rows.shape[1]) < FEATURES)
        columns = columns if len(columns) else np.arange(rows.shape[1])
        features[tree], bins[tree] = _questions(codes[seen], np.sign(left[seen]), columns)
        leaf = _leaves(codes, features[tree], bins[tree])
        values[tree] = RATE * _medians(leaf[seen], left[seen])
        left = left - values[tree][leaf]
    return Boosted(edges, start, features, bins, values)


def _codes(rows: FloatArray, edges: FloatArray) -> Codes:
    """The bin of each value: [row, feature]."""
    columns = [np.searchsorted(edge, row) for edge, row in zip(edges, rows.T, strict=True)]
    return np.stack(columns, axis=1).astype(np.intp)


def _leaves(codes: Codes, features: Codes, bins: Codes) -> Codes:
    """The leaf of each row: its answers as a binary number."""
    answers = codes[:, features] > bins
    return np.asarray(answers @ (1 << np.arange(len(features))))


def _questions(codes: Codes, signs: FloatArray, columns: Codes) -> tuple[Codes, Codes]:
    """The feature and bin of each level that part errors above from those below the most: [level] both."""
    features, bins = np.zeros((2, DEPTH), dtype=np.intp)
    leaf, places = np.zeros(len(codes), dtype=np.intp), codes[:, columns] + BINS * np.arange(len(columns))
    for level in range(DEPTH):
        size = 2**level
        at = (leaf[:, None] * len(columns) * BINS + places).ravel()
        shape = (size, len(columns), BINS)
        count = np.bincount(at, minlength=size * len(columns) * BINS).reshape(shape).cumsum(axis=2)
        weights = np.repeat(signs, len(columns))
        total = np.bincount(at, weights, minlength=size * len(columns) * BINS).reshape(shape).cumsum(axis=2)
        rest, others = total[..., -1:] - total, count[..., -1:] - count
        gain = (total**2 / (count + CAUTION) + rest**2 / (others + CAUTION)).sum(axis=0)
        column, bins[level] = np.unravel_index(gain.argmax(), gain.shape)
        features[level] = columns[column]
        leaf = leaf + size * (codes[:, features[level]] > bins[level])
    return features, bins


def _medians(leaf: Codes, left: FloatArray) -> FloatArray:
    """The median of what is left in each leaf, drawn to 0 where it has few rows: [leaf]."""
    medians = np.zeros(2**DEPTH)
    for one in np.unique(leaf):
        there = left[leaf == one]
        medians[one] = np.median(there) * len(there) / (len(there) + CAUTION)
    return medians
