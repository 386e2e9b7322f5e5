"""Calendar effects against a dense filter with a ridge, and how they bear with what real counts do."""

import numpy as np
import pytest

from forecast.smoothing import LOG, ROOT, Regression, effects
from forecast.smoothing.effects import Effects, Week, learn
from forecast.smoothing.gaps import beginnings, groups, long_gaps

DAYS = 7 * 60
TRUTH = np.array([0.4, -0.3, 0.2, 0.0])
PRIOR = np.array([0.5, 0.5, 0.25, 0.25])


def calendar(days=DAYS, seed=1):
    """Two weekday contrasts, a holiday in thirty days and one that does nothing: [day, column]."""
    generator = np.random.default_rng(seed)
    week = np.arange(days) % 7
    holidays = generator.random((days, 2)) < [1 / 30, 1 / 20]
    return np.column_stack([(week == 5) - 1 / 7, (week == 0) - 1 / 7, holidays]).astype(float)


COLUMNS = calendar()


def world(series=1, *, noise=0.05, seed=2, level=6.0):
    """Series around a level with the true effects: [series, day]."""
    generator = np.random.default_rng(seed)
    return level + COLUMNS @ TRUTH + generator.uniform(-noise, noise, (series, DAYS)) * np.sqrt(3)


def learnt(values, *, reliance=None, regression=Regression(), scale=LOG):  # noqa: B008
    """The effects after all weeks of values [series, day]."""
    group, away = groups(long_gaps(values))
    begins = beginnings(away)
    reliance = np.ones_like(values) if reliance is None else reliance
    found = Effects.start(group, PRIOR)
    for first in range(0, values.shape[1], 7):
        days = slice(first, first + 7)
        week = Week(values[:, days], reliance[:, days], COLUMNS[days], away[:, days], begins[:, days])
        learn(found, week, regression, scale.unit)
    return found


def dense_filter(days, gain):
    """What is left of a series [day] after exponential smoothing, as a matrix; its first day is 0."""
    level, rows = np.zeros(days), []
    for day in range(days):
        today = np.eye(days)[day]
        rows.append(today - level if day else np.zeros(days))
        level = level + max(gain, 1 / (day + 1)) * (today - level)
    return np.array(rows)


def dense_ridge(values, found, regression, scale):
    """The coefficients of one series from all its days at once, given the noise that was found in the end."""
    passing = dense_filter(DAYS, regression.gain)
    age = (DAYS - 1 - np.arange(DAYS)) // 7 * 7
    weight = 0.5 ** (age / regression.half_life)
    columns = passing @ COLUMNS
    noise = 2.0 ** np.round(np.log2(found.variance[0] / scale.unit(found.level)[0] ** 2))
    squares = columns.T @ (weight[:, None] * columns) + np.diag(noise / PRIOR**2)
    return np.linalg.solve(squares, columns.T @ (weight * (passing @ values)))


@pytest.mark.parametrize("regression", [Regression(), Regression(gain=0.02, half_life=1000.0)])
@pytest.mark.parametrize("scale", [LOG, ROOT])
def test_without_outliers_effects_are_those_of_a_dense_filter_and_a_ridge(monkeypatch, regression, scale):
    monkeypatch.setattr(effects, "CLIP", 1e9)
    values = world(noise=0.3)
    found = learnt(values, regression=regression, scale=scale)
    expected = dense_ridge(values[0], found, regression, scale)
    np.testing.assert_allclose(found.coefficients[0], expected, rtol=1e-9)


def test_true_effects_are_found_and_none_where_there_is_none():
    found = learnt(world(8))
    np.testing.assert_allclose(found.coefficients.mean(axis=0), TRUTH, atol=0.03)
    np.testing.assert_allclose(np.sqrt(found.variance), 0.05, rtol=0.4)


def test_a_shift_of_the_level_does_not_leak_into_the_effects():
    still = world()
    moved = still + np.where(np.arange(DAYS) >= 300, np.log(5), 0.0)
    np.testing.assert_allclose(learnt(moved).coefficients, learnt(still).coefficients, atol=0.06)


def test_a_spike_of_a_thousand_times_on_a_holiday_moves_its_effect_little():
    calm = world()
    holiday = np.flatnonzero(COLUMNS[:, 2])[-1]
    spiked = calm.copy()
    spiked[0, holiday] += np.log(1_000)
    found = learnt(spiked).coefficients[0]
    np.testing.assert_allclose(found, learnt(calm).coefficients[0], atol=0.06)
    np.testing.assert_allclose(found[2], TRUTH[2], atol=0.1)


def test_spikes_cut_spare_the_effects_what_they_would_suffer_uncut(monkeypatch):
    spiked = world()
    days = np.random.default_rng(5).choice(np.arange(100, DAYS), 12, replace=False)
    spiked[0, days] += 3.0
    cut = np.abs(learnt(spiked).coefficients[0] - TRUTH).max()
    monkeypatch.setattr(effects, "CLIP", 1e9)
    assert cut < np.abs(learnt(spiked).coefficients[0] - TRUTH).max() / 3


def test_missing_days_do_not_bias_the_effects():
    values = world(8)
    values[np.random.default_rng(6).random(values.shape) < 0.3] = np.nan
    np.testing.assert_allclose(learnt(values).coefficients.mean(axis=0), TRUTH, atol=0.05)


def test_a_holiday_on_which_nobody_ever_counted_gets_hardly_an_effect():
    values = world(4)
    values[:, COLUMNS[:, 3] > 0] = np.nan
    found = learnt(values).coefficients
    np.testing.assert_allclose(found[:, 3], 0.0, atol=0.1)
    np.testing.assert_allclose(found[:, :3].mean(axis=0), TRUTH[:3], atol=0.05)


def test_a_day_without_trust_is_as_good_as_missing():
    values, reliance = world(), np.ones((1, DAYS))
    missing = np.random.default_rng(7).random(DAYS) < 0.2
    reliance[0, missing] = 0.0
    wild = np.where(missing, 9.0, values)
    holed = np.where(missing, np.nan, values)
    np.testing.assert_allclose(
        learnt(wild, reliance=reliance).coefficients, learnt(holed).coefficients, atol=0.02
    )


def test_series_with_the_same_gaps_share_one_matrix_and_get_what_they_get_alone():
    values = world(3)
    values[2, 100:150] = np.nan
    together = learnt(values)
    assert together.group.tolist() in ([0, 0, 1], [1, 1, 0])
    assert together.squares.shape == (2, 4, 4)
    for row in range(3):
        alone = learnt(values[row : row + 1])
        np.testing.assert_allclose(together.coefficients[row], alone.coefficients[0], rtol=1e-9)
        np.testing.assert_allclose(together.variance[row], alone.variance[0], rtol=1e-9)


def test_a_long_gap_before_a_new_level_teaches_no_effect():
    values = world()
    values[0, 200:250] = np.nan
    moved = values + np.where(np.arange(DAYS) >= 250, 4.0, 0.0)
    np.testing.assert_allclose(learnt(moved).coefficients, learnt(values).coefficients, atol=1e-6)


def test_a_series_never_counted_has_no_effects():
    found = learnt(np.full((1, DAYS), np.nan))
    assert not found.coefficients.any()
    assert np.isfinite(found.squares).all()


def test_a_shorter_half_life_follows_effects_that_change():
    changing = 6 + np.where(np.arange(DAYS) < 210, 1.0, 0.2) * (COLUMNS @ TRUTH)[None]
    quick, slow = (
        learnt(changing, regression=Regression(half_life=days)).coefficients[0] for days in (60.0, 2_000.0)
    )
    assert (np.abs(quick - 0.2 * TRUTH)[:2] < np.abs(slow - 0.2 * TRUTH)[:2] / 2).all()
