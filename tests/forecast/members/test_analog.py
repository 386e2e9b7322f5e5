"""The analog member against a slow loop that looks at one past day after another."""

import numpy as np
import pytest

from forecast.members.analog import Analog, weighted_quantiles
from forecast.members.protocol import Context
from forecast.quantiles import QUANTILE_LEVELS
from tests.forecast.panels import panel_of, weekly

MEDIAN = QUANTILE_LEVELS.index(0.5)


def hindcast(counts, cutoffs, horizon=5, member=None):
    panel = panel_of(counts)
    return (member or Analog()).hindcast(panel, Context.of(panel), cutoffs, horizon)


def holed(days=400, seed=3):
    """Counts with a random missing day in ten and a gap of two weeks."""
    generator = np.random.default_rng(seed)
    counts = weekly(days, level=30.0, seed=seed)
    counts[generator.random(days) < 0.1] = np.nan
    counts[200:214] = np.nan
    return counts


def trailing_mean(counts, day, window):
    """The mean of a window's known days; of the newest window that has any."""
    while not np.isfinite(counts[max(0, day - window + 1) : day + 1]).any():
        day -= 1
    return np.nanmean(counts[max(0, day - window + 1) : day + 1])


def slow_factors(counts):
    """A weekday's share of its week, averaged over weeks; believed as far as it is more than chance."""
    shares = [[] for _ in range(7)]
    for back in range(1, min(40, len(counts) // 7) + 1):
        week = counts[len(counts) - 7 * back :][:7]
        if np.isfinite(week).sum() >= 5 and np.nansum(week) > 0:
            for day in np.flatnonzero(np.isfinite(week)):
                shares[day].append(week[day] / np.nanmean(week))
    pattern = np.array([np.mean(of_day) for of_day in shares])
    number = np.array([len(of_day) for of_day in shares])
    within = sum(((np.array(of_day) - mean) ** 2).sum() for of_day, mean in zip(shares, pattern, strict=True))
    chance = within / (number.sum() - 7) / number.mean()
    between = max(0.0, np.var(pattern, ddof=1) - chance)
    return np.maximum(0.05, 1 + between / (between + 3 * chance) * (pattern - 1))


def slow_analog(counts, cutoff, horizon, season, member):
    """Quantiles one day ahead after the other: [horizon, level]."""
    examples = []
    factors = slow_factors(counts[: cutoff + 1])
    days = [day for day in range(max(0, cutoff - 119), cutoff + 1) if np.isfinite(counts[day])]
    week = np.array([trailing_mean(counts, day, 7) for day in days])
    unrest = 0.7 * ((counts[days] - week) ** 2).sum() / (week**2).sum()

    def blended(day):
        return (trailing_mean(counts, day, 7) + unrest * trailing_mean(counts, day, 42)) / (1 + unrest) + 0.5

    for past in range(max(7, cutoff + 1 - member.span), cutoff):
        if np.isfinite(counts[past - 6 : past + 1]).sum() < 4:
            continue
        levels = [
            (np.log1p(trailing_mean(counts, past, n)), np.log1p(trailing_mean(counts, cutoff, n)))
            for n in (2, 7, 42)
        ]
        parts = [((a - b) / scale) ** 2 for (a, b), scale in zip(levels, (1.6, 0.6, 0.8), strict=True)]
        apart = abs(season[past] - season[cutoff])
        parts.append((min(apart, 365 - apart) / 60) ** 2)
        weight = np.exp(-0.5 * sum(parts)) * 0.5 ** ((cutoff - past) / member.half_life)
        ratio = (blended(cutoff) / blended(past)) ** member.pull
        examples.append((weight, past, np.clip(ratio, 0.2, 5)))
    examples = sorted(sorted(examples, reverse=True)[: member.examples], key=lambda example: example[1])
    made = []
    for ahead in range(1, horizon + 1):
        known = [e for e in examples if e[1] + ahead <= cutoff and np.isfinite(counts[e[1] + ahead])]
        pattern = [
            factors[(ahead - 1) % 7] / factors[(past + ahead - cutoff - 1) % 7] for _, past, _ in known
        ]
        outcomes = np.array([ratio * counts[past + ahead] for _, past, ratio in known]) * pattern
        weights = np.array([w * (2.0 if (cutoff - past) % 7 == 0 else 1.0) for w, past, _ in known])
        order = np.argsort(outcomes, kind="stable")
        upto = np.cumsum(weights[order])
        made.append(np.interp(QUANTILE_LEVELS, (upto - weights[order] / 2) / upto[-1], outcomes[order]))
    return np.array(made)


@pytest.mark.parametrize("member", [Analog(), Analog(examples=40, pull=0.3, span=250, half_life=100.0)])
def test_quantiles_are_those_of_a_slow_loop_over_past_days(member):
    counts = np.stack([holed(), holed(seed=4)])
    panel = panel_of(counts)
    season = panel.dates.dayofyear.to_numpy()
    made = hindcast(counts, [150, 215, 399], member=member)
    for place, cutoff in enumerate([150, 215, 399]):
        for row in range(2):
            expected = slow_analog(counts[row], cutoff, 5, season, member)
            np.testing.assert_allclose(made[place, row], expected, rtol=1e-9)


def test_nothing_after_a_cutoff_is_used():
    counts = np.stack([holed(), weekly(400)])
    changed = counts.copy()
    changed[:, 301:] = 1e6
    panel, other = panel_of(counts), panel_of(changed)
    made = Analog().hindcast(panel, Context.of(panel), [250, 300], 28)
    np.testing.assert_array_equal(Analog().hindcast(other, Context.of(other), [250, 300], 28), made)


def test_below_the_least_open_days_it_says_nothing():
    short = weekly(300)
    short[:150] = np.nan
    made = hindcast([weekly(300), short], [118, 119, 268, 269])
    silent = np.isnan(made).all(axis=(2, 3))
    assert silent.T.tolist() == [[True, False, False, False], [True, True, True, False]]
    assert np.isfinite(made[~silent]).all()


def test_a_series_does_not_depend_on_those_beside_it():
    counts = np.stack([weekly(200, seed=seed) for seed in range(40)])
    together = hindcast(counts, [199])
    np.testing.assert_array_equal(hindcast(counts[35:36], [199])[:, 0], together[:, 35])


@pytest.mark.parametrize("counts", [np.zeros(200), np.full(200, 7.0), np.r_[np.ones(199), 1e6]])
def test_hard_series_give_ordered_non_negative_quantiles(counts):
    made = hindcast([counts], [150, 199], 28)
    assert np.isfinite(made).all()
    assert (made >= 0).all()
    assert (np.diff(made, axis=3) >= 0).all()


def test_a_constant_series_stays_where_it_is():
    np.testing.assert_allclose(hindcast([np.full(200, 7.0)], [199]), 7.0)


@pytest.mark.parametrize("back", [2, 10, 30])
def test_a_day_beyond_belief_does_not_lift_the_weeks_after_it(back):
    counts = weekly(400, level=30.0)
    calm = hindcast([counts], [399], horizon=28)[0, 0, :, MEDIAN]
    counts[-back] = 1e6
    np.testing.assert_allclose(hindcast([counts], [399], horizon=28)[0, 0, :, MEDIAN] / calm, 1.4, atol=0.6)


def test_a_first_surge_that_lasts_is_followed():
    counts = weekly(400, level=30.0)
    calm = hindcast([counts], [399], horizon=7)[0, 0, :, MEDIAN]
    counts[-5:] *= 12
    assert (hindcast([counts], [399], horizon=7)[0, 0, :, MEDIAN] > 3 * calm).all()


def test_a_weighted_quantile_lies_between_the_middles_of_the_weights():
    made = weighted_quantiles(np.array([[[10.0, np.nan, 0.0]]]), np.array([[3.0, 5.0, 1.0]]))
    median = QUANTILE_LEVELS.index(0.5)
    assert made[0, 0, median] == pytest.approx(7.5)  # from 0 at 1/8 to 10 at 5/8
    assert made[0, 0, [0, -1]].tolist() == [0, 10]


def test_values_that_are_all_unknown_have_no_quantiles():
    assert np.isnan(weighted_quantiles(np.full((1, 2, 3), np.nan), np.ones((1, 3)))).all()
