"""Intervals widen by what the last days and the register say, by hand and on the right side."""

import numpy as np
import pytest

from forecast.combine import Unrest, Widening, expecting, widened, widening, with_tails
from forecast.events import Announced
from forecast.quantiles import QUANTILE_LEVELS

LEVELS = np.array(QUANTILE_LEVELS)
MEDIAN = QUANTILE_LEVELS.index(0.5)
BELLS = np.tile(LEVELS * 4 + 10, (2, 28, 1))  # about 12 on the root scale: [series, 28 days, level]
SPREAD = 4 * 0.8 / (2 * 1.2816)
AWAY = BELLS[0, 0] - 12
CALM = Unrest(*(np.zeros(2, dtype=bool) for _ in range(3)))
USUAL = Widening()


def unrest(**first):
    """The first of two series is in these modes, the second is calm."""
    names = ("intermittent", "upheaval", "surging")
    return Unrest(*(np.array([first.get(name, False), False]) for name in names))


def errors_of(last, days=30):
    """One-step errors whose last ones are given for the first series, and none for the second."""
    errors = np.zeros((days, 2))
    errors[days - len(last) :, 0] = last
    return errors


def factors(errors, modes=CALM):
    """How much wider each side of the first series gets: [horizon] both; the second stays as it was."""
    wide = widened(BELLS, errors, modes)
    np.testing.assert_allclose(wide[1], BELLS[1])
    np.testing.assert_allclose(wide[:, :, MEDIAN], 12)
    away = (wide[0] - 12) / np.where(AWAY == 0, 1, AWAY)
    np.testing.assert_allclose(away[:, :MEDIAN], np.repeat(away[:, :1], MEDIAN, axis=1))
    np.testing.assert_allclose(away[:, MEDIAN + 1 :], np.repeat(away[:, -1:], MEDIAN, axis=1))
    return away[:, 0], away[:, -1]


@pytest.mark.parametrize("sign", [1, -1])
def test_a_week_of_errors_in_one_direction_widens_that_side_and_the_other_by_its_root(sign):
    size = 1.3  # drift enough in a week, and no rise of the last days
    lower, upper = factors(errors_of([sign * size] * 7))
    for ahead in range(1, 29):
        grown = np.sqrt(1 + (widening.DRIFT_SHARE * size * ahead / SPREAD) ** 2)
        factor = min(USUAL.drift, grown)
        towards, other = (upper, lower) if sign > 0 else (lower, upper)
        assert towards[ahead - 1] == pytest.approx(factor)
        assert other[ahead - 1] == pytest.approx(np.sqrt(factor))


def test_errors_to_and_fro_small_or_long_ago_widen_nothing():
    for last in ([3, -3] * 4, [0.9] * 7, [9.0] * 10 + [0.0] * 7):
        lower, upper = factors(errors_of(last))
        np.testing.assert_allclose([lower, upper], 1)


def test_a_rise_of_the_last_day_widens_upwards_at_once_and_little_downwards():
    lower, upper = factors(errors_of([5.5]))
    grown = np.sqrt(1 + (widening.RISE_SHARE * 5.5 * np.arange(1, 29) / SPREAD) ** 2)
    np.testing.assert_allclose(upper, np.minimum(USUAL.rise, grown))
    np.testing.assert_allclose(lower, np.minimum(widening.RISE_OTHER_SIDE, upper))


def test_a_fall_of_the_last_days_is_no_rise():
    lower, upper = factors(errors_of([-5.5]))
    np.testing.assert_allclose([lower, upper], 1)


def test_a_surge_widens_upwards_from_the_first_day_and_a_strong_one_downwards_too():
    lower, upper = factors(errors_of([]), unrest(surging=True))
    np.testing.assert_allclose(lower, 1)
    np.testing.assert_allclose(upper, USUAL.surge)
    lower, upper = factors(errors_of([]), unrest(upheaval=True, surging=True))
    np.testing.assert_allclose(lower, widening.SURGE_OTHER_SIDE)
    np.testing.assert_allclose(upper, USUAL.surge)


def test_a_collapse_widens_nothing_by_itself():
    lower, upper = factors(errors_of([]), unrest(upheaval=True))
    np.testing.assert_allclose([lower, upper], 1)


def test_series_whose_errors_always_come_in_bursts_are_left_alone():
    lower, upper = factors(errors_of([5.0] * 7), unrest(intermittent=True, upheaval=True, surging=True))
    np.testing.assert_allclose([lower, upper], 1)


def test_outer_quantiles_move_out_in_steps_and_those_within_the_80_percent_interval_stay():
    made = with_tails(BELLS, np.array([False, True]))
    np.testing.assert_array_equal(made[1], BELLS[1])
    factor = (made[0, 0] - 12)[[0, 1, 2, 3, 12, 19, 20, 21, 22]] / AWAY[[0, 1, 2, 3, 12, 19, 20, 21, 22]]
    out = [1.1, 1 + 0.1 * 15 / 18, 1 + 0.1 * 10 / 18, 1]  # at 98, 95, 90 and 80 %
    np.testing.assert_allclose(factor, [*out, 1, *out[::-1]])
    assert (np.diff(made, axis=2) > 0).all()


def test_a_few_known_days_must_stand_further_out_than_many():
    few, many = np.full((30, 2), np.nan), np.zeros((30, 2))
    few[-3:-1, 0] = 1.3
    many[-7:, 0] = 1.3
    np.testing.assert_allclose(factors(few)[1], 1)
    assert (factors(many)[1] > 1).all()


def test_without_a_known_error_nothing_is_widened():
    np.testing.assert_array_equal(widened(BELLS, np.full((9, 2), np.nan), CALM), BELLS)


def test_quantiles_that_are_all_one_value_stay_it():
    flat = np.full((2, 28, 23), 3.0)
    np.testing.assert_array_equal(widened(flat, errors_of([9.0] * 7), unrest(surging=True)), flat)


def event(multiple, first=3, last=5, ordinary=144.0, surging=False):
    days = np.zeros((2, 28), dtype=bool)
    days[0, first : last + 1] = True
    made = expecting(
        BELLS**2,
        Announced(
            closed=np.zeros((2, 9), dtype=bool),
            closed_ahead=np.zeros((2, 28), dtype=bool),
            opens_ahead=np.full(2, -1),
            widened=days,
            cap_multiple=np.array([multiple, 1.0]),
        ),
        ordinary=np.full((2, 28), ordinary),
        surging=np.array([surging, False]),
    )
    return made, days


def test_a_registered_event_widens_its_days_and_no_others():
    made, days = event(1.0)
    np.testing.assert_allclose(made[~days], (BELLS**2)[~days])
    roots = np.sqrt(made[days])
    above, below = AWAY[MEDIAN + 1 :], AWAY[:MEDIAN]
    np.testing.assert_allclose(roots[:, MEDIAN], 12)
    np.testing.assert_allclose((roots - 12)[:, MEDIAN + 1 :], USUAL.event * above[None].repeat(3, 0))
    np.testing.assert_allclose((roots - 12)[:, :MEDIAN], widening.EVENT_OTHER_SIDE * below[None].repeat(3, 0))


def test_where_a_multiple_is_expected_at_most_the_highest_quantile_reaches_it():
    made, days = event(9.0)
    np.testing.assert_allclose(made[days][:, -1], 9 * 144)
    assert (np.diff(made, axis=2) >= 0).all()
    assert (made >= 0).all()


def test_a_multiple_is_one_of_the_ordinary_count_and_not_of_a_surges():
    made, days = event(9.0, ordinary=50.0)
    np.testing.assert_allclose(made[days][:, -1], 9 * 50)


def test_an_event_adds_nothing_where_the_forecast_reaches_as_far_already():
    np.testing.assert_allclose(event(4.0, ordinary=30.0)[0], BELLS**2)
    np.testing.assert_allclose(event(1.0, surging=True)[0], BELLS**2)
