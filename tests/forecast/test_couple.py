"""Marginals become joint integer paths that move as past errors did."""

import numpy as np

from forecast.couple import couple, stratified
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
    return couple(quantiles, errors, 500, np.random.default_rng(seed))


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
