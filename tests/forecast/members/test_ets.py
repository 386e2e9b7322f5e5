"""The structural member against statsmodels' own forecasts, and on series that are hard to fit."""

import numpy as np
import pytest
from statsmodels.tsa.statespace.structural import UnobservedComponents

from forecast.members import MEMBERS, Context
from forecast.members.ets import Structural
from forecast.members.one_by_one import Series
from tests.forecast.panels import START, panel_of, weekly


def test_forecasts_are_those_of_statsmodels_on_the_root_scale():
    counts = weekly(200)
    model = UnobservedComponents(np.sqrt(counts), "llevel", seasonal=7)
    found = model.fit(disp=False, maxiter=40)
    expected = found.forecast(28) ** 2
    np.testing.assert_allclose(Structural().fit(Series(START, counts)).forecast(28), expected, rtol=1e-3)


def test_hindcasts_use_the_first_cutoffs_parameters_and_each_cutoffs_state():
    counts = weekly(200)
    parameters = (
        UnobservedComponents(np.sqrt(counts[:171]), "llevel", seasonal=7).fit(disp=False, maxiter=40).params
    )
    made = Structural().hindcast(Series(START, counts), [170, 180, 199], 14)
    for row, cutoff in enumerate([170, 180, 199]):
        model = UnobservedComponents(np.sqrt(counts[: cutoff + 1]), "llevel", seasonal=7)
        np.testing.assert_allclose(made[row], model.filter(parameters).forecast(14) ** 2, rtol=1e-3)


def test_missing_days_are_skipped_and_not_read_as_zeros():
    counts = weekly(200)
    counts[150:157] = np.nan
    forecast = Structural().fit(Series(START, counts)).forecast(7)
    np.testing.assert_allclose(forecast, 400 * np.array([1.3, 1.8, 1.5, 1, 1, 1, 1.1]), rtol=0.15)


def test_after_years_without_a_count_the_level_starts_anew():
    counts = np.concatenate([weekly(100, level=50), np.full(600, np.nan), weekly(4, level=5000)])
    assert Structural().fit(Series(START, counts)).forecast(1)[0] > 3000


@pytest.mark.parametrize(
    "counts", [np.zeros(100), np.full(100, 7.0), np.array([3.0, 900.0, 4.0]), np.arange(20.0)]
)
def test_hard_series_give_finite_forecasts(counts):
    forecast = Structural().fit(Series(START, counts)).forecast(28)
    assert np.isfinite(forecast).all()
    assert (forecast >= 0).all()


def test_a_constant_series_stays_where_it_is():
    np.testing.assert_allclose(
        Structural().fit(Series(START, np.full(100, 7.0))).forecast(28), 7.0, rtol=0.01
    )


def test_a_series_too_short_to_fit_gives_nan_and_the_reason():
    panel = panel_of([weekly(60), np.r_[np.full(58, np.nan), 5.0, 6.0]])
    made = MEMBERS["ets"].hindcast(panel, Context.of(panel), [59], 5)
    assert np.isnan(made).all(axis=(0, 2, 3)).tolist() == [False, True]
