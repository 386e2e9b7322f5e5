"""Boosted trees: the median of what was seen, and nothing beyond it."""

import numpy as np
import pytest

from forecast.planning.observed_waits.boosting import BINS, boost


def seen(count=1_500):
    rng = np.random.default_rng(5)
    rows = rng.uniform(0, 1, (count, 3))
    truth = 10 + 8 * (rows[:, 0] > 0.5) + 5 * (rows[:, 0] > 0.5) * (rows[:, 1] > 0.3)
    return rows, truth, truth * np.exp(rng.normal(0, 0.3, count))


def test_steps_and_what_they_do_together_are_found():
    rows, truth, observed = seen()
    told = boost(rows, observed, seed=1, trees=150).median(rows)
    assert np.abs(told - truth).mean() < 0.25 * np.abs(np.median(observed) - truth).mean()


def test_it_tells_the_median_of_skewed_errors_and_not_their_mean():
    rows = np.random.default_rng(6).uniform(0, 1, (2_000, 2))
    observed = np.random.default_rng(7).exponential(10, 2_000)
    told = boost(rows, observed, seed=1, trees=20).median(rows)
    assert told.mean() == pytest.approx(np.median(observed), abs=0.5)


def test_rows_beyond_those_seen_are_told_as_the_outermost_seen():
    rows, _, observed = seen()
    trees = boost(rows, observed, seed=1, trees=40)
    edge = np.array([[1.0, 1.0, 1.0], [50.0, 90.0, 7.0]])
    assert trees.median(edge)[0] == trees.median(edge)[1]


def test_the_same_seed_gives_the_same_trees():
    rows, _, observed = seen(300)
    first, second, other = (boost(rows, observed, seed=seed, trees=5).median(rows) for seed in (1, 1, 2))
    assert (first == second).all()
    assert (first != other).any()


def test_a_feature_that_never_changes_does_no_harm():
    rows, truth, observed = seen(600)
    rows[:, 2] = 4.0
    trees = boost(rows, observed, seed=1, trees=60)
    assert trees.edges.shape == (3, BINS - 1)
    assert np.abs(trees.median(rows) - truth).mean() < 2
