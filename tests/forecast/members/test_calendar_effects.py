"""Holiday effects are found where they were put, and a shifting level is not taken for one."""

from datetime import date

import numpy as np

from forecast.calendars import SHAPES, break_shapes
from forecast.members.calendar_effects import fit_effects
from forecast.members.one_by_one import Series

START, DAYS = date(2019, 1, 7), 1000


def logs_with(effects, *, shift=0.0):
    generator = np.random.default_rng(5)
    shapes = break_shapes(("HK",), START, date.fromordinal(START.toordinal() + DAYS - 1))
    weekday = np.array([0, 0, 0, 0.1, 0.3, 0.6, 0.4])[np.arange(DAYS) % 7]
    level = 6.0 + np.where(np.arange(DAYS) > 600, shift, 0.0)
    return level + weekday + shapes @ effects + generator.normal(0, 0.05, DAYS)


def fitted(logs):
    return fit_effects(Series(START, np.expm1(logs), ("HK",)), logs, 1.0).coefficients


def test_known_effects_are_found():
    truth = np.zeros(len(SHAPES))
    truth[SHAPES.index("first")], truth[SHAPES.index("eve")] = 0.6, 0.3
    np.testing.assert_allclose(fitted(logs_with(truth))[:6], truth[:6], atol=0.08)


def test_a_level_that_triples_does_not_leak_into_the_effects():
    truth = np.full(len(SHAPES), 0.2)
    still, moved = fitted(logs_with(truth)), fitted(logs_with(truth, shift=np.log(3)))
    np.testing.assert_allclose(moved, still, atol=0.05)


def test_without_countries_or_with_little_history_there_are_no_effects():
    logs = logs_with(np.zeros(len(SHAPES)))
    assert (
        fit_effects(Series(START, np.expm1(logs)), logs, 1.0).on(Series(START, logs), 0, 5).tolist()
        == [0] * 6
    )
    assert not fit_effects(Series(START, np.expm1(logs[:20]), ("HK",)), logs[:20], 1.0).coefficients.any()
