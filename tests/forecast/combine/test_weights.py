"""Weights from past losses: by hand, and as they should move."""

import numpy as np
import pytest

from forecast.combine import Losses, Weighing, for_intermittent, in_upheaval, member_weights, standings
from forecast.combine.weights import TOGETHER

AGE = 7.0 * np.arange(25, -1, -1) + 1
FAST = ("good", "bad")
THREE = ("good", "bad", "third")


def losses(natural, log=None, *, series=1, known=None):
    """The same loss at 26 weekly cutoffs, or none where not known [cutoff, series]."""
    shape = np.ones((26, series))
    log = natural if log is None else log
    known = np.ones(shape.shape, dtype=bool) if known is None else known
    return Losses(*(np.where(known, shape * value, np.nan) for value in (natural, log)))


def weights_of(found, fast=FAST, weighing=Weighing()):  # noqa: B008
    return member_weights(standings(found, fast, AGE), fast, weighing)


def random_losses(seed, series=3):
    generator = np.random.default_rng(seed)
    known = generator.random((26, series)) < 0.8
    return Losses(*(np.where(known, generator.gamma(5, 5, (26, series)), np.nan) for _ in range(2)))


def slow_weight(found, name, row, weighing):
    """One member's weight of one series before they are made to sum to one."""
    relative, cutoffs = zip(*(slow_relative(found, name, series) for series in range(3)), strict=True)
    pooled = np.average(relative, weights=cutoffs)
    share = 0.7 * cutoffs[row] / (cutoffs[row] + weighing.patience)
    return np.exp(-weighing.sharpness * (share * relative[row] + (1 - share) * pooled))


def slow_relative(found, name, row):
    """The log of a member's losses beside the middle of all, half as much after eight weeks; their weight."""
    ratios = []
    for scale in ("natural", "log"):
        total = dict.fromkeys(found, 0.0)
        weight = 0.0
        for cutoff in range(26):
            if all(np.isfinite(other.natural[cutoff, row]) for other in found.values()):
                share = 0.5 ** (AGE[cutoff] / 56)
                weight += share
                for other, own in found.items():
                    total[other] += share * getattr(own, scale)[cutoff, row]
        ratios.append(np.log(total[name] / np.median(list(total.values()))))
    return np.mean(ratios), weight


def test_weights_are_those_of_a_slow_loop():
    found = {name: random_losses(seed) for seed, name in enumerate(THREE)}
    weights = weights_of(found, THREE)
    for row in range(3):
        raw = {name: slow_weight(found, name, row, Weighing()) for name in THREE}
        for name in THREE:
            assert weights[name][row] == pytest.approx(raw[name] / sum(raw.values()), rel=1e-6)


def test_the_better_member_weighs_more_and_weights_sum_to_one():
    weights = weights_of({"good": losses(1.0), "bad": losses(3.0)})
    assert weights["good"][0] > 2 * weights["bad"][0] > 0
    assert sum(weights.values())[0] == pytest.approx(1)
    sharp = weights_of({"good": losses(1.0), "bad": losses(3.0)}, weighing=Weighing(sharpness=8.0))
    assert sharp["good"][0] > weights["good"][0]


def with_another(natural, log):
    """Three losses of 1 and another series' loss beside them: [cutoff, series]."""
    ones = np.ones((26, 3))
    return Losses(*(np.concatenate([ones, np.full((26, 1), value)], axis=1) for value in (natural, log)))


@pytest.mark.parametrize("scale", [1e-9, 1e-3])
def test_a_series_that_all_foretell_says_nothing_of_members_elsewhere(scale):
    """As one of zeros, or one that stays as it is: 1e-9 beside 1e-3 is no merit."""
    weights = weights_of({"good": with_another(0.0, 0.0), "bad": with_another(scale, scale)})
    np.testing.assert_allclose(weights["good"], 0.5)


def test_one_series_alone_does_not_decide_what_a_member_is_worth_elsewhere():
    weights = weights_of({"good": with_another(1.0, 1.0), "bad": with_another(1e9, 1e9)})
    assert weights["bad"][3] < 0.2
    assert (weights["bad"][:3] > 0.3).all()


def test_both_scales_count_alike():
    weights = weights_of({"good": losses(1.0, 3.0), "bad": losses(3.0, 1.0)})
    np.testing.assert_allclose(weights["good"], 0.5)


def test_recent_losses_count_more_than_old_ones():
    late = np.where(np.arange(26) < 18, 1.0, 2.0)[:, None] * np.ones((26, 1))
    early = 3.0 - late
    weights = weights_of({"good": Losses(early, early), "bad": Losses(late, late)})
    assert weights["good"][0] > 0.5


def test_a_series_without_a_record_gets_the_panels_weights():
    known = np.ones((26, 2), dtype=bool)
    known[:, 1] = False
    found = {"good": losses(1.0, series=2, known=known), "bad": losses(3.0, series=2, known=known)}
    weights = weights_of(found)
    assert weights["good"][1] == pytest.approx(weights["good"][0], abs=0.02)
    assert weights["good"][1] > 0.6


def test_a_series_own_record_counts_for_more_the_longer_it_is():
    def own_share(cutoffs):
        known = np.ones((26, 9), dtype=bool)
        known[: 26 - cutoffs, 8] = False
        good = np.where(np.arange(9) == 8, 3.0, 1.0)
        found = {
            "good": losses(good, series=9, known=known),
            "bad": losses(4.0 - good, series=9, known=known),
        }
        return weights_of(found)["bad"][8]

    assert own_share(0) < 0.5
    assert own_share(0) < own_share(2) < own_share(10) < own_share(26)


def test_without_any_record_all_fast_members_count_alike():
    never = np.zeros((26, 1), dtype=bool)
    found = {"good": losses(1.0, known=never), "bad": losses(3.0, known=never)}
    assert weights_of(found)["good"].tolist() == [0.5]


def with_slow(loss, known=None):
    found = {"good": losses(1.0), "bad": losses(1.0), "slow": losses(loss, known=known)}
    return weights_of(found)["slow"][0]


def test_a_slow_member_is_weighed_by_its_record_and_has_none_beyond_the_gate():
    assert with_slow(0.8) > 0.34
    assert with_slow(np.exp(0.05)) > 0.2
    assert with_slow(1.5) == 0
    found = {"good": losses(1.0), "bad": losses(3.0)}
    assert weights_of(found)["bad"][0] > 0  # a fast one is never shut out


def test_a_slow_member_without_a_record_has_no_weight():
    assert with_slow(0.1, known=np.zeros((26, 1), dtype=bool)) == 0


def test_a_slow_member_is_compared_where_it_spoke():
    known = (np.arange(26) >= 20)[:, None]
    hard = np.where(known, 10.0, 1.0)
    found = {"good": Losses(hard, hard), "bad": Losses(hard, hard), "slow": losses(9.0, known=known)}
    standing = standings(found, FAST, AGE)["slow"]
    assert standing.relative[0] == pytest.approx(np.log(0.9))
    assert standing.cutoffs[0] == pytest.approx((0.5 ** (AGE[20:] / 56)).sum())


def test_a_fast_member_that_a_series_is_too_young_for_is_not_waited_for():
    never = np.zeros((26, 1), dtype=bool)
    found = {"good": losses(1.0), "bad": losses(3.0), "old": losses(1.0, known=never)}
    fast = ("good", "bad", "old")
    alone = standings({name: found[name] for name in FAST}, FAST, AGE)
    beside = standings(found, fast, AGE)
    for name in FAST:
        assert beside[name].relative[0] == alone[name].relative[0]
        assert beside[name].cutoffs[0] == alone[name].cutoffs[0] > 0
    assert beside["old"].cutoffs.tolist() == [0]


def test_losses_of_nothing_are_no_better_than_each_other():
    weights = weights_of({"good": losses(0.0), "bad": losses(0.0)})
    assert weights["good"].tolist() == [0.5]


def handed_over(**shares):
    """Weights after and before the handing over, of a quiet, a small and a busy series."""
    generator = np.random.default_rng(1)
    quiet = np.where(generator.random(200) < 0.6, 0.0, 9.0)
    counts = np.stack([quiet, generator.poisson(8.0, 200) + 1.0, generator.poisson(300.0, 200)])
    return for_intermittent({name: np.full(3, share) for name, share in shares.items()}, counts)


def test_members_made_for_intermittent_have_most_of_the_weight_of_a_quiet_series():
    found = handed_over(root=0.4, log=0.2, analog=0.1, count=0.3)
    assert found["analog"][0] == found["count"][0] == pytest.approx(TOGETHER / 2)
    assert found["root"][0] == pytest.approx(2 * found["log"][0])
    assert sum(values[0] for values in found.values()) == pytest.approx(1)


def test_the_count_model_speaks_for_small_series_and_not_for_busy_ones():
    found = handed_over(root=0.4, log=0.2, analog=0.1, count=0.3)
    assert found["count"][1:].tolist() == [0.3, 0.0]
    assert [found[name][2] for name in ("root", "log", "analog")] == [0.4, 0.2, 0.1]


def test_without_such_members_weights_stay():
    found = handed_over(root=0.6, log=0.4)
    assert found["root"].tolist() == [0.6] * 3
    assert found["log"].tolist() == [0.4] * 3


def test_in_an_upheaval_members_fitted_to_what_was_before_have_no_weight():
    weights = {"quick": np.array([0.6, 0.6]), "fitted": np.array([0.4, 0.4])}
    used = in_upheaval(weights, ("quick",), np.array([True, False]))
    assert used["fitted"].tolist() == [0, 0.4]
    assert used["quick"].tolist() == [0.6, 0.6]
