"""Marginals become joint integer paths that move as past counts did."""

import numpy as np

from forecast.couple import couple, past_deviations, stratified
from forecast.quantiles import QUANTILE_LEVELS

ERRORS = np.random.default_rng(1).normal(size=(300, 1, 7))


def test_stratified_samples_give_the_quantiles_back():
    quantiles = np.sort(np.random.default_rng(2).gamma(2, 500, (3, 7, len(QUANTILE_LEVELS))), axis=2)
    samples = stratified(quantiles, 500)
    read = np.moveaxis(np.quantile(samples, QUANTILE_LEVELS, axis=0, method="hazen"), 0, 2)
    between = (quantiles[:, :, -1] - quantiles[:, :, 0])[:, :, None] / 100
    assert (np.abs(read - quantiles) <= 1 + between).all()


def test_samples_are_whole_ascending_and_never_negative():
    quantiles = np.tile(np.linspace(0, 3, len(QUANTILE_LEVELS)), (1, 2, 1))
    samples = stratified(quantiles, 100)
    assert samples.dtype == np.int64
    assert (samples >= 0).all()
    assert (np.diff(samples, axis=0) >= 0).all()


def paths_of(errors, seed=3):
    quantiles = np.tile(np.array(QUANTILE_LEVELS) * 1000, (errors.shape[1], errors.shape[2], 1))
    return couple(quantiles, lambda rows: errors[:, rows], 500, np.random.default_rng(seed))


def test_coupling_reorders_and_changes_no_marginal():
    quantiles = np.tile(np.array(QUANTILE_LEVELS) * 1000, (2, 7, 1))
    paths = paths_of(np.repeat(ERRORS, 2, axis=1))
    np.testing.assert_array_equal(np.sort(paths, axis=0), stratified(quantiles, 500))


def test_series_that_erred_together_rise_together_and_others_do_not():
    together = np.concatenate([ERRORS, ERRORS, np.random.default_rng(9).normal(size=ERRORS.shape)], axis=1)
    paths = paths_of(together)[:, :, 0]
    assert np.corrcoef(paths[:, 0], paths[:, 1])[0, 1] > 0.9
    assert abs(np.corrcoef(paths[:, 0], paths[:, 2])[0, 1]) < 0.25


def test_opposite_errors_stay_opposite():
    paths = paths_of(np.concatenate([ERRORS, -ERRORS], axis=1))[:, :, 0]
    assert np.corrcoef(paths[:, 0], paths[:, 1])[0, 1] < -0.9


def test_without_known_errors_a_path_keeps_its_standing_over_the_days():
    paths = paths_of(np.full((20, 2, 7), np.nan))
    assert np.corrcoef(paths[:, 0, 0], paths[:, 0, 6])[0, 1] > 0.4


def test_the_same_generator_gives_the_same_paths():
    assert np.array_equal(paths_of(ERRORS, seed=4), paths_of(ERRORS, seed=4))


def test_where_there_are_fewer_past_cutoffs_than_paths_the_newest_serve_most():
    opposite = np.concatenate([ERRORS, ERRORS], axis=1)
    opposite[:150, 1] *= -1  # the older half of 300 cutoffs, for 500 paths
    paths = paths_of(opposite)[:, :, 0]
    assert np.corrcoef(paths[:, 0], paths[:, 1])[0, 1] > 0.1


def test_past_deviations_are_those_of_a_slow_loop():
    counts = np.random.default_rng(6).poisson(90.0, (2, 60)).astype(float)
    counts[1, 30] = np.nan
    made = past_deviations(counts, 9, 25)
    assert made.shape == (25, 2, 9)
    for place, cutoff in enumerate(range(60 - 9 - 25, 60 - 9)):
        for row in range(2):
            for ahead in range(1, 10):
                day = cutoff + ahead
                same_weekday = [back for back in range(cutoff, -1, -1) if (day - back) % 7 == 0][:2]
                usual = np.mean([np.sqrt(counts[row, back]) for back in same_weekday])
                expected = np.sqrt(counts[row, day]) - usual
                np.testing.assert_allclose(made[place, row, ahead - 1], expected)


def test_there_are_no_deviations_before_two_weeks_are_known_nor_after_the_last_count():
    counts = np.ones((1, 40))
    assert past_deviations(counts, 7, 500).shape == (20, 1, 7)  # cutoffs on days 13 to 32
    assert past_deviations(counts[:, :15], 7, 500).shape == (0, 1, 7)


def test_each_path_stands_where_its_past_cutoff_stood():
    """The Schaake shuffle: the order over paths is the order over the newest cutoffs, newest first."""
    generator = np.random.default_rng(7)
    deviations = np.stack(
        [np.stack([generator.permutation(6) for _ in range(7)]).T for _ in range(2)], axis=1
    )
    quantiles = np.tile(np.array(QUANTILE_LEVELS) * 1000, (2, 7, 1))
    joint = couple(quantiles, lambda rows: 1.0 * deviations[:, rows], 6, np.random.default_rng(8))
    np.testing.assert_array_equal(np.argsort(joint, axis=0), np.argsort(deviations[::-1], axis=0))


def test_cutoffs_on_which_little_is_known_are_not_copied():
    deviations = ERRORS.repeat(2, axis=1)
    deviations[:, 1] *= -1
    deviations[200:, :, :] = np.nan  # the newest say nothing
    paths = paths_of(deviations)[:, :, 0]
    assert np.corrcoef(paths[:, 0], paths[:, 1])[0, 1] < -0.9


def test_a_series_that_is_unknown_beside_a_known_one_is_drawn_and_stays_by_itself():
    deviations = ERRORS.repeat(2, axis=1).copy()
    deviations[:, 1] = np.nan
    paths = paths_of(deviations)
    assert abs(np.corrcoef(paths[:, 0, 0], paths[:, 1, 0])[0, 1]) < 0.25
    assert np.corrcoef(paths[:, 1, 0], paths[:, 1, 6])[0, 1] > 0.4
