"""The smooth surface: curves through noise, scale and constants no matter."""

import numpy as np
import pytest

from forecast.planning.observed_waits.surface import surface


def seen():
    rng = np.random.default_rng(8)
    rows = rng.uniform(-2, 2, (900, 2))
    truth = np.sin(rows[:, 0]) * rows[:, 1]
    return rows, truth, truth + rng.normal(0, 0.3, 900)


def test_a_curve_is_found_in_noise():
    rows, truth, observed = seen()
    told = surface(rows, observed, seed=1).at(rows)
    assert np.abs(told - truth).mean() < 0.2 * np.abs(truth).mean()


def test_units_of_features_do_not_matter():
    rows, _, observed = seen()
    scaled = rows * [1_000.0, 0.01] + [5.0, -3.0]
    told = surface(rows, observed, seed=1).at(rows)
    assert surface(scaled, observed, seed=1).at(scaled) == pytest.approx(told, abs=1e-6)


def test_a_constant_feature_does_no_harm():
    rows, _, observed = seen()
    told = surface(np.column_stack([rows, np.full(900, 7.0)]), observed, seed=1)
    assert np.isfinite(told.at(np.array([[0.0, 0.0, 7.0], [1.0, 1.0, 9.0]]))).all()


def test_its_level_leaves_as_much_above_as_below():
    rows, truth, _ = seen()
    skewed = truth + np.random.default_rng(9).exponential(1, 900)
    assert (skewed > surface(rows, skewed, seed=1).at(rows)).mean() == pytest.approx(0.5, abs=0.01)
