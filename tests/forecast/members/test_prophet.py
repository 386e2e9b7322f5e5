"""Prophet through its one wrapping: holidays of both sides, no noise, no negative counts."""

import subprocess
import sys
from datetime import date

import numpy as np
import pytest

from forecast.members.one_by_one import Series
from forecast.members.prophet import ProphetMethod
from tests.forecast.panels import weekly


@pytest.fixture(scope="module")
def falling():
    """A series that falls towards zero."""
    return Series(date(2023, 1, 2), np.round(weekly(120) * np.linspace(1.0, 0.02, 120)), ("HK", "CN"))


def test_it_stays_above_zero_on_a_falling_series(falling):
    forecast = ProphetMethod().fit(falling).forecast(28)
    assert forecast.shape == (28,)
    assert np.isfinite(forecast).all()
    assert (forecast >= 0).all()


def test_its_first_fit_in_a_process_says_nothing():
    script = """
import numpy as np
import subprocess
import sys
from datetime import date
from forecast.members.one_by_one import Series
from forecast.members.prophet import ProphetMethod
ProphetMethod().fit(Series(date(2023, 1, 2), 100 + np.arange(40) % 7.0)).forecast(3)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout + done.stderr == ""


def test_two_fits_to_the_same_series_agree_to_the_last_digit(falling):
    first, second = (ProphetMethod().fit(falling).forecast(28) for _ in range(2))
    assert np.array_equal(first, second)
