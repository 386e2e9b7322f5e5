"""Quantiles from past errors, weights from past performance, medians across members."""

import numpy as np
import pytest

from forecast.combine import combine
from forecast.combine.errors import (
    HALF_LIFE,
    PRIOR_SHAPE,
    Prior,
    error_quantiles,
    past_errors,
    weighted_quantiles,
)
from forecast.combine.mixing import caps, weighted_median, widened
from forecast.combine.scale import intermittent
from forecast.combine.weights import Record, member_weights, tilted
from forecast.quantiles import QUANTILE_LEVELS

RNG = np.random.default_rng


def test_weighted_quantiles_of_equal_weights_are_hazens():
    values = RNG(1).normal(size=(3, 40))
    expected = np.quantile(values, QUANTILE_LEVELS, axis=1, method="hazen").T
    np.testing.assert_allclose(weighted_quantiles(values, np.ones(40)), expected)


def test_a_double_weight_is_a_value_that_occurs_twice_up_to_interpolation():
    values, weights = np.array([[1.0, 2.0, 3.0]]), np.array([1.0, 2.0, 1.0])
    found = weighted_quantiles(values, weights)[0]
    assert found[QUANTILE_LEVELS.index(0.5)] == 2.0
    assert found[QUANTILE_LEVELS.index(0.3)] == pytest.approx(1 + (0.3 - 0.125) / 0.375)


def test_missing_values_weigh_nothing_and_a_row_of_them_is_nan():
    values = np.array([[np.nan, 5.0, np.nan, 5.0], [np.nan] * 4])
    found = weighted_quantiles(values, np.ones(4))
    assert (found[0] == 5).all()
    assert np.isnan(found[1]).all()


def test_past_errors_equal_a_slow_loop():
    counts = RNG(2).poisson(9.0, (2, 30)).astype(float)
    counts[0, 17] = np.nan
    cutoffs, medians = (10, 16, 29), RNG(3).normal(9, 1, (3, 2, 5))
    past = past_errors(medians, counts, cutoffs)
    for i, cutoff in enumerate(cutoffs):
        for series in range(2):
            for ahead in range(5):
                day = cutoff + 1 + ahead
                expected = counts[series, day] - medians[i, series, ahead] if day < 30 else np.nan
                np.testing.assert_equal(past.errors[i, series, ahead], expected)
    assert past.age.tolist() == [19, 13, 0]


def test_a_cutoff_after_a_week_without_counts_teaches_nothing():
    counts = np.full((1, 40), 10.0)
    counts[0, 10:20] = np.nan
    past = past_errors(np.full((40, 1, 3), 9.0), counts, tuple(range(40)))
    silent = np.flatnonzero(np.isnan(past.errors).all(axis=(1, 2)))
    assert set(range(16, 20)) <= set(silent)
    assert np.isfinite(past.errors[20]).any()


def test_without_past_errors_the_prior_grows_with_the_root_of_the_horizon():
    past = past_errors(np.full((5, 1, 9), 1.0), np.full((1, 5), np.nan), tuple(range(5)))
    found = error_quantiles(past, Prior(np.array([2.0]), np.array([10.0])))[0]
    np.testing.assert_allclose(found[0], 2.0 * PRIOR_SHAPE)
    np.testing.assert_allclose(found[8], 3 * found[0])


def test_recent_errors_weigh_more():
    counts = np.zeros((1, 400))
    counts[0, 300:] = 10.0
    past = past_errors(np.zeros((400, 1, 1)), counts, tuple(range(400)))
    prior = Prior(np.ones(1), np.full(1, 1e-9))
    median = error_quantiles(past, prior)[0, 0, QUANTILE_LEVELS.index(0.5)]
    assert (
        100 / 400 < 0.5 < 1 - 0.5 ** (100 / HALF_LIFE)
    )  # a quarter of the days hold over half of the weight
    assert median > 9


def test_the_better_member_gets_the_greater_weight_and_one_without_a_record_none():
    counts = RNG(4).normal(100, 1, (1, 300))
    cutoffs = tuple(range(300))

    def record(error, known=True):
        medians = np.full((300, 1, 7), 100.0 + error if known else np.nan)
        return Record(past_errors(medians, counts, cutoffs), past_errors(medians, counts, cutoffs), 1)

    weights = member_weights({"good": record(1), "bad": record(9), "new": record(0, False)}, ("good", "bad"))
    assert weights["good"][0] > 0.95
    assert weights["new"][0] == 0
    assert sum(weights.values())[0] == pytest.approx(1)


def test_the_weighted_median_of_equal_weights_is_the_median():
    quantiles = np.sort(RNG(5).normal(size=(3, 2, 4, 23)), axis=3)
    np.testing.assert_allclose(weighted_median(quantiles, np.ones((3, 2))), np.median(quantiles, axis=0))
    four = np.sort(RNG(6).normal(size=(4, 2, 4, 23)), axis=3)
    np.testing.assert_allclose(weighted_median(four, np.ones((4, 2))), np.median(four, axis=0))


def test_the_weighted_median_ignores_members_without_weight_or_voice():
    quantiles = np.ones((3, 1, 1, 23)) * np.array([1.0, 5.0, np.nan])[:, None, None, None]
    assert (weighted_median(quantiles, np.array([[0.0], [1.0], [9.0]])) == 5).all()
    assert np.isnan(weighted_median(quantiles, np.array([[0.0], [0.0], [9.0]]))).all()


def test_recent_one_step_errors_in_one_direction_widen_ever_more_with_the_horizon():
    quantiles = np.tile(np.array(QUANTILE_LEVELS) * 4 + 10, (2, 28, 1))
    errors = np.zeros((30, 2, 28))
    errors[-8:-1, 0, 0] = 5.0
    never, always = np.zeros(2, dtype=bool), np.ones(2, dtype=bool)
    wide = widened(quantiles, errors, never, never)
    width = wide[:, :, -1] - wide[:, :, 0]
    assert (np.diff(width[0]) >= 0).all()
    assert width[0, 27] > 1.5 * (quantiles[0, 27, -1] - quantiles[0, 27, 0])
    np.testing.assert_array_equal(wide[1], quantiles[1])
    np.testing.assert_array_equal(widened(quantiles, errors, always, always), quantiles)


def test_an_upheaval_doubles_the_width_from_the_first_day():
    quantiles = np.tile(np.array(QUANTILE_LEVELS) * 4 + 10, (2, 28, 1))
    wide = widened(quantiles, np.zeros((30, 2, 28)), np.zeros(2, dtype=bool), np.array([True, False]))
    np.testing.assert_allclose(wide[0] - 12, 2 * (quantiles[0] - 12))
    np.testing.assert_array_equal(wide[1], quantiles[1])


def test_in_an_upheaval_the_last_days_errors_shift_the_weights():
    counts = np.r_[np.full(200, 100.0), 400.0, 400.0, 400.0, 400.0][None].repeat(2, axis=0)
    cutoffs = tuple(range(204))

    def record(medians):
        past = past_errors(medians, counts, cutoffs)
        return Record(past, past, 1)

    follows = np.moveaxis(np.repeat(counts[:, :, None], 2, axis=2), 1, 0)
    records = {"follows": record(follows), "stays": record(np.full(follows.shape, 100.0))}
    before = {name: np.full(2, 0.5) for name in records}
    after = tilted(before, records, ("follows", "stays"), np.array([True, False]))
    assert after["follows"][0] > 10 * after["stays"][0]
    assert after["follows"][1] == after["stays"][1] == 0.5


def test_caps_are_those_of_one_and_three_years():
    counts = np.zeros((3, 1500))
    counts[0, 100], counts[1, 800], counts[2, 1400] = 9999, 100, 50  # the first is older than three years
    assert caps(counts).tolist() == [10, 120, 100]


def test_a_series_silent_for_three_years_keeps_the_cap_of_what_it_had():
    counts = np.full((1, 1500), np.nan)
    counts[0, :60] = 500.0
    assert caps(counts).tolist() == [600]


def test_a_series_long_silent_is_as_uncertain_as_its_level_is_high():
    counts = np.full((2, 60), np.nan)
    counts[0, :5] = counts[1, -5:] = 900.0  # the same five days, a long time ago and just now
    medians = np.full((1, 2, 7), 900.0)
    combined = combine({"one": medians}, counts, cutoffs=(59,), strides={"one": 1})
    np.testing.assert_allclose(combined.quantiles[0], combined.quantiles[1])


def test_many_recent_zeros_make_a_series_intermittent():
    counts = np.ones((2, 300))
    counts[0, -60:] = 0
    counts[1, :150] = 0
    assert intermittent(counts).tolist() == [True, False]


def test_a_series_that_no_member_forecasts_is_nan_and_the_others_are_ordered():
    counts = RNG(7).poisson(50.0, (2, 100)).astype(float)
    counts[1] = np.nan
    medians = np.repeat(np.array([50.0, np.nan])[None, :, None], 100, axis=0) * np.ones(28)
    combined = combine({"one": medians}, counts, cutoffs=tuple(range(100)), strides={"one": 1})
    assert np.isnan(combined.quantiles[1]).all()
    assert (np.diff(combined.quantiles[0], axis=1) >= 0).all()
    assert (combined.quantiles[0] >= 0).all()


def test_a_short_record_borrows_from_the_panel():
    counts = RNG(8).normal(100, 1, (2, 300))
    counts[1, :298] = np.nan

    def record(error):
        past = past_errors(np.full((300, 2, 7), 100.0 + error), counts, tuple(range(300)))
        return Record(past, past, 1)

    weights = member_weights({"good": record(1), "bad": record(9)}, ("good", "bad"))
    assert weights["good"][1] > 0.95


def test_a_member_that_is_silent_today_has_no_weight_whatever_its_record():
    counts = RNG(9).poisson(50.0, (1, 100)).astype(float)
    medians = {name: np.full((100, 1, 7), 50.0) for name in ("silent", "speaking")}
    medians["silent"][-1] = np.nan
    combined = combine(medians, counts, cutoffs=tuple(range(100)), strides={"silent": 1, "speaking": 1})
    assert combined.weights["silent"].tolist() == [0]
    assert combined.weights["speaking"].tolist() == [1]


def test_no_quantile_passes_the_cap_however_high_the_members_go():
    counts = RNG(10).poisson(50.0, (1, 100)).astype(float)
    medians = np.full((100, 1, 7), 50.0)
    medians[-1] = 1_000.0
    combined = combine({"one": medians}, counts, cutoffs=tuple(range(100)), strides={"one": 1})
    assert combined.quantiles.max() == caps(counts)[0]
