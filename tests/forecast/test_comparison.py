import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from forecast.comparison import compared

DAYS = pd.date_range("2022-05-01", periods=20, freq="7D")


def scored(factor=1.0, *, crossings=("a", "b"), cutoffs=DAYS, noise=0.0, seed=1):
    """Scores of every crossing, cutoff and seven horizons: 10 at the first crossing, 100 at the second."""
    generator = np.random.default_rng(seed)
    rows = [
        (crossing, cutoff, horizon, "surge" if horizon > 5 else "calm", 10.0 ** (at + 1))
        for at, crossing in enumerate(crossings)
        for cutoff in cutoffs
        for horizon in (1, 2, 3, 4, 5, 6, 7, 8)
    ]
    frame = pd.DataFrame(rows, columns=["crossing", "cutoff", "horizon", "mode", "baseline_wis"])
    shaken = frame["baseline_wis"] * np.exp(noise * generator.standard_normal(len(frame)))
    return frame.assign(wis=factor * shaken, wis_log=factor * 0.1)


def test_relative_scores_are_geometric_means_over_crossings():
    first = scored().assign(wis=lambda frame: frame["wis"] * np.where(frame["crossing"] == "a", 0.5, 2.0))
    found = compared(first, scored())
    assert found.overall.relative == pytest.approx(1.0)
    assert found.overall.forecasts == 2 * 20 * 8
    assert (found.cutoffs, found.days) == (20, 20 * 8 - 19)


def test_the_tables_are_by_horizon_and_by_regime():
    found = compared(scored(0.5), scored())
    assert [(row.horizon, row.mode, row.forecasts) for row in found.rows] == [
        ("1-7", "all", 280),
        ("1-7", "calm", 200),
        ("1-7", "surge", 80),
        ("8-14", "all", 40),
        ("8-14", "surge", 40),
        ("all", "calm", 200),
        ("all", "surge", 120),
    ]
    assert all(row.relative == pytest.approx(0.5) for row in found.rows)


def test_only_what_both_were_scored_on_counts():
    found = compared(scored(), scored(2.0, crossings=("a",), cutoffs=DAYS[:5]))
    assert found.overall.forecasts == 5 * 8
    with pytest.raises(ValueError, match="no forecast was scored of both"):
        compared(scored(crossings=("a",)), scored(crossings=("c",)))


def by_hand(first, second, ordinates):
    """Coroneo and Iacone's test by sums over sines and cosines, and Student's t: statistic and p value."""
    gaps = (first["wis"] - second["wis"]) / first["baseline_wis"]
    gap = [float(own.mean()) for _, own in gaps.groupby(first["cutoff"])]
    mean, powers = sum(gap) / len(gap), []
    for wave in range(1, ordinates + 1):
        turns = [2 * math.pi * wave * at / len(gap) for at in range(len(gap))]
        real, imaginary = (
            sum(one * of(turn) for one, turn in zip(gap, turns, strict=True)) for of in (math.cos, math.sin)
        )
        powers.append((real**2 + imaginary**2) / len(gap))
    statistic = mean / math.sqrt(sum(powers) / ordinates / len(gap))
    return statistic, 2 * stats.t.sf(abs(statistic), 2 * ordinates)


def test_the_test_is_of_scaled_scores_by_cutoff():
    first, second = scored(0.9, noise=0.3), scored(noise=0.3, seed=2)
    found = compared(first, second).test
    assert (found.statistic, found.p_value) == pytest.approx(by_hand(first, second, 5))


def test_daily_cutoffs_allow_for_errors_that_overlap():
    daily = pd.date_range("2022-05-01", periods=20, freq="D")
    first, second = scored(0.9, noise=0.3, cutoffs=daily), scored(noise=0.3, seed=2, cutoffs=daily)
    found = compared(first, second).test
    assert (found.statistic, found.p_value) == pytest.approx(by_hand(first, second, 1))


def test_a_record_that_is_half_overlap_is_too_short_to_tell():
    daily = pd.date_range("2022-05-01", periods=15, freq="D")
    found = compared(scored(0.5, noise=0.1, cutoffs=daily), scored(noise=0.1, seed=2, cutoffs=daily))
    assert found.test is None
    assert "over 15 cutoffs: too few to tell from chance" in found.verdict


def test_equals_whose_errors_overlap_are_seldom_told_apart():
    generator, told = np.random.default_rng(7), 0
    for _ in range(200):
        shocks = generator.standard_normal(24)
        errors = 10 + np.convolve(shocks, np.ones(5), "valid")  # twenty weekly cutoffs of 28 days
        frame = pd.DataFrame({"crossing": "a", "cutoff": DAYS, "horizon": 28, "mode": "calm"})
        frame = frame.assign(baseline_wis=10.0, wis_log=1.0)
        found = compared(frame.assign(wis=errors), frame.assign(wis=10.0)).test
        told += found.p_value < 0.05
    assert told < 0.15 * 200


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        (scored(0.8, noise=0.05), scored(noise=0.05, seed=2), "mine is better: mine scores 2"),
        (scored(1.3, noise=0.05), scored(noise=0.05, seed=2), "yours is better: mine scores "),
        (
            scored(1.001, noise=0.5),
            scored(noise=0.5, seed=2),
            "which may well be chance (Diebold-Mariano p =",
        ),
        (scored(), scored(), "mine and yours score alike over 20 cutoffs."),
        (
            scored(0.8, cutoffs=DAYS[:2]),
            scored(cutoffs=DAYS[:2]),
            "over 2 cutoffs: too few to tell from chance",
        ),
    ],
)
def test_the_verdict_says_in_words_what_to_make_of_it(first, second, told):
    assert told in compared(first, second, names=("mine", "yours")).verdict


def test_worse_is_what_scores_higher_be_it_by_chance():
    assert compared(scored(1.01), scored()).worse
    assert not compared(scored(0.99), scored()).worse
