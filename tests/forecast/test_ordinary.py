"""What is ordinary, against slow loops; surges and collapses are noticed, holidays and slopes are none."""

import numpy as np
import pytest

from forecast.ordinary import deviations, deviations_ahead
from tests.forecast.panels import weekly


def _end_of_a_summer(days=200):
    """A level that falls by a tenth a week after a peak, with a tenth of noise: [1, day]."""
    noise = np.random.default_rng(4).normal(0, 0.1, days)
    slope = -np.log(0.9) / 7 * np.maximum(0, np.arange(days) - 130)
    return np.exp(np.log(weekly(days)) - slope + noise)[None]


def test_the_slope_of_a_season_is_neither_a_surge_nor_a_collapse():
    standing = deviations(_end_of_a_summer())

    assert not standing.surging.any()
    assert not standing.collapsing.any()


def test_three_days_half_as_high_again_are_a_surge_on_the_slope_of_a_season_but_no_upheaval():
    counts = _end_of_a_summer()
    counts[:, -3:] *= 2  # about 1.6 times the mean of four weeks, in which the season fell

    standing = deviations(counts)

    assert standing.surging.all()
    assert not standing.upheaval.any()


def test_three_days_twice_as_high_are_an_upheaval():
    counts = weekly(200)[None].copy()
    counts[:, -3:] *= 2

    assert deviations(counts).upheaval.all()


def test_what_is_ordinary_is_learnt_from_the_days_before_the_last_week():
    counts = np.exp(np.random.default_rng(5).normal(6, 1.0, (1, 45)))
    counts[0, :10] = np.nan
    judged = counts.copy()
    judged[0, -7:] *= 50
    assert deviations(judged).limit == deviations(counts).limit
    assert deviations(judged).surging


def test_the_ordinary_level_is_that_of_four_weeks_up_to_the_last_three_days():
    counts = np.exp(np.random.default_rng(6).normal(6, 0.3, (1, 200)))
    standing = deviations(counts)
    level = np.log1p(counts[0, -31:-3]).mean()
    assert standing.usual.mean() == pytest.approx(level, abs=0.05)  # but for weekdays made by chance
    assert standing.now[0] == pytest.approx(np.log1p(counts[0, -3:]).mean() - level, abs=0.1)


def test_weekdays_are_part_of_what_is_ordinary():
    pattern = np.array([1.0, 1.0, 1.0, 1.1, 1.3, 1.8, 1.5])
    counts = (400 * pattern[np.arange(203) % 7])[None]
    standing = deviations(counts)
    assert np.expm1(standing.usual[0]) == pytest.approx(counts[0, :7], rel=0.01)
    assert standing.now[0] == pytest.approx(0, abs=0.01)


@pytest.mark.parametrize(("holidays", "surging"), [((-1, -2), False), ((-1,), True), ((-4, -5), True)])
def test_more_than_one_holiday_among_the_last_three_days_says_nothing_of_a_surge(holidays, surging):
    counts = weekly(200)[None].copy()
    counts[:, -3:] *= 3
    near = np.zeros(counts.shape, dtype=bool)
    near[0, list(holidays)] = True
    assert deviations(counts, near).surging.tolist() == [surging]


def test_holidays_do_not_move_what_is_ordinary():
    counts = weekly(200)[None].copy()
    near = np.zeros(counts.shape, dtype=bool)
    near[0, 175:182] = True
    spoilt = np.where(near, 20 * counts, counts)
    plain, told = deviations(counts, near), deviations(spoilt, near)
    for name in ("usual", "now", "limit"):
        assert np.array_equal(getattr(plain, name), getattr(told, name))


def test_a_few_days_are_ordinary_by_themselves_and_none_are_unknown():
    assert np.expm1(deviations(np.array([[100.0]])).usual[0]) == pytest.approx(100)
    assert np.isnan(deviations(np.full((1, 40), np.nan)).usual).all()
    assert not deviations(np.full((1, 40), np.nan)).surging.any()


def test_past_weeks_are_held_against_what_was_ordinary_on_the_day_before():
    rng = np.random.default_rng(8)
    counts = np.exp(rng.normal(6, 0.5, (1, 150)))
    near = rng.random((1, 150)) < 0.1
    counts[0, rng.choice(150, 15, replace=False)] = np.nan
    found = deviations_ahead(counts, near, 50)
    standing = deviations(counts, near)
    pattern = standing.usual[0] - standing.usual[0].mean()
    logs = np.where(near, np.nan, np.log1p(counts))[0]
    of_day = (np.arange(150) - 150) % 7
    adjusted = logs - pattern[of_day]
    for place, cutoff in enumerate(range(150 - 7 - 50, 150 - 7)):
        level = np.nanmean(adjusted[cutoff - 30 : cutoff - 2])
        expected = adjusted[cutoff + 1 : cutoff + 8] - level
        assert found[0, place] == pytest.approx(expected, nan_ok=True, abs=1e-9)
