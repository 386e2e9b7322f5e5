"""Members' past quantiles are scored on what came, day by day as by hand."""

import numpy as np
import pytest

from forecast.combine import losses_of
from forecast.quantiles import QUANTILE_LEVELS

LEVELS = np.array(QUANTILE_LEVELS)


def quantiles_of(cutoffs, series=1, horizon=4, seed=1):
    values = np.random.default_rng(seed).gamma(9, 10, (cutoffs, series, horizon, len(LEVELS)))
    return np.sort(values, axis=3)


def slow_wis(quantiles, came):
    """Twice the mean pinball loss over the levels."""
    losses = [
        max(level * (came - q), (level - 1) * (came - q)) for level, q in zip(LEVELS, quantiles, strict=True)
    ]
    return 2 * np.mean(losses)


def test_losses_are_mean_scores_over_the_known_days_ahead():
    counts = np.random.default_rng(2).poisson(90.0, (2, 40)).astype(float)
    counts[0, 17] = np.nan
    cutoffs = (10, 16, 38)
    quantiles = quantiles_of(3, 2)
    found = losses_of(quantiles, counts, cutoffs)
    for place, cutoff in enumerate(cutoffs):
        for row in range(2):
            days = [ahead for ahead in range(1, 5) if cutoff + ahead < 40]
            known = [ahead for ahead in days if np.isfinite(counts[row, cutoff + ahead])]
            pairs = [(quantiles[place, row, ahead - 1], counts[row, cutoff + ahead]) for ahead in known]
            natural = np.mean([slow_wis(said, came) for said, came in pairs])
            log = np.mean([slow_wis(np.log1p(said), np.log1p(came)) for said, came in pairs])
            assert found.natural[place, row] == pytest.approx(natural)
            assert found.log[place, row] == pytest.approx(log)


def test_without_a_known_day_ahead_there_is_no_loss():
    counts = np.full((1, 40), 90.0)
    counts[0, 20:30] = np.nan
    found = losses_of(quantiles_of(3), counts, (10, 19, 39))
    assert found.known[:, 0].tolist() == [True, False, False]
    assert np.isnan(found.natural[1:]).all()


def test_a_silent_member_has_no_loss():
    quantiles = quantiles_of(2)
    quantiles[1] = np.nan
    assert losses_of(quantiles, np.full((1, 40), 90.0), (10, 19)).known[:, 0].tolist() == [True, False]


def test_infinity_is_a_very_bad_loss_and_not_an_unknown_one():
    quantiles = quantiles_of(2)
    quantiles[1, ..., -1] = np.inf
    found = losses_of(quantiles, np.full((1, 40), 90.0), (10, 19))
    assert found.known.all()
    assert np.isfinite(found.log).all()
    assert found.natural[1, 0] > 1e9 > found.natural[0, 0]


def test_a_cutoff_after_a_week_without_counts_says_nothing():
    counts = np.full((1, 40), 10.0)
    counts[0, 10:20] = np.nan
    known = losses_of(quantiles_of(36), counts, range(36)).known[:, 0]
    assert not known[16:20].any()
    assert known[[0, 8, 20, 30]].all()


def test_before_the_end_of_its_first_week_a_panel_has_no_losses():
    found = losses_of(quantiles_of(0), np.full((1, 3), 90.0), ())
    assert found.natural.shape == found.log.shape == (0, 1)
