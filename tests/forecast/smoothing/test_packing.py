"""A pass that begins with what was packed ends as one that began with the first day, to the last bit."""

from dataclasses import replace

import numpy as np
import pytest

from forecast.smoothing import LOG, ROOT, Inputs, Smoothing, advanced, forecast, start
from forecast.smoothing.packing import (
    packed,
    packed_groups,
    pass_groups,
    unpack_group,
    unpacked,
    width,
)
from tests.forecast.smoothing.test_stream import COUNTS, HORIZON, SUNDAY, smoother_of, until

MIDDLE = 90  # a Sunday
BOTH = (Smoothing(ROOT), Smoothing(LOG))


def inputs_of(smoother, settings=BOTH):
    return Inputs.of(smoother, settings, horizon=HORIZON, week_end=SUNDAY)


def kept_at(day, smoother=None):
    """The numbers of each series and of each group after a day, from a run that knew no later one."""
    inputs = inputs_of(until(smoother or smoother_of(COUNTS), day + 1))
    now = advanced(start(inputs), inputs, day)
    return packed(now, inputs), packed_groups(now.effects)


def resumed(inputs, numbers, groups, day):
    now = unpacked(numbers, inputs, day)
    for group, shared in enumerate(groups):
        unpack_group(now.effects, group, shared)
    return now


@pytest.mark.parametrize("last", [91, 118, 149])
def test_a_resumed_pass_is_the_whole_one(last):
    inputs = inputs_of(smoother_of(COUNTS))
    whole = advanced(start(inputs), inputs, last)
    later = advanced(resumed(inputs, *kept_at(MIDDLE), MIDDLE), inputs, last)
    for one, other in zip(forecast(whole, inputs), forecast(later, inputs), strict=True):
        np.testing.assert_array_equal(one, other)
    np.testing.assert_array_equal(whole.effects.coefficients, later.effects.coefficients)
    recent = slice(-(last - MIDDLE), None)
    np.testing.assert_array_equal(whole.errors[recent], later.errors[recent])


def test_a_series_resumed_alone_gets_what_it_gets_beside_others():
    smoother = smoother_of(COUNTS)
    numbers, groups = kept_at(MIDDLE)
    inputs = inputs_of(smoother)
    together = forecast(advanced(start(inputs), inputs, 149), inputs)
    for row in range(2):
        alone = replace(smoother, counts=COUNTS[row : row + 1], reliance=smoother.reliance[row : row + 1])
        own = inputs_of(alone)
        group = int(inputs.group[row])
        now = resumed(own, numbers[row : row + 1], groups[group : group + 1], MIDDLE)
        for one, other in zip(together, forecast(advanced(now, own, 149), own), strict=True):
            np.testing.assert_array_equal(one[row], other[0])


def test_what_groups_share_follows_from_the_calendar_alone():
    _, groups = kept_at(MIDDLE)
    inputs = inputs_of(smoother_of(COUNTS))
    np.testing.assert_array_equal(packed_groups(pass_groups(inputs, MIDDLE)), groups)


def test_a_series_takes_as_many_numbers_as_is_said():
    inputs = inputs_of(smoother_of(COUNTS))
    assert kept_at(MIDDLE)[0].shape == (2, width(inputs))


def test_two_scales_together_get_what_each_gets_alone():
    inputs = inputs_of(smoother_of(COUNTS))
    together = forecast(advanced(start(inputs), inputs, 149), inputs)
    for setting, made in zip(BOTH, together, strict=True):
        own = inputs_of(smoother_of(COUNTS), (setting,))
        np.testing.assert_array_equal(forecast(advanced(start(own), own, 149), own)[0], made)


def test_scales_of_different_regressions_do_not_go_together():
    other = replace(BOTH[1], regression=replace(BOTH[1].regression, gain=0.5))
    with pytest.raises(ValueError, match="share their regression"):
        inputs_of(smoother_of(COUNTS), (BOTH[0], other))
