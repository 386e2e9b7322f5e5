"""The count member against a slow loop over days and settings, and on worlds of which the truth is known."""

import numpy as np
import pytest
from scipy.stats import nbinom

from forecast.members.count import Count
from forecast.members.negative_binomial import log_probability, quantiles_with_zeros
from forecast.members.protocol import Context
from forecast.members.weekday_pattern import weekday_factors
from forecast.quantiles import QUANTILE_LEVELS
from forecast.testing import check_member
from tests.forecast.panels import START, panel_of, weekly

LEVELS = np.array(QUANTILE_LEVELS)
AHEAD = (2, 5, 10, 21)


def hindcast(counts, cutoffs, horizon=28):
    panel = panel_of(counts)
    return Count().hindcast(panel, Context.of(panel), cutoffs, horizon)


def bursts(days=400, seed=3):
    """Three days in five without anyone, a random missing day in ten, a gap of three weeks."""
    generator = np.random.default_rng(seed)
    counts = generator.negative_binomial(0.8, 0.05, days) * (generator.random(days) < 0.4)
    counts = counts.astype(float)
    counts[generator.random(days) < 0.1] = np.nan
    counts[200:221] = np.nan
    return counts


def levels_of(values, known, begins, gain):
    """A level a day, and the run of days that it belongs to."""
    levels, runs, level, seen, run, due = [], [], 0.0, 0, 0, False
    for value, is_known, begin in zip(values, known, begins, strict=True):
        due = due or begin
        if is_known:
            if due:
                seen, due, run = 0, False, run + 1
            seen += 1
            level += max(gain, 1 / seen) * (value - level)
        levels.append(level)
        runs.append(run)
    return levels, runs


def judge(values, known, begins, gain, ahead, log):
    """A gain's level at the end, its excess variance and score, day after judged day."""
    levels, runs = levels_of(values, known, begins, gain)
    strays = squares = number = score = 0.0
    decay, excess = 0.5 ** (2 / 120), 0.2
    for day in range(-START.toordinal() % 2, len(values), 2):
        strays, squares, number, score = strays * decay, squares * decay, number * decay, score * decay
        if known[day] and day >= ahead and runs[day] > 0 and runs[day - ahead] == runs[day]:
            expected = levels[day - ahead]
            score += log(values[day], expected, excess)
            limit = 16 * (expected + expected**2)
            strays += min((values[day] - expected) ** 2, limit) - expected
            squares += expected**2
            number += 1
        typical = squares / max(1e-9, number)
        if squares + 5 * typical > 0:
            excess = (max(0, strays) + 5 * 0.2 * typical) / (squares + 5 * typical)
            excess = min(max(excess, 1e-3), 60.0)
    return levels[-1], excess, score


def chance_log(value, expected, excess):
    likely = min(max(expected, 0.01), 0.99)
    return np.log(likely if value else 1 - likely)


def number_log(value, expected, excess):
    return float(log_probability(np.array(value), np.array(expected), np.array(excess)))


def mixed(values, known, begins, ahead, log):
    found = np.array([judge(values, known, begins, gain, ahead, log) for gain in Count().gains])
    weights = np.exp(0.3 * (found[:, 2] - found[:, 2].max()))
    weights /= weights.sum()
    return weights @ found[:, 0], np.exp(weights @ np.log(found[:, 1]))


def factors_of(counts, day, ahead=1):
    """The weekday factors of a day and those after it, as read at the last day divisible by 28."""
    into = (START.toordinal() + day) % 28
    start = max(0, day - into)
    factors = weekday_factors(counts[None, max(0, start - 280) : start])[0]
    return factors[(into + np.arange(ahead)) % 7]


def slow_count(counts, horizon):
    """Quantiles after the last of the counts: [horizon, level]."""
    factors = factors_of(counts, len(counts), horizon)
    counts = counts / [factors_of(counts, day)[0] for day in range(len(counts))]
    known = np.isfinite(counts)
    begins = [
        bool(is_known and not known[max(0, day - 14) : day].any()) for day, is_known in enumerate(known)
    ]
    present = counts > 0
    number = np.where(present, np.maximum(np.nan_to_num(counts) - 1, 0), 0.0)
    likely, many, spread = [], [], []
    for ahead in AHEAD:
        likely.append(mixed(present * 1.0, known, begins, ahead, chance_log)[0])
        level, excess = mixed(number, present, begins, ahead, number_log)
        many.append(level)
        spread.append(excess)
    days = np.arange(1, horizon + 1)
    likely, many, spread = (np.interp(days, AHEAD, part) for part in (likely, many, spread))
    chance = 1 - (1 - np.clip(likely, 0.002, 1)) ** factors
    return quantiles_with_zeros(chance, likely * (1 + many) * factors / chance - 1, spread)


def test_quantiles_are_those_of_a_slow_loop_over_days_and_gains():
    counts = np.stack([bursts(), bursts(seed=4)])
    for cutoff in (60, 230, 399):
        made = hindcast(counts, [cutoff])
        for row in range(2):
            expected = slow_count(counts[row, : cutoff + 1], 28)
            np.testing.assert_allclose(made[0, row], expected, rtol=1e-6, atol=1e-6)


def test_a_hindcast_is_the_forecast_made_on_that_day():
    counts = np.stack([bursts(), weekly(400, level=3.0)])
    together = hindcast(counts, [100, 230, 300, 399])
    for place, cutoff in enumerate([100, 230, 300, 399]):
        np.testing.assert_allclose(hindcast(counts[:, : cutoff + 1], [cutoff])[0], together[place])


def test_nothing_after_a_cutoff_is_used():
    counts = np.stack([bursts(), weekly(400, level=3.0)])
    changed = counts.copy()
    changed[:, 301:] = 40.0
    made = hindcast(counts, [250, 300, 399])[:2]
    np.testing.assert_array_equal(hindcast(changed, [250, 300, 399])[:2], made)


def test_independent_counts_are_forecast_by_their_distribution():
    counts = np.random.default_rng(2).negative_binomial(0.5, 0.2, (40, 900)).astype(float)
    exact = nbinom.ppf(LEVELS, 0.5, 0.2)
    made = hindcast(counts, [899])[0].mean(axis=(0, 1))
    np.testing.assert_allclose(made, exact, rtol=0.25, atol=0.35)


def test_quantiles_widen_with_the_horizon_where_the_level_wanders():
    generator = np.random.default_rng(5)
    mean = np.exp(1.5 + np.cumsum(generator.normal(0, 0.1, (20, 900)), axis=1) / 2)
    made = hindcast(generator.poisson(mean).astype(float), [899])[0]
    middle = made[:, :, [3, 19]] / np.maximum(1, made[:, :, 11:12])
    width = (middle[:, :, 1] - middle[:, :, 0]).mean(axis=0)
    assert width[27] > 1.1 * width[0]


def test_a_weekday_pattern_is_kept_and_none_is_made_up():
    busy = hindcast([weekly(400, level=3.0)], [398], 7)[0, 0, :, 11]  # a Sunday
    assert busy[5:].min() > 1.3 * busy[:3].max()
    plain = hindcast(np.random.default_rng(1).poisson(3.0, (30, 400)), [399], 7)[0, :, :, 11]
    assert np.ptp(plain.mean(axis=0)) < 0.25


def test_after_a_closure_the_level_starts_anew():
    counts = np.concatenate([np.full(300, 2.0), np.full(30, np.nan), np.full(15, 9.0)])
    made = hindcast([counts], [344])[0, 0]
    assert abs(made[0, 11] - 9) < 1


def test_below_the_least_open_days_it_says_nothing():
    made = hindcast([bursts(), np.r_[np.full(380, np.nan), np.ones(20)]], [392, 393])
    assert np.isnan(made).all(axis=(2, 3)).tolist() == [[False, True], [False, False]]


def test_a_series_does_not_depend_on_those_beside_it():
    counts = np.stack([bursts(200, seed=seed) for seed in range(40)])
    np.testing.assert_allclose(hindcast(counts[35:36], [199])[:, 0], hindcast(counts, [199])[:, 35])


def test_a_count_in_which_there_is_little_trust_moves_the_level_little():
    counts = np.r_[np.full(60, 3.0), 30.0]
    panel = panel_of([counts, counts])
    context = Context.of(panel)
    reliance = context.reliance.copy()
    reliance[1, -1] = 0.1
    made = Count().hindcast(panel, Context(context.closed, context.counts, reliance), [60], 28)[0, :, 0, 11]
    assert made[1] < made[0]
    assert made[1] == pytest.approx(3, abs=0.5)


@pytest.mark.parametrize(
    "counts", [np.zeros(100), np.full(100, 7.0), np.r_[np.ones(99), 1e6], np.r_[np.zeros(99), 1.0]]
)
def test_hard_series_give_ordered_non_negative_quantiles(counts):
    made = hindcast([counts], [40, 99])
    assert np.isfinite(made).all()
    assert (made >= 0).all()
    assert (np.diff(made, axis=3) >= 0).all()


def test_a_crossing_without_arrivals_stays_without():
    assert (hindcast([np.zeros(100)], [99]) == 0).all()


def test_it_keeps_the_contract_of_a_member():
    check_member(Count())


def test_a_panel_of_one_day_says_nothing():
    assert np.isnan(hindcast([[3.0], [np.nan]], [0])).all()
