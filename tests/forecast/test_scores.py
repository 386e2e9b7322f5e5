"""Scores against hand-made numbers, the interval form, slow loops and statsmodels."""

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats

from forecast import scores
from forecast.quantiles import QUANTILE_LEVELS

FIVE = (0.025, 0.25, 0.5, 0.75, 0.975)
QUANTILES = np.array([70.0, 90.0, 100.0, 110.0, 130.0])


def wis_by_intervals(quantiles, observed, levels):
    """The interval form: [|y - m| / 2 + sum (a_k / 2) IS_k] / (K + 1/2)."""
    pairs = [(quantiles[i], quantiles[-1 - i], 2 * levels[i]) for i in range(len(levels) // 2)]
    total = abs(observed - quantiles[len(levels) // 2]) / 2
    for lower, upper, alpha in pairs:
        interval_score = upper - lower
        interval_score += 2 / alpha * max(lower - observed, 0) + 2 / alpha * max(observed - upper, 0)
        total += alpha / 2 * interval_score
    return total / (len(pairs) + 0.5)


@pytest.fixture
def rng():
    return np.random.default_rng(7)


def forecasts(rng, *shape):
    """Ordered quantiles [..., 23] and counts [...] near them."""
    predicted = np.sort(rng.gamma(3, 40, (*shape, len(QUANTILE_LEVELS))), axis=-1)
    return predicted, rng.gamma(3, 40, shape).round()


@pytest.mark.parametrize(("observed", "expected"), [(150, 36.6), (100, 2.6), (60, 26.6)])
def test_wis_agrees_with_numbers_worked_by_hand(observed, expected):
    assert scores.wis(QUANTILES, np.array(float(observed)), levels=FIVE) == pytest.approx(expected)
    assert wis_by_intervals(QUANTILES, observed, FIVE) == pytest.approx(expected)


def test_wis_is_the_interval_form_for_all_23_levels(rng):
    predicted, observed = forecasts(rng, 4, 5)
    slow = [
        [wis_by_intervals(predicted[i, j], observed[i, j], QUANTILE_LEVELS) for j in range(5)]
        for i in range(4)
    ]
    np.testing.assert_allclose(scores.wis(predicted, observed), slow)


def test_pinball_charges_a_low_quantile_by_its_level_and_a_high_one_by_the_rest():
    loss = scores.pinball(np.array([90.0, 110.0]), np.array(100.0), levels=(0.9, 0.9))
    np.testing.assert_allclose(loss, [9.0, 1.0])


def test_the_three_parts_sum_to_the_wis(rng):
    predicted, observed = forecasts(rng, 6, 3)
    np.testing.assert_allclose(sum(scores.wis_parts(predicted, observed)), scores.wis(predicted, observed))


def test_a_count_above_all_quantiles_is_underpredicted_only():
    parts = scores.wis_parts(QUANTILES, np.array(150.0), levels=FIVE)
    assert parts.overprediction == 0
    assert parts.dispersion == pytest.approx((0.05 * 60 + 0.5 * 20) / 5)
    assert parts.underprediction == pytest.approx(36.6 - 2.6)


def test_parts_need_symmetric_levels():
    with pytest.raises(ValueError, match="symmetric"):
        scores.wis_parts(QUANTILES, np.array(1.0), levels=(0.1, 0.2, 0.5, 0.75, 0.9))


def test_log_scale_scores_relative_error_alike_for_small_and_large_crossings():
    small = scores.wis_log(np.full(23, 9.0), np.array(19.0))
    large = scores.wis_log(np.full(23, 9_999.0), np.array(19_999.0))
    assert small == pytest.approx(np.log(2))
    assert large == pytest.approx(small)


def test_log_scale_takes_negative_quantiles_as_none():
    assert scores.wis_log(np.full(23, -5.0), np.array(0.0)) == 0


def test_a_missing_count_scores_as_missing_everywhere(rng):
    predicted, observed = forecasts(rng, 3)
    observed[1] = np.nan
    parts = scores.wis_parts(predicted, observed)
    for score in (
        scores.wis(predicted, observed),
        scores.wis_log(predicted, observed),
        *parts,
        scores.covered(predicted, observed, 0.8),
        scores.bias(predicted, observed),
        scores.pit(predicted, observed, rng),
    ):
        assert np.isnan(score).tolist() == [False, True, False]


@pytest.mark.parametrize(("observed", "inside"), [(70, 1), (130, 1), (69, 0), (131, 0)])
def test_an_interval_covers_its_ends(observed, inside):
    assert scores.covered(QUANTILES, np.array(float(observed)), 0.95, levels=FIVE) == inside


def test_coverage_is_the_share_of_known_counts_inside():
    observed = np.array([60.0, 100.0, 130.0, np.nan])
    assert scores.coverage(np.tile(QUANTILES, (4, 1)), observed, 0.95, levels=FIVE) == pytest.approx(2 / 3)


def test_coverage_of_a_level_without_quantiles_is_refused():
    with pytest.raises(ValueError, match=r"level 0.1 is none of"):
        scores.coverage(QUANTILES, np.array(1.0), 0.8, levels=FIVE)


@pytest.mark.parametrize(("observed", "expected"), [(60, 1), (75, 0.95), (100, 0), (120, -0.95), (200, -1)])
def test_bias_says_on_which_side_and_how_far_out_the_count_lay(observed, expected):
    assert scores.bias(QUANTILES, np.array(float(observed)), levels=FIVE) == pytest.approx(expected)


def test_pit_of_calibrated_counts_is_uniform(rng):
    mean = rng.uniform(0.3, 300, 4_000)
    predicted = stats.poisson.ppf(np.array(QUANTILE_LEVELS)[None], mean[:, None])
    drawn = scores.pit(predicted, rng.poisson(mean).astype(float), rng)
    assert stats.kstest(drawn, "uniform").statistic < 0.03


def test_pit_of_forecasts_that_are_too_narrow_piles_up_at_the_ends(rng):
    predicted = np.tile(stats.norm.ppf(QUANTILE_LEVELS, 100, 5), (2_000, 1))
    drawn = scores.pit(predicted, rng.normal(100, 15, 2_000), rng)
    assert ((drawn < 0.1) | (drawn > 0.9)).mean() > 0.5


def test_relative_is_the_geometric_mean_over_series_of_ratios_of_means():
    ours = np.array([[1.0, 3.0], [8.0, 8.0]])
    theirs = np.array([[4.0, 4.0], [4.0, 4.0]])
    assert scores.relative(ours, theirs) == pytest.approx(np.sqrt(0.5 * 2))
    assert scores.skill(ours, theirs) == pytest.approx(0)


def test_relative_compares_only_tasks_that_both_have():
    ours = np.array([[1.0, np.nan, 100.0]])
    theirs = np.array([[2.0, 7.0, np.nan]])
    assert scores.relative(ours, theirs) == pytest.approx(0.5)


def test_relative_leaves_out_series_on_which_the_baseline_is_perfect():
    assert scores.relative(np.array([[1.0], [3.0]]), np.array([[2.0], [0.0]])) == pytest.approx(0.5)
    assert np.isnan(scores.relative(np.array([[1.0]]), np.array([[0.0]])))


def test_one_series_without_error_does_not_decide_the_mean():
    assert scores.relative(np.array([[0.0], [1.0]]), np.array([[5.0], [1.0]])) == pytest.approx(0.1)


def test_diebold_mariano_agrees_with_statsmodels_newey_west(rng):
    gap = np.convolve(rng.normal(0.3, 1, 160), np.ones(10) / 10, "valid")
    second = rng.gamma(2, 1, len(gap))
    oracle = sm.OLS(gap, np.ones(len(gap))).fit(cov_type="HAC", cov_kwds={"maxlags": 27})
    ours = scores.diebold_mariano(second + gap, second)
    assert ours.difference == pytest.approx(gap.mean())
    assert ours.statistic == pytest.approx(oracle.tvalues[0])
    assert ours.p_value == pytest.approx(oracle.pvalues[0])


def test_diebold_mariano_needs_three_cutoffs():
    with pytest.raises(ValueError, match="three cutoffs"):
        scores.diebold_mariano(np.array([1.0, 2.0, np.nan]), np.array([1.0, 1.0, 1.0]))


def test_brier_is_the_squared_error_of_a_probability():
    given = np.array([0.0, 0.3, 0.3, 1.0, 0.5])
    happened = np.array([0.0, 0.0, 1.0, 1.0, np.nan])
    np.testing.assert_allclose(scores.brier(given, happened), [0, 0.09, 0.49, 0, np.nan])


def test_rps_charges_the_cumulated_probabilities_class_by_class(rng):
    given = rng.dirichlet(np.ones(5), 20)
    came = rng.integers(0, 5, 20)
    slow = [
        sum((sum(p[: k + 1]) - (k >= c)) ** 2 for k in range(4)) / 4 for p, c in zip(given, came, strict=True)
    ]
    np.testing.assert_allclose(scores.rps(given, came.astype(float)), slow)


@pytest.mark.parametrize(("outcome", "expected"), [(0, 0.0), (1, 0.25), (2, 0.5), (4, 1.0)])
def test_rps_of_a_certain_forecast_grows_with_the_distance(outcome, expected):
    assert scores.rps(np.array([1.0, 0, 0, 0, 0]), np.array(float(outcome))) == pytest.approx(expected)


def test_rps_of_two_classes_is_brier():
    assert scores.rps(np.array([0.3, 0.7]), np.array(1.0)) == pytest.approx(scores.brier(0.7, 1.0))
    assert np.isnan(scores.rps(np.array([0.3, 0.7]), np.array(np.nan)))


def test_the_histogram_of_transforms_is_what_random_ones_tend_to(rng):
    predicted, observed = forecasts(rng, 40, 5)
    bounds, edges = scores.pit_bounds(predicted, observed), np.linspace(0, 1, 11)
    drawn = [scores.pit(predicted, observed, np.random.default_rng(seed)) for seed in range(200)]
    shares = np.histogram(np.concatenate(drawn), edges)[0] / (200 * observed.size)
    np.testing.assert_allclose(scores.pit_shares(bounds, edges), shares, atol=0.01)


def test_a_count_that_is_several_quantiles_at_once_is_spread_over_their_levels():
    predicted = np.concatenate([np.zeros(12), np.arange(1.0, 12.0)])  # 0 up to the median
    bounds = scores.pit_bounds(predicted, np.array(0.0))
    assert (bounds.lower, bounds.upper) == (0.0, 0.55)
    shares = scores.pit_shares(scores.pit_bounds(predicted[None], np.array([0.0])), np.linspace(0, 1, 5))
    np.testing.assert_allclose(shares, [0.25 / 0.55, 0.25 / 0.55, 0.05 / 0.55, 0])


def test_days_without_a_count_have_no_transform():
    nothing = scores.pit_bounds(np.zeros((2, 23)), np.full(2, np.nan))
    assert np.isnan(nothing.lower).all()
    assert np.isnan(scores.pit_shares(nothing, np.linspace(0, 1, 5))).all()
