"""Quantiles read from histograms lie within a bin of the exact weighted quantiles."""

import numpy as np
import pytest
from scipy.stats import t as student

from forecast.quantiles import QUANTILE_LEVELS
from forecast.smoothing import LOG, ROOT, Bins, Memory, bell
from forecast.smoothing.memory import EPOCH, HALF_LIFE, RESOLUTION, SAME_KIND, TRIMMED

BINS = Bins.of(0.05, 1_000.0)
MEDIAN = QUANTILE_LEVELS.index(0.5)
HEAVY = 1e6  # so that nothing believed before counts
DAYS = 250


def width(errors, bins=BINS):
    """The width of the bins that hold these errors, a little more at bins' ends."""
    return 1.1 * RESOLUTION * np.hypot(bins.finest, errors)


def exact(errors, weights):
    """The least errors below which a level's share of the weight lies, about the mean of the inner levels.

    Both are [level], with how far a histogram may be off.
    """
    order = np.argsort(errors)
    upto = np.cumsum(weights[order]) / weights.sum()
    found = errors[order][np.searchsorted(upto, QUANTILE_LEVELS)]
    inner = slice(TRIMMED, len(found) - TRIMMED)
    return found - found[inner].mean(), width(found) + width(found[inner]).mean()


def filled(horizon=2, *, seed=1, spread=1.0):
    """A memory of 250 days of errors of one series, every third special; the errors [day, horizon] too."""
    generator = np.random.default_rng(seed)
    special = np.arange(DAYS) % 3 == 0
    errors = spread * generator.standard_t(3, (DAYS, horizon)) * np.sqrt(np.arange(1, horizon + 1))
    errors += np.where(special, 2.0, 0.0)[:, None] * spread
    memory = Memory.start(1, horizon, BINS)
    for day in range(DAYS):
        memory.add(errors[day][None], day, special=bool(special[day]))
    return heavy(memory), errors, special


def heavy(memory):
    """The same errors, many times over."""
    memory.histogram *= np.float32(HEAVY)
    memory.mass *= HEAVY
    return memory


def quantiles(memory, special, day=DAYS - 1):
    special = np.array(special)
    prior = np.zeros((1, len(special), len(QUANTILE_LEVELS)))
    return memory.quantiles(day, special, prior)[0]


@pytest.mark.parametrize("asked", [False, True])
@pytest.mark.parametrize("spread", [0.1, 1.0, 30.0])
def test_quantiles_are_the_exact_ones_by_age_and_kind_within_a_bin(asked, spread):
    memory, errors, special = filled(spread=spread)
    weights = 0.5 ** ((DAYS - 1 - np.arange(DAYS)) / HALF_LIFE) * np.where(special == asked, SAME_KIND, 1.0)
    expected, off = exact(errors.ravel(), np.repeat(weights, 2))
    found = quantiles(memory, [asked, asked])
    np.testing.assert_array_equal(found[0], found[1])
    assert (np.abs(found[0] - expected) <= off).all()


def test_pairs_of_horizons_borrow_half_of_their_neighbours():
    memory, errors, special = filled(horizon=6)
    age = 0.5 ** ((DAYS - 1 - np.arange(DAYS)) / HALF_LIFE) * np.where(special, 1.0, SAME_KIND)
    found = quantiles(memory, [False] * 6)
    for pair, shares in enumerate([(1, 0.5, 0), (0.5, 1, 0.5), (0, 0.5, 1)]):
        weights = age[:, None] * np.repeat(shares, 2)
        used = weights.ravel() > 0
        expected, off = exact(errors.ravel()[used], weights.ravel()[used])
        assert (np.abs(found[2 * pair] - expected) <= off).all()


def test_an_odd_last_horizon_is_a_pair_of_its_own():
    memory, _, _ = filled(horizon=3)
    assert quantiles(memory, [False] * 3).shape == (3, len(QUANTILE_LEVELS))


def test_unknown_errors_leave_no_trace():
    memory, _, _ = filled()
    before = memory.histogram.copy()
    memory.add(np.full((1, 2), np.nan), DAYS, special=False)
    np.testing.assert_array_equal(memory.histogram, before)


def test_before_any_error_what_was_believed_stands():
    memory = Memory.start(2, 5, BINS)
    prior = bell(np.array([1.0, 3.0]), 5)
    np.testing.assert_allclose(memory.quantiles(9, np.zeros(5, dtype=bool), prior), prior)


def test_what_was_believed_counts_the_less_the_more_was_seen():
    memory, prior = Memory.start(1, 2, BINS), bell(np.array([100.0]), 2)
    calm, widths = np.zeros(2, dtype=bool), []
    for day in range(60):
        memory.add(np.random.default_rng(day).normal(size=(1, 2)), day, special=False)
        found = memory.quantiles(day, calm, prior)[0, 0]
        widths.append(found[-1] - found[0])
    assert widths[0] > 200
    assert widths[59] < widths[20] < widths[5] < widths[0]


def test_an_error_on_the_rim_and_one_beyond_it_are_not_lost():
    memory = Memory.start(1, 2, BINS)
    memory.add(np.array([[-1e12, 1e12]]), 0, special=False)
    assert memory.histogram.sum() == pytest.approx(2)
    found = quantiles(heavy(memory), [False, False], day=0)[0]
    assert np.isfinite(found).all()
    assert found[0] < -900
    assert found[-1] > 900


def test_each_series_has_its_own_memory():
    memory = Memory.start(2, 2, BINS)
    for day in range(50):
        memory.add((day - 24.5) * np.array([[1.0, 1.0], [np.nan, 5.0]]), day, special=False)
    found = heavy(memory).quantiles(50, np.zeros(2, dtype=bool), np.zeros((2, 2, len(QUANTILE_LEVELS))))
    np.testing.assert_allclose(np.ptp(found[1], axis=1) / np.ptp(found[0], axis=1), 5, rtol=0.1)


def test_what_errors_were_off_on_the_whole_moves_nothing():
    memory, shifted = Memory.start(1, 2, BINS), Memory.start(1, 2, BINS)
    for day in range(200):
        error = np.random.default_rng(day).normal(size=(1, 2))
        memory.add(error, day, special=False)
        shifted.add(error + 30, day, special=False)
    found, moved = (quantiles(heavy(each), [False] * 2, day=199) for each in (memory, shifted))
    np.testing.assert_allclose(moved, found, atol=2 * width(30))


@pytest.mark.parametrize("scale", [LOG, ROOT])
def test_bins_hold_every_error_and_are_finest_at_zero(scale):
    bins = Bins.of(scale.finest, scale.widest)
    edges = bins.edges(np.arange(bins.count + 1.0))
    assert edges[0] <= -0.9 * scale.widest
    assert edges[-1] >= 0.9 * scale.widest
    errors = np.linspace(-0.9, 0.9, 1001) * scale.widest
    place = bins.place(errors)
    assert (edges[place] <= errors + 1e-9).all()
    assert (errors <= edges[place + 1] + 1e-9).all()
    assert np.diff(edges).min() == pytest.approx(scale.finest, rel=0.01)


def test_forecasts_that_were_right_to_rounding_are_right():
    memory = Memory.start(1, 2, Bins.of(LOG.finest, LOG.widest))
    for day in range(100):
        memory.add(np.array([[-1e-15, 1e-16]]), day, special=False)
    assert (memory.histogram > 0).sum() == 1
    assert abs(quantiles(heavy(memory), [False, False], day=99)[0, MEDIAN]) < 1e-9


def test_a_bell_is_students_and_widens_with_the_horizon():
    made = bell(np.array([2.0]), 12)[0]
    np.testing.assert_allclose(made[3], 2 * np.sqrt(2) * student.ppf(QUANTILE_LEVELS, 5))
    assert (np.diff(made[:, -1]) > 0).all()


def test_weights_that_begin_anew_after_many_years_leave_quantiles_as_they_are():
    generator = np.random.default_rng(8)
    errors, special = generator.normal(size=(100, 4, 3)), generator.random(100) < 0.2
    early, late = Memory.start(3, 4, BINS), Memory.start(3, 4, BINS)
    early.add_days(errors, 50, special=special)
    for first in range(0, 100, 10):
        days = slice(first, first + 10)
        late.add_days(errors[days], EPOCH - 45 + first, special=special[days])
    prior = bell(np.ones(3), 4)
    one, other = (
        heavy(memory).quantiles(day, np.array([False, True, False, False]), prior)
        for memory, day in ((early, 149), (late, EPOCH + 54))
    )
    np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-4)
    assert late.histogram.max() < early.histogram.max() * 2


def widths_after(days):
    """The 80 % intervals believed in and made after days of small errors, told of a week ahead: [horizon]."""
    memory = Memory.start(1, 28, Bins.of(0.01, 12.0))
    for day in range(days):
        errors = np.full((1, 28), np.nan)
        errors[0, :8] = 0.05 * (-1) ** day
        memory.add(errors, day, special=False)
    prior = bell(np.array([0.35]), 28)
    made = memory.quantiles(days - 1, np.zeros(28, dtype=bool), prior)
    return [each[0, :, -4] - each[0, :, 3] for each in (prior, made)]


def test_far_days_not_yet_seen_are_expected_to_err_as_much_less_as_near_days_did():
    believed, made = widths_after(120)
    assert made[27] < believed[27] / 4
    assert made[27] > 1.5 * made[6]


def test_the_errors_of_few_days_say_less_of_far_ones_than_those_of_many():
    shares = []
    for days in (8, 20, 120):
        believed, made = widths_after(days)
        shares.append(made[27] / believed[27])
    assert shares[0] > 1.3 * shares[1] > 1.69 * shares[2]
