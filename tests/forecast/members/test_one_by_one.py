"""A one-series method becomes a member; its failures cost one series, with the reason."""

from dataclasses import dataclass

import numpy as np

from forecast.members import Context, OneByOne, series_of
from tests.forecast.panels import panel_of


@dataclass(frozen=True)
class Mean:
    """Forecasts the mean; trips over sevens."""

    name: str = "mean"
    stride: int = 7
    least: int = 2

    def fit(self, series):
        if 7 in series.counts:
            raise ValueError("no sevens, please\nsecond line")
        return Level(float(np.nanmean(series.counts)))

    def hindcast(self, series, cutoffs, horizon):
        return np.stack([self.fit(series.until(cutoff)).forecast(horizon) for cutoff in cutoffs])


@dataclass(frozen=True)
class Level:
    mean: float

    def forecast(self, horizon):
        return np.full(horizon, self.mean)


PANEL = panel_of([[2, 4, 6, 8], [1, 7, 1, 1], [np.nan, np.nan, 5, 9]], country="kz")


def test_a_failing_series_is_nan_with_its_reason_and_does_not_stop_the_others():
    fitted = OneByOne(Mean()).fit(PANEL, Context.of(PANEL))
    assert fitted.reasons == (None, "ValueError: no sevens, please", None)
    np.testing.assert_array_equal(fitted.forecast(2), [[5, 5], [np.nan, np.nan], [7, 7]])


def test_hindcasts_begin_where_a_series_has_enough_days():
    made = OneByOne(Mean()).hindcast(PANEL, Context.of(PANEL), [1, 2, 3], 1)[:, :, 0]
    np.testing.assert_array_equal(made[:, 0], [3, 4, 5])
    np.testing.assert_array_equal(made[:, 2], [np.nan, np.nan, 7])


def test_a_series_begins_with_its_first_count():
    series, first = series_of(PANEL, Context.of(PANEL), 2)
    assert first == 2
    assert series.start == PANEL.dates[2].date()
    assert series.countries == ("KZ",)
