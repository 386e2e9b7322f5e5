"""Prophet through its one wrapping: holidays of both sides, no noise, no negative counts."""

from datetime import date

import numpy as np
import pytest

from forecast.members.one_by_one import Series
from forecast.members.prophet import ProphetMethod
from tests.forecast.panels import weekly


@pytest.fixture(scope="module")
def falling():
    """A series that falls towards zero, with its days before holidays doubled."""
    return Series(date(2023, 1, 2), np.round(weekly(120) * np.linspace(1.0, 0.02, 120)), ("HK", "CN"))


def test_it_learns_the_week_stays_above_zero_and_makes_no_noise(falling, capfd, caplog):
    forecast = ProphetMethod().fit(falling).forecast(28)
    assert forecast.shape == (28,)
    assert np.isfinite(forecast).all()
    assert (forecast >= 0).all()
    assert "cmdstanpy" not in capfd.readouterr().err
    assert not caplog.records


def test_two_fits_to_the_same_series_agree_to_the_last_digit(falling):
    first, second = (ProphetMethod().fit(falling).forecast(28) for _ in range(2))
    assert np.array_equal(first, second)
