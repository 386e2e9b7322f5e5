"""Quantile forecasts refuse what is no distribution of counts."""

from datetime import date

import numpy as np
import pytest

from forecast.quantiles import QUANTILE_LEVELS, QuantileForecast

CUTOFF = date(2022, 9, 26)
VALUES = np.arange(2 * 3 * 23, dtype=float).reshape(2, 3, 23)


def test_there_are_23_symmetric_levels():
    assert len(QUANTILE_LEVELS) == 23
    np.testing.assert_allclose(np.add(QUANTILE_LEVELS, QUANTILE_LEVELS[::-1]), 1)


def test_a_level_and_an_interval_are_read_off():
    forecast = QuantileForecast(("a", "b"), CUTOFF, VALUES)
    assert forecast.horizon == 3
    np.testing.assert_array_equal(forecast.at(0.5), VALUES[:, :, 11])
    np.testing.assert_array_equal(forecast.interval(0.95), VALUES[:, :, [1, 21]])


def test_an_unknown_level_is_named_with_those_there_are():
    with pytest.raises(KeyError, match=r"level 0.33 is none of 0.01"):
        QuantileForecast(("a", "b"), CUTOFF, VALUES).at(0.33)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (VALUES[:1], r"must be \[2, horizon, 23\]"),
        (VALUES[:, :, :5], r"must be \[2, horizon, 23\]"),
        (VALUES - 1, "non-negative"),
        (VALUES[:, :, ::-1], "ordered"),
        (np.where(VALUES == 4, np.nan, VALUES), "finite"),
        (np.where(VALUES == 137, np.inf, VALUES), "finite"),
    ],
)
def test_values_that_are_no_quantiles_of_counts_are_refused(values, message):
    with pytest.raises(ValueError, match=message):
        QuantileForecast(("a", "b"), CUTOFF, values)


def test_values_cannot_be_changed_afterwards():
    forecast = QuantileForecast(("a", "b"), CUTOFF, VALUES.copy())
    with pytest.raises(ValueError, match="read-only"):
        forecast.values[0, 0, 0] = 7
