"""The scales turn back into what they came from, and know what a log unit is on them."""

import numpy as np
import pytest

from forecast.smoothing import LOG, ROOT


@pytest.mark.parametrize("scale", [LOG, ROOT])
def test_there_and_back_is_nowhere(scale):
    counts = np.array([0.0, 0.5, 3.0, 4_000.0, 1e6])
    np.testing.assert_allclose(scale.back(scale.there(counts)), counts, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("scale", [LOG, ROOT])
def test_what_lies_below_zero_is_no_count(scale):
    assert scale.back(np.array([-3.0])).tolist() == [0.0]


@pytest.mark.parametrize("scale", [LOG, ROOT])
def test_a_unit_is_what_a_percent_of_a_large_count_is_worth(scale):
    counts = np.array([400.0, 90_000.0])
    moved = (scale.there(1.01 * counts) - scale.there(counts)) / np.log(1.01)
    np.testing.assert_allclose(scale.unit(scale.there(counts)), moved, rtol=0.01)


def test_near_zero_a_root_unit_stays_that_of_two_people():
    assert ROOT.unit(np.array([0.0])) == ROOT.unit(np.array([1.4])) == 0.7


def test_a_wild_log_forecast_stays_finite():
    assert np.isfinite(LOG.back(np.array([1e9]))).all()
